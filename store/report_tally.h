/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_tally.h - complaints and tickets of a period, counted by what they have in common: what
 * the reports about the desk are made of (report.h says what each figure is). Private to store/.
 */
#pragma once

#include "store/report.h"

typedef enum {
    BY_ALL,
    BY_DAY,
    BY_FORMAT,
    BY_CATEGORY,
    BY_REPORTER,
    BY_CAUSE,
    BY_MACHINE,
    BY_CUSTOMER,
    BY_RELAY,
    N_BY
} TallyBy;

typedef struct {
    char *name;
    gint64 complaints, filed, tickets, opened, resolved, rejected, open, listed;
    gint64 last_at;                 /* the last complaint; TIME_NONE: none */
    gint64 complaint_id, ticket_id; /* counted last: none is counted twice */
    GArray *first_move, *resolve;   /* gint32, seconds */
    GHashTable *causes;             /* name -> complaints; of a relay */
    json_t *listings;               /* [{"address","zone","began_at"}]; of a relay */
    gint64 tested_at;               /* TIME_NONE: never */
    char *verdict;
} Tally;

typedef struct {
    Store *store;
    const ReportSpec *spec;
    GHashTable *by[N_BY]; /* name -> Tally */
    gint64 day_ends;      /* of the day that is counted; TIME_NONE: none yet */
    int days;             /* that one bar stands for */
    Tally *day;
} Desk;

/* Counts all. */
bool desk_count_all(Desk *desk, Store *store, const ReportSpec *spec, GError **error);
void desk_clear(Desk *desk);
/* Those of a kind, the most complaints first. (transfer container) Tally */
GPtrArray *desk_sorted(const Desk *desk, TallyBy by);
/* The one of that name, made if needed. */
Tally *desk_tally(Desk *desk, TallyBy by, const char *name);
