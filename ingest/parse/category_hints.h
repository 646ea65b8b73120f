/* SPDX-License-Identifier: GPL-3.0-or-later */
/* category_hints.h - the table of phrases. Private to category*.c and its test. */
#pragma once

#include "ingest/parse/complaint.h"

enum { CATEGORY_HINTS_MAX = 640 };

typedef struct {
    Category category;
    guint weight;
    const char *phrase; /* folded: lower case, no accents, words separated by one blank */
} CategoryHint;

extern const CategoryHint category_hints[]; /* the last has no phrase */
