/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter.h - the query language of lists, and the only translator from it to SQL.
 *
 *   state:new,open  relay:192.0.2.0/24  cause:open-relay  account:  confidence:  category:  kind:
 *   format:  reporter:  customer:none|REF  assignee:me|none|NAME  since:7d  until:2026-01-31
 *   is:reopened|unassigned|live|merged|automatic  words  "quoted words"  -term (not)
 *
 * a,b is "or"; terms are "and". Every key is a row of the table in filter.c; values are bound,
 * never pasted. Words to leave out need a word to look for: no index could answer them alone.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum { LIST_TICKETS, LIST_FILED, N_LISTS } ListKind;
typedef enum {
    SORT_ACTIVITY, /* last incident first */
    SORT_OPENED,   /* newest ticket (complaint) first */
    SORT_SIZE,     /* most complaints first; tickets only */
    N_SORTS,
} Sort;
extern const char *const sort_names[N_SORTS]; /* "activity", "opened", "size" */

typedef struct Filter Filter;

/* query: NULL or "" is everything. me: who asks (for assignee:me), or NULL. BAD_INPUT with the
 * nearest right word for an unknown key or value. (transfer full) */
Filter *filter_parse(const char *query, ListKind list, const char *me, gint64 now, GError **error);
void filter_free(Filter *filter); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Filter, filter_free)

char *filter_text(const Filter *filter); /* (transfer full) canonical text: parses to the same */
extern const char *const filter_keys[];  /* for help and completion; NULL-terminated */
