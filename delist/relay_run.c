/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests go on record, and are made again. */
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "delist/own.h"
#include "delist/relay_test.h"
#include "delist/schedule.h"

/* The nonce is on disk before the mail is sent: it may come back at once. */
static bool
deliver(const RelayRun *run, gint64 id, gint64 now, RelayResult *result, GError **error)
{
    g_autofree char *nonce = secret_token();
    bool is_taken = false;

    if (!relay_test_sends(run->store, id, nonce, error))
        return false;
    is_taken = relay_deliver(run->setup, &run->addr, run->port, nonce, now, result);
    return relay_test_sent(run->store, id, is_taken, result->transcript.text->str, error);
}

static bool
record(const RelayRun *run, const RelayResult *result, const Deed *deed, gint64 *ret_id,
       char **ret_said, GError **error)
{
    const RelayTest test = {.ticket_id = run->ticket_id,
                            .address = run->addr,
                            .port = run->port,
                            .host = result->host,
                            .source = result->source,
                            .verdict = result->verdict,
                            .why = result->why,
                            .forms = result->forms,
                            .takes_any = result->takes_any,
                            .accepted = result->accepted,
                            .transcript = result->transcript.text->str,
                            .round = run->round,
                            .retest_at = schedule_retest(&run->addr, run->round, deed->now)};

    return relay_test_add(run->store, &test, deed, ret_id, ret_said, error);
}

bool
relay_run(const RelayRun *run, const Deed *deed, gint64 *ret_id, char **ret_said, GError **error)
{
    g_auto(RelayResult) result = {0};
    g_autofree char *said = NULL;
    gint64 id = 0;

    if (!relay_test(run->setup, &run->addr, run->port, run->host, &result, error))
        return false;
    if (result.is_stopped)
        return plaint_fail(error, PLAINT_ERROR_BUSY, "the relay test was stopped");
    if (!record(run, &result, deed, &id, &said, error) ||
        (run->deliver && result.from && !deliver(run, id, deed->now, &result, error)))
        return false;
    *ret_id = id;
    *ret_said = g_steal_pointer(&said);
    return true;
}

/* -- again ---------------------------------------------------------------------------------------
 */

static bool
redo(Store *store, const RelaySetup *setup, const RelayDue *due, gint64 now, guint *done,
     GError **error)
{
    const Deed deed = {ACTOR_PLAINT, now};
    const RelayRun run = {.store = store,
                          .setup = setup,
                          .addr = due->address,
                          .port = due->port,
                          .host = due->host,
                          .ticket_id = due->ticket_id,
                          .round = due->round};
    g_auto(RelayResult) result = {0};
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autofree char *said = NULL;
    gint64 id = 0, next_at = TIME_NONE;

    /* No longer ours: nobody's to be tested. */
    if (!relay_test(setup, &run.addr, run.port, run.host, &result, NULL)) {
        (*done)++;
        return relay_test_redone(store, due->id, TIME_NONE, error);
    }
    if (result.is_stopped)
        return relay_test_redone(store, due->id, now, error);
    (*done)++;
    if (!relay_verdict_is_closed(result.verdict) && result.verdict < RELAY_ACCEPTED)
        next_at = now + RETEST_RETRY_SECONDS;
    return store_txn_begin(&txn, store, error) && record(&run, &result, &deed, &id, &said, error) &&
           relay_test_redone(store, due->id, next_at, error) && store_txn_commit(&txn, error);
}

bool
relay_retest(Store *store, const Config *config, gint64 now, RelayStop stop, gpointer data,
             guint *ret_done, GError **error)
{
    g_autoptr(RelaySetup) setup = NULL;

    *ret_done = 0;
    while (!stop || !stop(data)) {
        g_auto(RelayDue) due = {0};

        if (!relay_test_due(store, now, &due, error))
            return false;
        if (due.id == 0)
            return true;
        if (!setup)
            setup = relay_setup_new(config, false, error);
        if (!setup)
            return false;
        relay_setup_stop_when(setup, stop, data);
        if (!redo(store, setup, &due, now, ret_done, error))
            return false;
    }
    return true;
}
