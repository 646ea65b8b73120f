/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/addr.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

static const guint8 v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static const char *const kind_names[ADDR_N_KINDS] = {
    [ADDR_PUBLIC] = "public",         [ADDR_LOOPBACK] = "loopback",
    [ADDR_PRIVATE] = "private",       [ADDR_CGN] = "carrier-grade NAT",
    [ADDR_LINK_LOCAL] = "link-local", [ADDR_DOCUMENTATION] = "documentation",
    [ADDR_MULTICAST] = "multicast",   [ADDR_RESERVED] = "reserved",
};

/* RFC 6890 and its successors, as {network in 16-byte form, bits, kind}; first match wins. The IPv4
 * rows are written as four bytes behind the mapped prefix; 6to4 rows hold a private IPv4. */
/* clang-format off */
static const struct { const char *network; AddrKind kind; } kinds[] = {
    {"127.0.0.0/8", ADDR_LOOPBACK},        {"::1", ADDR_LOOPBACK},
    {"10.0.0.0/8", ADDR_PRIVATE},          {"172.16.0.0/12", ADDR_PRIVATE},
    {"192.168.0.0/16", ADDR_PRIVATE},      {"fc00::/7", ADDR_PRIVATE},
    {"2002:a00::/24", ADDR_PRIVATE},       {"2002:ac10::/28", ADDR_PRIVATE},
    {"2002:c0a8::/32", ADDR_PRIVATE},      {"100.64.0.0/10", ADDR_CGN},
    {"169.254.0.0/16", ADDR_LINK_LOCAL},   {"fe80::/10", ADDR_LINK_LOCAL},
    {"192.0.2.0/24", ADDR_DOCUMENTATION},  {"198.51.100.0/24", ADDR_DOCUMENTATION},
    {"203.0.113.0/24", ADDR_DOCUMENTATION},{"2001:db8::/32", ADDR_DOCUMENTATION},
    {"3fff::/20", ADDR_DOCUMENTATION},     {"224.0.0.0/4", ADDR_MULTICAST},
    {"ff00::/8", ADDR_MULTICAST},          {"0.0.0.0/8", ADDR_RESERVED},
    {"192.0.0.0/24", ADDR_RESERVED},       {"198.18.0.0/15", ADDR_RESERVED},
    {"240.0.0.0/4", ADDR_RESERVED},        {"::", ADDR_RESERVED},
    {"100::/64", ADDR_RESERVED},
};
/* clang-format on */

/* inet_pton takes a NUL-terminated text: copy the bounded one. A NUL inside would hide what
 * follows.
 */
static bool
parse_bounded(const char *text, gsize len, Addr *ret_addr)
{
    char buf[ADDR_TEXT_SIZE];
    struct in_addr v4;
    Addr addr;

    if (len == 0 || len >= sizeof buf || memchr(text, '\0', len))
        return false;
    memcpy(buf, text, len);
    buf[len] = '\0';
    if (inet_pton(AF_INET, buf, &v4) == 1) {
        memcpy(addr.b, v4_prefix, sizeof v4_prefix);
        memcpy(addr.b + 12, &v4, 4);
    } else if (!memchr(buf, ':', len) || inet_pton(AF_INET6, buf, addr.b) != 1) {
        return false;
    }
    *ret_addr = addr;
    return true;
}

bool
addr_parse(const char *text, gssize len, Addr *ret_addr)
{
    gsize n;
    const char *zone;

    if (!text)
        return false;
    n = len < 0 ? strlen(text) : (gsize)len;
    if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
        text++;
        n -= 2;
    }
    if (n > 5 && g_ascii_strncasecmp(text, "IPv6:", 5) == 0) {
        text += 5;
        n -= 5;
    }
    zone = memchr(text, '%', n);
    if (zone && memchr(text, ':', n))
        n = (gsize)(zone - text);
    return parse_bounded(text, n, ret_addr);
}

const char *
addr_text(const Addr *addr, char *buf)
{
    buf[0] = '\0';
    if (addr_is_none(addr))
        return buf;
    if (addr_is_ipv4(addr))
        (void)inet_ntop(AF_INET, addr->b + 12, buf, ADDR_TEXT_SIZE);
    else
        (void)inet_ntop(AF_INET6, addr->b, buf, ADDR_TEXT_SIZE);
    return buf;
}

char *
addr_dup_text(const Addr *addr)
{
    char buf[ADDR_TEXT_SIZE];

    return addr_is_none(addr) ? NULL : g_strdup(addr_text(addr, buf));
}

bool
addr_is_none(const Addr *addr)
{
    static const Addr none = {{0}};

    return memcmp(addr->b, none.b, sizeof none.b) == 0;
}

bool
addr_is_ipv4(const Addr *addr)
{
    return memcmp(addr->b, v4_prefix, sizeof v4_prefix) == 0;
}

bool
addr_equal(const Addr *a, const Addr *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

int
addr_compare(const Addr *a, const Addr *b)
{
    return memcmp(a->b, b->b, sizeof a->b);
}

typedef struct {
    Netmask mask[G_N_ELEMENTS(kinds)];
} KindMasks;

/* Parsed once; the table above stays readable. */
static gpointer
kind_masks_new(gpointer unused)
{
    KindMasks *masks = g_new0(KindMasks, 1);

    (void)unused;
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        bool ok = netmask_parse(kinds[i].network, &masks->mask[i], NULL);
        g_assert(ok);
    }
    return masks;
}

