/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint listing`: our addresses on lists. */
#include "cli/cmd_listing.h"
#include "cli/member.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/runner.h"
#include "base/text.h"
#include "cli/list.h"
#include "cli/plaint.h"
#include "cli/table.h"
#include "cli/zone_choice.h"
#include "delist/probe.h"
#include "delist/sweep.h"
#include "store/view_listing.h"

/* "3 h ago" (transfer full), or NULL */
static Style
state_style(const char *state)
{
    static const struct {
        const char *state;
        Style style;
    } styles[] = {{"listed", STYLE_RED},       {"refused", STYLE_RED},  {"expiring", STYLE_YELLOW},
                  {"requested", STYLE_YELLOW}, {"accepted", STYLE_DIM}, {"watched", STYLE_GREEN},
                  {"closed", STYLE_DIM}};

    for (gsize i = 0; i < G_N_ELEMENTS(styles); i++)
        if (g_strcmp0(styles[i].state, state) == 0)
            return styles[i].style;
    return STYLE_PLAIN;
}

/* -- list ------------------------------------------------------------------------------------- */

static void
draw_list(const json_t *listings, const Term *term, gint64 now, GString *out)
{
    static const TableColumn columns[] = {{.title = "listing", .right = true},
                                          {.title = "address"},
                                          {.title = "zone"},
                                          {.title = "state"},
                                          {.title = "listed", .drop = 2},
                                          {.title = "seen", .drop = 3},
                                          {.title = "again", .right = true, .drop = 4},
                                          {.title = "ticket", .right = true, .drop = 1}};
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (gsize i = 0; i < json_array_size(listings); i++) {
        const json_t *row = json_array_get(listings, i);
        g_autofree char *first = member_ago(row, "first_at", now),
                        *last = member_ago(row, "last_at", now);
        const json_t *ticket = json_object_get(row, "ticket_id");

        table_add_int(table, STYLE_BOLD, json_integer_value(json_object_get(row, "id")));
        table_add(table, STYLE_PLAIN, member_text(row, "address"));
        table_add(table, STYLE_PLAIN, member_text(row, "zone"));
        table_add(table, state_style(member_text(row, "state")), member_text(row, "state"));
        table_add(table, STYLE_PLAIN, first);
        table_add(table, STYLE_PLAIN, last);
        table_add_int(table, STYLE_PLAIN, json_integer_value(json_object_get(row, "relistings")));
        if (json_is_integer(ticket))
            table_add_int(table, STYLE_PLAIN, json_integer_value(ticket));
        else
            table_add(table, STYLE_PLAIN, NULL);
    }
    table_draw(table, term, 0, out);
}

static bool
run_list(Plaint *plaint, GError **error)
{
    Page page = {0};
    json_t *list = NULL;

    if (!list_page(plaint, &page, error))
        return false;
    list = view_listing_list(plaint->store, args_has(plaint->args, "all"), &page, error);
    if (!list)
        return false;
    list_print(plaint, list, "listings", draw_list);
    return true;
}

/* -- show ------------------------------------------------------------------------------------- */

static void
draw_events(const json_t *events, const Term *term, gint64 now, GString *out)
{
    static const TableColumn columns[] = {{.title = "when"},
                                          {.title = "who"},
                                          {.title = "became"},
                                          {.title = "why", .shrink_to = 20}};
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (gsize i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        g_autofree char *when = member_ago(event, "at", now);

        table_add(table, STYLE_DIM, when);
        table_add(table, STYLE_PLAIN, member_text(event, "actor"));
        table_add(table, state_style(member_text(event, "to_state")),
                  member_text(event, "to_state"));
        table_add(table, STYLE_PLAIN, member_text(event, "text"));
    }
    g_string_append_c(out, '\n');
    table_draw(table, term, 0, out);
}

/* What the list was told last. */
static void
draw_letter(const json_t *events, gint64 now, GString *out)
{
    for (gsize i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        g_autofree char *when = member_ago(event, "at", now);
        g_autofree char *clean = NULL;
        g_auto(GStrv) lines = NULL;

        if (!member_text(event, "letter"))
            continue;
        clean = text_clean_lines(member_text(event, "letter"), -1, G_MAXINT);
        lines = g_strsplit(g_strchomp(clean), "\n", -1);
        g_string_append_printf(out, "\nLetter, %s:\n\n", when);
        for (char **line = lines; *line; line++)
            g_string_append_printf(out, "%s%s\n", **line ? "  " : "", *line);
        return;
    }
}

static void
draw_answers(const json_t *answers, const Term *term, gint64 now, GString *out)
{
    static const TableColumn columns[] = {{.title = "answered"},
                                          {.title = "from", .drop = 2},
                                          {.title = "until"},
                                          {.title = "times", .right = true, .drop = 3},
                                          {.title = "what", .shrink_to = 20}};
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (gsize i = 0; i < json_array_size(answers); i++) {
        const json_t *run = json_array_get(answers, i);
        const char *outcome = member_text(run, "outcome");
        g_autofree char *first = member_ago(run, "first_at", now),
                        *last = member_ago(run, "last_at", now);
        const char *codes = member_text(run, "codes"), *why = member_text(run, "why");

        table_add(table, g_strcmp0(outcome, "listed") == 0 ? STYLE_RED : STYLE_PLAIN, outcome);
        table_add(table, STYLE_DIM, first);
        table_add(table, STYLE_DIM, last);
        table_add_int(table, STYLE_DIM, json_integer_value(json_object_get(run, "checks")));
        table_add(table, STYLE_PLAIN, codes ? codes : why ? why : member_text(run, "raw"));
    }
    if (json_array_size(answers) == 0)
        return;
    g_string_append_c(out, '\n');
    table_draw(table, term, 0, out);
}

static void
draw_head(const json_t *view, const Term *term, gint64 now, GString *out)
{
    g_autofree char *first = member_ago(view, "first_at", now),
                    *due = member_ago(view, "due_at", now);
    g_autofree char *line = NULL;
    gint64 relistings = json_integer_value(json_object_get(view, "relistings"));

    term_add(out, term, STYLE_BOLD, member_text(view, "address"));
    g_string_append(out, " in ");
    term_add(out, term, STYLE_BOLD, member_text(view, "zone"));
    g_string_append(out, "  ");
    term_add(out, term, state_style(member_text(view, "state")), member_text(view, "state"));
    line = g_strdup_printf(", first seen %s%s%s", first ? first : "–",
                           due ? ", looked up again " : "", due ? due : "");
    term_add(out, term, STYLE_PLAIN, line);
    if (member_text(view, "promised_at") &&
        g_strcmp0(member_text(view, "state"), "requested") == 0) {
        g_autofree char *promised = member_ago(view, "promised_at", now);

        g_string_append_printf(out, ", promised %s", promised);
    }
    if (relistings > 0)
        g_string_append_printf(out, ", listed again %" G_GINT64_FORMAT " time%s", relistings,
                               relistings == 1 ? "" : "s");
    if (json_is_integer(json_object_get(view, "ticket_id")))
        g_string_append_printf(out, ", ticket %" JSON_INTEGER_FORMAT,
                               json_integer_value(json_object_get(view, "ticket_id")));
    g_string_append_c(out, '\n');
}

static bool
run_show(Plaint *plaint, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    gint64 id = 0;
    json_t *view = NULL;

    if (!args_id(plaint->args, 0, ID_LISTING, &id, error))
        return false;
    view = view_listing(plaint->store, id, error);
    if (!view)
        return false;
    if (plaint->json) {
        plaint_print_json(view);
        return true;
    }
    draw_head(view, &plaint->term, plaint->now, out);
    draw_events(json_object_get(view, "events"), &plaint->term, plaint->now, out);
    draw_answers(json_object_get(view, "answers"), &plaint->term, plaint->now, out);
    draw_letter(json_object_get(view, "events"), plaint->now, out);
    term_print(out);
    json_decref(view);
    return true;
}

/* -- check ------------------------------------------------------------------------------------ */

static bool
run_check(Plaint *plaint, GError **error)
{
    g_autoptr(Zones) zones = zones_load(plaint->config, error);
    g_autoptr(Dns) dns = zones ? zone_dns(plaint->config, error) : NULL;
    g_autofree char *runner = runner_name();
    SweepCounts counts = {0};
    const Sweep sweep = {.store = plaint->store,
                         .config = plaint->config,
                         .zones = zones,
                         .dns = dns,
                         .runner = runner,
                         .now = plaint->now,
                         .stop_fd = -1};

    if (!dns || !sweep_plan(&sweep, error) || !sweep_run(&sweep, &counts, error))
        return false;
    if (plaint->json)
        plaint_print_json(json_pack("{s:i, s:i, s:i, s:i, s:i}", "asked", (int)counts.asked,
                                    "listed", (int)counts.listed, "clean", (int)counts.clean,
                                    "unknown", (int)counts.unknown, "zones_not_believed",
                                    (int)counts.zones_bad));
    else if (counts.asked == 0)
        g_print("nothing is due\n");
    else
        g_print("%u looked up: %u listed, %u clean, %u unknown%s\n", counts.asked, counts.listed,
                counts.clean, counts.unknown,
                counts.zones_bad ? "; lists that are not believed: 'plaint zone test' says why"
                                 : "");
    return true;
}

static const CommandOption list_options[] = {
    {.name = "all", .summary = "those that are closed, too"}, LIST_PAGE_OPTIONS, {.name = NULL}};

const Command cmd_listing_list = {
    .name = "listing list",
    .operands = "",
    .summary = "list our addresses that lists or providers block, or did lately",
    .options = list_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = 0,
    .run = run_list,
};

const Command cmd_listing_show = {
    .name = "listing show",
    .operands = "ID",
    .summary = "show one listing: what happened, and what the list answered",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_show,
};

const Command cmd_listing_check = {
    .name = "listing check",
    .operands = "",
    .summary = "look up in lists what is due, once",
    .details =
        "Own relays and ranges that are watched are looked up every half day; machines of live "
        "tickets and of listings that "
        "are not closed every hour or so, and never sooner than an answer may be kept. A new "
        "listing opens a ticket or joins the machine's; one that was seen gone three times is "
        "delisted, and watched for as long as [site] watch says. A block by a provider, which only "
        "bounces tell of, is over when none has come for three days.\n\n"
        "Run it from cron every ten minutes: what is not due is not asked.",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .max_operands = 0,
    .run = run_check,
};
