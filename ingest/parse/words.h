/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.h - one short sentence put together from pieces, on the stack; what does not fit is cut. */
#pragma once

#include <glib.h>

#include "base/addr.h"

typedef struct {
    guint n;
    char text[420];
} Words;

#define WORDS_INIT                                                                                 \
    {                                                                                              \
        0, ""                                                                                      \
    }

void words_add(Words *words, const char *piece);     /* NULL adds nothing */
void words_add_name(Words *words, const char *name); /* a host or account: cut after 80 bytes */
void words_add_addr(Words *words, const Addr *addr);
void words_add_number(Words *words, guint number);
const char *words_keep(const Words *words, GStringChunk *chunk);
