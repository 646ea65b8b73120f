/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stmt.h - named statements, as store/ uses them. Private to store/.
 *
 *     g_autoptr(Stmt) stmt = store_stmt(store, "ticket_state", error);
 *     bool row = false;
 *     if (!stmt)
 *         return false;
 *     stmt_bind_int(stmt, ":id", id);        a failed bind sticks: the next step reports it
 *     if (!stmt_step(stmt, &row, error))
 *         return false;
 *
 * A statement is prepared once for a Store and reset when its owner lets go. Bound bytes stay the
 * caller's and must live until then.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "base/addr.h"
#include "store/driver.h"
#include "store/store.h"

typedef struct Stmt Stmt;

Stmt *store_stmt(Store *store, const char *name, GError **error); /* sql/NAME.sql's block */
/* The same, with :id bound and stepped once: the row of that id, *ret_row false when there is none.
 */
Stmt *store_stmt_by_id(Store *store, const char *name, gint64 id, bool *ret_row, GError **error);
Stmt *store_stmt_text(Store *store, const char *sql,
                      GError **error); /* made by filter_sql.c only */
void stmt_done(Stmt *stmt);            /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stmt, stmt_done)

void stmt_bind_int(Stmt *stmt, const char *name, gint64 value);
void stmt_bind_text(Stmt *stmt, const char *name, const char *text); /* NULL: NULL */
void stmt_bind_blob(Stmt *stmt, const char *name, const void *bytes, gsize len);
void stmt_bind_addr(Stmt *stmt, const char *name, const Addr *addr); /* ADDR_NONE: NULL */
void stmt_bind_time(Stmt *stmt, const char *name, gint64 time);      /* TIME_NONE: NULL */
void stmt_bind_id(Stmt *stmt, const char *name, gint64 id);          /* 0: NULL */

bool stmt_step(Stmt *stmt, bool *ret_row, GError **error);
/* To the end, rows ignored. ret_changes may be NULL. */
bool stmt_run(Stmt *stmt, int *ret_changes, GError **error);
/* The one integer of the first row (RETURNING id, SELECT count(*)); 0 when there is no row. */
bool stmt_run_int(Stmt *stmt, gint64 *ret_value, GError **error);

bool stmt_is_null(Stmt *stmt, int column);
gint64 stmt_int(Stmt *stmt, int column);  /* 0 for NULL */
gint64 stmt_time(Stmt *stmt, int column); /* TIME_NONE for NULL */
/* Borrowed until the next step; NULL for NULL. A blob is a packed text (codec.h) and is unpacked;
 * NULL, too, when it is damaged. */
const char *stmt_text(Stmt *stmt, int column);
const void *stmt_blob(Stmt *stmt, int column, gsize *ret_len);
Addr stmt_addr(Stmt *stmt, int column); /* ADDR_NONE for NULL */

/* The row as a JSON object, named by its columns. "name:addr", ":time", ":json", ":bool" in a
 * column's name say how the value reads; the members of a ":members" join the row's. (transfer
 * full)
 */
json_t *stmt_row_json(Stmt *stmt);
/* All rows to come, appended to array. */
bool stmt_rows_json(Stmt *stmt, json_t *array, GError **error);
