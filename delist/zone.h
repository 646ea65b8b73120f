/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zone.h - the DNS lists we know: what each answers, how one gets off it, how often it may be
 * asked.
 *
 * The table in zone_table.c is merged with the groups [zone NAME] of the configuration, which
 * change a row, take it away (enabled=no) or add one. A zone that is dead or lists the world is
 * refused by name, wherever it is asked for. A key is a part of the name that is asked and of
 * nothing that is printed.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "base/addr.h"
#include "base/config.h"

enum { ZONE_V4 = 1 << 0, ZONE_V6 = 1 << 1 };

typedef enum {
    ZONE_EXACT, /* a code is an address: 127.0.0.4 */
    ZONE_BITS,  /* … or a bit of its last byte: 127.0.0.4 is the bit 4 */
} ZoneCoding;

/* How an address gets off. */
typedef enum {
    REMOVAL_AUTOMATIC, /* by itself, some time after the last event; nobody is to be asked */
    REMOVAL_FORM,      /* a page of the list */
    REMOVAL_MAIL,      /* a letter */
    REMOVAL_PROVIDER,  /* by whoever holds the network, not by the user of one address */
    REMOVAL_NONE,      /* policy: the listing is right, or is for sale */
    N_REMOVALS,
} Removal;
extern const char *const removal_names[N_REMOVALS]; /* "automatic", "form", … */

typedef struct {
    guint32 code;     /* host order: 0x7f000002; of ZONE_BITS: the bit */
    const char *name; /* the list's own: "XBL" */
    bool is_refusal;  /* says that the question was not answered: never a listing */
} ZoneCode;

typedef struct {
    const char *name;  /* "zen.spamhaus.org": the word in every table, report and command */
    const char *title; /* "Spamhaus ZEN" */
    const char *query; /* the domain that is asked, with "%s" where the key goes; NULL: name */
    guint families;
    ZoneCoding coding;
    const ZoneCode *codes; /* ends with a NULL name */
    Removal removal;
    const char *procedure; /* a sentence: what to do, where */
    const char *url;
    const char *mail;     /* where requests go, of those that take them by mail; or NULL */
    gint64 wait;          /* seconds until a request, or the clock, takes effect; 0: not said */
    guint per_second;     /* questions; 0: no limit is published */
    bool is_network_wide; /* lists blocks for their neighbours: no fault of one customer */
} Zone;

extern const Zone zone_table[]; /* ends with a NULL name */

/* Receivers with lists of their own (store/provider.h): the same, but that nothing is asked. */
extern const Zone provider_table[];         /* ends with a NULL name */
const Zone *provider_row(const char *name); /* NULL: none */

/* Why a zone must not be asked, or NULL: also for one below such a zone. */
const char *zone_dead_why(const char *name);

typedef struct Zones Zones; /* those that are asked, by this configuration */

/* CONFIG: a group that names a dead zone, or a new one without what a zone needs. (transfer full)
 */
Zones *zones_load(const Config *config, GError **error);
void zones_free(Zones *zones);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Zones, zones_free)

guint zones_count(const Zones *zones);
const Zone *zones_at(const Zones *zones, guint index);           /* (transfer none) */
const Zone *zones_find(const Zones *zones, const char *name);    /* NULL: none; any case */
const char *zones_why_not(const Zones *zones, const char *name); /* disabled, needs a key, dead… */
char *zones_query_domain(const Zones *zones, const Zone *zone);  /* (transfer full), with key */
