/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter_impl.h - the inside of a Filter: the table of keys and parsed terms. Private to store/. */
#pragma once

#include "base/addr.h"
#include "store/filter.h"

typedef enum {
    VALUE_NAME,     /* one of the row's names */
    VALUE_TEXT,     /* as it is */
    VALUE_FOLDED,   /* lower case */
    VALUE_NETWORK,  /* two parameters: first and last address */
    VALUE_BIT,      /* of the row's names, as 1 << n */
    VALUE_ASSIGNEE, /* a name, "me", or "none" (stored as "") */
    VALUE_CUSTOMER, /* a reference, or "none" (stored as "") */
    VALUE_TIME,
    VALUE_IS,    /* a row of is_rows: no parameter */
    VALUE_WORDS, /* full text */
} ValueType;

/* A condition holds for a row of the list; {v} is its parameter, {w} a second one. A pick is the
 * term's own way to rows: `from` and the condition that its index answers. A condition never names
 * a bare column, so that no other index than the one chosen can tempt the planner. */
typedef struct {
    const char *condition;    /* NULL: not a key of this list */
    const char *from, *where; /* NULL: cannot pick */
} FilterPart;

typedef struct {
    const char *key; /* NULL: words */
    ValueType type;
    const char *const *names;
    int n_names;
    FilterPart on[N_LISTS];
} FilterRow;

typedef struct {
    const char *name;
    FilterPart on[N_LISTS];
} FilterIs;

typedef struct {
    char *text;    /* as written, canonical */
    char *param;   /* bound text, or NULL */
    gint64 number; /* bound number of BIT and TIME */
    Netmask mask;  /* of NETWORK */
    const FilterIs *is;
} FilterValue;

typedef struct {
    const FilterRow *row;
    bool negated;
    GPtrArray *values; /* FilterValue */
} FilterTerm;

struct Filter {
    ListKind list;
    GPtrArray *terms; /* FilterTerm; words not among them */
    GPtrArray *words; /* FilterValue: looked for */
    GPtrArray *not_words;
    char *match; /* for full text; NULL: no words */
};

extern const FilterRow filter_rows[];
extern const gsize n_filter_rows;
extern const FilterIs filter_is_rows[];
extern const gsize n_filter_is_rows;
