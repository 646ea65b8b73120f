/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_round.h - what was done about a ticket between its opening, or a reopening, and the next
 * reopening. Private to store/. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "store/store.h"

typedef struct {
    gint64 opened;           /* or reopened */
    gint64 contained, fixed; /* TIME_NONE: not */
    gint64 until;            /* the reopening that ended it; TIME_NONE: it goes on */
} ReportRound;

/* The one that went on at that time, from the ticket's history. round->opened: when the ticket was
 * opened. */
bool report_round_then(Store *store, gint64 ticket, gint64 at, ReportRound *round, GError **error);

/* The last three proofs of it: [{"kind","text","at"}]. (transfer full) */
json_t *report_round_proofs(Store *store, gint64 ticket, const ReportRound *round, GError **error);
