/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outbox.h - letters on their way out, as rows: written in the transaction of the deed that they
 * are about, sent later by any number of senders.
 *
 * A letter is leased to one sender, and the attempt is on record before sendmail is run: a sender
 * that is killed leaves an attempt without an end, and another one sends the same bytes, with the
 * same Message-ID, when the lease is over. What fails is tried again later and later, at last given
 * up, which is audited.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "store/deed.h"
#include "store/store.h"
#include "store/view.h"

#define OUTBOX_LEASE (10 * 60) /* seconds: longer than sendmail may take */

typedef enum {
    OUTBOX_WAITING,
    OUTBOX_SENT,
    OUTBOX_GAVE_UP,
    OUTBOX_CANCELLED,
    N_OUTBOX_STATES
} OutboxState;
extern const char *const outbox_state_names[N_OUTBOX_STATES];

typedef struct {
    const char *kind;   /* a word: "test" */
    const char *sender; /* of the envelope; "" is the null sender, which no bounce comes back to */
    const char *recipient;
    const char *subject;
    gint64 ticket_id, listing_id; /* 0: about none */
    guint per_day;                /* no more to this recipient in 24 hours; 0: no limit */
} OutboxNew;

/* In the caller's transaction, which outbox_fill() is in, too. *ret_id 0: the recipient has had its
 * letters of the day, and nothing is added (that is audited). */
bool outbox_add(Store *store, const OutboxNew *what, const Deed *deed, gint64 *ret_id,
                GError **error);
bool outbox_fill(Store *store, gint64 id, GBytes *mail, GError **error);

/* The Message-ID of letter `id`, without < and >, in a domain of ours; nobody else can make one.
 * (transfer full) */
char *outbox_message_id(Store *store, gint64 id, const char *domain, GError **error);
/* Which letter a Message-ID (with < and > or without) is of; *ret_id 0: it is none of ours. */
bool outbox_of_message_id(Store *store, const char *text, gint64 *ret_id, GError **error);

typedef struct {
    gint64 id; /* 0: nothing is due */
    char *sender, *recipient;
    GBytes *mail;
    guint attempts;    /* this one counted */
    gint64 attempt_id; /* its row */
    gint64 ticket_id, listing_id;
} Outgoing;
void outgoing_clear(Outgoing *outgoing);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outgoing, outgoing_clear)

/* Leases the letter that is due the longest to `runner`, a name that no other has. */
bool outbox_take(Store *store, const char *runner, gint64 now, Outgoing *ret_outgoing,
                 GError **error);

typedef struct {
    enum { ATTEMPT_SENT, ATTEMPT_FAILED, ATTEMPT_REFUSED, N_ATTEMPT_OUTCOMES } outcome;
    int status;       /* sendmail's exit status; -1: none */
    const char *said; /* or NULL */
} Attempt;
extern const char *const attempt_names[N_ATTEMPT_OUTCOMES]; /* "sent", "failed", "refused" */

/* Records how it ended. *ret_due: when it is tried again, TIME_NONE: it is not. CONFLICT when the
 * lease has gone to another. */
bool outbox_end(Store *store, const Outgoing *outgoing, const char *runner, const Attempt *attempt,
                gint64 now, gint64 *ret_due, GError **error);

/* CONFLICT when it has left, or is leaving now. */
bool outbox_cancel(Store *store, gint64 id, const Deed *deed, GError **error);
/* It is due at once, as if it had not been tried; also one that was given up or cancelled. */
bool outbox_again(Store *store, gint64 id, const Deed *deed, GError **error);

bool outbox_count(Store *store, OutboxState state, gint64 *ret_count, GError **error);
/* {"letters": [{"id","kind","recipient","subject","state","ticket_id","listing_id","created_at",
 * "due_at","attempts"}], "next"}: given up and waiting, or all. (transfer full) */
json_t *view_outbox_list(Store *store, bool all, const Page *page, GError **error);
/* The same of one, and sender, attempts_made [{"at","outcome","status","said"}], newest first.
 * *ret_mail: as it leaves. (transfer full) */
json_t *view_outbox(Store *store, gint64 id, GBytes **ret_mail, GError **error);
