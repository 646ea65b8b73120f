/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of lists, and what the configuration makes of it. */
#include <string.h>

#include "base/error.h"
#include "delist/zone.h"
#include "store/provider.h"

static Zones *
load(const char *text, GError **error)
{
    g_autoptr(Config) config = config_parse(text, "test", error);

    return config ? zones_load(config, error) : NULL;
}

static void
check_table(void)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    for (const Zone *row = zone_table; row->name; row++) {
        g_test_message("%s", row->name);
        g_assert_true(g_hash_table_add(names, (gpointer)row->name));
        g_assert_nonnull(row->title);
        g_assert_nonnull(row->procedure);
        g_assert_true(!row->url || g_str_has_prefix(row->url, "https://"));
        g_assert_cmpuint(row->families & (ZONE_V4 | ZONE_V6), !=, 0);
        g_assert_nonnull(row->codes->name);
        g_assert_null(zone_dead_why(row->name));
        for (const ZoneCode *code = row->codes; code->name; code++)
            g_assert_true(row->coding == ZONE_BITS ? code->code <= 255 : code->code >> 24 == 127);
        g_assert_true(row->removal != REMOVAL_AUTOMATIC || row->wait > 0);
    }
}

static void
check_dead(void)
{
    g_assert_nonnull(zone_dead_why("dnsbl.sorbs.net"));
    g_assert_nonnull(zone_dead_why("SORBS.NET"));
    g_assert_null(zone_dead_why("notsorbs.net"));
    g_assert_null(zone_dead_why("net"));
    g_assert_null(zone_dead_why("zen.spamhaus.org"));
}

static void
check_keys(void)
{
    g_autoptr(Zones) without = load("", NULL);
    g_autoptr(Zones) with = load("[zone zen.dq.spamhaus.net]\nkey=sesame\n", NULL);
    const Zone *zone = zones_find(with, "ZEN.dq.spamhaus.net");
    g_autofree char *domain = NULL, *plain = NULL;

    g_assert_null(zones_find(without, "zen.dq.spamhaus.net"));
    g_assert_nonnull(strstr(zones_why_not(without, "Zen.DQ.spamhaus.net"), "key"));
    g_assert_nonnull(zone);
    domain = zones_query_domain(with, zone);
    g_assert_cmpstr(domain, ==, "sesame.zen.dq.spamhaus.net");
    plain = zones_query_domain(with, zones_find(with, "zen.spamhaus.org"));
    g_assert_cmpstr(plain, ==, "zen.spamhaus.org");
}

static void
check_changes(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Zones) zones =
        load("[zone bl.spamcop.net]\nenabled=no\n"
             "[zone psbl.surriel.com]\nwait=3d\nremoval=automatic\n"
             "[zone own.example]\ncodes=127.0.0.7 bad;127.0.0.8\nfamilies=v4;v6\n"
             "[zone bits.example]\nbits=yes\ncodes=4 trap;8\n",
             &error);
    const Zone *zone = NULL;

    g_assert_no_error(error);
    g_assert_null(zones_find(zones, "bl.spamcop.net"));
    g_assert_nonnull(zones_why_not(zones, "bl.spamcop.net"));
    zone = zones_find(zones, "psbl.surriel.com");
    g_assert_cmpint(zone->wait, ==, 3 * 86400);
    g_assert_cmpint(zone->removal, ==, REMOVAL_AUTOMATIC);
    g_assert_cmpstr(zone->title, ==, "PSBL");
    zone = zones_find(zones, "own.example");
    g_assert_cmpuint(zone->families, ==, ZONE_V4 | ZONE_V6);
    g_assert_cmpuint(zone->codes[0].code, ==, 0x7f000007);
    g_assert_cmpstr(zone->codes[0].name, ==, "bad");
    g_assert_cmpstr(zone->codes[1].name, ==, "listed");
    g_assert_null(zone->codes[2].name);
    zone = zones_find(zones, "bits.example");
    g_assert_cmpint(zone->coding, ==, ZONE_BITS);
    g_assert_cmpuint(zone->codes[1].code, ==, 8);
}

static void
check_refused(void)
{
    static const char *const cases[][2] = {
        {"[zone dnsbl.sorbs.net]\n", "shut down"},
        {"[zone x.example]\ncodes=10.0.0.1 bad\n", "127.0.0.0/8"},
        {"[zone x.example]\nbits=yes\ncodes=256\n", "bit"},
        {"[zone x.example]\nremoval=beg\n", "removal"},
        {"[zone x.example]\nkeyy=1\n", "key"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Zones) zones = load(cases[i][0], &error);

        g_assert_null(zones);
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFIG);
        g_assert_nonnull(strstr(error->message, cases[i][1]));
    }
}

/* The rows of both layers are of the same providers, and agree on who removes by itself. */
static void
check_providers(void)
{
    guint n = 0;

    for (const Provider *row = providers; row->name; row++, n++) {
        const Zone *zone = provider_row(row->name);

        g_assert_nonnull(zone);
        g_assert_true(provider_find(row->name) == row); /* unique */
        g_assert_cmpint(zone->removal == REMOVAL_AUTOMATIC, ==, row->is_automatic);
        g_assert_nonnull(zone->title);
        g_assert_nonnull(zone->procedure);
    }
    for (const Zone *zone = provider_table; zone->name; zone++, n--)
        g_assert_true(provider_row(zone->name) == zone);
    g_assert_cmpuint(n, ==, 0);
    g_assert_null(provider_row("far.example"));
    g_assert_null(provider_find(NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/delist/zone/table", check_table);
    g_test_add_func("/delist/zone/dead", check_dead);
    g_test_add_func("/delist/zone/keys", check_keys);
    g_test_add_func("/delist/zone/changes", check_changes);
    g_test_add_func("/delist/zone/refused", check_refused);
    g_test_add_func("/delist/zone/providers", check_providers);
    return g_test_run();
}
