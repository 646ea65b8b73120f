/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filing.h - where the incidents of one complaint go: onto a live ticket of their key, onto a new
 * one, onto a resolved one that they reopen, or nowhere ("filed"). Private to store/.
 *
 * Three steps in one transaction: filing_decide() finds, opens and reopens tickets; the caller
 * writes the complaint; filing_write() writes the incidents and brings the tickets up to date.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "ingest/parse/complaint.h"
#include "store/store.h"

typedef struct {
    Store *store;
    const Complaint *complaint;
    gint64 id; /* of the message and its complaint */
    gint64 received_at;
    const gint64 *pinned;      /* for each incident the ticket it stays on, -1: filed, 0: decide;
                                  NULL: decide all */
    const char *filed_because; /* all of it is filed, and why; NULL: see pinned */
    GArray *places;            /* made by filing_decide: one for each incident */
    GHashTable *slots;         /* tickets met so far, by how they were found */
    GHashTable *targets;       /* … by id: one for each, however many keys lead to it */
    guint opened, joined, reopened, filed;
    bool lacks_customer;   /* one of the tickets has none, and no person said so */
    const char *filed_why; /* of the first filed incident, or of a complaint without any */
} FilingJob;

bool filing_decide(FilingJob *job, GError **error);
bool filing_write(FilingJob *job, GError **error);
/* The tickets that incidents went to. (transfer full) gint64 */
GArray *filing_tickets(const FilingJob *job);
void filing_clear(FilingJob *job);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FilingJob, filing_clear)

/* When it happened, as far as its report can be believed: never after the receipt. TIME_NONE:
 * unknown. */
gint64 filing_event_time(const Incident *incident, gint64 received_at);
