/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view.h - the models of lists and pages: what `--json` prints and a page renders.
 *
 * Absent values are null, addresses canonical, times RFC 3339 in UTC. Lists are
 * {"tickets"|"complaints": […], "next": CURSOR or null}; a cursor is opaque and belongs to its sort
 * order; rows added meanwhile do not shift a page. A page is looked for in VIEW_WALK_MAX rows, so
 * it may hold few or none and still have a next: only null is the end.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "store/filter.h"
#include "store/store.h"

#define VIEW_PAGE_MAX 500
#define VIEW_WALK_MAX 20000 /* rows that one page is looked for in */

typedef struct {
    Sort sort;
    guint limit;        /* 0: 50; at most VIEW_PAGE_MAX */
    const char *cursor; /* "next" of the page before, or NULL */
} Page;

/* Each ticket: id kind state machine account domain title cause confidence category customer
 * assignee resolution reason complaints incidents reopened opened_at contained_at fixed_at
 * resolved_at watch_until first_at last_at by_hand merged_into. (transfer full), as all of these;
 * NULL with error. */
json_t *view_ticket_list(Store *store, const Filter *filter, const Page *page, GError **error);

/* Complaints no incident of which is on a ticket: id message_id (the stored message) format
 * feedback_type reporter from subject machine cause category why received_at incidents sealed. */
json_t *view_filed_list(Store *store, const Filter *filter, const Page *page, GError **error);

/* A list row's members, and: why and certainty (of the cause), path (the hops of the incident that
 * says most), relays, groups (its newest incidents by machine, account and cause: incidents,
 * events, first_at, last_at), notes, listings, proofs (with "stale": why it does not count, or
 * null), history (newest first, at most 200: at, actor, what, deed, detail), moves
 * [{"to","verb","operand":null|"resolution"|"resolution-not-fixed"|"reason", "missing":[words]}],
 * undo (what an undo would undo, or null). */
json_t *view_ticket(Store *store, gint64 id, gint64 now, GError **error);

/* {"incidents":[…],"next"}: newest first, as in `explain --json`, and id, complaint_id (its
 * complaint, and the stored message's id), received_at, credible. */
json_t *view_ticket_incidents(Store *store, gint64 id, const Page *page, GError **error);

/* One complaint with its incidents, deliveries, problems, and its tickets. */
json_t *view_complaint(Store *store, gint64 id, GError **error);

/* {"new":12,"open":31,…live states…,"filed":N,"complaints":N,"messages":N,
 * "letters_waiting":N,"letters_gave_up":N}: one screen's numbers.
 */
json_t *view_counts(Store *store, GError **error);
