/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "notify/report.h"

#define COUNTS "complaints", "filed", "tickets", "opened", "resolved", "rejected", "open", "listed"
#define TIMES                                                                                      \
    "first_move.n", "first_move.median", "first_move.p90", "resolve.n", "resolve.median",          \
        "resolve.p90"

/* clang-format off */
static const struct {
    const char *report;
    const char *columns[24]; /* "a.b": member b of a */
} tables[] = {
    {"delisting", {"listing", "address", "zone", "state", "began_at", "ended_at", "relisted", "why",
                   "ticket_id", "ticket_state", "cause", "customer", "opened_at", "contained_at",
                   "fixed_at", "proofs", "requested_at", "request", "reference", "promised_at",
                   "watch_until", "listed_again_at"}},
    {"activity", {"by", "name", COUNTS, "last_complaint_at", TIMES}},
    {"customers", {"customer", "name", COUNTS, "last_complaint_at", TIMES}},
    {"relays", {"relay", "causes", "listings", "tested_at", "test", COUNTS, "last_complaint_at", TIMES}},
};

/* How the objects of a list become one cell. */
static const struct {
    const char *column, *first, *between, *second;
} lists[] = {
    {"proofs", "kind", ": ", "text"},
    {"causes", "name", " ", "complaints"},
    {"listings", "address", " in ", "zone"},
};
/* clang-format on */

static const char *const *
columns_of(const char *report)
{
    gsize i = 0;

    while (strcmp(tables[i].report, report) != 0)
        i++;
    return tables[i].columns;
}

static void
add_cell(GString *out, const char *text)
{
    if (*text && strchr("=+-@\t\r", *text))
        g_string_append(out, "\"'");
    else
        g_string_append_c(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *text);
    }
    g_string_append_c(out, '"');
}

void
report_csv_head(GString *out, const char *report)
{
    const char *const *columns = columns_of(report);

    for (gsize i = 0; columns[i]; i++) {
        g_autofree char *name = g_strdelimit(g_strdup(columns[i]), ".", '_');

        g_string_append_printf(out, "%s%s", i ? "," : "", name);
    }
    g_string_append(out, "\r\n");
}

static void
add_word(GString *text, const json_t *value)
{
    if (json_is_integer(value))
        g_string_append_printf(text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else
        g_string_append(text, json_string_value(value));
}

static void
add_list(GString *out, const char *column, const json_t *list)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gsize l = 0;

    while (strcmp(lists[l].column, column) != 0)
        l++;
    for (gsize i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);

        g_string_append(text, i ? "; " : "");
        add_word(text, json_object_get(item, lists[l].first));
        g_string_append(text, lists[l].between);
        add_word(text, json_object_get(item, lists[l].second));
    }
    if (text->len > 0)
        add_cell(out, text->str);
}

static const json_t *
value_of(const json_t *row, const char *column)
{
    const char *dot = strchr(column, '.');
    g_autofree char *member = dot ? g_strndup(column, (gsize)(dot - column)) : NULL;

    return dot ? json_object_get(json_object_get(row, member), dot + 1)
               : json_object_get(row, column);
}

void
report_csv_row(GString *out, const char *report, const json_t *row)
{
    const char *const *columns = columns_of(report);

    for (gsize i = 0; columns[i]; i++) {
        const json_t *value = value_of(row, columns[i]);

        if (i > 0)
            g_string_append_c(out, ',');
        if (json_is_string(value))
            add_cell(out, json_string_value(value));
        else if (json_is_integer(value))
            add_word(out, value);
        else if (json_is_boolean(value))
            g_string_append(out, json_is_true(value) ? "yes" : "no");
        else if (json_is_array(value))
            add_list(out, columns[i], value);
    }
    g_string_append(out, "\r\n");
}
