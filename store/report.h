/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h - the facts of reports: what is on lists, what came of it, and how long it took.
 *
 * A *spell* is one stay on one list: it begins when a look-up first sees the address there (or sees
 * it there again) and ends with the first of the clean answers that showed it gone. A report counts
 * the spells that overlap its period (since, until], and says how they stood at its end.
 *
 * - detect: from the first sign (the first event that was complained of, or the spell's beginning;
 *   of an address that is there again the latter) until its ticket was opened; of spells that began
 *   in the period
 * - contain: from the opening of the ticket (or its reopening) until it was marked contained, or
 *   fixed; 0 when that was before the spell; of spells, by when they were contained. A reopening
 *   changes nothing of a spell that was over
 * - request: from the spell's beginning until the list was first asked; by when it was asked
 * - delist: from the spell's beginning until its end; of spells that ended in the period
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

#include "base/addr.h"
#include "store/store.h"

typedef struct {
    gint64 since, until;                           /* until: at most now */
    const char *customer, *zone;                   /* only of; NULL: all */
    void (*row)(const json_t *row, gpointer data); /* sees every row; NULL: none is wanted */
    gpointer data;
    guint most; /* rows that the model keeps of each kind */
    /* Which relay of ours has an address, NULL: none; and all of them. Of report_relays(). */
    const char *(*relay)(const Addr *address, gconstpointer site);
    const char *const *relays;
    gconstpointer site;
} ReportSpec;

/* {"report":"delisting","since","until","customer","zone",
 *  "total":{"listed","began","ended","relisted","listed_minutes","checks","unknown",
 *           "detect","contain","request","delist":{"n","median","p90"}},
 *  "zones":[{"name", as total}], "causes":[the same], sorted by listed_minutes,
 *  "listed":[row], "delisted":[row], "levels":{"from","step","values":[spells at each step]}}
 * A row: listing address zone state began_at ended_at relisted why ticket_id ticket_state cause
 * customer opened_at contained_at fixed_at proofs [{"kind","text","at"}] requested_at request
 * reference promised_at watch_until listed_again_at. (transfer full) */
json_t *report_delisting(Store *store, const ReportSpec *spec, GError **error);

/* What the desk did: complaints that were received in the period, and tickets that were open at
 * some time in it, merged ones left out.
 *
 * - opened, resolved, rejected: in the period; open: at its end
 * - first_move: from the opening until the ticket was first moved; by when it was
 * - resolve: from the opening, or the last reopening, until it was resolved; by when it was
 * - filed: complaints without a ticket; listed: spells that are not over at the end
 *
 * A complaint about several counts once for each. Rows: "complaints","filed","tickets","opened",
 * "resolved","rejected","open","listed","last_complaint_at","first_move","resolve" (as in total),
 * and what they are of. Read are the period's complaints, tickets that are open or were closed
 * since `since`, and what report_delisting() reads.
 *
 * {"report":"activity","since","until","customer","total":row,"counts":{member: how many rows},
 *  "days","formats","categories","reporters","causes","machines","customers":[row, "by","name"]}
 * Days are local ones, and several in one row when they are more than 120. (transfer full) */
json_t *report_activity(Store *store, const ReportSpec *spec, GError **error);
/* … "customers":[row, "customer","name"]}. (transfer full) */
json_t *report_customers(Store *store, const ReportSpec *spec, GError **error);
/* … "relays":[row, "relay","causes":[{"name","complaints"}],"listings":[{"address","zone",
 * "began_at"}],"tested_at","test"]}, those without anything, too, unless of a customer. (transfer
 * full) */
json_t *report_relays(Store *store, const ReportSpec *spec, GError **error);
