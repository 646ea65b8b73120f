/* SPDX-License-Identifier: GPL-3.0-or-later */
/* finding.h - what the checks of the own site (delist/site_check.h) found: the last answer of each,
 * since when it is so, and whether somebody was told.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "base/addr.h"
#include "store/store.h"

typedef enum { FINDING_GOOD, FINDING_BAD, FINDING_UNKNOWN, N_FINDING_OUTCOMES } FindingOutcome;
extern const char *const finding_outcome_names[N_FINDING_OUTCOMES]; /* "good", "bad", "unknown" */

typedef struct {
    const char *kind;    /* "ptr" */
    const char *subject; /* "192.0.2.25" */
    FindingOutcome outcome;
    const char *text; /* a sentence: what is so, and what to do */
} Finding;

/* UNKNOWN leaves what was known before as it is, with the text as its trouble. */
bool finding_put(Store *store, const Finding *finding, gint64 now, GError **error);
/* Forgets what a check of that kind has not looked at since `now`. */
bool finding_forget(Store *store, const char *kind, gint64 now, GError **error);

/* *ret_is_ours: no other runner has begun a round within `interval` seconds; this one has now. */
bool finding_claim(Store *store, gint64 interval, gint64 now, bool *ret_is_ours, GError **error);

/* The lists that an address of ours is on, "LIST, LIST"; NULL: none. (transfer full) */
bool finding_listings(Store *store, const Addr *addr, char **ret_zones, GError **error);

/* When a list has last said whether it has the relay, 0: never. */
bool finding_looked(Store *store, const Addr *addr, gint64 *ret_at, GError **error);

/* All bad ones count as told from now on. */
bool finding_tell(Store *store, GError **error);

/* {"findings": [{"kind","subject","outcome","text","since","checked_at","tried_at","trouble",
 * "told"}]} by kind and subject. (transfer full) */
json_t *view_findings(Store *store, GError **error);
