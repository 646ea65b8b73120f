/* SPDX-License-Identifier: GPL-3.0-or-later */
/* addr.h - IP addresses and networks as 16 bytes, so that one comparison does for both families.
 *
 * An IPv4 address is its v4-mapped form ::ffff:a.b.c.d; the text forms are those of RFC 5952, and a
 * mapped address prints as plain IPv4. All-zero (`::`, never a peer) means "no address".
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    guint8 b[16];
} Addr;

#define ADDR_NONE      ((Addr){{0}})
#define ADDR_TEXT_SIZE 46 /* longest text form with its NUL */

typedef enum {
    ADDR_PUBLIC,
    ADDR_LOOPBACK,      /* 127/8, ::1 */
    ADDR_PRIVATE,       /* RFC 1918, fc00::/7, and 6to4 of a private IPv4 (2002:a00::/24 …) */
    ADDR_CGN,           /* 100.64/10 (RFC 6598) */
    ADDR_LINK_LOCAL,    /* 169.254/16, fe80::/10 */
    ADDR_DOCUMENTATION, /* 192.0.2/24, 198.51.100/24, 203.0.113/24, 2001:db8::/32, 3fff::/20 */
    ADDR_MULTICAST,     /* 224/4, ff00::/8 */
    ADDR_RESERVED,      /* 0/8, 192.0.0/24, 198.18/15, 240/4, :: and the rest of RFC 6890 */
    ADDR_N_KINDS,
} AddrKind;

/* Parses exactly one address: dotted quad without leading zeros beyond what inet_pton takes, IPv6
 * in any form, optionally in brackets, with an `IPv6:` tag (RFC 5321, section 4.1.3) or a %zone,
 * which is dropped. len -1: NUL-terminated. Returns false, *ret_addr untouched, for anything else.
 */
bool addr_parse(const char *text, gssize len, Addr *ret_addr);

/* Writes the canonical text into buf (ADDR_TEXT_SIZE bytes) and returns buf; "" for ADDR_NONE. */
const char *addr_text(const Addr *addr, char *buf);
char *addr_dup_text(const Addr *addr); /* (transfer full) the same, or NULL for ADDR_NONE */

bool addr_is_none(const Addr *addr);
bool addr_is_ipv4(const Addr *addr);
bool addr_equal(const Addr *a, const Addr *b);
int addr_compare(const Addr *a, const Addr *b); /* as memcmp: the order of the store's blobs */
guint addr_common_bits(const Addr *a, const Addr *b); /* leading ones that are the same: 0-128 */

AddrKind addr_kind(const Addr *addr);
const char *addr_kind_name(AddrKind kind); /* "private", "documentation", … */

typedef struct {
    Addr first; /* network address */
    Addr last;  /* highest address */
    guint bits; /* 0-128, counted in the 16-byte form: 192.0.2.0/24 has 120 */
} Netmask;

/* "192.0.2.0/24", "2001:db8::/32", or a bare address (one host). Host bits are refused with
 * BAD_INPUT and a message that names the network that was meant. */
bool netmask_parse(const char *text, Netmask *ret_mask, GError **error);
/* The network of that many bits that addr lies in. */
void netmask_fill(Netmask *mask, const Addr *addr, guint bits);
bool netmask_contains(const Netmask *mask, const Addr *addr);
char *
netmask_dup_text(const Netmask *mask); /* (transfer full) "192.0.2.0/24"; a host without "/32" */

/* A set of networks; look-up is a binary search in merged ranges. NULL is an empty set. */
typedef struct NetmaskSet NetmaskSet;
NetmaskSet *netmask_set_new(void);      /* (transfer full) */
void netmask_set_free(NetmaskSet *set); /* NULL is fine */
void netmask_set_add(NetmaskSet *set, const Netmask *mask);
bool netmask_set_contains(const NetmaskSet *set, const Addr *addr);
bool netmask_set_is_empty(const NetmaskSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetmaskSet, netmask_set_free)
