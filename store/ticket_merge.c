/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/ticket_merge.h"
#include "base/error.h"
#include "store/audit.h"
#include "store/stmt.h"
#include "store/ticket.h"
#include "store/ticket_row.h"

/* What hangs on a ticket and moves with it. */
static const struct {
    const char *keep, *move;
} moves[] = {
    {"undo_keep_incidents", "move_incidents"},
    {"undo_keep_notes", "move_notes"},
    {"undo_keep_proofs", "move_proofs"},
    {"undo_keep_listings", "move_listings"},
};

static bool
keep_rows(Store *store, gint64 audit, gint64 from, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(moves); i++) {
        g_autoptr(Stmt) stmt = store_stmt(store, moves[i].keep, error);

        if (!stmt)
            return false;
        stmt_bind_int(stmt, ":audit", audit);
        stmt_bind_int(stmt, ":from", from);
        if (!stmt_run(stmt, NULL, error))
            return false;
    }
    return true;
}

bool
ticket_move_rows(Store *store, gint64 audit, gint64 from, gint64 to, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(moves); i++) {
        g_autoptr(Stmt) stmt = store_stmt(store, moves[i].move, error);

        if (!stmt)
            return false;
        stmt_bind_int(stmt, ":to", to);
        stmt_bind_int(stmt, ":from", from);
        stmt_bind_int(stmt, ":audit", audit);
        if (!stmt_run(stmt, NULL, error))
            return false;
    }
    return ticket_recount(store, from, error) && ticket_recount(store, to, error);
}

void
ticket_row_merged(json_t *row, gint64 into, gint64 now)
{
    row_set_text(row, "state", ticket_state_names[TICKET_REJECTED]);
    row_set_text(row, "resolution", NULL);
    row_set_text(row, "reason", reject_names[REJECT_DUPLICATE]);
    row_set_int(row, "resolved_at", now);
    row_set_int(row, "merged_into", into);
}

static bool
may_merge(const TicketDeed *td, gint64 into, GError **error)
{
    json_t *other = NULL;
    bool live = false;

    if (td->id == into)
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "ticket %" G_GINT64_FORMAT " cannot be merged into itself", into);
    if (row_int(td->row, "merged_into") != 0)
        return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                           "ticket %" G_GINT64_FORMAT " is already merged into %" G_GINT64_FORMAT,
                           td->id, row_int(td->row, "merged_into"));
    other = ticket_row_load(td->store, into, error);
    if (!other)
        return false;
    live = ticket_state_is_live(row_state(other));
    json_decref(other);
    return live || plaint_fail(error, PLAINT_ERROR_CONFLICT,
                               "ticket %" G_GINT64_FORMAT " is closed: reopen it first", into);
}

bool
ticket_merge(Store *store, gint64 from, gint64 into, const Deed *deed, GError **error)
{
    g_auto(TicketDeed) td = TICKET_DEED_INIT;
    g_autofree char *words =
        g_strdup_printf("merged %" G_GINT64_FORMAT " into %" G_GINT64_FORMAT, from, into);
    const AuditEntry other = {.deed = "ticket-take",
                              .ticket_id = into,
                              .detail = json_pack("{s:I}", "from", (json_int_t)from)};
    gint64 audit = 0;

    if (!ticket_deed_begin(&td, store, from, deed, error) || !may_merge(&td, into, error)) {
        json_decref(other.detail);
        return false;
    }
    ticket_row_merged(td.row, into, deed->now);
    return audit_add(store, deed, &other, NULL, error) &&
           ticket_deed_end(&td,
                           &(TicketDeedEnd){.name = "ticket-merge",
                                            .words = words,
                                            .other_id = into,
                                            .detail = json_pack("{s:I}", "into", (json_int_t)into),
                                            .ret_audit = &audit},
                           error) &&
           keep_rows(store, audit, from, error) &&
           ticket_move_rows(store, audit, from, into, error) && ticket_deed_commit(&td, error);
}

/* -- split ------------------------------------------------------------------------------------ */

