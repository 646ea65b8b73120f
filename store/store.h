/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store.h - the database: opening it, transactions, named statements.
 *
 * One interface, an engine behind it (store/driver.h). Statements live in sql/NAME.sql in blocks
 * headed `-- name: ticket_move`, in the dialect common to SQLite and PostgreSQL, and bind `:name`.
 * Only store/ runs SQL; callers see objects. A Store belongs to one thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Store Store;

typedef enum {
    STORE_READ,   /* must exist; nothing is written */
    STORE_WRITE,  /* must exist and be of our schema version (older: NOT migrated, an error says so)
                   */
    STORE_CREATE, /* made and migrated if needed (`plaint init`; the LDA on the default store) */
} StoreMode;

/* url: "sqlite:/path/plaint.db". CONFIG when it is none, BUSY when the store is locked or full,
 * DENIED, NOT_FOUND, INTERNAL when it is corrupt or not ours. (transfer full) */
Store *store_open(const char *url, StoreMode mode, GError **error);
/* Whether each move of a ticket leaves a job that tells the site's program of it ([hooks] on-move
 * is set). Off at first. */
void store_hooks(Store *store, bool hooks);
/* This process adds a mail and ends. What it writes is on disk in the engine's log, as always, but
 * is folded into the database only by the few deliveries that find the log long, and by every other
 * program that closes. */
void store_deliver_only(Store *store);
/* Instead of closing, when the process ends at once: its memory and its files are left to the
 * system, and only a log that has got long is folded in. No transaction is open. */
void store_leave(Store *store);
void store_close(Store *store); /* NULL is fine; rolls an open transaction back */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

/* Rolls back at end of scope unless committed. Begin takes the write lock at once; inside an open
 * transaction it joins (commit of the inner one does nothing), so that deeds compose. An inner one
 * that rolls back dooms the outer: its commit fails, nothing is written. */
typedef struct {
    Store *store; /* NULL unless open */
    bool outer;
} StoreTxn;
#define STORE_TXN_INIT ((StoreTxn){0})
bool store_txn_begin(StoreTxn *txn, Store *store, GError **error);
bool store_txn_commit(StoreTxn *txn, GError **error); /* true: it is on disk */
void store_txn_rollback(StoreTxn *txn);               /* no-op once committed */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StoreTxn, store_txn_rollback)