AddrKind
addr_kind(const Addr *addr)
{
    static GOnce once = G_ONCE_INIT;
    const KindMasks *masks = g_once(&once, kind_masks_new, NULL);

    if (addr_is_none(addr))
        return ADDR_RESERVED;
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (netmask_contains(&masks->mask[i], addr))
            return kinds[i].kind;
    return ADDR_PUBLIC;
}

const char *
addr_kind_name(AddrKind kind)
{
    g_assert(kind < ADDR_N_KINDS);
    return kind_names[kind];
}

guint
addr_common_bits(const Addr *a, const Addr *b)
{
    guint n = 0;

    while (n < sizeof a->b && a->b[n] == b->b[n])
        n++;
    return n == sizeof a->b ? 8 * n : 8 * n + (8 - g_bit_storage(a->b[n] ^ b->b[n]));
}

void
netmask_fill(Netmask *mask, const Addr *addr, guint bits)
{
    mask->bits = bits;
    for (guint i = 0; i < 16; i++) {
        guint here = bits <= 8 * i ? 0 : MIN(bits - 8 * i, 8);
        guint8 net = (guint8)(0xff00 >> here);
        mask->first.b[i] = addr->b[i] & net;
        mask->last.b[i] = addr->b[i] | (guint8)~net;
    }
}

bool
netmask_parse(const char *text, Netmask *ret_mask, GError **error)
{
    g_autofree char *quoted = text_quote(text);
    const char *slash = strchr(text, '/');
    gsize len = slash ? (gsize)(slash - text) : strlen(text);
    Addr addr;
    Netmask mask;
    guint64 bits = 128, most;

    if (!addr_parse(text, (gssize)len, &addr))
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "no network: %s; write 192.0.2.0/24 or 2001:db8::/32", quoted);
    most = addr_is_ipv4(&addr) && !memchr(text, ':', len) ? 32 : 128;
    if (slash) {
        if (!g_ascii_string_to_unsigned(slash + 1, 10, 0, most, &bits, NULL))
            return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                               "no prefix length in %s: it is a number from 0 to %d", quoted,
                               (int)most);
        bits += 128 - most;
    }
    netmask_fill(&mask, &addr, (guint)bits);
    if (!addr_equal(&mask.first, &addr)) {
        g_autofree char *meant = netmask_dup_text(&mask);
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "%s has bits beyond its prefix: the network is '%s'", quoted, meant);
    }
    *ret_mask = mask;
    return true;
}

bool
netmask_contains(const Netmask *mask, const Addr *addr)
{
    return addr_compare(&mask->first, addr) <= 0 && addr_compare(addr, &mask->last) <= 0;
}

char *
netmask_dup_text(const Netmask *mask)
{
    char buf[ADDR_TEXT_SIZE];
    bool v4 = addr_is_ipv4(&mask->first) && mask->bits >= 96;
    const char *text = addr_text(&mask->first, buf);

    if (mask->bits == 128)
        return g_strdup(text);
    return g_strdup_printf("%s/%u", *text ? text : "::", v4 ? mask->bits - 96 : mask->bits);
}

struct NetmaskSet {
    GArray *ranges; /* Netmask, sorted by first, disjoint */
};

NetmaskSet *
netmask_set_new(void)
{
    NetmaskSet *set = g_new0(NetmaskSet, 1);

    set->ranges = g_array_new(FALSE, FALSE, sizeof(Netmask));
    return set;
}

void
netmask_set_free(NetmaskSet *set)
{
    if (!set)
        return;
    g_array_unref(set->ranges);
    g_free(set);
}

/* Index of the first range that begins after addr. */
static guint
range_after(const NetmaskSet *set, const Addr *addr)
{
    guint low = 0, high = set->ranges->len;

    while (low < high) {
        guint mid = low + (high - low) / 2;
        if (addr_compare(addr, &g_array_index(set->ranges, Netmask, mid).first) < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

/* CIDR blocks nest or are disjoint: either a range holds the new one, or it swallows some. */
void
netmask_set_add(NetmaskSet *set, const Netmask *mask)
{
    guint at = range_after(set, &mask->first), swallowed = 0;

    if (at > 0) {
        Netmask *before = &g_array_index(set->ranges, Netmask, at - 1);
        if (netmask_contains(before, &mask->first)) {
            if (addr_compare(&mask->last, &before->last) <= 0)
                return;
            at--; /* same first address, wider */
        }
    }
    while (at + swallowed < set->ranges->len &&
           netmask_contains(mask, &g_array_index(set->ranges, Netmask, at + swallowed).first))
        swallowed++;
    if (swallowed > 0)
        g_array_remove_range(set->ranges, at, swallowed);
    g_array_insert_vals(set->ranges, at, mask, 1);
}

bool
netmask_set_contains(const NetmaskSet *set, const Addr *addr)
{
    guint after = set ? range_after(set, addr) : 0;

    return after > 0 &&
           addr_compare(addr, &g_array_index(set->ranges, Netmask, after - 1).last) <= 0;
}

bool
netmask_set_is_empty(const NetmaskSet *set)
{
    return !set || set->ranges->len == 0;
}