static bool
check_incidents(Store *store, gint64 id, const GArray *incidents, GError **error)
{
    g_autoptr(Ticket) ticket = NULL;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);

    for (guint i = 0; i < incidents->len; i++) {
        gint64 incident = g_array_index(incidents, gint64, i), on = 0;
        g_autoptr(Stmt) stmt = store_stmt(store, "incident_ticket", error);

        if (!stmt)
            return false;
        stmt_bind_int(stmt, ":id", incident);
        if (!stmt_run_int(stmt, &on, error))
            return false;
        if (on != id)
            return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                               "incident %" G_GINT64_FORMAT " is not on ticket %" G_GINT64_FORMAT,
                               incident, id);
        if (!g_hash_table_add(seen, &g_array_index(incidents, gint64, i)))
            return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                               "incident %" G_GINT64_FORMAT " is named twice", incident);
    }
    ticket = ticket_load(store, id, error);
    if (!ticket)
        return false;
    if (incidents->len == 0)
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "no incident to split off");
    return incidents->len < ticket->incidents ||
           plaint_fail(error, PLAINT_ERROR_CONFLICT,
                       "that is all of ticket %" G_GINT64_FORMAT ": nothing would stay", id);
}

static bool
add_split(Store *store, const json_t *like, const Deed *deed, gint64 from, gint64 *ret_id,
          GError **error)
{
    static const char *const copied[] = {"machine",    "account",  "domain",   "title",  "cause",
                                         "confidence", "category", "customer", "by_hand"};
    gint64 id = 0;
    g_auto(TicketDeed) td = TICKET_DEED_INIT;
    g_autoptr(Stmt) stmt = store_stmt(store, "ticket_add", error);

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":kind", row_text(like, "kind"));
    stmt_bind_int(stmt, ":at", deed->now);
    if (!stmt_run_int(stmt, &id, error) || !ticket_deed_begin(&td, store, id, deed, error))
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(copied); i++)
        json_object_set(td.row, copied[i], json_object_get(like, copied[i]));
    if (!ticket_deed_end(
            &td,
            &(TicketDeedEnd){.name = "ticket-new",
                             .detail = json_pack("{s:I}", "split_from", (json_int_t)from)},
            error) ||
        !ticket_deed_commit(&td, error))
        return false;
    *ret_id = id;
    return true;
}

static bool
keep_incidents(Store *store, gint64 audit, const GArray *incidents, GError **error)
{
    for (guint i = 0; i < incidents->len; i++) {
        g_autoptr(Stmt) stmt = store_stmt(store, "undo_keep_row", error);

        if (!stmt)
            return false;
        stmt_bind_int(stmt, ":audit", audit);
        stmt_bind_int(stmt, ":row", g_array_index(incidents, gint64, i));
        if (!stmt_run(stmt, NULL, error))
            return false;
    }
    return true;
}

bool
ticket_split(Store *store, gint64 id, const GArray *incidents, const Deed *deed, gint64 *ret_id,
             GError **error)
{
    g_auto(TicketDeed) td = TICKET_DEED_INIT;
    g_autofree char *words = NULL;
    gint64 audit = 0, other = 0;

    if (!ticket_deed_begin(&td, store, id, deed, error) ||
        !check_incidents(store, id, incidents, error) ||
        !add_split(store, td.row, deed, id, &other, error))
        return false;
    words = g_strdup_printf("split %u incidents off to %" G_GINT64_FORMAT, incidents->len, other);
    if (!ticket_deed_end(&td,
                         &(TicketDeedEnd){.name = "ticket-split",
                                          .words = words,
                                          .other_id = other,
                                          .detail = json_pack("{s:I, s:i}", "to", (json_int_t)other,
                                                              "incidents", (int)incidents->len),
                                          .ret_audit = &audit},
                         error) ||
        !keep_incidents(store, audit, incidents, error) ||
        !ticket_move_rows(store, audit, id, other, error) || !ticket_deed_commit(&td, error))
        return false;
    *ret_id = other;
    return true;
}
