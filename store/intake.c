/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/intake.h"

#include "base/error.h"
#include "store/codec.h"
#include "store/complaint_row.h"
#include "store/filing.h"
#include "store/job.h"
#include "store/provider.h"
#include "store/relay_test.h"
#include "store/stmt.h"

static bool
find_message(Store *store, const guint8 *digest, gint64 *ret_id, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "message_by_digest", error);

    if (!stmt)
        return false;
    stmt_bind_blob(stmt, ":digest", digest, DIGEST_SIZE);
    return stmt_run_int(stmt, ret_id, error);
}

static bool
add_delivery(Store *store, gint64 id, const IntakeMessage *message, bool *ret_new, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "delivery_add", error);
    int changes = 0;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":message", id);
    stmt_bind_text(stmt, ":recipient", message->recipient ? message->recipient : "");
    stmt_bind_text(stmt, ":sender", message->sender);
    stmt_bind_int(stmt, ":at", message->received_at);
    if (!stmt_run(stmt, &changes, error))
        return false;
    *ret_new = changes > 0;
    return true;
}

/* *ret_id 0: another writer has it already. */
static bool
add_message(Store *store, const IntakeMessage *message, GBytes *packed, gint64 *ret_id,
            GError **error)
{
    gint64 dictionary = 0;
    g_autoptr(Stmt) stmt = NULL;

    if (!codec_writer_id(store, message->received_at, &dictionary, error))
        return false;
    stmt = store_stmt(store, "message_add", error);
    if (!stmt)
        return false;
    stmt_bind_blob(stmt, ":digest", message->digest, DIGEST_SIZE);
    stmt_bind_id(stmt, ":dictionary", dictionary);
    stmt_bind_int(stmt, ":size", (gint64)g_bytes_get_size(message->raw));
    stmt_bind_int(stmt, ":sealed", complaint_is_sealed(message->complaint));
    stmt_bind_text(stmt, ":source", message->source);
    stmt_bind_int(stmt, ":at", message->received_at);
    stmt_bind_blob(stmt, ":raw", g_bytes_get_data(packed, NULL), g_bytes_get_size(packed));
    return stmt_run_int(stmt, ret_id, error);
}

static bool
add_complaint(Store *store, const IntakeMessage *message, IntakeResult *result, GError **error)
{
    g_auto(FilingJob) job = {
        .store = store,
        .complaint = message->complaint,
        .id = result->message_id,
        .received_at = message->received_at,
    };
    bool is_relay_test = false;

    if (!relay_test_arrived(store, message->raw, job.id, job.received_at, &is_relay_test, error))
        return false;
    job.filed_because = is_relay_test ? "a relay test of ours that came back" : NULL;
    if (!filing_decide(&job, error) || !complaint_row_add(&job, error) ||
        !filing_write(&job, error) ||
        !provider_refused(store, message->complaint, &(Deed){ACTOR_PLAINT, message->received_at},
                          error))
        return false;
    result->complaint_id = job.id;
    result->tickets_opened = job.opened;
    result->tickets_joined = job.joined;
    result->tickets_reopened = job.reopened;
    result->filed = job.filed;
    return (!message->log_witness ||
            job_add(store, JOB_LOG_WITNESS, job.id, message->received_at, error)) &&
           (!message->customer_lookup || !job.lacks_customer ||
            job_add(store, JOB_CUSTOMER, job.id, message->received_at, error));
}

static bool
intake(Store *store, const IntakeMessage *message, GBytes *packed, IntakeResult *result,
       GError **error)
{
    gint64 id = 0;

    if (!find_message(store, message->digest, &id, error) ||
        (id == 0 && !add_message(store, message, packed, &result->message_id, error)))
        return false;
    result->is_new = id == 0;
    if (id != 0)
        result->message_id = result->complaint_id = id;
    if (result->message_id == 0)
        return plaint_fail(error, PLAINT_ERROR_BUSY, "the message is being stored by another");
    return add_delivery(store, result->message_id, message, &result->is_new_delivery, error) &&
           (!result->is_new || add_complaint(store, message, result, error));
}

Evidence *
intake_packer(Store *store, GError **error)
{
    return codec_writer_new(store, error);
}

GBytes *
intake_pack(Store *store, GBytes *raw, GError **error)
{
    Evidence *codec = codec_writer(store, error);

    return codec ? evidence_pack(codec, raw, error) : NULL;
}

bool
intake_add(Store *store, const IntakeMessage *message, IntakeResult *ret_result, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    IntakeResult result = {0};
    /* Before the transaction: compressing needs no lock. */
    g_autoptr(GBytes) packed =
        message->packed ? g_bytes_ref(message->packed) : intake_pack(store, message->raw, error);

    if (!packed || !store_txn_begin(&txn, store, error) ||
        !intake(store, message, packed, &result, error) || !store_txn_commit(&txn, error))
        return false;
    *ret_result = result;
    return true;
}

bool
intake_find(Store *store, const IntakeMessage *message, bool *ret_found, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    gint64 id = 0;
    bool is_new = false;

    if (!find_message(store, message->digest, &id, error))
        return false;
    if (id != 0 &&
        (!store_txn_begin(&txn, store, error) ||
         !add_delivery(store, id, message, &is_new, error) || !store_txn_commit(&txn, error)))
        return false;
    *ret_found = id != 0;
    return true;
}
