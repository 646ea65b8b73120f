/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tickets that are nobody's yet: what is to be asked about them, and the answer. */
#include "store/audit.h"
#include "store/customer.h"
#include "store/stmt.h"

bool
customer_question(Store *store, gint64 message_id, gint64 ticket, CustomerQuestion *ret_question,
                  GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "customer_question", error);
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":message", message_id);
    stmt_bind_int(stmt, ":ticket", ticket);
    if (!stmt_step(stmt, &row, error))
        return false;
    *ret_question = (CustomerQuestion){0};
    if (row)
        *ret_question = (CustomerQuestion){stmt_int(stmt, 0), stmt_addr(stmt, 1),
                                           (guint)stmt_int(stmt, 2), stmt_int(stmt, 3)};
    return true;
}

bool
customer_answer(Store *store, gint64 message_id, gint64 ticket, const char *reference,
                const char *why, const Deed *deed, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autoptr(Stmt) stmt = NULL;
    int changes = 0;

    if (!store_txn_begin(&txn, store, error))
        return false;
    stmt = store_stmt(store, "customer_answer", error);
    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":customer", reference);
    stmt_bind_int(stmt, ":ticket", ticket);
    return stmt_run(stmt, &changes, error) &&
           (changes == 0 ||
            audit_add(store, deed,
                      &(AuditEntry){.deed = "ticket-customer",
                                    .ticket_id = ticket,
                                    .message_id = message_id,
                                    .detail = json_pack("{s:s, s:s}", "to", reference, "why", why)},
                      NULL, error)) &&
           store_txn_commit(&txn, error);
}
