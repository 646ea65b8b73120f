/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/report_round.h"

#include "base/clock.h"
#include "base/text.h"
#include "store/state.h"
#include "store/stmt.h"

/* False: the round ended before this deed. */
static bool
take_deed(Stmt *stmt, gint64 at, ReportRound *round)
{
    gint64 when = stmt_time(stmt, 0);
    json_t *detail = json_loads(stmt_text(stmt, 1) ? stmt_text(stmt, 1) : "{}", 0, NULL);
    const char *from = json_string_value(json_object_get(detail, "from"));
    const char *to = json_string_value(json_object_get(detail, "to"));
    int state = to ? text_name_find(ticket_state_names, N_TICKET_STATES, to) : TICKET_OPEN;
    bool reopens = state == TICKET_OPEN && g_strcmp0(from, ticket_state_names[TICKET_NEW]) != 0;

    json_decref(detail);
    if (reopens && when >= at) {
        round->until = when;
        return false;
    }
    if (reopens)
        *round = (ReportRound){when, TIME_NONE, TIME_NONE, TIME_NONE};
    else if (state == TICKET_CONTAINED)
        round->contained = when;
    else if (state == TICKET_FIXED)
        round->fixed = when;
    return true;
}

bool
report_round_then(Store *store, gint64 ticket, gint64 at, ReportRound *round, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "report_moves", error);
    bool row = false;

    if (!stmt)
        return false;
    *round = (ReportRound){round->opened, TIME_NONE, TIME_NONE, TIME_NONE};
    stmt_bind_int(stmt, ":id", ticket);
    do {
        if (!stmt_step(stmt, &row, error))
            return false;
    } while (row && take_deed(stmt, at, round));
    return true;
}

json_t *
report_round_proofs(Store *store, gint64 ticket, const ReportRound *round, GError **error)
{
    bool is_now = round->until == TIME_NONE;
    g_autoptr(Stmt) stmt =
        store_stmt(store, is_now ? "report_proofs" : "report_proofs_then", error);
    json_t *proofs = json_array();

    if (stmt) {
        stmt_bind_int(stmt, ":id", ticket);
        if (!is_now) {
            stmt_bind_int(stmt, ":since", round->opened);
            stmt_bind_int(stmt, ":until", round->until);
        }
        if (stmt_rows_json(stmt, proofs, error))
            return proofs;
    }
    json_decref(proofs);
    return NULL;
}
