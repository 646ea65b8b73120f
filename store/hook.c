/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/hook.h"

#include <jansson.h>

#include "base/error.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/stmt.h"
#include "store/store_impl.h"

bool
hook_add(Store *store, gint64 audit, gint64 now, GError **error)
{
    return !store->hooks || job_add(store, JOB_HOOK, audit, now, error);
}

bool
hook_load(Store *store, const Job *job, HookMove *ret_move, GError **error)
{
    bool row = false;
    g_autoptr(Stmt) stmt = store_stmt_by_id(store, "hook_move", job->ref, &row, error);
    json_t *detail = row ? json_loads(stmt_text(stmt, 0), 0, NULL) : NULL;
    const char *names[] = {json_string_value(json_object_get(detail, "from")),
                           json_string_value(json_object_get(detail, "to"))};
    int states[] = {-1, -1};

    for (gsize i = 0; i < G_N_ELEMENTS(names) && names[i]; i++)
        states[i] = text_name_find(ticket_state_names, N_TICKET_STATES, names[i]);
    json_decref(detail);
    if (!stmt)
        return false;
    if (states[0] < 0 || states[1] < 0)
        return plaint_fail(error, PLAINT_ERROR_INTERNAL, "its move is not in the audit");
    *ret_move = (HookMove){job->ticket, (TicketState)states[0], (TicketState)states[1]};
    return true;
}

bool
hook_record(Store *store, const Job *job, const HookMove *move, const HookRun *run, gint64 now,
            GError **error)
{
    const Deed deed = {ACTOR_PLAINT, now};
    json_t *detail =
        json_pack("{s:I, s:s, s:s, s:o, s:s?, s:s}", "move", (json_int_t)job->ref, "from",
                  ticket_state_names[move->from], "to", ticket_state_names[move->to], "status",
                  run->status < 0 ? json_null() : json_integer(run->status), "said", run->said,
                  "result", run->result);

    return audit_add(
        store, &deed,
        &(AuditEntry){.deed = "ticket-hook", .ticket_id = move->ticket, .detail = detail}, NULL,
        error);
}
