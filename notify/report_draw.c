/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>
#include <string.h>

#include "base/template.h"
#include "base/text.h"
#include "notify/report.h"

GResource *plaint_notify_get_resource(void); /* made by glib-compile-resources */

enum { WIDTH = 78, LABEL = 9, INDENT = 2, COLUMNS_MAX = 8 };

static const char *
get(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static void
pad(GString *out, const char *text, gsize width, bool right)
{
    gsize length = (gsize)g_utf8_strlen(text, -1);
    gsize blanks = width > length ? width - length : 0;

    g_string_append_printf(out, "%*s%s%*s", right ? (int)blanks : 0, "", text,
                           right ? 0 : (int)blanks, "");
}

/* Broken at blanks; what follows the first line begins `indent` to the right. */
static void
wrap(GString *out, const char *text, gsize at, gsize indent)
{
    g_autofree char *clean = text_clean(text, -1, 2000);
    g_auto(GStrv) words = g_strsplit(clean, " ", -1);

    for (guint i = 0; words[i]; i++) {
        gsize length = (gsize)g_utf8_strlen(words[i], -1);

        if (i > 0 && at + 1 + length > WIDTH) {
            g_string_append_printf(out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (i > 0) {
            g_string_append_c(out, ' ');
            at++;
        }
        g_string_append(out, words[i]);
        at += length;
    }
    g_string_append_c(out, '\n');
}

/* Cells of a head are texts, those of a row have labels, too. */
static const char *
cell_text(const json_t *cells, gsize i)
{
    const json_t *cell = json_array_get(cells, i);

    return json_is_string(cell) ? json_string_value(cell) : get(cell, "text");
}

static void
widen(gsize widths[COLUMNS_MAX], const json_t *cells)
{
    for (gsize i = 0; i < json_array_size(cells) && i < COLUMNS_MAX; i++)
        widths[i] = MAX(widths[i], (gsize)g_utf8_strlen(cell_text(cells, i), -1));
}

/* What names a row has a line of its own when it is too long for one with the rest. */
static void
draw_cells(GString *out, const json_t *cells, const gsize widths[COLUMNS_MAX])
{
    g_autoptr(GString) line = g_string_new(NULL);

    for (gsize i = 0; i < json_array_size(cells) && i < COLUMNS_MAX; i++) {
        const char *text = cell_text(cells, i);

        if (i > 0)
            g_string_append(line, "  ");
        if (i == 0 && (gsize)g_utf8_strlen(text, -1) > widths[0]) {
            g_string_append_printf(out, "%s\n", text);
            text = "";
        }
        pad(line, text, widths[i], i > 0);
    }
    g_string_append_printf(out, "%s\n", line->str);
}

static void
draw_table(GString *out, const json_t *table)
{
    const json_t *rows = json_object_get(table, "rows"), *head = json_object_get(table, "head");
    gsize widths[COLUMNS_MAX] = {0}, all = 0;

    if (json_array_size(rows) == 0)
        return;
    g_string_append_printf(out, "\n%s\n\n", get(table, "title"));
    widen(widths, head);
    for (gsize i = 0; i < json_array_size(rows); i++)
        widen(widths, json_array_get(rows, i));
    for (gsize i = 1; i < COLUMNS_MAX; i++)
        all += widths[i] ? widths[i] + 2 : 0;
    if (widths[0] + all > WIDTH)
        widths[0] = all < WIDTH ? WIDTH - all : 0;
    draw_cells(out, head, widths);
    for (gsize i = 0; i < json_array_size(rows); i++)
        draw_cells(out, json_array_get(rows, i), widths);
    if (get(table, "more"))
        g_string_append_printf(out, "%s\n", get(table, "more"));
}

static void
draw_part(GString *out, const json_t *part)
{
    const json_t *rows = json_object_get(part, "rows");

    g_string_append_printf(out, "\n%s\n", get(part, "title"));
    if (json_array_size(rows) == 0)
        g_string_append_printf(out, "\n%s\n", get(part, "none"));
    for (gsize i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i), *facts = json_object_get(row, "facts");

        g_string_append_printf(out, "\n%s%s%s: %s\n", get(row, "name"),
                               get(row, "of") ? " in " : "", get(row, "of") ? get(row, "of") : "",
                               get(row, "state"));
        for (gsize f = 0; f < json_array_size(facts); f++) {
            const json_t *fact = json_array_get(facts, f);

            g_string_append_printf(out, "%*s", INDENT, "");
            pad(out, get(fact, "label"), LABEL, false);
            wrap(out, get(fact, "text"), INDENT + LABEL, INDENT + LABEL);
        }
    }
    if (get(part, "more"))
        g_string_append_printf(out, "\n%s\n", get(part, "more"));
}

/* "8 new in the period", the numbers under each other. */
static void
draw_figures(GString *out, const json_t *figures)
{
    for (gsize i = 0; i < json_array_size(figures); i++) {
        const json_t *figure = json_array_get(figures, i),
                     *value = json_object_get(figure, "value");
        g_autofree char *text = json_is_integer(value) ? g_strdup_printf("%" JSON_INTEGER_FORMAT,
                                                                         json_integer_value(value))
                                                       : g_strdup(json_string_value(value));

        pad(out, text, 17, true);
        g_string_append_printf(out, "  %s\n", get(figure, "label"));
    }
}

char *
report_text(const json_t *document)
{
    static const char *const lists[] = {"tables", "parts"};
    const json_t *scope = json_object_get(document, "scope");
    const json_t *notes = json_object_get(document, "notes");
    GString *out = g_string_new(get(document, "title"));

    g_string_append_printf(out, "\n%s, %s\n", get(document, "site"), get(document, "period"));
    for (gsize i = 0; i < json_array_size(scope); i++)
        g_string_append_printf(out, "only %s\n", json_string_value(json_array_get(scope, i)));
    g_string_append_c(out, '\n');
    draw_figures(out, json_object_get(document, "figures"));
    for (gsize l = 0; l < G_N_ELEMENTS(lists); l++) {
        const json_t *list = json_object_get(document, lists[l]);

        for (gsize i = 0; i < json_array_size(list); i++)
            (l == 0 ? draw_table : draw_part)(out, json_array_get(list, i));
    }
    for (gsize i = 0; i < json_array_size(notes); i++) {
        g_string_append_c(out, '\n');
        wrap(out, json_string_value(json_array_get(notes, i)), 0, 0);
    }
    return g_string_free(out, FALSE);
}

char *
report_html(const json_t *document, GError **error)
{
    g_autoptr(GBytes) bytes =
        g_resource_lookup_data(plaint_notify_get_resource(), "/plaint/notify/templates/report.html",
                               G_RESOURCE_LOOKUP_FLAGS_NONE, error);
    g_autoptr(Template) template = NULL;
    g_autofree char *text = NULL;

    if (!bytes)
        return NULL;
    text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    template = template_parse("report.html", text, error);
    return template ? template_render(template, NULL, document, error) : NULL;
}
