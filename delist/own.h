/* SPDX-License-Identifier: GPL-3.0-or-later */
/* own.h - which addresses are ours, and a host's that are: nothing else is ever connected to. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/addr.h"
#include "base/config.h"
#include "delist/dns.h"

enum { OWN_ADDRESSES_MAX = 64 /* of one host */ };

/* [site] networks and all [relay NAME] addresses. (transfer full) */
NetmaskSet *own_networks(const Config *config, GError **error);

/* A host, or one of ours by whatever name, so that it is connected to and to no other. */
typedef struct {
    char *name;       /* as it calls itself, if that is known; or NULL */
    GArray *addrs;    /* Addr, ours; not empty */
    GString *foreign; /* those that are not, with blanks between */
} OwnHost;
void own_host_free(OwnHost *host); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OwnHost, own_host_free)

/* host: an address, the NAME of a [relay NAME] or one of its names, else a name that DNS is asked
 * for, both families. DENIED, naming them, when no address is ours; NOT_FOUND when there is none;
 * BUSY when DNS does not answer. (transfer full) */
OwnHost *own_host_find(const Config *config, Dns *dns, const char *host, GError **error);
