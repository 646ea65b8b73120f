/* SPDX-License-Identifier: GPL-3.0-or-later */
/* incident.h - the row of an incident, and what its ticket keeps of it. Private to store/. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "ingest/parse/complaint.h"
#include "store/store.h"

typedef struct {
    gint64 complaint_id;
    gint64 ticket_id; /* 0: filed */
    guint n;
    const char *filed_why;
    bool credible;
} IncidentRow;

/* The row; its machine is from now on one of its ticket's. Counters are the caller's. */
bool incident_add(Store *store, const IncidentRow *row, const Incident *incident, GError **error);
/* Of the complaint that put incidents on the ticket; again is no error. */
bool incident_add_reporter(Store *store, gint64 ticket, const char *reporter, GError **error);
