/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/outbox.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/stmt.h"

#define HOUR 3600
#define DAY  (24 * HOUR)

const char *const outbox_state_names[N_OUTBOX_STATES] = {
    [OUTBOX_WAITING] = "waiting",
    [OUTBOX_SENT] = "sent",
    [OUTBOX_GAVE_UP] = "gave-up",
    [OUTBOX_CANCELLED] = "cancelled",
};
const char *const attempt_names[N_ATTEMPT_OUTCOMES] = {
    [ATTEMPT_SENT] = "sent",
    [ATTEMPT_FAILED] = "failed",
    [ATTEMPT_REFUSED] = "refused",
};

/* How long after the first failure, the second … it is tried again; four days, then it is given up.
 */
static const gint64 delays[] = {5 * 60, 15 * 60, HOUR, 4 * HOUR, 12 * HOUR, DAY, DAY, DAY};

/* -- adding ----------------------------------------------------------------------------------- */

static bool
audit(Store *store, const char *name, const OutboxNew *what, json_t *detail, const Deed *deed,
      GError **error)
{
    const AuditEntry entry = {.deed = name,
                              .ticket_id = what->ticket_id,
                              .listing_id = what->listing_id,
                              .detail = detail};

    return audit_add(store, deed, &entry, NULL, error);
}

static bool
count_recent(Store *store, const OutboxNew *what, gint64 now, gint64 *ret_count, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "outbox_recent", error);

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":recipient", what->recipient);
    stmt_bind_int(stmt, ":since", now - DAY);
    return stmt_run_int(stmt, ret_count, error);
}

static bool
insert(Store *store, const OutboxNew *what, gint64 now, gint64 *ret_id, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "outbox_add", error);

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":kind", what->kind);
    stmt_bind_text(stmt, ":sender", what->sender);
    stmt_bind_text(stmt, ":recipient", what->recipient);
    stmt_bind_text(stmt, ":subject", what->subject);
    stmt_bind_id(stmt, ":ticket", what->ticket_id);
    stmt_bind_id(stmt, ":listing", what->listing_id);
    stmt_bind_int(stmt, ":at", now);
    return stmt_run_int(stmt, ret_id, error);
}

bool
outbox_add(Store *store, const OutboxNew *what, const Deed *deed, gint64 *ret_id, GError **error)
{
    gint64 recent = 0, id = 0;

    if (what->per_day > 0 && !count_recent(store, what, deed->now, &recent, error))
        return false;
    if (what->per_day > 0 && recent >= what->per_day) {
        *ret_id = 0;
        return audit(store, "outbox-limit", what,
                     json_pack("{s:s, s:s, s:I}", "kind", what->kind, "recipient", what->recipient,
                               "in_a_day", (json_int_t)recent),
                     deed, error);
    }
    if (!insert(store, what, deed->now, &id, error) ||
        !audit(store, "outbox-add", what,
               json_pack("{s:s, s:s, s:I}", "kind", what->kind, "recipient", what->recipient,
                         "letter", (json_int_t)id),
               deed, error))
        return false;
    *ret_id = id;
    return true;
}

bool
outbox_fill(Store *store, gint64 id, GBytes *mail, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "outbox_fill", error);
    gsize len = 0;
    const void *bytes = g_bytes_get_data(mail, &len);
    int changes = 0;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", id);
    stmt_bind_blob(stmt, ":mail", bytes, len);
    return stmt_run(stmt, &changes, error) &&
           (changes == 1 || plaint_fail(error, PLAINT_ERROR_CONFLICT,
                                        "letter %" G_GINT64_FORMAT " is on its way already", id));
}

/* -- sending ---------------------------------------------------------------------------------- */

void
outgoing_clear(Outgoing *outgoing)
{
    g_clear_pointer(&outgoing->sender, g_free);
    g_clear_pointer(&outgoing->recipient, g_free);
    g_clear_pointer(&outgoing->mail, g_bytes_unref);
    outgoing->id = 0;
}

