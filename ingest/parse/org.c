/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/org.h"

#include <libpsl.h>
#include <stdio.h>
#include <string.h>

enum { HOST_MAX = 256 };

const char *
org_of(const char *host)
{
    char lower[HOST_MAX];
    const char *found;
    gsize n = 0;

    if (!host || !strchr(host, '.'))
        return NULL;
    for (; host[n] && n < HOST_MAX; n++)
        lower[n] = g_ascii_tolower(host[n]);
    if (n == HOST_MAX || n < 3 || g_ascii_isdigit(lower[n - 1]) || lower[n - 1] == '.')
        return NULL;
    lower[n] = '\0';
    found = psl_registrable_domain(psl_builtin(), lower);
    return found ? host + (found - lower) : NULL;
}

bool
org_equal(const char *a, const char *b)
{
    return a && b && g_ascii_strcasecmp(a, b) == 0;
}

/* Where the last two labels of host begin, or NULL when it has no two. */
static const char *
last_two_labels(const char *host)
{
    const char *at = host + strlen(host);
    int dots = 0;

    while (at > host && dots < 2) {
        at--;
        dots += *at == '.';
    }
    return dots == 2 ? at + 1 : dots == 1 ? host : NULL;
}

/* A look-up in the public suffix list costs as much as half a trace line: most pairs differ in
 * their last two labels, and need none. */
bool
org_hosts_same(const char *a, const char *b)
{
    const char *a_end, *b_end, *org;
    gsize n, m;

    if (!a || !b)
        return false;
    if (org_equal(a, b))
        return true;
    a_end = last_two_labels(a);
    b_end = last_two_labels(b);
    if (!org_equal(a_end, b_end))
        return false;
    org = org_of(a);
    n = org ? strlen(org) : 0;
    m = strlen(b);
    return n > 0 && m >= n && org_equal(b + m - n, org) && (m == n || b[m - n - 1] == '.');
}

bool
org_host_is_of_mailbox(const char *host, const char *mailbox)
{
    const char *at = mailbox ? strrchr(mailbox, '@') : NULL;

    return at && org_hosts_same(host, at + 1);
}

const char *
org_of_mailbox(const char *mailbox)
{
    const char *at = mailbox ? strrchr(mailbox, '@') : NULL;

    return at ? org_of(at + 1) : NULL;
}

/* Does text contain these two octets, parted by one other character, in this order or reversed? */
static bool
spells_octets(const char *text, guint a, guint b)
{
    char forms[4][12];

    (void)snprintf(forms[0], sizeof forms[0], "%u-%u", a, b);
    (void)snprintf(forms[1], sizeof forms[1], "%u.%u", a, b);
    (void)snprintf(forms[2], sizeof forms[2], "%u-%u", b, a);
    (void)snprintf(forms[3], sizeof forms[3], "%u.%u", b, a);
    for (int i = 0; i < 4; i++) {
        if (strstr(text, forms[i]))
            return true;
    }
    return false;
}

bool
org_is_line_name(const char *rdns, const Addr *addr)
{
    static const char *const words[] = {"dsl",   "dyn",   "pool", "dialup",    "dial-up", "ppp",
                                        "cable", "cust.", "dhcp", "broadband", "client",  "pcp"};
    const char *org = org_of(rdns);
    char host[HOST_MAX];
    gsize n;

    if (!rdns || !org)
        return false;
    n = MIN((gsize)(org - rdns), sizeof host - 1);
    for (gsize i = 0; i < n; i++)
        host[i] = g_ascii_tolower(rdns[i]);
    host[n] = '\0';
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strstr(host, words[i]))
            return true;
    }
    return addr_is_ipv4(addr) && n > 6 && spells_octets(host, addr->b[14], addr->b[15]);
}

bool
addr_is_near(const Addr *a, const Addr *b)
{
    if (addr_is_none(a) || addr_is_none(b))
        return false;
    return memcmp(a->b, b->b, addr_is_ipv4(a) && addr_is_ipv4(b) ? 15 : 8) == 0 &&
           addr_is_ipv4(a) == addr_is_ipv4(b);
}
