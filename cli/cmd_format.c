/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint format`: what is recognised, and whether it still is. */
#include "base/clock.h"
#include "cli/cmd_store.h"
#include "cli/list.h"
#include "cli/member.h"
#include "cli/table.h"
#include "store/feed.h"

#define SINCE_DEFAULT "30d"
#define ROWS_DEFAULT  50

static void
add_int(Table *table, const json_t *row, const char *name)
{
    table_add_int(table, STYLE_PLAIN, json_integer_value(json_object_get(row, name)));
}

/* -- list -------------------------------------------------------------------------------------- */

static void
draw_formats(const json_t *formats, const Term *term, gint64 now, GString *out)
{
    static const TableColumn columns[] = {
        {.title = "format"},
        {.title = "what it is", .shrink_to = 20},
        {.title = "stored", .right = true},
        {.title = "last seen"},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    (void)now;
    for (gsize i = 0; i < json_array_size(formats); i++) {
        const json_t *row = json_array_get(formats, i);

        table_add(table, STYLE_CYAN, member_text(row, "format"));
        table_add(table, STYLE_PLAIN, member_text(row, "what"));
        add_int(table, row, "stored");
        table_add(table, STYLE_PLAIN, member_text(row, "last_seen"));
    }
    table_draw(table, term, 0, out);
}

static bool
run_list(Plaint *plaint, GError **error)
{
    json_t *list = feed_formats(plaint->store, error);

    if (!list)
        return false;
    list_print(plaint, list, "formats", draw_formats);
    return true;
}

const Command cmd_format_list = {
    .name = "format list",
    .operands = "",
    .summary = "list the formats that complaints are recognised in",
    .details = "With the number of complaints stored in each, and the day (UTC) of the last one. "
               "'plaint complaint list format:NAME' shows those without a ticket, 'plaint ticket "
               "list format:NAME' the tickets.",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = 0,
    .run = run_list,
};

/* -- stats ------------------------------------------------------------------------------------- */

static void
add_gap(Table *table, const json_t *row)
{
    const json_t *days = json_object_get(row, "usual_gap_days");
    g_autofree char *text = g_strdup_printf("%d d", (int)json_integer_value(days));

    table_add(table, STYLE_PLAIN, json_is_null(days) ? NULL : text);
}

static void
draw_feeds(const json_t *feeds, const Term *term, gint64 now, GString *out)
{
    static const TableColumn columns[] = {
        {.title = "reporter", .shrink_to = 12},
        {.title = "format"},
        {.title = "seen", .right = true},
        {.title = "recognised", .right = true},
        {.title = "without source", .right = true, .drop = 3},
        {.title = "last seen", .drop = 1},
        {.title = "usual gap", .right = true, .drop = 2},
        {.title = "flag"},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    (void)now;
    for (gsize i = 0; i < json_array_size(feeds); i++) {
        const json_t *row = json_array_get(feeds, i);

        table_add(table, STYLE_BOLD, member_text(row, "reporter"));
        table_add(table, STYLE_CYAN, member_text(row, "format"));
        add_int(table, row, "seen");
        add_int(table, row, "recognised");
        add_int(table, row, "without_source");
        table_add(table, STYLE_PLAIN, member_text(row, "last_seen"));
        add_gap(table, row);
        table_add(table, STYLE_YELLOW, member_text(row, "flag"));
    }
    table_draw(table, term, 0, out);
}

static bool
run_stats(Plaint *plaint, GError **error)
{
    const char *since = args_get(plaint->args, "since"), *name = args_get(plaint->args, "reporter");
    g_autofree char *reporter = name ? g_ascii_strdown(name, -1) : NULL;
    FeedQuestion question = {.now = plaint->now, .reporter = reporter};
    Page page = {0};
    json_t *stats = NULL;
    gint64 more = 0;

    if (!list_page(plaint, &page, error) ||
        !time_parse_since(since ? since : SINCE_DEFAULT, plaint->now, &question.since, error))
        return false;
    question.limit = page.limit ? page.limit : ROWS_DEFAULT;
    stats = feed_stats(plaint->store, &question, error);
    if (!stats)
        return false;
    more = json_integer_value(json_object_get(stats, "more"));
    list_print(plaint, stats, "feeds", draw_feeds);
    if (more > 0 && !plaint->json)
        g_print("\n%" G_GINT64_FORMAT " more: --limit, --reporter\n", more);
    return true;
}

static const CommandOption stats_options[] = {
    {.name = "since",
     .value = "TIME",
     .summary = "count what came since then: a date, or 7d (30d)"},
    {.name = "reporter", .value = "DOMAIN", .summary = "only what this one sends"},
    {.name = "limit", .value = "N", .summary = "rows: 50, at most 500"},
    {.name = NULL},
};

const Command cmd_format_stats = {
    .name = "format stats",
    .operands = "",
    .summary = "show who sends what, and how much of it is still recognised",
    .details =
        "A row is what one reporter sends in one format: complaints seen, how many of them were "
        "recognised, how many of these name no source; the day (UTC) of the last one and the usual "
        "gap: the days between two, or less, three times of four. Flagged rows come first, "
        "whatever --since says, then the "
        "largest of the last year.\n\n"
        "falling: of the reporter's last 7 days (as many as 30 when there are few reports) clearly "
        "less is recognised, or has a source, than of the 90 days before: at least 10 points less, "
        "more than chance does, and from 5 reports on each side. Its layout has probably changed; "
        "'plaint complaint list reporter:DOMAIN' shows what is not read any more.\n\n"
        "silent: nothing came for more than three times the usual gap, of something that came on "
        "5 days at least.",
    .options = stats_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = 0,
    .run = run_stats,
};
