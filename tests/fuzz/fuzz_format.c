/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every recogniser by itself: each row of the table that says yes to a mail reads it, not only the
 * first. What it makes of it survives packing, keeps the limits and is filed by a known name. */
#include "ingest/parse/complaint_pack.h"
#include "ingest/parse/parse.h"
#include "tests/fuzz/fuzz.h"

static const char site_text[] =
    "[site]\ndomains=shop.example\nnetworks=192.0.2.0/24;2001:db8::/32\n"
    "[relay mx1]\nnames=mx1.isp.example\naddresses=192.0.2.10\nroles=mx;smarthost\n";

/* libytnef forgets an attachment's first name when it is given another; the child that reads mails
 * is bounded and ends. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
    return "leak:libytnef.so";
}

/* libgsf tells of each damaged file. */
static void
be_quiet(const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
    (void)domain;
    (void)level;
    (void)message;
    (void)data;
}

static const SiteMap *
site(void)
{
    static SiteMap *loaded; /* once per process: a fuzzer runs millions of inputs */

    if (!loaded) {
        g_autoptr(Config) config = config_parse(site_text, "fuzz", NULL);
        loaded = site_map_load(config, NULL);
    }
    return loaded;
}

static void
check(const Complaint *complaint)
{
    g_autoptr(GBytes) packed = complaint_pack(complaint);
    g_autoptr(Complaint) back = complaint_unpack(packed, NULL);

    g_assert_nonnull(back);
    g_assert_cmpuint(complaint->incidents->len, <=, limits_default.incidents);
    for (guint i = 0; i < complaint->incidents->len; i++) {
        const Incident *incident = &g_array_index(complaint->incidents, Incident, i);

        g_assert_cmpuint(incident->urls->len, <=, limits_default.urls);
        g_assert_cmpuint(incident->count, >=, 1);
        g_assert_cmpuint(incident->source_port, <=, 65535);
        g_assert_nonnull(incident->type);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) mail = g_bytes_new(data, size);

    parse_init();
    (void)g_log_set_default_handler(be_quiet, NULL);
    for (const Format *const *row = formats; *row; row++) {
        g_autoptr(Complaint) complaint =
            complaint_parse_as(*row, mail, site(), &limits_default, 1741080700);

        if (complaint)
            check(complaint);
        else
            g_assert_nonnull(row[1]); /* the last takes anything */
    }
    return 0;
}
