/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trace fields and whole header blocks through received.c and attribution.c. The first byte picks
 * the claim; the rest is a header block, and its first line a field by itself. */
#include <gmime/gmime.h>
#include <string.h>

#include "ingest/parse/attribution.h"
#include "ingest/parse/received.h"
#include "tests/fuzz/fuzz.h"

static SiteMap *
site(void)
{
    static SiteMap *loaded; /* once per process: a fuzzer runs millions of inputs */

    if (!loaded) {
        g_mime_init(); /* header_address needs it; charsets are not needed here */
        g_autoptr(Config) config = config_parse(
            "[site]\ndomains=shop.example\nnetworks=192.0.2.0/24\n"
            "[relay mx1]\nnames=mx1.isp.example\naddresses=192.0.2.10\nroles=mx\n"
            "[receivers]\nhosts=*.victim.example\n[forwarders]\nhosts=mx.fwd.example\n",
            "fuzz", NULL);

        loaded = site_map_load(config, NULL);
    }
    return loaded;
}

static void
check_text(const char *text)
{
    g_assert_true(!text || (*text && g_utf8_validate(text, -1, NULL)));
}

static void
one_field(const char *value)
{
    g_autoptr(GStringChunk) chunk = g_string_chunk_new(1024);
    Received r;

    received_parse(value, &limits_default, chunk, &r);
    check_text(r.hop.helo);
    check_text(r.hop.rdns);
    check_text(r.hop.by);
    check_text(r.hop.id);
    check_text(r.hop.for_);
    check_text(r.hop.ident);
    check_text(r.hop.account);
    check_text(r.hop.envelope_from);
    g_assert_true(r.port < 65536);
    g_assert_true((r.kind == RECEIVED_SKIPPED) == (r.skip_why != NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Complaint) complaint = complaint_new();
    g_autoptr(HeaderBlock) block = NULL;
    g_autofree char *first = NULL;
    Incident *incident = complaint_add_incident(complaint);
    const SiteMap *map = site();
    const guint8 *end;

    if (size < 2)
        return 0;
    end = memchr(data + 1, '\n', size - 1);
    first = g_strndup((const char *)data + 1, end ? (gsize)(end - data - 1) : size - 1);
    one_field(first);
    block = header_block_parse((const char *)data + 1, size - 1, 0, &limits_default, NULL);
    incident->claimed_in_field = data[0] & 1;
    incident->pasted = data[0] & 2;
    if (data[0] & 4)
        (void)addr_parse("192.0.2.10", -1, &incident->claimed_ip);
    attribution_run(complaint, incident, block, map, &limits_default);
    g_assert_cmpuint(incident->hops->len, <=, limits_default.received_lines);
    g_assert_cmpuint(incident->causes->len, >, 0);
    for (guint i = 0; i < incident->hops->len; i++) {
        const Hop *hop = &g_array_index(incident->hops, Hop, i);

        check_text(hop->why);
        g_assert_nonnull(hop->why);
    }
    return 0;
}
