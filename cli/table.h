/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.h - rows under titles, aligned: what every list prints.
 *
 * On a terminal a table fits the width: columns with a `drop` rank are narrowed or go first
 * (highest rank first), then the others that may shrink are cut with "…". In a pipe nothing is
 * dropped or cut.
 */
#pragma once

#include "cli/term.h"

typedef struct {
    const char *title; /* all of them "": no line of titles */
    bool right;        /* numbers */
    guint shrink_to;   /* may be cut down to that many columns; 0: never */
    guint drop;        /* 0: never left out; else also when no row has anything in it */
} TableColumn;

typedef struct Table Table;

/* columns: n of them, borrowed. (transfer full) */
Table *table_new(const TableColumn *columns, guint n);
void table_free(Table *table); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

/* The next cell of the current row; a row is full after n. Text is copied, cleaned; NULL: "–". */
void table_add(Table *table, Style style, const char *text);
void table_add_int(Table *table, Style style, gint64 value);

guint table_n_rows(const Table *table);

/* Appends the table, each line begun with `indent` blanks; nothing without rows. */
void table_draw(const Table *table, const Term *term, guint indent, GString *out);
