/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listing.h - an address on a list, from the day it is seen there until it has stayed off.
 *
 * The moves are the table of state.h; each is recorded as an event and audited. Deeds run in a
 * transaction (their own, or the caller's).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/addr.h"
#include "store/deed.h"
#include "store/state.h"
#include "store/store.h"

typedef struct {
    gint64 id; /* 0: none */
    Addr address;
    char *zone;
    gint64 ticket_id; /* 0: none */
    ListingState state;
    gint64 first_at, last_at, requested_at, promised_at, delisted_at,
        watch_until; /* TIME_NONE: not */
    guint relistings;
    char *reference; /* of the request, by the list; or NULL */
} Listing;

Listing *listing_load(Store *store, gint64 id, GError **error); /* (transfer full); NOT_FOUND */
void listing_free(Listing *listing);                            /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Listing, listing_free)

/* CONFLICT when the table has no such move. text: what is said with it, or NULL. watch: of a move
 * to `watched`, seconds. */
bool listing_move(Store *store, gint64 id, ListingState to, const char *text, gint64 watch,
                  const Deed *deed, GError **error);

#define LISTING_QUIET (2 * 3600) /* seconds since the fix without a credible incident */

typedef struct {
    gint64 id;
    const char *text;      /* how it was asked: "the form", "mail to …"; or NULL */
    const char *reference; /* what the list calls the request, or NULL */
    gint64 wait;           /* seconds that the list says it takes; 0: not said */
    bool is_automatic;     /* the list removes by itself */
    const char *force_why; /* asked all the same, and why; NULL: the guards hold */
} ListingRequest;

/* A request is on its way, once and with reason: its ticket is fixed, with evidence, and has been
 * quiet since; the list is one that takes requests. CONFLICT says what is missing. The ticket moves
 * to `delisting`. */
bool listing_request(Store *store, const ListingRequest *request, const Deed *deed, GError **error);

/* Something to remember; the state stays. */
bool listing_note(Store *store, gint64 id, const char *text, const Deed *deed, GError **error);

typedef struct {
    Addr address;
    const char *zone;
    const char *text;     /* codes and words of the list */
    bool is_automatic;    /* it expires by itself: listed, then expiring */
    bool opens_no_ticket; /* it blames neighbours */
} ListingFound;

/* The list has the address: a new listing, which opens a ticket or joins the machine's; or one that
 * was off comes back, its counter grows and its ticket is reopened; or nothing has changed. */
bool listing_found(Store *store, const ListingFound *found, const Deed *deed, GError **error);

/* The list has it no more, for certain: it is delisted, and watched for so many seconds. */
bool listing_gone(Store *store, const Addr *address, const char *zone, gint64 watch,
                  const Deed *deed, GError **error);

/* The same by its id, and how that is known. */
bool listing_end(Store *store, gint64 id, const char *how, gint64 watch, const Deed *deed,
                 GError **error);

/* Closes those that have stayed off for as long as they were watched. */
bool listing_close_watched(Store *store, const Deed *deed, GError **error);
