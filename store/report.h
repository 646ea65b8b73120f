/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h - the facts of reports: what is on lists, what came of it, and how long it took.
 *
 * A *spell* is one stay on one list: it begins when a look-up first sees the address there (or sees
 * it there again) and ends with the first of the clean answers that showed it gone. A report counts
 * the spells that overlap its period (since, until], and says how they stood at its end.
 *
 *     detect   from the first sign (the first event that was complained of, or the spell's
 * beginning) until its ticket was opened; of spells that began in the period contain  from the
 * opening of the ticket (or its reopening) until it was marked contained, or fixed; 0 when that was
 * before the spell; of spells, by when they were contained request  from the spell's beginning
 * until the list was first asked; by when it was asked delist   from the spell's beginning until
 * its end; of spells that ended in the period
 *
 * Median and p90 are values that occurred (nearest rank). listed_minutes is the time inside the
 * period, of all spells together. checks and unknown are the answers to look-ups of these addresses
 * in these lists, by runs of the same answer that began in the period. Whole seconds everywhere.
 *
 * What is read: listings that are not closed, those that ended since `since`, their events, and the
 * answers that began in the period.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "store/store.h"

typedef struct {
    gint64 since, until;                           /* until: at most now */
    const char *customer, *zone;                   /* only of; NULL: all */
    void (*row)(const json_t *row, gpointer data); /* sees every row; NULL: none is wanted */
    gpointer data;
    guint most; /* rows that the model keeps of each kind */
} ReportSpec;

/* {"report":"delisting","since","until","customer","zone",
 *  "total":{"listed","began","ended","relisted","listed_minutes","checks","unknown",
 *           "detect","contain","request","delist":{"n","median","p90"}},
 *  "zones":[{"name", as total}], "causes":[the same], sorted by listed_minutes,
 *  "listed":[row], "delisted":[row], "levels":{"from","step","values":[spells at each step]}}
 * A row: listing address zone state began_at ended_at relisted why ticket_id ticket_state cause
 * customer opened_at contained_at fixed_at proofs [{"kind","text","at"}] requested_at request
 * reference promised_at watch_until. (transfer full) */
json_t *report_delisting(Store *store, const ReportSpec *spec, GError **error);
