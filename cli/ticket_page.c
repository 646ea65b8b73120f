/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One ticket in text: the head answers which machine, why and what next; the rest is on record. */
#include "base/clock.h"
#include "base/text.h"
#include "cli/member.h"
#include "cli/path.h"
#include "cli/table.h"
#include "cli/ticket_draw.h"

#define LOG_MAX 20 /* entries shown of a list */

typedef struct {
    const json_t *ticket;
    const Term *term;
    gint64 now;
    GString *out;
} PageDraw;

static guint
page_width(const PageDraw *page)
{
    return path_width(page->term);
}

static void
add_title(const PageDraw *page, const char *title)
{
    g_string_append_c(page->out, '\n');
    term_add(page->out, page->term, STYLE_DIM, title);
    g_string_append_c(page->out, '\n');
}

/* "3 h ago": a time of the model as a person reads it. */
static char *
ago(const PageDraw *page, const json_t *object, const char *member)
{
    char buf[TIME_TEXT_SIZE];
    const char *text = member_text(object, member);
    gint64 time = 0;

    if (!text || !time_parse(text, &time, NULL))
        return g_strdup(text ? text : "–");
    return g_strdup(time_ago(time, page->now, buf));
}

static void
draw_head(const PageDraw *page)
{
    const json_t *t = page->ticket;
    const char *state = member_text(t, "state");
    const char *detail =
        member_text(t, "resolution") ? member_text(t, "resolution") : member_text(t, "reason");
    const char *machine = member_text(t, "machine");
    g_autofree char *subject = ticket_subject(t);
    g_autofree char *cause = ticket_cause(t);
    g_autofree char *id =
        g_strdup_printf("#%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(t, "id")));

    term_add(page->out, page->term, STYLE_BOLD, id);
    g_string_append(page->out, "  ");
    term_add(page->out, page->term, STYLE_BOLD, subject);
    if (machine && g_strcmp0(machine, subject) != 0) {
        g_string_append(page->out, " via ");
        term_add(page->out, page->term, STYLE_PLAIN, machine);
    }
    g_string_append(page->out, "  ");
    term_add(page->out, page->term, STYLE_YELLOW, cause);
    g_string_append(page->out, ", confidence ");
    term_add(page->out, page->term, STYLE_PLAIN,
             member_text(t, "confidence") ? member_text(t, "confidence") : "low");
    g_string_append(page->out, "  ");
    term_add(page->out, page->term, ticket_state_style(state), state ? state : "?");
    if (detail) {
        g_string_append(page->out, ": ");
        term_add(page->out, page->term, STYLE_PLAIN, detail);
    }
    g_string_append_c(page->out, '\n');
}

static void
draw_facts(const PageDraw *page)
{
    const json_t *t = page->ticket;
    gint64 complaints = json_integer_value(json_object_get(t, "complaints"));
    gint64 incidents = json_integer_value(json_object_get(t, "incidents"));
    gint64 reopened = json_integer_value(json_object_get(t, "reopened"));
    g_autofree char *first = ago(page, t, "first_at");
    g_autofree char *last = ago(page, t, "last_at");
    g_autofree char *opened = ago(page, t, "opened_at");
    g_autoptr(GString) line = g_string_new(NULL);
    Wrap wrap = {.width = page_width(page), .style = STYLE_DIM};

    g_string_append_printf(line,
                           "%" G_GINT64_FORMAT " complaint%s, %" G_GINT64_FORMAT
                           " incident%s, the first %s, the last %s; opened %s",
                           complaints, complaints == 1 ? "" : "s", incidents,
                           incidents == 1 ? "" : "s", first, last, opened);
    if (reopened > 0)
        g_string_append_printf(line, "; reopened %" G_GINT64_FORMAT " time%s", reopened,
                               reopened == 1 ? "" : "s");
    if (member_text(t, "customer"))
        g_string_append_printf(line, "; customer %s", member_text(t, "customer"));
    g_string_append_printf(line, "; %s%s",
                           member_text(t, "assignee") ? "assigned to " : "nobody has it",
                           member_text(t, "assignee") ? member_text(t, "assignee") : "");
    term_wrap(page->out, page->term, &wrap, line->str);
}

/* What can be done now, as it is typed, and what a move still lacks. */
static void
draw_moves(const PageDraw *page)
{
    const json_t *moves = json_object_get(page->ticket, "moves");
    gint64 id = json_integer_value(json_object_get(page->ticket, "id"));

    if (json_array_size(moves) == 0)
        return;
    add_title(page, "NEXT");
    for (gsize i = 0; i < json_array_size(moves); i++) {
        const json_t *move = json_array_get(moves, i);
        const json_t *missing = json_object_get(move, "missing");
        const char *operand = member_text(move, "operand");
        g_autofree char *typed = g_strdup_printf(
            "plaint ticket move %" G_GINT64_FORMAT " %s%s", id, member_text(move, "to"),
            !operand || g_strcmp0(operand, "none") == 0 ? ""
            : g_str_has_prefix(operand, "resolution")   ? " --resolution=WORD"
                                                        : " --reason=WORD");

        g_string_append(page->out, "  ");
        term_add(page->out, page->term, json_array_size(missing) ? STYLE_DIM : STYLE_BOLD, typed);
        g_string_append_c(page->out, '\n');
        for (gsize k = 0; k < json_array_size(missing); k++) {
            Wrap wrap = {.indent = 6, .width = page_width(page), .style = STYLE_YELLOW};

            term_wrap(page->out, page->term, &wrap, json_string_value(json_array_get(missing, k)));
        }
    }
}

static void
draw_path(const PageDraw *page)
{
    const json_t *path = json_object_get(page->ticket, "path");
    const json_t *hops = json_is_array(path) ? path : json_object_get(path, "hops");
    const char *why = member_text(page->ticket, "why");

    if (json_array_size(hops) > 0) {
        add_title(page, "HOW THE SPAM TRAVELLED");
        path_draw(hops, page->term, page->out);
    }
    if (why) {
        Wrap wrap = {.indent = 2, .width = page_width(page), .style = STYLE_BOLD};

        add_title(page, "WHY");
        term_wrap(page->out, page->term, &wrap, why);
    }
}

static void
draw_groups(const PageDraw *page)
{
    static const TableColumn columns[] = {
        {.title = "incidents", .right = true},
        {.title = "machine"},
        {.title = "account", .shrink_to = 10},
        {.title = "cause"},
        {.title = "first"},
        {.title = "last"},
    };
    const json_t *groups = json_object_get(page->ticket, "groups");
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (gsize i = 0; i < json_array_size(groups); i++) {
        const json_t *group = json_array_get(groups, i);
        json_t *n = json_object_get(group, "incidents");
        g_autofree char *cause = path_cause_words(member_text(group, "cause"));
        g_autofree char *first = ago(page, group, "first_at");
        g_autofree char *last = ago(page, group, "last_at");

        table_add_int(table, STYLE_PLAIN,
                      json_integer_value(n ? n : json_object_get(group, "count")));
        table_add(table, STYLE_PLAIN, member_text(group, "machine"));
        table_add(table, STYLE_PLAIN, member_text(group, "account"));
        table_add(table, STYLE_PLAIN, cause);
        table_add(table, STYLE_PLAIN, first);
        table_add(table, STYLE_PLAIN, last);
    }
    if (table_n_rows(table) == 0)
        return;
    add_title(page, "INCIDENTS");
    table_draw(table, page->term, 2, page->out);
}

/* A list of the model, one row an entry: when, who, what. members: who, then what. */
static void
draw_log(const PageDraw *page, const char *member, const char *title, const char *const *members)
{
    static const TableColumn columns[] = {
        {.title = ""}, {.title = "", .drop = 1}, {.title = "", .shrink_to = 20}};
    const json_t *list = json_object_get(page->ticket, member);
    gsize n = MIN(json_array_size(list), LOG_MAX);
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (gsize i = 0; i < n; i++) {
        const json_t *entry = json_array_get(list, i);
        g_autofree char *when = ago(page, entry, member_text(entry, "at") ? "at" : "first_at");
        g_autoptr(GString) what = g_string_new(NULL);

        for (const char *const *name = members + 1; *name; name++)
            if (member_text(entry, *name))
                g_string_append_printf(what, "%s%s", what->len ? ": " : "",
                                       member_text(entry, *name));
        table_add(table, STYLE_DIM, when);
        table_add(table, STYLE_PLAIN, member_text(entry, members[0]));
        table_add(table, STYLE_PLAIN, what->str);
    }
    if (n == 0)
        return;
    add_title(page, title);
    table_draw(table, page->term, 2, page->out);
    if (n < json_array_size(list))
        g_string_append_printf(page->out, "  … and %d older: --json has them all\n",
                               (int)(json_array_size(list) - n));
}

void
ticket_draw(const json_t *ticket, const Term *term, gint64 now, GString *out)
{
    static const char *const notes[] = {"actor", "text", NULL};
    static const char *const proofs[] = {"actor", "kind", "text", "stale", NULL};
    static const char *const listings[] = {"zone", "state", "address", NULL};
    static const char *const witnesses[] = {"ids", "words", NULL};
    static const char *const history[] = {"actor", "what", NULL};
    PageDraw page = {ticket, term, now, out};

    draw_head(&page);
    draw_facts(&page);
    draw_moves(&page);
    draw_path(&page);
    draw_groups(&page);
    draw_log(&page, "witnesses", "WHAT OUR LOG SAYS", witnesses);
    draw_log(&page, "listings", "LISTED", listings);
    draw_log(&page, "proofs", "EVIDENCE OF THE FIX", proofs);
    draw_log(&page, "notes", "NOTES", notes);
    draw_log(&page, "history", "HISTORY", history);
}
