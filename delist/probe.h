/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe.h - addresses are looked up in lists, each of which is proved first.
 *
 * A zone's test points are asked before anything else is; what a zone that fails them says is
 * UNKNOWN, for the reason of its failure, and it is not asked. An address is asked of the zones
 * that list its family. A TXT question follows a listing only. Nothing is stored here.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "delist/dnsbl.h"

typedef struct Probe Probe;

/* zones and dns are borrowed. (transfer full) */
Probe *probe_new(const Zones *zones, Dns *dns);
void probe_free(Probe *probe); /* NULL is fine; after dns is freed, or has no question of it */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Probe, probe_free)

typedef struct {
    bool is_known[2];  /* [0] v4, [1] v6: it has been asked, and lists that family */
    UnknownWhy why[2]; /* NONE: its answers are to be believed */
    char *raw[2];      /* what its test points gave: "listed 127.0.0.2, clean nxdomain" */
} ZoneHealth;

/* Puts the questions for the zone's test points; its health is known when dns_run has heard them.
 */
void probe_test(Probe *probe, const Zone *zone);
const ZoneHealth *probe_health_of(const Probe *probe, const Zone *zone); /* (transfer none) */
/* Takes over what is known of a zone from an earlier run. */
void probe_health_set(Probe *probe, const Zone *zone, bool is_v6, UnknownWhy why);

typedef struct {
    Addr addr;
    const Zone *zone;
    Check check;
    char *text; /* the list's own words (TXT), or NULL */
    guint32 ttl;
} ProbeResult;

/* result: borrowed for the call, which never comes when dns is freed first. */
typedef void (*ProbeDone)(const ProbeResult *result, gpointer data);

/* Puts the question; the answer comes from dns_run, or at once when the zone is not asked. False
 * when the zone does not list that family: no answer comes. */
bool probe_ask(Probe *probe, const Addr *addr, const Zone *zone, ProbeDone done, gpointer data);
