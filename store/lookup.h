/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup.h - addresses that are looked up in lists: when, by whom, and what came of it.
 *
 * A lookup (an address in a zone) is leased by one runner at a time; one that is killed leaves
 * leases behind that end by themselves, so no answer is lost and no list is asked twice within a
 * lease. What a list says becomes a listing, and moves it, in the transaction that records the
 * answer.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/addr.h"
#include "store/store.h"

#define LOOKUP_LEASE    (20 * 60) /* seconds: longer than a batch, all in one slow list */
#define LOOKUP_HINT_GAP (15 * 60) /* a bounce that names the list does not have it asked sooner */
#define LOOKUP_CLEANS   3         /* in a row, unknown ones not counted: it is off the list */

typedef enum { CHECK_CLEAN, CHECK_LISTED, CHECK_UNKNOWN, N_CHECK_OUTCOMES } CheckOutcome;
extern const char *const check_outcome_names[N_CHECK_OUTCOMES]; /* "clean", "listed", "unknown" */

typedef struct {
    Addr addr;
    const char *zone;
    bool is_kept; /* for as long as the configuration says so: own relays */
    bool is_hot;  /* a live ticket, or a listing that is not closed */
} LookupWanted;

/* Adds it, due at once; or makes it kept or not, hot or not: one that becomes hot is due at once.
 */
bool lookup_want(Store *store, const LookupWanted *wanted, gint64 now, GError **error);
/* What no ticket and no listing is about any more gets cold; and is left alone unless kept. */
bool lookup_cool(Store *store, GError **error);
/* The addresses of live tickets and of listings that are not closed. (transfer full) Addr */
GArray *lookup_machines(Store *store, GError **error);

typedef struct {
    gint64 id;
    Addr addr;
    char *zone;
    bool is_hot;
    guint unknowns; /* the last ones in a row */
    guint cleans;   /* since it was listed, unknown ones not counted */
} Lookup;
void lookup_free(Lookup *lookup); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lookup, lookup_free)

/* Leases to `runner`, a name that no other has, those that are due the longest. (transfer full)
 * Lookup; empty when none is. */
GPtrArray *lookup_take(Store *store, const char *runner, guint most, gint64 now, GError **error);

typedef struct {
    CheckOutcome outcome;
    const char *why;      /* of an unknown one; else NULL */
    const char *codes;    /* of a listed one: "127.0.0.2 SBL, 127.0.0.4 XBL" */
    const char *raw;      /* the answer as it came */
    const char *text;     /* the list's own words, or NULL */
    gint64 next_at;       /* when it is looked up again */
    bool is_automatic;    /* the list removes by itself */
    bool opens_no_ticket; /* it blames neighbours */
    gint64 watch;         /* seconds after delisting in which a relisting is looked for */
} LookupAnswer;

/* Records the answer and moves the listing. CONFLICT when the lease has gone to another. */
bool lookup_done(Store *store, const Lookup *lookup, const char *runner, const LookupAnswer *answer,
                 gint64 now, GError **error);

/* It is not asked any more, until it is wanted again. CONFLICT as above. */
bool lookup_leave(Store *store, const Lookup *lookup, const char *runner, GError **error);
