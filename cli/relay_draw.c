/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/relay_draw.h"
#include "cli/member.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/table.h"

static gint64
number(const json_t *object, const char *member)
{
    return json_integer_value(json_object_get(object, member));
}

/* "3 h ago" (transfer full), or NULL */
/* The verdict as people say it, and how bad it is. */
static const char *
verdict_words(const json_t *test, Style *ret_style)
{
    static const struct {
        const char *verdict, *words;
        Style style;
    } rows[] = {{"closed", "closed", STYLE_GREEN},
                {"closed-auth", "closed, wants a login", STYLE_GREEN},
                {"closed-syntax", "closed", STYLE_GREEN},
                {"accepted", "suspected open", STYLE_RED},
                {"accepted-local", "accepts, perhaps its own", STYLE_YELLOW},
                {"inside-view", "seen from inside", STYLE_YELLOW},
                {"not-tested", "not tested", STYLE_YELLOW}};

    *ret_style = STYLE_RED;
    if (g_strcmp0(member_text(test, "proof"), "proven") == 0)
        return "proven open";
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        if (g_strcmp0(rows[i].verdict, member_text(test, "verdict")) == 0) {
            *ret_style = rows[i].style;
            return rows[i].words;
        }
    *ret_style = STYLE_YELLOW;
    return member_text(test, "verdict");
}

void
relay_draw_list(const json_t *tests, const Term *term, gint64 now, GString *out)
{
    static const TableColumn columns[] = {
        {.title = "#", .right = true}, {.title = "when"},
        {.title = "address"},          {.title = "port", .right = true},
        {.title = "host", .drop = 3},  {.title = "verdict"},
        {.title = "again", .drop = 2}, {.title = "ticket", .right = true, .drop = 1},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (gsize i = 0; i < json_array_size(tests); i++) {
        const json_t *row = json_array_get(tests, i);
        g_autofree char *when = member_ago(row, "at", now), *next = member_ago(row, "next_at", now);
        Style style = STYLE_PLAIN;
        const char *verdict = verdict_words(row, &style);

        table_add_int(table, STYLE_BOLD, number(row, "id"));
        table_add(table, STYLE_DIM, when);
        table_add(table, STYLE_PLAIN, member_text(row, "address"));
        table_add_int(table, STYLE_PLAIN, number(row, "port"));
        table_add(table, STYLE_PLAIN, member_text(row, "host"));
        table_add(table, style, verdict);
        table_add(table, STYLE_PLAIN, next);
        if (number(row, "ticket_id"))
            table_add_int(table, STYLE_PLAIN, number(row, "ticket_id"));
        else
            table_add(table, STYLE_PLAIN, NULL);
    }
    table_draw(table, term, 0, out);
}

static void
draw_accepted(const json_t *accepted, const Term *term, GString *out)
{
    static const TableColumn columns[] = {{.title = "form"},
                                          {.title = "in TLS", .drop = 1},
                                          {.title = "MAIL FROM", .shrink_to = 12, .drop = 2},
                                          {.title = "RCPT TO", .shrink_to = 20},
                                          {.title = "reply", .shrink_to = 12}};
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (gsize i = 0; i < json_array_size(accepted); i++) {
        const json_t *row = json_array_get(accepted, i);

        table_add(table, STYLE_BOLD, member_text(row, "form"));
        table_add(table, STYLE_PLAIN, json_is_true(json_object_get(row, "tls")) ? "yes" : "no");
        table_add(table, STYLE_PLAIN, member_text(row, "from"));
        table_add(table, STYLE_PLAIN, member_text(row, "to"));
        table_add(table, STYLE_PLAIN, member_text(row, "reply"));
    }
    if (table_n_rows(table) == 0)
        return;
    g_string_append_c(out, '\n');
    table_draw(table, term, 2, out);
}

static void
draw_proof(const json_t *test, const Term *term, gint64 now, GString *out)
{
    const char *proof = member_text(test, "proof");
    g_autofree char *proven = member_ago(test, "proven_at", now);
    g_autofree char *words = NULL;

    if (g_strcmp0(proof, "waiting") == 0)
        words = g_strdup("a mail was sent through it and is waited for");
    else if (g_strcmp0(proof, "refused") == 0)
        words = g_strdup("a mail was offered, and refused after all");
    else if (proof)
        words = g_strdup_printf("the mail that was sent through it came back %s: complaint "
                                "%" G_GINT64_FORMAT,
                                proven, number(test, "message_id"));
    if (words)
        term_wrap(out, term, &(Wrap){.indent = 2, .width = term->width}, words);
}

void
relay_draw(const json_t *test, const Term *term, gint64 now, GString *out)
{
    g_autofree char *head = g_strdup_printf("%s port %" G_GINT64_FORMAT,
                                            member_text(test, "address"), number(test, "port"));
    g_autofree char *when = member_ago(test, "at", now), *next = member_ago(test, "next_at", now);
    g_autofree char *line = NULL;
    Style style = STYLE_PLAIN;
    const char *verdict = verdict_words(test, &style);

    term_add(out, term, STYLE_BOLD, head);
    if (member_text(test, "host")) {
        g_string_append(out, " (");
        term_add(out, term, STYLE_PLAIN, member_text(test, "host"));
        g_string_append_c(out, ')');
    }
    g_string_append(out, ": ");
    term_add(out, term, style, verdict);
    g_string_append_c(out, '\n');
    term_wrap(out, term, &(Wrap){.indent = 2, .width = term->width}, member_text(test, "why"));
    draw_proof(test, term, now, out);
    line = g_strdup_printf("relay test %" G_GINT64_FORMAT " by %s, %s, from %s%s%s",
                           number(test, "id"), member_text(test, "actor"), when,
                           member_text(test, "source") ? member_text(test, "source") : "nowhere",
                           next ? "; tested again " : "", next ? next : "");
    term_wrap(out, term, &(Wrap){.indent = 2, .width = term->width, .style = STYLE_DIM}, line);
    draw_accepted(json_object_get(test, "accepted"), term, out);
}

void
relay_draw_transcript(const json_t *test, const Term *term, GString *out)
{
    enum { PREFIX = 12 }; /* "   0.012 S: " */
    g_auto(GStrv) lines = g_strsplit(member_text(test, "transcript"), "\n", -1);

    for (char **line = lines; *line; line++) {
        gsize len = strlen(*line);
        bool is_remark = len > PREFIX && (*line)[9] == '#';
        gsize at = out->len + (is_remark ? 1 : 0);

        if (len < PREFIX)
            continue;
        if (is_remark)
            g_string_append_c(out, '\n');
        term_wrap(out, term,
                  &(Wrap){.indent = PREFIX,
                          .width = term->width,
                          .style = is_remark ? STYLE_BOLD : STYLE_PLAIN},
                  *line + PREFIX);
        memcpy(out->str + at, *line, PREFIX);
        if (is_remark)
            out->str[at + 9] = out->str[at + 10] = ' ';
    }
}
