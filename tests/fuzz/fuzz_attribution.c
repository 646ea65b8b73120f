/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The walk over any header block, with any site map: byte 0 picks its groups, byte 1 the claim; the
 * rest is the block. What docs/attribution.md promises of every chain is asserted, and that a line
 * which a stranger can add never blames us. */
#include <gmime/gmime.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "ingest/parse/attribution.h"
#include "ingest/parse/complaint_pack.h"
#include "tests/fuzz/fuzz.h"

static const char *const groups[] = {
    "[site]\ndomains=shop.example\nnetworks=192.0.2.0/24;2001:db8:a::/48\n",
    "[relay mx1]\nnames=mx1.isp.example\naddresses=192.0.2.10\nroles=mx;smarthost;msa\n",
    "[relay mx2]\nnames=mx2.isp.example\naddresses=192.0.2.11\nroles=backup-mx\n",
    "[relay lists]\nnames=lists.isp.example\naddresses=2001:db8:a::40\nroles=list;webmail\n",
    "[receivers]\nhosts=*.victim.example\nnetworks=198.51.100.0/25\n",
    "[forwarders]\nhosts=mx.fwd.example\nnetworks=198.51.100.200\n",
};
enum { N_SITES = 1 << G_N_ELEMENTS(groups) };

static const char *const claims[] = {NULL, "192.0.2.10", "192.0.2.33", "203.0.113.77"};
enum { CLAIM_BITS = 3, CLAIM_IN_FIELD = 4, PASTED = 8 };

static const SiteMap *
site_of(guint mask)
{
    static SiteMap *loaded[N_SITES]; /* once per process: a fuzzer runs millions of inputs */

    if (!loaded[mask]) {
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(Config) config = NULL;

        g_mime_init(); /* header_address needs it; charsets are not needed here */
        for (guint i = 0; i < G_N_ELEMENTS(groups); i++)
            g_string_append(text, mask & 1U << i ? groups[i] : "");
        config = config_parse(text->str, "fuzz", NULL);
        loaded[mask] = site_map_load(config, NULL);
        g_assert_nonnull(loaded[mask]);
    }
    return loaded[mask];
}

/* (transfer full) with one incident. */
static Complaint *
attribute(const HeaderBlock *block, const SiteMap *site, guint8 flags)
{
    Complaint *complaint = complaint_new();
    Incident *incident = complaint_add_incident(complaint);
    const char *claim = claims[flags & CLAIM_BITS];

    incident->claimed_in_field = claim && flags & CLAIM_IN_FIELD;
    incident->pasted = flags & PASTED;
    if (claim)
        g_assert_true(addr_parse(claim, -1, &incident->claimed_ip));
    attribution_run(complaint, incident, block, site, &limits_default);
    return complaint;
}

static const Incident *
incident_of(const Complaint *complaint)
{
    return &g_array_index(complaint->incidents, Incident, 0);
}

/* The first hop of that verdict, or NULL; there may be no second. */
static const Hop *
only(const Incident *incident, HopVerdict verdict)
{
    const Hop *found = NULL;

    for (guint i = 0; i < incident->hops->len; i++) {
        const Hop *hop = &g_array_index(incident->hops, Hop, i);

        if (hop->verdict != verdict)
            continue;
        g_assert_null(found);
        found = hop;
    }
    return found;
}

/* Border, then exit, then entry; below the first line that is only claimed nothing is believed. */
static void
check_order(const Incident *incident, const SiteMap *site)
{
    const Hop *border = only(incident, VERDICT_BORDER), *exit = only(incident, VERDICT_EXIT),
              *entry = only(incident, VERDICT_ENTRY);
    bool believed = true;

    for (guint i = 0; i < incident->hops->len; i++) {
        HopVerdict verdict = g_array_index(incident->hops, Hop, i).verdict;

        if (verdict == VERDICT_CLAIMED || verdict == VERDICT_FORGED)
            believed = false;
        else
            g_assert_true(believed || verdict == VERDICT_SKIPPED);
    }
    if (border)
        g_assert_true(addr_equal(&border->ip, &incident->relay_ip));
    else
        g_assert_true(addr_is_none(&incident->relay_ip));
    if (exit)
        g_assert_true(border && border->n < exit->n && addr_equal(&exit->ip, &incident->exit_ip));
    else
        g_assert_true(addr_is_none(&incident->exit_ip) ||
                      (border && addr_equal(&border->ip, &incident->exit_ip)));
    g_assert_true(addr_is_none(&incident->exit_ip) || site_owns(site, &incident->exit_ip));
    g_assert_true(!entry || (!addr_is_none(&incident->exit_ip) && entry->n > border->n &&
                             (!exit || entry->n > exit->n)));
    if (incident->ours)
        g_assert_true(site_owns(site, &incident->exit_ip) || site_owns(site, &incident->source_ip));
}

