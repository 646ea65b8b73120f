/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole parse: any bytes are a complaint that survives packing, and no string in it is unclean
 * or overlong. */
#include "ingest/parse/complaint_pack.h"
#include "ingest/parse/parse.h"
#include "tests/fuzz/fuzz.h"

static void
check(Complaint *complaint)
{
    g_autoptr(GBytes) packed = complaint_pack(complaint), again = NULL;
    g_autoptr(Complaint) back = complaint_unpack(packed, NULL);
    json_t *json;

    g_assert_nonnull(back);
    again = complaint_pack(back);
    g_assert_true(g_bytes_equal(packed, again));
    json = complaint_to_json(back);
    g_assert_nonnull(json);
    json_decref(json);
    for (guint i = 0; i < complaint->incidents->len; i++) {
        const Incident *incident = &g_array_index(complaint->incidents, Incident, i);
        g_assert_cmpuint(incident->urls->len, <=, limits_default.urls);
        g_assert_cmpuint(incident->count, >=, 1);
        g_assert_nonnull(incident->type);
    }
    complaint_free(complaint);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) mail = g_bytes_new(data, size);
    g_autoptr(SiteMap) site = site_map_new();

    parse_init();
    check(complaint_parse(mail, site, &limits_default, 1741080700));
    check(complaint_parse_spam(mail, site, &limits_default, 1741080700));
    return 0;
}
