/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint zone`: the DNS lists that are asked, and whether they are to be believed. */
#include "cli/cmd_zone.h"

#include <jansson.h>

#include "cli/plaint.h"
#include "cli/table.h"
#include "cli/zone_choice.h"
#include "delist/probe.h"

static const char *
families_text(const Zone *zone)
{
    static const char *const texts[] = {"", "v4", "v6", "v4 v6"};

    return texts[zone->families & (ZONE_V4 | ZONE_V6)];
}

/* -- list ------------------------------------------------------------------------------------- */

static json_t *
list_model(const GPtrArray *zones)
{
    json_t *rows = json_array();

    for (guint i = 0; i < zones->len; i++) {
        const Zone *zone = g_ptr_array_index(zones, i);

        json_array_append_new(
            rows, json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:o, s:b}", "zone", zone->name,
                            "title", zone->title, "families", families_text(zone), "removal",
                            removal_names[zone->removal], "procedure", zone->procedure, "url",
                            zone->url, "mail", zone->mail, "wait",
                            zone->wait ? json_integer(zone->wait) : json_null(), "network_wide",
                            zone->is_network_wide));
    }
    return rows;
}

/* "7 d", "28 h" */
static char *
wait_text(gint64 seconds)
{
    bool is_days = seconds % 86400 == 0 && seconds > 86400;

    return g_strdup_printf("%" G_GINT64_FORMAT " %s", seconds / (is_days ? 86400 : 3600),
                           is_days ? "d" : "h");
}

static void
draw_list(const GPtrArray *zones, const Term *term, bool is_asked, GString *out)
{
    const TableColumn columns[] = {{.title = is_asked ? "zone" : "provider"},
                                   {.title = "title", .drop = 3},
                                   {.title = "removal"},
                                   {.title = "wait", .right = true, .drop = 1},
                                   {.title = "where", .drop = 2, .shrink_to = is_asked ? 0 : 24},
                                   {.title = "lists"}};
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns) - !is_asked);

    for (guint i = 0; i < zones->len; i++) {
        const Zone *zone = g_ptr_array_index(zones, i);
        g_autofree char *wait = zone->wait ? wait_text(zone->wait) : NULL;

        table_add(table, STYLE_BOLD, zone->name);
        table_add(table, STYLE_PLAIN, zone->title);
        table_add(table, STYLE_PLAIN, removal_names[zone->removal]);
        table_add(table, STYLE_PLAIN, wait);
        table_add(table, STYLE_DIM,
                  is_asked || zone->url ? zone->url
                  : zone->mail          ? zone->mail
                                        : zone->procedure);
        if (is_asked)
            table_add(table, STYLE_PLAIN, families_text(zone));
    }
    table_draw(table, term, 0, out);
}

/* All of them, when no zone is named. */
static GPtrArray *
provider_choice(const Plaint *plaint)
{
    GPtrArray *chosen = g_ptr_array_new();

    for (const Zone *row = provider_table; row->name && !*args_operands(plaint->args); row++)
        g_ptr_array_add(chosen, (gpointer)row);
    return chosen;
}

static bool
run_list(Plaint *plaint, GError **error)
{
    g_autoptr(Zones) zones = zones_load(plaint->config, error);
    g_autoptr(GPtrArray) chosen = zones ? zone_choice(plaint, zones, error) : NULL;
    g_autoptr(GPtrArray) providers = NULL;
    g_autoptr(GString) out = g_string_new(NULL);

    if (!chosen)
        return false;
    providers = provider_choice(plaint);
    if (plaint->json) {
        plaint_print_json(json_pack("{s:o, s:o}", "zones", list_model(chosen), "providers",
                                    list_model(providers)));
        return true;
    }
    draw_list(chosen, &plaint->term, true, out);
    if (providers->len > 0) {
        g_string_append(out, "\nReceivers with lists of their own, known by bounces:\n");
        draw_list(providers, &plaint->term, false, out);
    }
    term_print(out);
    return true;
}

/* -- test ------------------------------------------------------------------------------------- */

static const char *const family_names[] = {"v4", "v6"};

static json_t *
test_model(const Probe *probe, const GPtrArray *zones)
{
    json_t *rows = json_array();

    for (guint i = 0; i < zones->len; i++) {
        const Zone *zone = g_ptr_array_index(zones, i);
        const ZoneHealth *health = probe_health_of(probe, zone);

        for (int family = 0; family < 2; family++)
            if (health->is_known[family])
                json_array_append_new(rows,
                                      json_pack("{s:s, s:s, s:b, s:s?, s:s?}", "zone", zone->name,
                                                "family", family_names[family], "believed",
                                                health->why[family] == UNKNOWN_NONE, "why",
                                                unknown_names[health->why[family]], "answers",
                                                health->raw[family]));
    }
    return rows;
}

static void
draw_test(const Probe *probe, const GPtrArray *zones, const Term *term, GString *out)
{
    static const TableColumn columns[] = {{.title = "zone"},
                                          {.title = "lists"},
                                          {.title = "test"},
                                          {.title = "test points", .drop = 1},
                                          {.title = "why", .shrink_to = 20}};
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (guint i = 0; i < zones->len; i++) {
        const Zone *zone = g_ptr_array_index(zones, i);
        const ZoneHealth *health = probe_health_of(probe, zone);

        for (int family = 0; family < 2; family++) {
            UnknownWhy why = health->why[family];

            if (!health->is_known[family])
                continue;
            table_add(table, STYLE_BOLD, zone->name);
            table_add(table, STYLE_PLAIN, family_names[family]);
            table_add(table, why ? STYLE_RED : STYLE_GREEN, why ? unknown_names[why] : "good");
            table_add(table, STYLE_DIM, health->raw[family]);
            table_add(table, STYLE_PLAIN, why ? unknown_words[why] : "");
        }
    }
    table_draw(table, term, 0, out);
}

static bool
run_test(Plaint *plaint, GError **error)
{
    g_autoptr(Zones) zones = zones_load(plaint->config, error);
    g_autoptr(GPtrArray) chosen = zones ? zone_choice(plaint, zones, error) : NULL;
    g_autoptr(Probe) probe = NULL;
    g_autoptr(Dns) dns = chosen ? zone_dns(plaint->config, error) : NULL;
    g_autoptr(GString) out = g_string_new(NULL);

    if (!dns)
        return false;
    probe = probe_new(zones, dns);
    for (guint i = 0; i < chosen->len; i++)
        probe_test(probe, g_ptr_array_index(chosen, i));
    if (!dns_run(dns, 0, -1, error))
        return false;
    if (plaint->json) {
        plaint_print_json(json_pack("{s:o}", "zones", test_model(probe, chosen)));
        return true;
    }
    draw_test(probe, chosen, &plaint->term, out);
    term_print(out);
    return true;
}

const Command cmd_zone_list = {
    .name = "zone list",
    .operands = "[ZONE...]",
    .summary = "list the DNS lists that are asked, and how one gets off each",
    .details =
        "A list is switched off, given its key or changed in a group [zone NAME] of plaint.conf; "
        "a group with another name adds a list.\n\n"
        "Providers that block by lists of their own follow: their refusals, as bounces that come "
        "to "
        "the desk tell of them, make listings, too.",
    .needs = COMMAND_NEEDS_CONFIG,
    .max_operands = -1,
    .run = run_list,
};

const Command cmd_zone_test = {
    .name = "zone test",
    .operands = "[ZONE...]",
    .summary = "ask the test points of DNS lists: which are to be believed",
    .details =
        "Each list must list 127.0.0.2 and must not list 127.0.0.1 (for IPv6, ::ffff:7f00:2 and "
        "::ffff:7f00:1). What a list says that fails the test counts for nothing.\n\n"
        "Most lists do not answer public resolvers: set [dns] servers to one of your own.",
    .needs = COMMAND_NEEDS_CONFIG,
    .max_operands = -1,
    .run = run_test,
};
