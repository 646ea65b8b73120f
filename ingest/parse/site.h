/* SPDX-License-Identifier: GPL-3.0-or-later */
/* site.h - the site map: what is ours, and whom we know.
 *
 * Read from the configuration ([site], [relay NAME], [receivers], [forwarders], [reporters]); an
 * empty one is valid and makes nothing ours. Immutable once loaded.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/addr.h"
#include "base/config.h"

typedef enum {
    ROLE_MX = 1 << 0,
    ROLE_BACKUP_MX = 1 << 1,
    ROLE_SMARTHOST = 1 << 2,
    ROLE_MSA = 1 << 3,
    ROLE_WEBMAIL = 1 << 4,
    ROLE_LIST = 1 << 5,
} SiteRole;

typedef struct {
    const char *name; /* of the group: "mx1" */
    GPtrArray *names; /* host names it prints, lower case */
    NetmaskSet *addresses;
    guint roles; /* SiteRole bits */
} SiteRelay;

typedef struct SiteMap SiteMap;

SiteMap *site_map_new(void);                                  /* (transfer full) nothing is ours */
SiteMap *site_map_load(const Config *config, GError **error); /* (transfer full) or BAD_INPUT */
void site_map_free(SiteMap *site);                            /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SiteMap, site_map_free)

bool site_is_empty(const SiteMap *site); /* no networks, relays or domains configured */
bool site_owns(const SiteMap *site, const Addr *addr); /* own networks, or an own relay's address */
const SiteRelay *site_relay_by_addr(const SiteMap *site, const Addr *addr); /* NULL: none */
const SiteRelay *site_relay_by_name(const SiteMap *site, const char *host); /* NULL: none */
bool site_hosts_domain(const SiteMap *site,
                       const char *domain); /* or a subdomain of a hosted one */
bool site_hosts_address(const SiteMap *site, const char *mailbox); /* its domain is hosted */
bool site_is_receiver(const SiteMap *site, const Addr *addr, const char *host); /* either matches */
bool site_is_forwarder(const SiteMap *site, const Addr *addr, const char *host);
bool site_lists_reporter(const SiteMap *site, const char *domain);
