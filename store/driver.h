/* SPDX-License-Identifier: GPL-3.0-or-later */
/* driver.h - what an engine must do for the store; one table of functions for each engine.
 *
 * Private to store/. Statements arrive in the common dialect with `:name` parameters. Every failure
 * is a PlaintError: BUSY when the same call may work later (locked, full, an input/output error),
 * CONFLICT for a constraint, DENIED for rights, INTERNAL for damage and for our bugs; opening adds
 * CONFIG for a url and NOT_FOUND.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "store/store.h"

typedef struct Driver Driver;
typedef struct DriverStmt DriverStmt;

typedef enum { COLUMN_NULL, COLUMN_INT, COLUMN_TEXT, COLUMN_BLOB } ColumnType;

typedef struct {
    const char *scheme; /* of the url: "sqlite"; also the folder of its migrations in sql/ */

    Driver *(*open)(const char *rest, StoreMode mode, GError **error); /* rest: after "scheme:" */
    void (*leave)(Driver *driver);                                     /* see store_leave() */
    void (*close)(Driver *driver);                                    /* rolls back; NULL is fine */
    void (*keep_log)(Driver *driver);                                 /* see store_deliver_only() */
    bool (*exec)(Driver *driver, const char *script, GError **error); /* no parameters, no rows */
    /* Of the schema: 0 is an empty database. INTERNAL when it is another program's. */
    bool (*version)(Driver *driver, gint64 *ret_version, GError **error);
    bool (*set_version)(Driver *driver, gint64 version, GError **error); /* inside a transaction */

    /* The engine's own look at its pages, indexes and foreign keys: a line for each damage. */
    bool (*check)(Driver *driver, GPtrArray *problems, GError **error);

    bool (*begin)(Driver *driver, GError **error); /* takes the write lock now */
    bool (*commit)(Driver *driver, GError **error);
    void (*rollback)(Driver *driver); /* no-op when the engine has done so already */
    bool (*in_txn)(Driver *driver);

    DriverStmt *(*prepare)(Driver *driver, const char *sql, gssize len, GError **error);
    void (*finalize)(DriverStmt *stmt); /* NULL is fine */
    void (*reset)(DriverStmt *stmt);    /* also forgets what was bound */
    int (*parameter)(DriverStmt *stmt, const char *name,
                     int hint); /* 0: no such; hint: try first */
    bool (*bind_int)(DriverStmt *stmt, int index, gint64 value);
    /* The bytes stay the caller's and must live until the next reset. */
    bool (*bind_text)(DriverStmt *stmt, int index, const char *text, gssize len);
    bool (*bind_blob)(DriverStmt *stmt, int index, const void *bytes, gsize len);
    bool (*step)(DriverStmt *stmt, bool *ret_row, int *ret_changes, GError **error);
    int (*n_columns)(DriverStmt *stmt);
    const char *(*column_name)(DriverStmt *stmt, int column);
    ColumnType (*column_type)(DriverStmt *stmt, int column);
    gint64 (*column_int)(DriverStmt *stmt, int column);
    const char *(*column_text)(DriverStmt *stmt, int column); /* NULL for NULL; until next step */
    const void *(*column_blob)(DriverStmt *stmt, int column, gsize *ret_len);
} DriverOps;

extern const DriverOps driver_sqlite;