static bool
lease(Store *store, const char *runner, gint64 now, Outgoing *outgoing, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "outbox_take", error);
    bool row = false;
    gsize len = 0;
    const void *bytes = NULL;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":until", now + OUTBOX_LEASE);
    stmt_bind_text(stmt, ":by", runner);
    stmt_bind_int(stmt, ":now", now);
    if (!stmt_step(stmt, &row, error))
        return false;
    if (!row)
        return true;
    bytes = stmt_blob(stmt, 3, &len);
    outgoing->id = stmt_int(stmt, 0);
    outgoing->sender = g_strdup(stmt_text(stmt, 1));
    outgoing->recipient = g_strdup(stmt_text(stmt, 2));
    outgoing->mail = g_bytes_new(bytes, len);
    outgoing->attempts = (guint)stmt_int(stmt, 4);
    outgoing->ticket_id = stmt_int(stmt, 5);
    outgoing->listing_id = stmt_int(stmt, 6);
    return stmt_run(stmt, NULL, error);
}

static bool
begin_attempt(Store *store, gint64 now, Outgoing *outgoing, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "outbox_attempt_add", error);

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":outbox", outgoing->id);
    stmt_bind_int(stmt, ":at", now);
    return stmt_run_int(stmt, &outgoing->attempt_id, error);
}

bool
outbox_take(Store *store, const char *runner, gint64 now, Outgoing *ret_outgoing, GError **error)
{
    for (;;) {
        g_auto(StoreTxn) txn = STORE_TXN_INIT;
        g_auto(Outgoing) outgoing = {0};
        bool too_often = false;
        gint64 due = 0;

        if (!store_txn_begin(&txn, store, error) || !lease(store, runner, now, &outgoing, error) ||
            (outgoing.id != 0 && !begin_attempt(store, now, &outgoing, error)))
            return false;
        too_often = outgoing.attempts > G_N_ELEMENTS(delays) + 1;
        if ((too_often && !outbox_end(store, &outgoing, runner,
                                      &(Attempt){ATTEMPT_FAILED, -1, "its sender ended each time"},
                                      now, &due, error)) ||
            !store_txn_commit(&txn, error))
            return false;
        if (!too_often) {
            *ret_outgoing = outgoing;
            outgoing = (Outgoing){0};
            return true;
        }
    }
}

static bool
end_attempt(Store *store, gint64 id, const Attempt *attempt, GError **error)
{
    g_autofree char *said = attempt->said ? text_clean(attempt->said, -1, 500) : NULL;
    g_autoptr(Stmt) stmt = store_stmt(store, "outbox_attempt_end", error);

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", id);
    stmt_bind_text(stmt, ":outcome", attempt_names[attempt->outcome]);
    if (attempt->status >= 0)
        stmt_bind_int(stmt, ":status", attempt->status);
    else
        stmt_bind_id(stmt, ":status", 0);
    stmt_bind_text(stmt, ":said", said);
    return stmt_run(stmt, NULL, error);
}

static bool
end_letter(Store *store, const Outgoing *outgoing, const char *runner, OutboxState state,
           gint64 due, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "outbox_end", error);
    int changes = 0;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", outgoing->id);
    stmt_bind_text(stmt, ":by", runner);
    stmt_bind_text(stmt, ":state", outbox_state_names[state]);
    stmt_bind_int(stmt, ":due", due);
    return stmt_run(stmt, &changes, error) &&
           (changes == 1 || plaint_fail(error, PLAINT_ERROR_CONFLICT,
                                        "letter %" G_GINT64_FORMAT " took so long that another "
                                        "sender has it now",
                                        outgoing->id));
}

