/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dns_read.h - an answer as it came over the wire, read. Pure. */
#pragma once

#include "delist/dns.h"

extern const int dns_wire_types[N_DNS_TYPES]; /* RFC 1035, section 3.2.2: 1, 16, … */

/* Fills in records, is_alias and ttl, and corrects the outcome: a FOUND without a record of the
 * type is NO_DATA, one that cannot be read MALFORMED. bytes: of `len` bytes, or NULL. */
void dns_read(DnsAnswer *answer, DnsType type, const guint8 *bytes, int len);
