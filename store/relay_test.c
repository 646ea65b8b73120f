/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/relay_test.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/codec.h"
#include "store/relay_trace.h"
#include "store/stmt.h"
#include "store/ticket.h"

#define DAY (24 * 3600)

const char *const relay_verdict_names[N_RELAY_VERDICTS] = {
    [RELAY_CLOSED] = "closed",
    [RELAY_CLOSED_AUTH] = "closed-auth",
    [RELAY_CLOSED_SYNTAX] = "closed-syntax",
    [RELAY_NOT_TESTED] = "not-tested",
    [RELAY_INSIDE_VIEW] = "inside-view",
    [RELAY_DEFERRED] = "deferred",
    [RELAY_ABORTED] = "aborted",
    [RELAY_ACCEPTED_LOCAL] = "accepted-local",
    [RELAY_ACCEPTED] = "accepted",
};

bool
relay_verdict_is_closed(RelayVerdict verdict)
{
    return verdict <= RELAY_CLOSED_SYNTAX;
}

bool
relay_test_ticket(Store *store, const Addr *address, gint64 *ret_id, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "relay_test_ticket", error);

    if (!stmt)
        return false;
    stmt_bind_addr(stmt, ":machine", address);
    return stmt_run_int(stmt, ret_id, error);
}

/* -- what the ticket is told --------------------------------------------------------------------
 */

/* Whether another live ticket has its key, so that it cannot be reopened. */
static bool
is_taken(Store *store, const Ticket *ticket, bool *ret_taken, GError **error)
{
    g_autoptr(Stmt) stmt = NULL;
    gint64 other = 0;

    *ret_taken = false;
    if (!ticket->key)
        return true;
    stmt = store_stmt(store, "ticket_with_key", error);
    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":key", ticket->key);
    stmt_bind_int(stmt, ":id", ticket->id);
    if (!stmt_run_int(stmt, &other, error))
        return false;
    *ret_taken = other != 0;
    return true;
}

static bool
reopen(Store *store, const Ticket *ticket, const char *why, const Deed *deed, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "ticket_reopen", error);

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":at", deed->now);
    stmt_bind_int(stmt, ":id", ticket->id);
    return stmt_run(stmt, NULL, error) &&
           audit_add(
               store, deed,
               &(AuditEntry){.deed = "ticket-reopen",
                             .ticket_id = ticket->id,
                             .detail = json_pack("{s:s, s:s}", "from",
                                                 ticket_state_names[ticket->state], "why", why)},
               NULL, error);
}

/* Was it said to be fixed? */
static bool
is_fixed(const Ticket *ticket)
{
    return ticket->state == TICKET_FIXED || ticket->state == TICKET_DELISTING ||
           (ticket->state == TICKET_RESOLVED && ticket->resolution == RESOLUTION_FIXED);
}

/* The host is open: a note; and what was fixed is not. */
static bool
tell_open(Store *store, const Ticket *ticket, const char *words, const Deed *deed, char **ret_said,
          GError **error)
{
    bool taken = false;

    if (!ticket_note(store, ticket->id, words, deed, error))
        return false;
    *ret_said = g_strdup_printf("noted on ticket %" G_GINT64_FORMAT, ticket->id);
    if (!is_fixed(ticket))
        return true;
    if (!is_taken(store, ticket, &taken, error))
        return false;
    if (taken)
        return true;
    g_free(*ret_said);
    *ret_said = g_strdup_printf("ticket %" G_GINT64_FORMAT " is open again", ticket->id);
    return reopen(store, ticket, words, deed, error);
}

static bool
tell_closed(Store *store, const Ticket *ticket, const char *words, const Deed *deed,
            bool *ret_proves, char **ret_said, GError **error)
{
    *ret_proves = true;
    if (!ticket_state_is_live(ticket->state) || is_fixed(ticket)) {
        *ret_said = g_strdup_printf("noted on ticket %" G_GINT64_FORMAT, ticket->id);
        return ticket_note(store, ticket->id, words, deed, error);
    }
    *ret_said = g_strdup_printf("evidence of the fix for ticket %" G_GINT64_FORMAT, ticket->id);
    return ticket_prove(store, ticket->id, PROOF_RELAY_TEST, words, deed, error);
}

/* "relay test 7: 192.0.2.25 port 25 …" (transfer full) */
static char *
words_of(const RelayTest *test, gint64 id)
{
    char text[ADDR_TEXT_SIZE], source[ADDR_TEXT_SIZE];
    g_autofree char *words =
        g_strdup_printf("relay test %" G_GINT64_FORMAT "%s: %s port %u, from %s: %s", id,
                        test->round > 0 ? ", made again" : "", addr_text(&test->address, text),
                        test->port, addr_text(&test->source, source), test->why);

    return text_clean(words, -1, DEED_TEXT_BYTES);
}

