/* SPDX-License-Identifier: GPL-3.0-or-later */
/* org.h - who runs a host, as far as its name tells: registered domains (public suffix list). */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/addr.h"

/* The registered domain at the end of host ("mx1.isp.example" → "isp.example"), a part of host
 * itself. NULL for a bare name, an address, a public suffix, or NULL. */
const char *org_of(const char *host);

/* Registered domains, or whole names: equal without regard to case; NULL equals nothing. */
bool org_equal(const char *a, const char *b);
/* The same name, or the same registered domain; NULL is nobody's. */
bool org_hosts_same(const char *a, const char *b);
bool org_host_is_of_mailbox(const char *host, const char *mailbox); /* … as the mailbox's domain */

/* The registered domain of a mailbox, or NULL. */
const char *org_of_mailbox(const char *mailbox);

/* A name that an access provider gives to lines, not to servers: it spells the address, or says
 * dsl, dyn, pool, dialup … */
bool org_is_line_name(const char *rdns, const Addr *addr);

/* The same /24 (IPv6: /64). */
bool addr_is_near(const Addr *a, const Addr *b);
