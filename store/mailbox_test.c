/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/mailbox_test.h"

#include "store/stmt.h"

const char *const mailbox_verdict_names[N_MAILBOX_VERDICTS] = {
    [MAILBOX_OK] = "ok",
    [MAILBOX_NO_MAIL] = "no-mail",
    [MAILBOX_NOT_OURS] = "not-ours",
    [MAILBOX_DEFERRED] = "deferred",
    [MAILBOX_FULL] = "full",
    [MAILBOX_BLOCKED] = "blocked",
    [MAILBOX_NULL_SENDER_REFUSED] = "null-sender-refused",
    [MAILBOX_MISSING] = "missing",
    [MAILBOX_UNREACHABLE] = "unreachable",
};

static bool
add(Store *store, const char *domain, const json_t *row, gint64 at, GError **error)
{
    static const char *const members[] = {"mailbox", "mx", "address", "verdict", "reply"};
    g_autoptr(Stmt) stmt = store_stmt(store, "mailbox_test_add", error);

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":domain", domain);
    stmt_bind_int(stmt, ":at", at);
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        g_autofree char *name = g_strconcat(":", members[i], NULL);

        stmt_bind_text(stmt, name, json_string_value(json_object_get(row, members[i])));
    }
    return stmt_run(stmt, NULL, error);
}

bool
mailbox_test_keep(Store *store, const char *domain, const json_t *rows, gint64 at, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autoptr(Stmt) forget = NULL;

    if (!store_txn_begin(&txn, store, error))
        return false;
    forget = store_stmt(store, "mailbox_test_forget", error);
    if (!forget)
        return false;
    stmt_bind_text(forget, ":domain", domain);
    if (!stmt_run(forget, NULL, error))
        return false;
    for (gsize i = 0; i < json_array_size(rows); i++)
        if (!add(store, domain, json_array_get(rows, i), at, error))
            return false;
    return store_txn_commit(&txn, error);
}

json_t *
view_mailbox_tests(Store *store, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "view_mailbox_tests", error);
    json_t *rows = json_array();

    if (stmt && stmt_rows_json(stmt, rows, error))
        return json_pack("{s:o}", "mailboxes", rows);
    json_decref(rows);
    return NULL;
}