static OutboxState
state_after(const Outgoing *outgoing, const Attempt *attempt)
{
    if (attempt->outcome == ATTEMPT_SENT)
        return OUTBOX_SENT;
    return attempt->outcome == ATTEMPT_REFUSED || outgoing->attempts > G_N_ELEMENTS(delays)
               ? OUTBOX_GAVE_UP
               : OUTBOX_WAITING;
}

bool
outbox_end(Store *store, const Outgoing *outgoing, const char *runner, const Attempt *attempt,
           gint64 now, gint64 *ret_due, GError **error)
{
    OutboxState state = state_after(outgoing, attempt);
    bool again = state == OUTBOX_WAITING;
    gint64 due = again ? now + delays[MAX(outgoing->attempts, 1) - 1] : now;
    const Deed deed = {ACTOR_PLAINT, now};
    const OutboxNew about = {.ticket_id = outgoing->ticket_id, .listing_id = outgoing->listing_id};
    g_auto(StoreTxn) txn = STORE_TXN_INIT;

    if (!store_txn_begin(&txn, store, error) ||
        !end_letter(store, outgoing, runner, state, due, error) ||
        !end_attempt(store, outgoing->attempt_id, attempt, error))
        return false;
    if (!again && !audit(store, state == OUTBOX_SENT ? "outbox-sent" : "outbox-gave-up", &about,
                         json_pack("{s:I, s:s, s:i, s:s?}", "letter", (json_int_t)outgoing->id,
                                   "recipient", outgoing->recipient, "attempts",
                                   (int)outgoing->attempts, "said", attempt->said),
                         &deed, error))
        return false;
    if (!store_txn_commit(&txn, error))
        return false;
    *ret_due = again ? due : TIME_NONE;
    return true;
}

/* -- by hand ---------------------------------------------------------------------------------- */

static bool
set_state(Store *store, gint64 id, OutboxState state, const char *name, const Deed *deed,
          GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autoptr(Stmt) find = NULL;
    g_autoptr(Stmt) set = NULL;
    OutboxNew about = {0};
    bool row = false;
    int was = 0;

    if (!store_txn_begin(&txn, store, error) || !(find = store_stmt(store, "outbox_state", error)))
        return false;
    stmt_bind_int(find, ":id", id);
    stmt_bind_int(find, ":now", deed->now);
    if (!stmt_step(find, &row, error))
        return false;
    if (!row)
        return plaint_fail(error, PLAINT_ERROR_NOT_FOUND,
                           "no letter %" G_GINT64_FORMAT ": 'plaint outbox list' shows them", id);
    was = text_name_find(outbox_state_names, N_OUTBOX_STATES, stmt_text(find, 0));
    about = (OutboxNew){.ticket_id = stmt_int(find, 2), .listing_id = stmt_int(find, 3)};
    if (was == OUTBOX_SENT || stmt_int(find, 1))
        return plaint_fail(error, PLAINT_ERROR_CONFLICT, "letter %" G_GINT64_FORMAT " %s", id,
                           was == OUTBOX_SENT ? "has been sent" : "is being sent just now");
    if (was == (int)state && state == OUTBOX_CANCELLED)
        return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                           "letter %" G_GINT64_FORMAT " is cancelled already", id);
    set = store_stmt(store, "outbox_set", error);
    if (!set)
        return false;
    stmt_bind_int(set, ":id", id);
    stmt_bind_text(set, ":state", outbox_state_names[state]);
    stmt_bind_int(set, ":now", deed->now);
    return stmt_run(set, NULL, error) &&
           audit(store, name, &about, json_pack("{s:I}", "letter", (json_int_t)id), deed, error) &&
           store_txn_commit(&txn, error);
}

bool
outbox_cancel(Store *store, gint64 id, const Deed *deed, GError **error)
{
    return set_state(store, id, OUTBOX_CANCELLED, "outbox-cancel", deed, error);
}

bool
outbox_again(Store *store, gint64 id, const Deed *deed, GError **error)
{
    return set_state(store, id, OUTBOX_WAITING, "outbox-again", deed, error);
}