/* *ret_proves: it counts as a proof of a fix. Submission ports say nothing of port 25. */
static bool
tell(Store *store, const RelayTest *test, gint64 id, const Deed *deed, bool *ret_proves,
     char **ret_said, GError **error)
{
    g_autofree char *words = words_of(test, id);
    g_autoptr(Ticket) ticket = NULL;

    *ret_proves = false;
    if (test->ticket_id == 0)
        return true;
    ticket = ticket_load(store, test->ticket_id, error);
    if (!ticket)
        return false;
    if (test->verdict == RELAY_ACCEPTED)
        return tell_open(store, ticket, words, deed, ret_said, error);
    if (test->verdict == RELAY_ACCEPTED_LOCAL) {
        *ret_said = g_strdup_printf("noted on ticket %" G_GINT64_FORMAT, ticket->id);
        return ticket_note(store, ticket->id, words, deed, error);
    }
    return !relay_verdict_is_closed(test->verdict) || test->port == 587 || test->port == 465 ||
           tell_closed(store, ticket, words, deed, ret_proves, ret_said, error);
}

/* -- adding -------------------------------------------------------------------------------------
 */

static bool
add_row(Store *store, const RelayTest *test, const Deed *deed, gint64 *ret_id, GError **error)
{
    g_autoptr(GBytes) packed = codec_pack_text(store, test->transcript, error);
    g_autofree char *accepted = json_dumps(test->accepted, JSON_COMPACT);
    g_autoptr(Stmt) stmt = packed ? store_stmt(store, "relay_test_add", error) : NULL;

    if (!stmt)
        return false;
    stmt_bind_id(stmt, ":ticket", test->ticket_id);
    stmt_bind_addr(stmt, ":address", &test->address);
    stmt_bind_int(stmt, ":port", test->port);
    stmt_bind_text(stmt, ":host", test->host);
    stmt_bind_addr(stmt, ":source", &test->source);
    stmt_bind_int(stmt, ":at", deed->now);
    stmt_bind_text(stmt, ":actor", deed->actor);
    stmt_bind_text(stmt, ":verdict", relay_verdict_names[test->verdict]);
    stmt_bind_text(stmt, ":why", test->why);
    stmt_bind_int(stmt, ":forms", test->forms);
    stmt_bind_text(stmt, ":accepted", accepted);
    stmt_bind_int(stmt, ":any", test->takes_any);
    stmt_bind_int(stmt, ":round", test->round);
    stmt_bind_time(stmt, ":next", TIME_NONE);
    stmt_bind_blob(stmt, ":transcript", g_bytes_get_data(packed, NULL), g_bytes_get_size(packed));
    return stmt_run_int(stmt, ret_id, error);
}

bool
relay_test_redone(Store *store, gint64 id, gint64 next_at, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "relay_test_next", error);

    if (!stmt)
        return false;
    stmt_bind_time(stmt, ":next", next_at);
    stmt_bind_int(stmt, ":id", id);
    return stmt_run(stmt, NULL, error);
}

bool
relay_test_add(Store *store, const RelayTest *test, const Deed *deed, gint64 *ret_id,
               char **ret_said, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autofree char *said = NULL;
    bool proves = false;
    gint64 id = 0;

    if (!store_txn_begin(&txn, store, error) || !add_row(store, test, deed, &id, error) ||
        !tell(store, test, id, deed, &proves, &said, error) ||
        (proves && !relay_test_redone(store, id, test->retest_at, error)) ||
        !store_txn_commit(&txn, error))
        return false;
    *ret_id = id;
    *ret_said = g_steal_pointer(&said);
    return true;
}

/* -- proof by delivery --------------------------------------------------------------------------
 */

bool
relay_test_sends(Store *store, gint64 id, const char *nonce, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "relay_test_sends", error);

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":nonce", nonce);
    stmt_bind_int(stmt, ":id", id);
    return stmt_run(stmt, NULL, error);
}

bool
relay_test_sent(Store *store, gint64 id, bool is_accepted, const char *transcript, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autoptr(GBytes) packed = NULL;
    g_autoptr(Stmt) stmt = NULL;

    if (!store_txn_begin(&txn, store, error))
        return false;
    packed = codec_pack_text(store, transcript, error);
    stmt = packed ? store_stmt(store, "relay_test_sent", error) : NULL;
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":accepted", is_accepted);
    stmt_bind_blob(stmt, ":transcript", g_bytes_get_data(packed, NULL), g_bytes_get_size(packed));
    stmt_bind_int(stmt, ":id", id);
    return stmt_run(stmt, NULL, error) && store_txn_commit(&txn, error);
}

typedef struct {
    gint64 id, ticket_id;
    Addr address;
    char *host;
    guint16 port;
    bool is_proven;
} Waiting;

static void
waiting_clear(Waiting *waiting)
{
    g_free(waiting->host);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Waiting, waiting_clear)

static bool
find_waiting(Store *store, const char *nonce, Waiting *ret_waiting, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "relay_test_by_nonce", error);
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":nonce", nonce);
    if (!stmt_step(stmt, &row, error))
        return false;
    if (row)
        *ret_waiting = (Waiting){.id = stmt_int(stmt, 0),
                                 .ticket_id = stmt_int(stmt, 1),
                                 .address = stmt_addr(stmt, 2),
                                 .host = g_strdup(stmt_text(stmt, 3)),
                                 .is_proven = g_strcmp0(stmt_text(stmt, 4), "proven") == 0,
                                 .port = (guint16)stmt_int(stmt, 5)};
    return true;
}

