/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gsf_library.h - libgsf (zip and OLE files), loaded when it is needed: it costs every start. */
#pragma once

#include <glib.h>
#include <gsf/gsf-infile-msole.h>
#include <gsf/gsf-infile-zip.h>
#include <gsf/gsf.h>

typedef struct {
    __typeof__(gsf_init) *init;
    __typeof__(gsf_input_memory_new) *memory_new;
    __typeof__(gsf_infile_zip_new) *zip_new;
    __typeof__(gsf_infile_msole_new) *ole_new;
    __typeof__(gsf_infile_num_children) *count;
    __typeof__(gsf_infile_child_by_index) *child;
    __typeof__(gsf_infile_child_by_name) *find;
    __typeof__(gsf_infile_get_type) *infile_type;
    __typeof__(gsf_input_name) *name;
    __typeof__(gsf_input_remaining) *remaining;
    __typeof__(gsf_input_read) *read;
} GsfLibrary;

/* Loaded once; NULL when it is not there. Before a sandbox closes: behind it nothing can be. */
const GsfLibrary *gsf_library(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsfInput, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GsfInfile, g_object_unref)
