/* SPDX-License-Identifier: GPL-3.0-or-later */
/* feed.h - a feed is what one reporter sends in one format. Complaints are counted by feed and day
 * as they come in (table feed_day), so that nobody has to read them to see that a parser rots or
 * that a feed has stopped. store_check() compares the counts with the complaints.
 *
 * Recognised: in another format than `message`, with an incident where the format tells of any.
 * Without source: so recognised, but no incident has a source address.
 *
 * Falling: of the reports that a reporter sent lately (7 days, or as many more, up to 30, as it
 * takes to have 5), the share that is recognised, or that has a source, is at least 10 points lower
 * than in the 90 days before, of which there must be 5 reports too, and by more than chance does
 * (three standard errors of the difference). It is said of all the reporter's feeds that came
 * lately. Formats that tell of no incident are left out.
 *
 * Silent: nothing came for more than three times the usual gap: of the days between one day of the
 * last year on which something came and the next, three of four numbers are no larger (the median
 * would flag one in eight of the feeds that come at random). There must have been 5 such days. What
 * is spam to the desk, an automatic answer or not recognised is no feed to miss. A feed that is
 * both is silent.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "ingest/parse/complaint.h"
#include "store/store.h"

typedef struct {
    gint64 since;         /* what is counted */
    gint64 now;           /* what the flags are judged at */
    const char *reporter; /* NULL: any */
    guint limit;          /* rows */
} FeedQuestion;

/* {"feeds":[{reporter (null: unknown) format seen recognised without_source, since the given day;
 * last_seen ("2026-01-31") usual_gap_days (null: came on one day) flag ("falling", "silent", or
 * null)}], "more": rows beyond the limit}. Flagged ones first, then the largest of the year.
 * (transfer full) */
json_t *feed_stats(Store *store, const FeedQuestion *question, GError **error);

/* {"formats":[{format what stored last_seen}]}: every format there is. (transfer full) */
json_t *feed_formats(Store *store, GError **error);

/* In the transaction that writes the complaint. Private to store/, as the next. */
bool feed_add(Store *store, const Complaint *complaint, gint64 received_at, GError **error);
/* Before the complaint's rows go. */
bool feed_remove(Store *store, gint64 complaint_id, GError **error);
