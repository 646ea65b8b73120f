/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/watched.h"

#include "base/error.h"
#include "store/audit.h"
#include "store/stmt.h"

guint
watched_size(const Netmask *range)
{
    guint host_bits = 128 - range->bits;

    return host_bits > 10 ? WATCHED_ADDRESSES_MAX + 1 : 1u << host_bits;
}

static void
bind_first(Stmt *stmt)
{
    static const Addr none;

    stmt_bind_blob(stmt, ":first", none.b, sizeof none.b);
}

GArray *
watched_ranges(Store *store, GError **error)
{
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(Netmask));
    g_autoptr(Stmt) stmt = store_stmt(store, "watched_ranges", error);
    bool row = false;

    if (!stmt)
        return NULL;
    bind_first(stmt);
    for (;;) {
        Netmask range = {0};
        Addr first;

        if (!stmt_step(stmt, &row, error))
            return NULL;
        if (!row)
            return g_steal_pointer(&ranges);
        first = stmt_addr(stmt, 0);
        netmask_fill(&range, &first, (guint)stmt_int(stmt, 1));
        g_array_append_val(ranges, range);
    }
}

/* -- deeds ------------------------------------------------------------------------------------- */

static bool
note(Store *store, const char *what, const Netmask *range, const Deed *deed, GError **error)
{
    g_autofree char *text = netmask_dup_text(range);

    return audit_add(store, deed,
                     &(AuditEntry){.deed = what, .detail = json_pack("{s:s}", "range", text)}, NULL,
                     error);
}

static bool
check_size(Store *store, const Netmask *range, GError **error)
{
    g_autoptr(GArray) ranges = watched_ranges(store, error);
    guint sum = watched_size(range);

    if (!ranges)
        return false;
    if (sum > WATCHED_ADDRESSES_MAX)
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "a range has at most %d addresses: an IPv4 /22, or a few of IPv6",
                           WATCHED_ADDRESSES_MAX);
    for (guint i = 0; i < ranges->len; i++)
        sum += watched_size(&g_array_index(ranges, Netmask, i));
    return sum <= WATCHED_TOGETHER_MAX ||
           plaint_fail(error, PLAINT_ERROR_CONFLICT,
                       "%u addresses would be watched, and %d at most: 'plaint listing watched' "
                       "shows them",
                       sum, WATCHED_TOGETHER_MAX);
}

bool
watched_add(Store *store, const Netmask *range, const Deed *deed, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autoptr(Stmt) stmt = NULL;
    int changes = 0;

    if (!store_txn_begin(&txn, store, error))
        return false;
    stmt = store_stmt(store, "watched_add", error);
    if (!stmt || !check_size(store, range, error))
        return false;
    stmt_bind_addr(stmt, ":first", &range->first);
    stmt_bind_int(stmt, ":bits", range->bits);
    stmt_bind_addr(stmt, ":last", &range->last);
    stmt_bind_int(stmt, ":at", deed->now);
    stmt_bind_text(stmt, ":actor", deed->actor);
    return stmt_run(stmt, &changes, error) &&
           (changes == 0 || note(store, "watch", range, deed, error)) &&
           store_txn_commit(&txn, error);
}

static bool
release(Store *store, const Netmask *range, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "watched_release", error);

    if (!stmt)
        return false;
    stmt_bind_addr(stmt, ":first", &range->first);
    stmt_bind_addr(stmt, ":last", &range->last);
    return stmt_run(stmt, NULL, error);
}

bool
watched_remove(Store *store, const Netmask *range, const Deed *deed, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autofree char *text = netmask_dup_text(range);
    g_autoptr(Stmt) stmt = NULL;
    int changes = 0;

    if (!store_txn_begin(&txn, store, error))
        return false;
    stmt = store_stmt(store, "watched_remove", error);
    if (!stmt)
        return false;
    stmt_bind_addr(stmt, ":first", &range->first);
    stmt_bind_int(stmt, ":bits", range->bits);
    if (!stmt_run(stmt, &changes, error))
        return false;
    if (changes == 0)
        return plaint_fail(error, PLAINT_ERROR_NOT_FOUND,
                           "%s is not watched: 'plaint listing watched' shows what is", text);
    return release(store, range, error) && note(store, "unwatch", range, deed, error) &&
           store_txn_commit(&txn, error);
}

/* -- view -------------------------------------------------------------------------------------- */

json_t *
view_watched(Store *store, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "view_watched", error);
    json_t *rows = json_array();

    if (stmt)
        bind_first(stmt);
    if (!stmt || !stmt_rows_json(stmt, rows, error)) {
        json_decref(rows);
        return NULL;
    }
    for (gsize i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);
        guint bits = (guint)json_integer_value(json_object_get(row, "bits"));
        g_autofree char *text = NULL;
        Netmask range = {0};
        Addr first = ADDR_NONE;

        (void)addr_parse(json_string_value(json_object_get(row, "first")), -1, &first);
        netmask_fill(&range, &first, bits);
        text = netmask_dup_text(&range);
        json_object_set_new(row, "range", json_string(text));
        json_object_set_new(row, "addresses", json_integer(watched_size(&range)));
        json_object_del(row, "first");
        json_object_del(row, "bits");
    }
    return json_pack("{s:o}", "watched", rows);
}
