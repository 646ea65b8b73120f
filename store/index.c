/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/index.h"

#include "store/stmt.h"
#include "store/store_impl.h"

bool
index_later(Store *store, gint64 complaint, GError **error)
{
    /* New rows come in order; anything else (one is replaced) begins a group of its own. */
    if (store->index_first != 0 && complaint != store->index_last + 1 && !index_flush(store, error))
        return false;
    if (store->index_first == 0)
        store->index_first = complaint;
    store->index_last = complaint;
    return true;
}

bool
index_flush(Store *store, GError **error)
{
    g_autoptr(Stmt) stmt = NULL;

    if (store->index_first == 0)
        return true;
    stmt = store_stmt(store, "complaint_index", error);
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":first", store->index_first);
    stmt_bind_int(stmt, ":last", store->index_last);
    if (!stmt_run(stmt, NULL, error))
        return false;
    index_forget(store);
    return true;
}

void
index_forget(Store *store)
{
    store->index_first = store->index_last = 0;
}
