/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter_sql.h - a Filter as SQL. Private to store/.
 *
 * A list is either read along the index of its sort order, with the terms as conditions; or, when
 * one term leaves few rows, those are picked by the term's own index (at most FILTER_PICK of them)
 * and sorted. Full text always picks: the newest FILTER_WORDS complaints that match. So no list
 * ever reads a whole table, and no sort is larger than its pick.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "store/filter.h"
#include "store/stmt.h"

#define FILTER_PICK  2000
#define FILTER_WORDS 10000

#define DRIVER_SORT (-1) /* along the sort order; else the number of a term */

/* Terms that could pick: their numbers, n of them. */
guint filter_n_terms(const Filter *filter);
bool filter_may_pick(const Filter *filter, guint term);
bool filter_must_pick(const Filter *filter, int *ret_driver); /* words */

ListKind filter_list(const Filter *filter);

/* SELECT columns … ORDER BY sort LIMIT :limit; parameters :key, :id (where the page before ended),
 * :limit, and those of the filter. (transfer full) */
char *filter_sql(const Filter *filter, Sort sort, int driver, const char *columns);
/* How many rows the term picks, at most FILTER_PICK + 1. (transfer full) */
char *filter_count_sql(const Filter *filter, guint term);

/* Binds the filter's values: all of them, or those of one term's pick only. */
void filter_bind(const Filter *filter, Stmt *stmt, int driver);
void filter_bind_pick(const Filter *filter, Stmt *stmt, guint term);

/* Of `until:`, for the first page along the activity; G_MAXINT64: none. */
gint64 filter_until(const Filter *filter);

/* The driver that reads least, found by counting. */
bool filter_choose(Store *store, const Filter *filter, int *ret_driver, GError **error);