static bool
prove(Store *store, const Waiting *waiting, gint64 message_id, gint64 at, GError **error)
{
    const Deed deed = {ACTOR_PLAINT, at};
    char text[ADDR_TEXT_SIZE];
    g_autofree char *words =
        g_strdup_printf("relay test %" G_GINT64_FORMAT ": %s port %u is proven open: a mail that "
                        "was sent through it came back",
                        waiting->id, addr_text(&waiting->address, text), waiting->port);
    g_autofree char *said = NULL;
    g_autoptr(Ticket) ticket = NULL;
    g_autoptr(Stmt) stmt = store_stmt(store, "relay_test_prove", error);

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":at", at);
    stmt_bind_int(stmt, ":message", message_id);
    stmt_bind_int(stmt, ":id", waiting->id);
    if (!stmt_run(stmt, NULL, error))
        return false;
    if (waiting->ticket_id == 0)
        return true;
    ticket = ticket_load(store, waiting->ticket_id, error);
    return ticket && tell_open(store, ticket, words, &deed, &said, error);
}

bool
relay_test_arrived(Store *store, GBytes *raw, gint64 message_id, gint64 at, bool *ret_arrived,
                   GError **error)
{
    g_autofree char *nonce = relay_trace_nonce(raw);
    g_auto(Waiting) waiting = {0};

    *ret_arrived = false;
    if (!nonce)
        return true;
    if (!find_waiting(store, nonce, &waiting, error))
        return false;
    *ret_arrived = waiting.id != 0;
    return waiting.id == 0 || waiting.is_proven ||
           !relay_trace_names(raw, &waiting.address, waiting.host) ||
           prove(store, &waiting, message_id, at, error);
}

/* -- again --------------------------------------------------------------------------------------
 */

void
relay_due_clear(RelayDue *due)
{
    g_free(due->host);
    *due = (RelayDue){0};
}

static bool
find_due(Store *store, gint64 now, RelayDue *due, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "relay_test_due", error);
    bool row = false;

    relay_due_clear(due);
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":now", now);
    if (!stmt_step(stmt, &row, error))
        return false;
    if (row)
        *due = (RelayDue){.id = stmt_int(stmt, 0),
                          .ticket_id = stmt_int(stmt, 1),
                          .address = stmt_addr(stmt, 2),
                          .port = (guint16)stmt_int(stmt, 3),
                          .host = g_strdup(stmt_text(stmt, 4)),
                          .round = (guint)stmt_int(stmt, 5) + 1};
    return true;
}

bool
relay_test_due(Store *store, gint64 now, RelayDue *ret_due, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_auto(RelayDue) due = {0};

    if (!store_txn_begin(&txn, store, error))
        return false;
    for (;;) {
        g_autoptr(Ticket) ticket = NULL;
        gint64 next_at = now + RELAY_TEST_LEASE;

        if (!find_due(store, now, &due, error))
            return false;
        if (due.id == 0)
            break;
        ticket = ticket_load(store, due.ticket_id, error);
        if (!ticket)
            return false;
        if (!is_fixed(ticket))
            next_at = ticket_state_is_live(ticket->state) ? now + DAY : TIME_NONE;
        if (!relay_test_redone(store, due.id, next_at, error))
            return false;
        if (is_fixed(ticket))
            break;
    }
    if (!store_txn_commit(&txn, error))
        return false;
    *ret_due = due;
    due = (RelayDue){0};
    return true;
}

/* -- the newest ---------------------------------------------------------------------------------
 */

void
relay_latest_clear(RelayLatest *latest)
{
    g_clear_pointer(&latest->why, g_free);
}

bool
relay_test_latest(Store *store, const Addr *address, RelayLatest *ret_latest, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "relay_test_latest", error);
    bool row = false;
    int verdict = 0;

    if (!stmt)
        return false;
    stmt_bind_addr(stmt, ":address", address);
    if (!stmt_step(stmt, &row, error))
        return false;
    *ret_latest = (RelayLatest){0};
    if (!row)
        return true;
    verdict = text_name_find(relay_verdict_names, N_RELAY_VERDICTS, stmt_text(stmt, 2));
    *ret_latest = (RelayLatest){.id = stmt_int(stmt, 0),
                                .at = stmt_int(stmt, 1),
                                .verdict = verdict < 0 ? RELAY_ABORTED : (RelayVerdict)verdict,
                                .why = g_strdup(stmt_text(stmt, 3)),
                                .takes_any = stmt_int(stmt, 4) != 0,
                                .is_proven = g_strcmp0(stmt_text(stmt, 5), "proven") == 0};
    return true;
}

bool
relay_test_latest_at(Store *store, const Addr *address, gint64 *ret_at, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "relay_test_latest_at", error);

    if (!stmt)
        return false;
    stmt_bind_addr(stmt, ":address", address);
    return stmt_run_int(stmt, ret_at, error);
}
