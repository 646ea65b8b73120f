/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dnsbl.h - what to ask a DNS list (RFC 5782), and what its answer means.
 *
 * Pure. An answer counts as a listing only when it is a code that the zone is known to give;
 * everything that a broken zone, a resolver that rewrites, a refusal or a lost packet can yield is
 * UNKNOWN, which changes no listing. A CLEAN is believed only of a zone whose test points were
 * right lately (dnsbl_health).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/addr.h"
#include "delist/dns.h"
#include "delist/zone.h"
#include "store/lookup.h"

typedef enum {
    UNKNOWN_NONE,          /* it is not unknown */
    UNKNOWN_REFUSED,       /* the list, or the server, would not say */
    UNKNOWN_UNLISTED_CODE, /* a code that is not in the zone's row */
    UNKNOWN_BROKEN_ZONE,   /* an answer outside 127/8, or an alias */
    UNKNOWN_WILDCARD,      /* it lists 127.0.0.1: the whole world */
    UNKNOWN_EMPTY,         /* it does not list its own test point */
    UNKNOWN_SERVFAIL,
    UNKNOWN_TIMEOUT,
    N_UNKNOWNS,
} UnknownWhy;
extern const char *const unknown_names[N_UNKNOWNS]; /* NULL, "refused", … */
extern const char *const unknown_words[N_UNKNOWNS]; /* a sentence with the way out */

typedef struct {
    CheckOutcome outcome;
    UnknownWhy why;
    GPtrArray
        *codes; /* const char *: "127.0.0.2 SBL", in the order of the zone's row; owned array */
    char *raw;  /* what came, as text: "nxdomain", "127.0.0.2 127.0.0.4"; owned */
} Check;

void check_clear(Check *check);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Check, check_clear)

enum { DNSBL_NAME_SIZE = 256 }; /* RFC 1035, section 2.3.4, and the NUL */

/* "9.113.0.203.DOMAIN", for IPv6 32 nibbles; false when the name would be too long. */
bool dnsbl_name(const Addr *addr, const char *domain, char ret_name[DNSBL_NAME_SIZE]);

/* What the answer to an A question says. */
void dnsbl_judge(const Zone *zone, const DnsAnswer *answer, Check *ret_check);

/* The test points of RFC 5782, section 5: 127.0.0.2 is listed and 127.0.0.1 is not; for IPv6
 * ::ffff:7f00:2 and ::ffff:7f00:1. */
void dnsbl_point_name(bool is_v6, bool is_listed, const char *domain,
                      char ret_name[DNSBL_NAME_SIZE]);

/* Is the zone to be believed, by the checks of its two test points? UNKNOWN_NONE: yes. */
UnknownWhy dnsbl_health(const Check *listed_point, const Check *clean_point);
