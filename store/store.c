/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store.h"

#include <string.h>

#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"
#include "store/codec.h"
#include "store/index.h"
#include "store/stmt.h"
#include "store/store_impl.h"

static const DriverOps *const engines[] = {&driver_sqlite};

static const DriverOps *
engine_find(const char *url, const char **ret_rest)
{
    for (gsize i = 0; i < G_N_ELEMENTS(engines); i++) {
        gsize len = strlen(engines[i]->scheme);

        if (url && strncmp(url, engines[i]->scheme, len) == 0 && url[len] == ':') {
            *ret_rest = url + len + 1;
            return engines[i];
        }
    }
    return NULL;
}

/* One transaction for all of it, looked at again inside: another program may have been quicker. */
static bool
migrate(Store *store, gint64 newest, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    gint64 version = 0, dictionary = 0;

    if (!store_txn_begin(&txn, store, error) ||
        !store->ops->version(store->driver, &version, error))
        return false;
    for (gint64 n = version + 1; n <= newest; n++) {
        g_autofree char *script = sql_migration(store->ops->scheme, (guint)n, error);

        if (!script || !store->ops->exec(store->driver, script, error)) {
            g_prefix_error(error, "migration %d: ", (int)n);
            return false;
        }
    }
    return codec_writer_id(store, 0, &dictionary, error) &&
           store->ops->set_version(store->driver, newest, error) && store_txn_commit(&txn, error);
}

static bool
check_version(Store *store, StoreMode mode, GError **error)
{
    gint64 version = 0, newest = sql_n_migrations(store->ops->scheme);

    if (!store->ops->version(store->driver, &version, error))
        return false;
    if (version == newest)
        return true;
    if (version > newest)
        return plaint_fail(error, PLAINT_ERROR_INTERNAL,
                           "the store was made by a newer plaint (version %d, this one knows %d)",
                           (int)version, (int)newest);
    if (mode == STORE_CREATE)
        return migrate(store, newest, error);
    if (version == 0)
        return plaint_fail(error, PLAINT_ERROR_NOT_FOUND,
                           "the store is empty: 'plaint init' makes it");
    return plaint_fail(error, PLAINT_ERROR_INTERNAL,
                       "the store has version %d, this plaint needs %d: run 'plaint init'",
                       (int)version, (int)newest);
}

Store *
store_open(const char *url, StoreMode mode, GError **error)
{
    g_autoptr(Store) store = g_new0(Store, 1);
    const char *rest = NULL;

    store->ops = engine_find(url, &rest);
    if (!store->ops) {
        g_autofree char *masked = secret_mask_url(url);
        g_autofree char *quoted = text_quote(masked);

        plaint_fail(error, PLAINT_ERROR_CONFIG,
                    "[store] url: no engine for %s: a url begins with 'sqlite:'", quoted);
        return NULL;
    }
    store->sql = sql_index_new(error);
    if (!store->sql)
        return NULL;
    store->driver = store->ops->open(rest, mode, error);
    if (!store->driver || !check_version(store, mode, error))
        return NULL;
    return g_steal_pointer(&store);
}

void
store_hooks(Store *store, bool hooks)
{
    store->hooks = hooks;
}

void
store_deliver_only(Store *store)
{
    store->ops->keep_log(store->driver);
}

void
store_leave(Store *store)
{
    store->ops->leave(store->driver);
}

void
store_close(Store *store)
{
    if (!store)
        return;
    g_clear_pointer(&store->stmts, g_hash_table_unref);
    g_clear_pointer(&store->codecs, g_hash_table_unref);
    evidence_free(store->writer);
    if (store->ops)
        store->ops->close(store->driver);
    sql_index_free(store->sql);
    g_free(store);
}

bool
store_txn_begin(StoreTxn *txn, Store *store, GError **error)
{
    if (store->depth == 0 && !store->ops->begin(store->driver, error))
        return false;
    txn->store = store;
    txn->outer = store->depth == 0;
    store->depth++;
    if (txn->outer)
        store->doomed = false;
    return true;
}

bool
store_txn_commit(StoreTxn *txn, GError **error)
{
    Store *store = txn->store;

    if (!txn->outer) {
        store->depth--;
        txn->store = NULL;
        return true;
    }
    if (store->doomed)
        return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                           "a step of the transaction failed: nothing was written");
    if (!index_flush(store, error) || !store->ops->commit(store->driver, error))
        return false;
    store->depth--;
    txn->store = NULL;
    return true;
}

void
store_txn_rollback(StoreTxn *txn)
{
    Store *store = txn->store;

    if (!store)
        return;
    txn->store = NULL;
    store->depth--;
    if (txn->outer) {
        store->ops->rollback(store->driver);
        index_forget(store);
    } else {
        store->doomed = true;
    }
}
