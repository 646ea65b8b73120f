/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list.h - what the commands that print lists have in common: query words, paging, the empty page.
 */
#pragma once

#include "cli/plaint.h"
#include "store/view.h"

#define LIST_PAGE_OPTIONS                                                                          \
    {.name = "limit", .value = "N", .summary = "rows of a page: 50, at most 500"},                 \
    {                                                                                              \
        .name = "after", .value = "CURSOR",                                                        \
        .summary = "the next page: what the page before printed at its end"                        \
    }
#define LIST_OPTIONS                                                                               \
    {.name = "sort",                                                                               \
     .value = "ORDER",                                                                             \
     .summary = "last incident first, newest first, or most complaints first",                     \
     .words = sort_names,                                                                          \
     .n_words = N_SORTS},                                                                          \
        LIST_PAGE_OPTIONS
#define LIST_QUERY_HELP                                                                            \
    "Keys: state, relay (an address or a network), account, cause, confidence, category, kind, "   \
    "format, reporter, customer (none or a reference), assignee (me, none or a name), since, "     \
    "until (a date, or 7d), is "                                                                   \
    "(reopened, unassigned, live, merged; of filed complaints automatic). Other words are "        \
    "searched in subjects, addresses and what "                                                    \
    "reporters wrote."

/* --sort, --limit, --after. */
bool list_page(const Plaint *plaint, Page *ret_page, GError **error);

typedef void (*ListDraw)(const json_t *rows, const Term *term, gint64 now, GString *out);

/* Prints the model of a list as JSON, or its array `member` with `draw` and how to go on. Takes the
 * reference. */
void list_print(const Plaint *plaint, json_t *list, const char *member, ListDraw draw);

/* A list that a query picks from: what to ask the store, and how it is shown. */
typedef struct {
    ListKind kind;
    json_t *(*view)(Store *store, const Filter *filter, const Page *page, GError **error);
    const char *member; /* of the model */
    ListDraw draw;
} ListCommand;
/* Runs it with the operands as one query; `otherwise` when there are none. */
bool list_run(const Plaint *plaint, const ListCommand *command, const char *otherwise,
              GError **error);