/* What a finding or a hop points at is a field of the block. */
static void
check_bytes(const char *block, gsize len, guint32 offset, guint32 length, const char *name)
{
    gsize n = strlen(name);

    if (length == 0)
        return;
    g_assert_cmpuint((gsize)offset + length, <=, len);
    g_assert_cmpuint(length, >, n);
    g_assert_cmpint(g_ascii_strncasecmp(block + offset, name, n), ==, 0);
}

static void
check_places(const Incident *incident, const char *block, gsize len)
{
    for (guint i = 0; i < incident->hops->len; i++) {
        const Hop *hop = &g_array_index(incident->hops, Hop, i);

        g_assert_cmpuint(hop->n, ==, i);
        g_assert_true(hop->why && g_utf8_validate(hop->why, -1, NULL));
        g_assert_cmpuint(hop->length, >, 0);
        check_bytes(block, len, hop->offset, hop->length, "Received");
    }
    g_assert_cmpuint(incident->causes->len, >, 0);
    for (guint i = 0; i < incident->causes->len; i++) {
        const CauseFinding *cause = &g_array_index(incident->causes, CauseFinding, i);
        g_autofree char *name =
            cause->header ? g_strndup(cause->header, strcspn(cause->header, ":")) : g_strdup("");

        g_assert_nonnull(cause->why);
        check_bytes(block, len, cause->offset, cause->length, name);
    }
}

/* A stranger at the border, without a name that somebody looked up: nothing that he writes below
 * makes an exit of ours. */
static void
check_framing(HeaderBlock *block, const Incident *before, const SiteMap *site, guint8 flags)
{
    const Hop *border = only(before, VERDICT_BORDER);
    AddrKind kind = border ? addr_kind(&border->ip) : ADDR_RESERVED;
    g_autoptr(Complaint) after = NULL;
    g_autofree char *line = NULL;

    if (!border || border->rdns || site_is_forwarder(site, &border->ip, NULL) ||
        !addr_is_none(&before->exit_ip) || flags & CLAIM_BITS ||
        (kind != ADDR_PUBLIC && kind != ADDR_DOCUMENTATION) ||
        !text_find_fold(border->why, -1, "outside of"))
        return;
    line = g_strdup_printf("from mx1.isp.example (mx1.isp.example [192.0.2.10]) by %s (Postfix) "
                           "with ESMTP id 4Xy1ABCDEF; Tue, 4 Mar 2025 10:11:10 +0100",
                           border->helo ? border->helo : "host.evil.example");
    header_block_add(block, "Received", -1, line, -1);
    after = attribute(block, site, flags);
    g_assert_true(addr_is_none(&incident_of(after)->exit_ip));
    g_assert_false(incident_of(after)->ours);
}

static gint64
cpu_ms(void)
{
    struct timespec now;

    g_assert_cmpint(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now), ==, 0);
    return now.tv_sec * G_GINT64_CONSTANT(1000) + now.tv_nsec / 1000000;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data + 2;
    g_autoptr(HeaderBlock) block = NULL;
    g_autoptr(Complaint) first = NULL, second = NULL;
    g_autoptr(GBytes) packed = NULL, again = NULL;
    const SiteMap *site;
    gint64 started;

    if (size < 2)
        return 0;
    site = site_of(data[0] % N_SITES);
    block = header_block_parse(text, size - 2, 0, &limits_default, NULL);
    block->pasted = data[1] & PASTED;
    started = cpu_ms();
    first = attribute(block, site, data[1]);
    g_assert_cmpint(cpu_ms() - started, <, 500 + (gint64)size / 50);
    second = attribute(block, site, data[1]);
    packed = complaint_pack(first);
    again = complaint_pack(second);
    g_assert_true(g_bytes_equal(packed, again));
    check_order(incident_of(first), site);
    check_places(incident_of(first), text, size - 2);
    check_framing(block, incident_of(first), site, data[1]);
    return 0;
}
