/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter_sql.h - a Filter as SQL. Private to store/.
 *
 * A list is read along the index of its sort order, VIEW_WALK_MAX rows of it at most, with the
 * terms as conditions; or, when one term leaves few rows, those are picked by that term's own index
 * and sorted. Full text always picks: the newest FILTER_WORDS complaints that match. So no page
 * costs more than a walk, however little it finds, and no sort is larger than its pick.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "store/filter.h"
#include "store/stmt.h"

#define FILTER_PICK  2000 /* so few are picked rather than walked to */
#define FILTER_WORDS 10000

#define FILTER_SIZE_KEY "(t.complaints << 36) + t.id" /* the index of SORT_SIZE */

#define DRIVER_SORT (-1) /* along the sort order; else the number of a term */

/* Terms that could pick: their numbers, n of them. */
guint filter_n_terms(const Filter *filter);
bool filter_may_pick(const Filter *filter, guint term);
bool filter_must_pick(const Filter *filter, int *ret_driver); /* words */

ListKind filter_list(const Filter *filter);

/* SELECT columns … ORDER BY sort LIMIT :limit; parameters :key, :id (where the page before ended),
 * along the sort order :end_key, :end_id (the last row looked at), :limit, and those of the filter.
 * (transfer full) */
char *filter_sql(const Filter *filter, Sort sort, int driver, const char *columns);
/* The row that is :walk rows further along the sort order than :key, :id. (transfer full) */
char *filter_end_sql(const Filter *filter, Sort sort, const char *columns);
/* How many rows the term picks, counted up to :most. (transfer full) */
char *filter_count_sql(const Filter *filter, guint term);

/* Binds the filter's values. */
void filter_bind(const Filter *filter, Stmt *stmt, int driver);

/* Of `since:` and `until:`, the bounds of an order by time; G_MININT64, G_MAXINT64: none. */
void filter_times(const Filter *filter, gint64 *ret_since, gint64 *ret_until);

/* The term that picks the fewest rows, by counting, if that is `most` at most; else DRIVER_SORT.
 * Words are chosen uncounted. */
bool filter_choose(Store *store, const Filter *filter, guint most, int *ret_driver, GError **error);
