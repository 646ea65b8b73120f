/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ticket.h - the deeds on a ticket. Each runs in a transaction (its own, or the caller's), writes
 * its audit entry in the same, and fails with CONFLICT when the state of things forbids it, saying
 * what is missing; NOT_FOUND for an unknown id; BAD_INPUT for a wrong operand.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/addr.h"
#include "ingest/parse/complaint.h"
#include "store/deed.h"
#include "store/kind.h"
#include "store/state.h"
#include "store/store.h"

/* One ticket as stored. Strings are owned by it; NULL when absent. */
typedef struct {
    gint64 id;
    TicketKind kind;
    TicketState state;
    char *key;     /* NULL: split off, or nothing to join by */
    char *machine; /* address text */
    char *account;
    char *domain;
    char *title; /* of a ticket made by hand */
    Cause cause;
    Confidence confidence;
    Category category;
    char *customer;
    char *assignee;
    int resolution; /* Resolution, or -1 */
    int reason;     /* RejectReason, or -1 */
    char *by_hand;  /* JSON {"cause":"anna", …}: which members a person set; NULL: none */
    gint64 opened_at, contained_at, fixed_at, resolved_at, watch_until; /* TIME_NONE: not */
    gint64 first_at, last_at;                                           /* of its incidents */
    guint complaints, incidents, reopened;
    gint64 merged_into; /* 0: not merged */
} Ticket;

Ticket *ticket_load(Store *store, gint64 id, GError **error); /* (transfer full) */
void ticket_free(Ticket *ticket);                             /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ticket, ticket_free)

/* A ticket by hand. With complaint_id: what is filed of that complaint becomes the ticket's, and
 * what is not given is taken from it. CONFLICT, naming the other, when a live ticket has the key or
 * a ticket has all of the complaint. Texts are cleaned; BAD_INPUT when one has more than 500 bytes.
 */
typedef struct {
    TicketKind kind;
    Addr machine;        /* ADDR_NONE: none */
    const char *account; /* NULL: none */
    const char *domain;
    const char *title;
    const char *customer;
    Cause cause;         /* CAUSE_UNKNOWN */
    Category category;   /* CATEGORY_NONE */
    gint64 complaint_id; /* 0: none */
} TicketNew;
bool ticket_new(Store *store, const TicketNew *what, const Deed *deed, gint64 *ret_id,
                GError **error);

bool ticket_note(Store *store, gint64 id, const char *text, const Deed *deed, GError **error);
/* assignee NULL or "": nobody. A new ticket that is assigned stays new. */
bool ticket_assign(Store *store, gint64 id, const char *assignee, const Deed *deed, GError **error);

typedef struct {
    gint64 id;
    TicketState to;
    int from;             /* the state the person saw, or -1: whatever it is now */
    const char *operand;  /* resolution or reason, as state.h's row says; NULL: none */
    ProofKind proof_kind; /* of proof */
    const char *proof;    /* what proves the fix; NULL: look at what is on record */
    const char *note;     /* NULL: none */
    gint64 watch;         /* seconds after resolving in which a new incident reopens it */
} TicketMove;
bool ticket_move(Store *store, const TicketMove *move, const Deed *deed, GError **error);

/* Evidence of the fix, on record before the move. It is about the ticket's account, else machine,
 * else domain as they are now, and counts until the ticket is reopened. */
bool ticket_prove(Store *store, gint64 id, ProofKind kind, const char *text, const Deed *deed,
                  GError **error);

/* Guard bits that the move would meet unsatisfied now (for buttons: guard_missing() has the
 * words). Guards are judged for resolution `fixed`. */
bool ticket_missing(Store *store, gint64 id, const TicketMoveRow *move, gint64 now,
                    guint *ret_missing, GError **error);

/* Sets one member by hand, marked "by NAME"; value "" clears it where that can be. Changing relay
 * or account changes the key: CONFLICT when another live ticket has it. */
extern const char *const ticket_set_names[]; /* relay account domain cause confidence category
                                                customer title kind; NULL-terminated */
bool ticket_set(Store *store, gint64 id, const char *name, const char *value, const Deed *deed,
                GError **error);

/* `from`'s incidents, notes, proofs and listings become `into`'s; `from` is rejected as a
 * duplicate. CONFLICT when it is merged already, or `into` is closed. */
bool ticket_merge(Store *store, gint64 from, gint64 into, const Deed *deed, GError **error);
/* These incidents leave the ticket for a new one without a key (it never collects by itself). */
bool ticket_split(Store *store, gint64 id, const GArray *incidents /* gint64 */, const Deed *deed,
                  gint64 *ret_id, GError **error);

/* Undoes the last move, set, assign, merge or split of this ticket that is not undone yet; CONFLICT
 * when what came later forbids it. ret_what (may be NULL): "moved new to open". (transfer full) */
bool ticket_undo(Store *store, gint64 id, const Deed *deed, char **ret_what, GError **error);
