/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_listing.h - the models of listings (view.h says how models are made). */
#pragma once

#include "store/view.h"

/* {"listings": [{"id","address","zone","state","ticket_id","first_at","last_at","requested_at",
 * "promised_at","delisted_at","watch_until","relistings","reference"}], "next"}: newest first;
 * those that are closed only with `all`. (transfer full) */
json_t *view_listing_list(Store *store, bool all, const Page *page, GError **error);

/* The members above, and of its look-ups checked_at, due_at, outcome, cleans, unknowns; events
 * [{"at","actor","from_state","to_state","text","letter"}], and answers, the latest 50 runs of the
 * same answer [{"first_at","last_at","checks","outcome","why","codes","raw","text"}]. NOT_FOUND.
 * (transfer full) */
json_t *view_listing(Store *store, gint64 id, GError **error);
