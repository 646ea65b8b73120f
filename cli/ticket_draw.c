/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/ticket_draw.h"
#include "cli/member.h"

#include "base/clock.h"
#include "base/text.h"
#include "cli/path.h"
#include "cli/table.h"
#include "store/kind.h"
#include "store/state.h"

/* clang-format off */
static const Style state_styles[] = {
    [TICKET_NEW]       = STYLE_BLUE,
    [TICKET_OPEN]      = STYLE_MAGENTA,
    [TICKET_CONTAINED] = STYLE_YELLOW,
    [TICKET_FIXED]     = STYLE_CYAN,
    [TICKET_DELISTING] = STYLE_YELLOW,
    [TICKET_RESOLVED]  = STYLE_GREEN,
    [TICKET_REJECTED]  = STYLE_DIM,
};
/* clang-format on */
G_STATIC_ASSERT(G_N_ELEMENTS(state_styles) == N_TICKET_STATES);

static gint64
get_int(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

Style
ticket_state_style(const char *state)
{
    int i = text_name_find(ticket_state_names, N_TICKET_STATES, state ? state : "");

    return i < 0 ? STYLE_PLAIN : state_styles[i];
}

static Style
confidence_style(const char *confidence)
{
    if (g_strcmp0(confidence, "high") == 0)
        return STYLE_GREEN;
    return g_strcmp0(confidence, "low") == 0 ? STYLE_DIM : STYLE_PLAIN;
}

char *
ticket_subject(const json_t *ticket)
{
    static const char *const members[] = {"account", "machine", "domain", "title"};

    for (gsize i = 0; i < G_N_ELEMENTS(members); i++)
        if (member_text(ticket, members[i]))
            return g_strdup(member_text(ticket, members[i]));
    return g_strdup("nothing named");
}

/* RFC 3339 text as "3 h ago"; as it is when it is none. */
static char *
ago(const char *text, gint64 now)
{
    char buf[TIME_TEXT_SIZE];
    gint64 time = 0;

    if (!text || !time_parse(text, &time, NULL))
        return g_strdup(text);
    return g_strdup(time_ago(time, now, buf));
}

static void
add_ago(Table *table, const char *text, gint64 now)
{
    g_autofree char *words = ago(text, now);

    table_add(table, STYLE_PLAIN, words);
}

/* "open relay"; of a ticket that is not about mail its kind, too: "listing", "content: forwarding".
 */
char *
ticket_cause(const json_t *row)
{
    const char *kind = member_text(row, "kind");
    const char *cause = member_text(row, "cause");
    bool other = kind && g_strcmp0(kind, kind_names[KIND_MAIL]) != 0;
    bool known = cause && g_strcmp0(cause, cause_names[CAUSE_UNKNOWN]) != 0;
    bool by_hand = json_object_get(json_object_get(row, "by_hand"), "cause") != NULL;
    g_autofree char *words = path_cause_words(cause);

    return g_strconcat(other ? kind : "", other && known ? ": " : "", other && !known ? "" : words,
                       by_hand ? " (by hand)" : "", NULL);
}

static void
add_cause(Table *table, const json_t *row)
{
    g_autofree char *text = ticket_cause(row);

    table_add(table, STYLE_PLAIN, text);
}

void
ticket_draw_list(const json_t *tickets, const Term *term, gint64 now, GString *out)
{
    static const TableColumn columns[] = {
        {.title = "#", .right = true},
        {.title = "state"},
        {.title = "machine or account", .shrink_to = 15},
        {.title = "cause", .shrink_to = 12},
        {.title = "conf."},
        {.title = "complaints", .right = true},
        {.title = "last", .drop = 1},
        {.title = "category", .drop = 4},
        {.title = "customer", .shrink_to = 8, .drop = 5},
        {.title = "assignee", .shrink_to = 6, .drop = 3},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (gsize i = 0; i < json_array_size(tickets); i++) {
        const json_t *row = json_array_get(tickets, i);
        g_autofree char *subject = ticket_subject(row);

        table_add_int(table, STYLE_PLAIN, get_int(row, "id"));
        table_add(table, ticket_state_style(member_text(row, "state")), member_text(row, "state"));
        table_add(table, STYLE_BOLD, subject);
        add_cause(table, row);
        table_add(table, confidence_style(member_text(row, "confidence")),
                  member_text(row, "confidence"));
        table_add_int(table, STYLE_PLAIN, get_int(row, "complaints"));
        add_ago(table, member_text(row, "last_at"), now);
        table_add(table, STYLE_PLAIN, member_text(row, "category"));
        table_add(table, STYLE_PLAIN, member_text(row, "customer"));
        table_add(table, STYLE_PLAIN, member_text(row, "assignee"));
    }
    table_draw(table, term, 0, out);
}

void
ticket_draw_filed(const json_t *complaints, const Term *term, gint64 now, GString *out)
{
    static const TableColumn columns[] = {
        {.title = "#", .right = true},
        {.title = "format"},
        {.title = "from", .shrink_to = 12},
        {.title = "machine", .drop = 1},
        {.title = "why no ticket", .shrink_to = 16},
        {.title = "subject", .shrink_to = 12, .drop = 2},
        {.title = "received", .drop = 3},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (gsize i = 0; i < json_array_size(complaints); i++) {
        const json_t *row = json_array_get(complaints, i);
        const char *why = member_text(row, "why");

        table_add_int(table, STYLE_PLAIN, get_int(row, "id"));
        table_add(table, STYLE_CYAN, member_text(row, "format"));
        table_add(table, STYLE_PLAIN,
                  member_text(row, "from") ? member_text(row, "from")
                                           : member_text(row, "reporter"));
        table_add(table, STYLE_BOLD, member_text(row, "machine"));
        table_add(table, STYLE_PLAIN, why ? why : member_text(row, "cause"));
        table_add(table, STYLE_PLAIN, member_text(row, "subject"));
        add_ago(table, member_text(row, "received_at"), now);
    }
    table_draw(table, term, 0, out);
}

void
ticket_draw_incidents(const json_t *incidents, const Term *term, gint64 now, GString *out)
{
    static const TableColumn columns[] = {
        {.title = "incident", .right = true},
        {.title = "complaint", .right = true, .drop = 3},
        {.title = "machine"},
        {.title = "origin", .drop = 2},
        {.title = "cause", .shrink_to = 12},
        {.title = "refused by", .shrink_to = 12, .drop = 1},
        {.title = "subject", .shrink_to = 12},
        {.title = "from", .shrink_to = 12, .drop = 1},
        {.title = "when"},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (gsize i = 0; i < json_array_size(incidents); i++) {
        const json_t *row = json_array_get(incidents, i);
        const char *exit_ip = member_text(row, "exit_ip");

        table_add_int(table, STYLE_PLAIN, get_int(row, "id"));
        table_add_int(table, STYLE_PLAIN, get_int(row, "complaint_id"));
        table_add(table, STYLE_BOLD, exit_ip ? exit_ip : member_text(row, "source_ip"));
        table_add(table, STYLE_PLAIN, member_text(row, "origin_ip"));
        add_cause(table, row);
        table_add(table, STYLE_PLAIN, member_text(row, "blocked_by"));
        table_add(table, STYLE_PLAIN, member_text(row, "subject"));
        table_add(table, STYLE_PLAIN, member_text(row, "from"));
        add_ago(table,
                member_text(row, "time") ? member_text(row, "time") : member_text(row, "date"),
                now);
    }
    table_draw(table, term, 0, out);
}
