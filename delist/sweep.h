/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep.h - what is due is looked up, and what came of it is recorded.
 *
 * Own relays are looked up always, and what a person wants watched (store/watched.h); the machines
 * of live tickets and of listings until they are closed, as far as they are in own networks. Any
 * number of sweeps, in any number of processes, share the work (store/lookup.h). Each zone is
 * proved at the beginning of a sweep that has something to look up; when nothing is due, nothing is
 * asked.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/config.h"
#include "delist/dns.h"
#include "delist/zone.h"
#include "store/store.h"

typedef struct {
    Store *store;
    const Config *config;
    const Zones *zones;
    Dns *dns;
    const char *runner; /* a name that no other has */
    gint64 now;
    int stop_fd;        /* -1: none */
    guint most_seconds; /* it ends after the batch in which they are over; 0: when nothing is due */
    gint64 begun;       /* set by sweep_run: the monotonic time of `now`, microseconds */
} Sweep;

typedef struct {
    guint asked, listed, clean, unknown;
    guint zones_bad; /* zone and family that are not believed */
} SweepCounts;

/* Who is to be looked up, brought up to date. */
bool sweep_plan(const Sweep *sweep, GError **error);

/* All that is due at sweep->now. A sweep that is stopped keeps what it has heard; the rest waits
 * for the end of its lease. */
bool sweep_run(const Sweep *sweep, SweepCounts *ret_counts, GError **error);
