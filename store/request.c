/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/request.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "store/stmt.h"

static bool
read_proofs(Store *store, gint64 ticket_id, RequestFacts *facts, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "request_proofs", error);
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", ticket_id);
    for (;;) {
        int kind;

        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            return true;
        kind = text_name_find(proof_names, N_PROOFS, stmt_text(stmt, 0));
        if (kind >= 0)
            facts->proved_at[kind] = stmt_int(stmt, 1);
    }
}

bool
request_facts(Store *store, gint64 ticket_id, RequestFacts *ret_facts, GError **error)
{
    RequestFacts facts = {.event_at = TIME_NONE};
    bool row = false;
    g_autoptr(Stmt) stmt = store_stmt_by_id(store, "ticket_event_at", ticket_id, &row, error);

    if (!stmt)
        return false;
    if (row)
        facts.event_at = stmt_time(stmt, 0);
    for (int kind = 0; kind < N_PROOFS; kind++)
        facts.proved_at[kind] = TIME_NONE;
    if (!read_proofs(store, ticket_id, &facts, error))
        return false;
    *ret_facts = facts;
    return true;
}

bool
request_alone(Store *store, gint64 listing, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "request_waiting", error);
    gint64 letter = 0;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", listing);
    if (!stmt_run_int(stmt, &letter, error))
        return false;
    return letter == 0 ||
           plaint_fail(error, PLAINT_ERROR_CONFLICT,
                       "letter %" G_GINT64_FORMAT " to the list has not left yet: 'plaint outbox "
                       "cancel %" G_GINT64_FORMAT "' keeps it from it",
                       letter, letter);
}

bool
request_keep(Store *store, gint64 listing_id, const char *letter, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "request_keep", error);

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":letter", letter);
    stmt_bind_int(stmt, ":id", listing_id);
    return stmt_run(stmt, NULL, error);
}
