/* SPDX-License-Identifier: GPL-3.0-or-later */
/* intake.h - a received mail and what it said go into the store, in one transaction: message,
 * delivery, complaint, incidents, tickets opened or joined or reopened, audit.
 *
 * Idempotent: the digest is unique. The same mail again adds nothing but, for a new recipient, a
 * delivery row.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "ingest/parse/complaint.h"
#include "store/evidence.h"
#include "store/store.h"

#define DIGEST_SIZE 32 /* SHA-256 */

typedef struct {
    GBytes *raw;          /* the mail as it came, without a From_ line */
    GBytes *packed;       /* raw as intake_pack() or intake_packer() packs it, or NULL: done here */
    const guint8 *digest; /* DIGEST_SIZE bytes (ingest/intake/digest.h) */
    const Complaint *complaint;
    const char *sender;    /* envelope; "" is the null sender, NULL unknown */
    const char *recipient; /* NULL unknown */
    const char *source;    /* "lda", "mbox", "maildir", "file" */
    gint64 received_at;
    bool customer_lookup; /* a job is to ask whose its tickets are, when the store does not know */
    bool log_witness;     /* a job is to ask the log about it (store/job.h) */
} IntakeMessage;

typedef struct {
    bool is_new; /* the message was not there before */
    bool is_new_delivery;
    gint64 message_id;
    gint64 complaint_id;
    guint tickets_opened, tickets_joined, tickets_reopened, filed;
} IntakeResult;

/* In a transaction of its own, or in the caller's (bulk: many in one). True: nothing of it can be
 * lost once the outer transaction is committed. */
bool intake_add(Store *store, const IntakeMessage *message, IntakeResult *ret_result,
                GError **error);

/* What this store's mails are packed with, to do it in another thread, ahead of intake_add.
 * (transfer full) */
Evidence *intake_packer(Store *store, GError **error);

/* A mail packed ahead of intake_add, while it is still being parsed. (transfer full) */
GBytes *intake_pack(Store *store, GBytes *raw, GError **error);

/* Cheap look-up before parsing: is the digest there? Records the delivery if so (own transaction).
 */
bool intake_find(Store *store, const IntakeMessage *message, bool *ret_found, GError **error);
