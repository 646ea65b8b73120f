/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/gsf_library.h"

#include <dlfcn.h>

#define LIBRARY "libgsf-1.so.114"

static gpointer
load(gpointer to)
{
    GsfLibrary *gsf = to;
    /* clang-format off */
    const struct { const char *name; void **to; } symbols[] = {
        {"gsf_init",                  (void **)&gsf->init},
        {"gsf_input_memory_new",      (void **)&gsf->memory_new},
        {"gsf_infile_zip_new",        (void **)&gsf->zip_new},
        {"gsf_infile_msole_new",      (void **)&gsf->ole_new},
        {"gsf_infile_num_children",   (void **)&gsf->count},
        {"gsf_infile_child_by_index", (void **)&gsf->child},
        {"gsf_infile_child_by_name",  (void **)&gsf->find},
        {"gsf_infile_get_type",       (void **)&gsf->infile_type},
        {"gsf_input_name",            (void **)&gsf->name},
        {"gsf_input_remaining",       (void **)&gsf->remaining},
        {"gsf_input_read",            (void **)&gsf->read},
    };
    /* clang-format on */
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

    for (gsize i = 0; i < G_N_ELEMENTS(symbols); i++) {
        *symbols[i].to = library ? dlsym(library, symbols[i].name) : NULL;
        if (!*symbols[i].to)
            return NULL;
    }
    gsf->init();
    return gsf;
}

const GsfLibrary *
gsf_library(void)
{
    static GOnce once = G_ONCE_INIT;
    static GsfLibrary library;

    return g_once(&once, load, &library);
}
