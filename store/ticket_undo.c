/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/error.h"
#include "store/stmt.h"
#include "store/ticket.h"
#include "store/ticket_merge.h"
#include "store/ticket_row.h"

typedef struct {
    gint64 audit, ticket, other;
    char *words;
    json_t *before, *after;
    bool is_split;
} Undo;

static void
undo_clear(Undo *undo)
{
    g_free(undo->words);
    json_decref(undo->before);
    json_decref(undo->after);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Undo, undo_clear)

static bool
find_undo(Store *store, gint64 id, Undo *ret_undo, GError **error)
{
    bool row = false;
    g_autoptr(Stmt) stmt = store_stmt_by_id(store, "undo_last", id, &row, error);

    if (!stmt)
        return false;
    if (!row)
        return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                           "nothing to undo on ticket %" G_GINT64_FORMAT, id);
    ret_undo->audit = stmt_int(stmt, 0);
    ret_undo->ticket = stmt_int(stmt, 1);
    ret_undo->other = stmt_int(stmt, 2);
    ret_undo->words = g_strdup(stmt_text(stmt, 3));
    ret_undo->before = json_loads(stmt_text(stmt, 4), 0, NULL);
    ret_undo->after = json_loads(stmt_text(stmt, 5), 0, NULL);
    ret_undo->is_split = strcmp(stmt_text(stmt, 6), "ticket-split") == 0;
    return (ret_undo->before && ret_undo->after) ||
           plaint_fail(error, PLAINT_ERROR_INTERNAL, "what an undo needs is damaged");
}

/* Puts the members back, if they still are as the deed left them. */
static bool
restore_members(json_t *row, const Undo *undo, GError **error)
{
    const char *name = NULL;
    json_t *value = NULL;

    json_object_foreach(undo->after, name, value)
    {
        if (!json_equal(value, json_object_get(row, name)))
            return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                               "cannot undo '%s': %s has changed since", undo->words, name);
        json_object_set(row, name, json_object_get(undo->before, name));
    }
    return true;
}

static bool
close_split(Store *store, const Undo *undo, const Deed *deed, GError **error)
{
    g_auto(TicketDeed) td = TICKET_DEED_INIT;

    if (!ticket_deed_begin(&td, store, undo->other, deed, error))
        return false;
    ticket_row_merged(td.row, undo->ticket, deed->now);
    return ticket_deed_end(
               &td,
               &(TicketDeedEnd){.name = "ticket-merge",
                                .detail = json_pack("{s:I}", "into", (json_int_t)undo->ticket)},
               error) &&
           ticket_deed_commit(&td, error);
}

static bool
move_back(Store *store, const Undo *undo, const Deed *deed, GError **error)
{
    g_autoptr(Stmt) stmt = NULL;
    gint64 gone = 0;

    if (undo->other == 0)
        return true;
    stmt = store_stmt(store, "undo_moved_on", error);
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":other", undo->other);
    stmt_bind_int(stmt, ":audit", undo->audit);
    if (!stmt_run_int(stmt, &gone, error))
        return false;
    if (gone > 0)
        return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                           "cannot undo '%s': %d of its incidents have moved on", undo->words,
                           (int)gone);
    return ticket_move_rows(store, undo->audit, undo->other, undo->ticket, error) &&
           (!undo->is_split || close_split(store, undo, deed, error));
}

static bool
mark_undone(Store *store, gint64 audit, gint64 by, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "undo_done", error);

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":by", by);
    stmt_bind_int(stmt, ":audit", audit);
    return stmt_run(stmt, NULL, error);
}

bool
ticket_undo(Store *store, gint64 id, const Deed *deed, char **ret_what, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_auto(TicketDeed) td = TICKET_DEED_INIT;
    g_auto(Undo) undo = {0};
    gint64 by = 0;
    json_t *exists = NULL;

    if (!store_txn_begin(&txn, store, error))
        return false;
    exists = ticket_row_load(store, id, error);
    json_decref(exists);
    if (!exists || !find_undo(store, id, &undo, error) ||
        !ticket_deed_begin(&td, store, undo.ticket, deed, error) ||
        !restore_members(td.row, &undo, error) ||
        (json_object_get(undo.before, "state") &&
         !ticket_row_may_be(store, undo.ticket, td.row, error)) ||
        !ticket_deed_end(&td,
                         &(TicketDeedEnd){.name = "ticket-undo",
                                          .detail = json_pack("{s:s, s:I}", "what", undo.words,
                                                              "audit", (json_int_t)undo.audit),
                                          .ret_audit = &by},
                         error) ||
        !move_back(store, &undo, deed, error) ||
        (json_object_get(undo.after, "machine") && !ticket_recount(store, undo.ticket, error)) ||
        !mark_undone(store, undo.audit, by, error) || !ticket_deed_commit(&td, error) ||
        !store_txn_commit(&txn, error))
        return false;
    if (ret_what)
        *ret_what = g_steal_pointer(&undo.words);
    return true;
}
