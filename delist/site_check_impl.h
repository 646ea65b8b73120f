/* SPDX-License-Identifier: GPL-3.0-or-later */
/* site_check_impl.h - what the checks share. Private to delist/site_check*.c. */
#pragma once

#include "base/addr.h"
#include "delist/site_check.h"
#include "store/finding.h"

/* An address of a group [relay NAME]. */
typedef struct {
    const char *group; /* NAME */
    const char *const *names, *const *roles;
    Addr addr;
    char text[ADDR_TEXT_SIZE];
} SiteRelay;
typedef bool (*SiteRelayCheck)(const SiteCheck *site, const SiteRelay *relay, GError **error);

/* Those that are single addresses: nobody names each host of a network. */
bool site_each_relay(const SiteCheck *site, SiteRelayCheck check, GError **error);

/* What the running check found. text: (transfer full) */
bool site_put(const SiteCheck *site, const char *subject, FindingOutcome outcome, char *text,
              GError **error);

/* site_check_mail.c */
bool site_check_relays(const SiteCheck *site, GError **error);
bool site_check_backups(const SiteCheck *site, GError **error);
bool site_check_mailboxes(const SiteCheck *site, GError **error);
