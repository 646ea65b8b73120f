/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint site`: what an operator should know of his own site before the world does. */
#include "cli/cmd_site.h"
#include "cli/member.h"

#include "base/clock.h"
#include "base/text.h"
#include "cli/list.h"
#include "cli/table.h"
#include "cli/zone_choice.h"
#include "delist/site_check.h"
#include "notify/site_alarm.h"
#include "store/finding.h"

static bool
is_of(const json_t *row, const char *kind)
{
    return g_strcmp0(member_text(row, "kind"), kind) == 0;
}

/* A way out is never cut off: what is bad is told below the table, in whole. */
static void
draw_row(Table *table, const json_t *row, gint64 now)
{
    static const Style styles[N_FINDING_OUTCOMES] = {
        [FINDING_GOOD] = STYLE_GREEN, [FINDING_BAD] = STYLE_RED, [FINDING_UNKNOWN] = STYLE_YELLOW};
    int outcome =
        text_name_find(finding_outcome_names, N_FINDING_OUTCOMES, member_text(row, "outcome"));
    g_autofree char *when = member_ago(row, "since", now);

    table_add(table, outcome < 0 ? STYLE_PLAIN : styles[outcome], member_text(row, "outcome"));
    table_add(table, STYLE_BOLD, member_text(row, "subject"));
    table_add(table, STYLE_DIM, when);
    table_add(table, STYLE_PLAIN, outcome == FINDING_GOOD ? member_text(row, "text") : "see below");
}

static void
draw_kind(const Plaint *plaint, const json_t *findings, const SiteCheckRow *check, GString *out)
{
    static const TableColumn columns[] = {
        {.title = ""}, {.title = ""}, {.title = "", .drop = 1}, {.title = "", .shrink_to = 30}};
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
    const Wrap wrap = {.indent = 4, .width = plaint->term.width};
    gint64 now = clock_now();

    for (gsize i = 0; i < json_array_size(findings); i++)
        if (is_of(json_array_get(findings, i), check->kind))
            draw_row(table, json_array_get(findings, i), now);
    if (table_n_rows(table) == 0)
        return;
    g_string_append_printf(out, "%s%s (%s)\n", out->len > 0 ? "\n" : "", check->title, check->kind);
    table_draw(table, &plaint->term, 2, out);
    for (gsize i = 0; i < json_array_size(findings); i++) {
        const json_t *row = json_array_get(findings, i);
        g_autofree char *text =
            g_strdup_printf("%s: %s", member_text(row, "subject"), member_text(row, "text"));

        if (is_of(row, check->kind) && g_strcmp0(member_text(row, "outcome"), "good") != 0)
            term_wrap(out, &plaint->term, &wrap, text);
    }
}

/* What went wrong now, where something is known from before. */
static void
draw_troubles(const json_t *findings, GString *out)
{
    for (gsize i = 0; i < json_array_size(findings); i++) {
        const json_t *row = json_array_get(findings, i);

        if (member_text(row, "trouble") && g_strcmp0(member_text(row, "outcome"), "unknown") != 0)
            g_string_append_printf(out, "\n%s (%s) could not be checked again: %s\n",
                                   member_text(row, "subject"), member_text(row, "kind"),
                                   member_text(row, "trouble"));
    }
}

static void
draw(const Plaint *plaint, const json_t *findings, GString *out)
{
    for (const SiteCheckRow *check = site_checks; check->kind; check++)
        draw_kind(plaint, findings, check, out);
    draw_troubles(findings, out);
    if (out->len == 0)
        g_string_append(out,
                        "nothing has been checked: 'plaint site check' does it, for the relays "
                        "and domains of the configuration\n");
}

static bool
run_list(Plaint *plaint, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    json_t *view = view_findings(plaint->store, error);

    if (!view)
        return false;
    if (plaint->json) {
        plaint_print_json(view);
        return true;
    }
    draw(plaint, json_object_get(view, "findings"), out);
    json_decref(view);
    term_print(out);
    return true;
}

static bool
run_check(Plaint *plaint, GError **error)
{
    g_autoptr(Dns) dns = zone_dns(plaint->config, error);
    const SiteCheck site = {
        .store = plaint->store, .config = plaint->config, .dns = dns, .now = clock_now()};
    gint64 letter = 0;

    return dns && site_check_run(&site, error) &&
           site_alarm(plaint->store, plaint->config, site.now, &letter, error) &&
           run_list(plaint, error);
}

const Command cmd_site_check = {
    .name = "site check",
    .operands = "",
    .summary = "look at our own relays and domains as receivers do",
    .details = "Open relays, backup MXs that take anything, reverse and HELO names, SPF, and "
               "whether a list has "
               "them. plaint-watch does it every six hours, and mails [mail] alarm what has turned "
               "bad. What DNS does not answer now is no bad news: the last answer stands.",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .run = run_check,
};

const Command cmd_site_list = {
    .name = "site list",
    .operands = "",
    .summary = "show what the last check of the own site found",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .run = run_list,
};
