/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports of machines built to exhaust their reader: each ends as a complaint with its problem
 * named, within the time of the parsing child. */
#include <string.h>

#include "tests/parse/hostile.h"

static const char hostile_head[] =
    "From: a@reporter.example\nTo: abuse@isp.example\nSubject: report\n";

static void
json_members(GString *mail, guint n)
{
    g_string_append(mail,
                    "Content-Type: application/json\n\n{\"xarf_version\":\"4\",\"report_id\":[0");
    repeat(mail, n, ",0");
    g_string_append(mail, "]}\n");
}

static void
a_million_json_values(GString *mail)
{
    json_members(mail, 1000000);
}

static void
nested_json(GString *mail)
{
    g_string_append(mail,
                    "Content-Type: application/json\n\n{\"xarf_version\":\"4\",\"report_id\":");
    repeat(mail, 1000000, "[");
    repeat(mail, 1000000, "]");
    g_string_append(mail, "}\n");
}

static void
endless_json_quotes(GString *mail)
{
    g_string_append(mail, "Content-Type: multipart/mixed; boundary=b\n\n");
    for (guint i = 0; i < 4; i++) {
        g_string_append(mail,
                        "--b\nContent-Type: application/json\n\n{\"xarf_version\",\"report_id\"");
        repeat(mail, 7 * 1024 * 1024, "\"");
        g_string_append(mail, "\n");
    }
}

static void
many_json_reports(GString *mail)
{
    g_string_append(mail, "Content-Type: multipart/mixed; boundary=b\n\n");
    for (guint i = 0; i < 900; i++) {
        g_string_append(mail, "--b\nContent-Type: application/json\n\n{\"xarf_version\":\"4\"");
        for (guint k = 0; k < 3000; k++)
            g_string_append_printf(mail, ",\"%u\":0", k);
        g_string_append(mail, ",\"report_id\":0}\n");
    }
}

static void
many_json_messages(GString *mail)
{
    g_string_append(mail, "Content-Type: application/json\n\n{\"xarf_version\":\"4\","
                          "\"report_id\":\"x\",\"evidence\":[0");
    repeat(mail, 3000, ",{\"content_type\":\"message/rfc822\",\"payload\":\"eA==\"}");
    g_string_append(mail, "]}\n");
}

static void
many_flat_reports(GString *mail)
{
    g_string_append(mail, "X-ARF: YES\nContent-Type: multipart/mixed; boundary=b\n\n");
    for (guint i = 0; i < 900; i++) {
        g_string_append(mail, "--b\nContent-Type: text/plain; name=report.txt\n\n"
                              "Report-Type: x\nReport-ID: y\nCategory: z\n");
        repeat(mail, 3000, "a: \n");
    }
}

static void
long_list_of_machines(GString *mail)
{
    g_string_truncate(mail, 0);
    g_string_append(mail, "From: 1@reports.spamcop.net\nSubject: [SpamCop] summary report\n\n");
    repeat(mail, 50000, "192.0.2.1 Mar 3 13h/3 1 0 0 0\n");
}

static void
sites_in_every_line(GString *mail)
{
    g_string_truncate(mail, 0);
    g_string_append(mail, "From: 1@reports.spamcop.net\nSubject: [SpamCop (x) id:1]\n\n");
    repeat(mail, 30000, "Spamvertised Email from\nx Email from x Spamvertised \n");
}

static void
labelled_times(GString *mail)
{
    g_string_append(mail, "\nThis is an automated abuse report.\n");
    repeat(mail, 50000, "IP: 192.0.2.50\nTime: 2026-01-05 10:00:00\n");
}

static void
attacks_as_json(GString *mail)
{
    g_string_append(mail, "Content-Type: multipart/mixed; boundary=b\n\n"
                          "--b\nContent-Type: text/plain\n\nAttacks\n"
                          "--b\nContent-Type: application/json\n\n");
}

static void
endless_json_events(GString *mail)
{
    attacks_as_json(mail);
    repeat(mail, 200000, "{}\n[]\n{\"ip\":\"192.0.2.50\",\"time\":1767607200}\n");
}

static void
events_nested_deep(GString *mail)
{
    attacks_as_json(mail);
    repeat(mail, 1000000, "[");
}

/* clang-format off */
static const Hostile cases[] = {
    {"1000000-json-values", hostile_head, a_million_json_values, "xarf-not-read"},
    {"1000000-json-levels", hostile_head, nested_json, "xarf-not-read"},
    {"28-mb-of-json-quotes", hostile_head, endless_json_quotes, "xarf-not-read"},
    {"900-json-reports", hostile_head, many_json_reports, "xarf-missing-field"},
    {"3000-json-messages", hostile_head, many_json_messages, "too-many-attached-mails"},
    {"900-flat-reports", hostile_head, many_flat_reports, "no-source"},
    {"50000-listed-machines", hostile_head, long_list_of_machines, "too-many-incidents"},
    {"30000-advertised-sites", hostile_head, sites_in_every_line, "no-source"},
    {"50000-labelled-times", hostile_head, labelled_times, "too-many-rows"},
    {"600000-json-events", hostile_head, endless_json_events, "too-many-rows"},
    {"1000000-levels-of-events", hostile_head, events_nested_deep, "json-not-read"},
};
/* clang-format on */

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    parse_init();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/parse/hostile-reports/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], hostile_check);
    }
    return g_test_run();
}
