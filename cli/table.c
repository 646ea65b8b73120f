/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/table.h"

#include <string.h>

#include "base/text.h"

#define GAP        2  /* blanks between columns */
#define PIPE_WIDTH 60 /* of a column in a pipe: what is longer stands out, and is not cut */

typedef struct {
    char *text;
    guint width;
    Style style;
    bool blank; /* nothing was given */
} Cell;

struct Table {
    const TableColumn *columns;
    guint n;
    GArray *cells; /* Cell, row after row */
};

static void
cell_clear(gpointer data)
{
    Cell *cell = data;

    g_free(cell->text);
}

Table *
table_new(const TableColumn *columns, guint n)
{
    Table *table = g_new0(Table, 1);

    table->columns = columns;
    table->n = n;
    table->cells = g_array_new(FALSE, TRUE, sizeof(Cell));
    g_array_set_clear_func(table->cells, cell_clear);
    return table;
}

void
table_free(Table *table)
{
    if (!table)
        return;
    g_array_unref(table->cells);
    g_free(table);
}

void
table_add(Table *table, Style style, const char *text)
{
    Cell cell = {.style = text_is_empty(text) ? STYLE_DIM : style, .blank = text_is_empty(text)};

    cell.text = text_is_empty(text) ? g_strdup("–") : text_clean(text, -1, 3 * strlen(text) + 1);
    cell.width = term_text_width(cell.text);
    g_array_append_val(table->cells, cell);
}

void
table_add_int(Table *table, Style style, gint64 value)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, value);

    table_add(table, style, text);
}

guint
table_n_rows(const Table *table)
{
    return table->cells->len / table->n;
}

static const Cell *
cell_at(const Table *table, guint row, guint column)
{
    return &g_array_index(table->cells, Cell, row * table->n + column);
}

static guint
total_width(const guint *widths, guint n)
{
    guint total = 0;
    guint shown = 0;

    for (guint i = 0; i < n; i++) {
        total += widths[i];
        shown += widths[i] > 0;
    }
    return total + (shown > 0 ? GAP * (shown - 1) : 0);
}

/* Narrows the column of the highest rank, or leaves it out; false when none is left that may go. */
static bool
drop_one(const Table *table, guint room, guint *widths)
{
    guint excess = total_width(widths, table->n) - room;
    guint rank = 0;
    guint worst = 0;

    for (guint i = 0; i < table->n; i++)
        if (widths[i] > 0 && table->columns[i].drop > rank) {
            rank = table->columns[i].drop;
            worst = i;
        }
    if (rank == 0)
        return false;
    if (table->columns[worst].shrink_to > 0 &&
        widths[worst] >= table->columns[worst].shrink_to + excess)
        widths[worst] -= excess;
    else
        widths[worst] = 0;
    return true;
}

/* Takes one column of text from the widest that may shrink. */
static bool
shrink_one(const Table *table, guint *widths)
{
    guint widest = table->n;

    for (guint i = 0; i < table->n; i++)
        if (table->columns[i].shrink_to > 0 && widths[i] > table->columns[i].shrink_to &&
            (widest == table->n || widths[i] > widths[widest]))
            widest = i;
    if (widest == table->n)
        return false;
    widths[widest]--;
    return true;
}

/* No cell of the column says anything. */
static bool
is_blank(const Table *table, guint column)
{
    for (guint row = 0; row < table_n_rows(table); row++)
        if (!cell_at(table, row, column)->blank)
            return false;
    return true;
}

static void
fit(const Table *table, guint room, guint *widths)
{
    for (guint i = 0; i < table->n; i++) {
        if (table->columns[i].drop > 0 && is_blank(table, i))
            continue;
        widths[i] = term_text_width(table->columns[i].title);
        for (guint row = 0; row < table_n_rows(table); row++)
            widths[i] = MAX(widths[i], cell_at(table, row, i)->width);
    }
    for (guint i = 0; room == 0 && i < table->n; i++)
        widths[i] = MIN(widths[i], PIPE_WIDTH);
    if (room == 0)
        return;
    while (total_width(widths, table->n) > room && drop_one(table, room, widths))
        ;
    while (total_width(widths, table->n) > room && shrink_one(table, widths))
        ;
}

static void
draw_cell(GString *out, const Term *term, const Cell *cell, const TableColumn *column, guint width)
{
    g_autofree char *text = term->width ? term_cut(cell->text, width) : g_strdup(cell->text);
    guint pad = width - MIN(width, term_text_width(text));

    if (column->right)
        g_string_append_printf(out, "%*s", (int)pad, "");
    term_add(out, term, cell->style, text);
    if (!column->right)
        g_string_append_printf(out, "%*s", (int)pad, "");
}

static void
trim_line(GString *out)
{
    gsize len = out->len;

    while (len > 0 && out->str[len - 1] == ' ')
        len--;
    g_string_truncate(out, len);
    g_string_append_c(out, '\n');
}

static void
draw_row(const Table *table, const Term *term, const Cell *cells, const guint *widths, GString *out)
{
    bool first = true;

    for (guint i = 0; i < table->n; i++) {
        if (widths[i] == 0)
            continue;
        if (!first)
            g_string_append_printf(out, "%*s", GAP, "");
        draw_cell(out, term, &cells[i], &table->columns[i], widths[i]);
        first = false;
    }
    trim_line(out);
}

static bool
has_titles(const Table *table)
{
    for (guint i = 0; i < table->n; i++)
        if (table->columns[i].title[0])
            return true;
    return false;
}

void
table_draw(const Table *table, const Term *term, guint indent, GString *out)
{
    g_autofree guint *widths = g_new0(guint, table->n);
    g_autofree Cell *titles = g_new0(Cell, table->n);

    if (table_n_rows(table) == 0)
        return;
    fit(table, term->width > indent ? term->width - indent : 0, widths);
    for (guint i = 0; i < table->n; i++)
        titles[i] = (Cell){.text = (char *)table->columns[i].title, .style = STYLE_DIM};
    if (has_titles(table)) {
        g_string_append_printf(out, "%*s", (int)indent, "");
        draw_row(table, term, titles, widths, out);
    }
    for (guint row = 0; row < table_n_rows(table); row++) {
        g_string_append_printf(out, "%*s", (int)indent, "");
        draw_row(table, term, cell_at(table, row, 0), widths, out);
    }
}
