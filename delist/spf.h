/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spf.h - does a domain's SPF record (RFC 7208) name an address?
 *
 * To tell an operator what receivers see of his own domains and relays; no mail is judged by it. So
 * what depends on a sender (macros, `ptr`, `exists`) is not evaluated: UNKNOWN, and why.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/addr.h"
#include "delist/dns.h"

typedef enum {
    SPF_PASS,
    SPF_NEUTRAL,
    SPF_SOFTFAIL,
    SPF_FAIL,
    SPF_NONE,      /* no record */
    SPF_PERMERROR, /* a record that receivers cannot use: two of them, a syntax error, too many
                      look-ups (section 4.6.4) */
    SPF_TEMPERROR, /* DNS did not answer */
    SPF_UNKNOWN,
    N_SPF_RESULTS,
} SpfResult;
extern const char *const spf_result_names[N_SPF_RESULTS]; /* "pass", … (section 2.6) */

enum {
    SPF_LOOKUPS_MAX = 10 /* of mechanisms that ask DNS */,
    SPF_TERMS_MAX = 100 /* of a record */
};

/* *ret_why: the term that decided, or what is wrong (transfer full). BUSY as dns_run(). */
bool spf_check(Dns *dns, DnsLane *lane, const Addr *addr, const char *domain, SpfResult *ret_result,
               char **ret_why, GError **error);
