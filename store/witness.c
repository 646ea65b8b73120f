/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/witness.h"

#include <stdlib.h>

#include "store/audit.h"
#include "store/stmt.h"
#include "store/view_impl.h"

bool
witness_add(Store *store, gint64 message_id, const Witness *witness, gint64 now, GError **error)
{
    char *answer = witness->answer ? json_dumps(witness->answer, JSON_COMPACT) : NULL;
    Stmt *stmt = store_stmt(store, "witness_add", error);
    bool done = false;

    if (stmt) {
        stmt_bind_int(stmt, ":message", message_id);
        stmt_bind_text(stmt, ":ids", witness->ids);
        stmt_bind_int(stmt, ":at", now);
        stmt_bind_text(stmt, ":answer", answer);
        stmt_bind_text(stmt, ":words", witness->words);
        done = stmt_run(stmt, NULL, error);
    }
    stmt_done(stmt);
    free(answer); /* Jansson's allocator */
    return done;
}

bool
witness_find(Store *store, gint64 message_id, const char *ids, bool *ret_asked, json_t **ret_answer,
             GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "witness_find", error);
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":message", message_id);
    stmt_bind_text(stmt, ":ids", ids);
    if (!stmt_step(stmt, &row, error))
        return false;
    *ret_asked = row;
    *ret_answer = row && !stmt_is_null(stmt, 0) ? json_loads(stmt_text(stmt, 0), 0, NULL) : NULL;
    return true;
}

static bool
relearn(Store *store, gint64 ticket, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "ticket_relearn", error);

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", ticket);
    return stmt_run(stmt, NULL, error);
}

/* ticket 0: the message has none. */
static bool
tell(Store *store, gint64 ticket, gint64 message_id, const char *words, const Deed *deed,
     GError **error)
{
    return audit_add(store, deed,
                     &(AuditEntry){.deed = "log-witness",
                                   .ticket_id = ticket,
                                   .message_id = message_id,
                                   .detail = json_pack("{s:s}", "said", words)},
                     NULL, error) &&
           (ticket == 0 || relearn(store, ticket, error));
}

bool
witness_tell(Store *store, gint64 message_id, const char *words, const Deed *deed, GError **error)
{
    json_t *list = json_object();
    const json_t *tickets = NULL;
    bool done = view_rows(store, list, "tickets", "view_complaint_tickets", message_id, error);

    tickets = json_object_get(list, "tickets");
    for (gsize i = 0; done && i < MAX(json_array_size(tickets), 1); i++) {
        const json_t *id = json_object_get(json_array_get(tickets, i), "ticket_id");

        done = tell(store, json_integer_value(id), message_id, words, deed, error);
    }
    json_decref(list);
    return done;
}
