/* SPDX-License-Identifier: GPL-3.0-or-later */
/* state.h - the states of tickets and listings, the moves between them, and what each move needs.
 *
 * One table each; ticket_move() enforces it, and buttons, commands, help and words are drawn from
 * it. Pure: nothing here reads the store.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    TICKET_NEW,
    TICKET_OPEN,
    TICKET_CONTAINED,
    TICKET_FIXED,
    TICKET_DELISTING,
    TICKET_RESOLVED,
    TICKET_REJECTED,
    N_TICKET_STATES,
} TicketState;

typedef enum {
    RESOLUTION_FIXED,
    RESOLUTION_CUSTOMER_LEFT,
    RESOLUTION_FALSE_REPORT,
    RESOLUTION_NO_RESPONSE,
    RESOLUTION_NO_RESPONSE_FROM_OTHER_OPERATOR,
    RESOLUTION_AUTO_CLOSED,
    N_RESOLUTIONS,
} Resolution;

typedef enum {
    REJECT_NOT_OURS,
    REJECT_NOT_ABUSE,
    REJECT_NO_EVIDENCE,
    REJECT_DUPLICATE,
    REJECT_SPAM,
    N_REJECTS,
} RejectReason;

typedef enum {
    LISTING_LISTED,
    LISTING_EXPIRING,
    LISTING_REQUESTED,
    LISTING_REFUSED, /* the open ones end here */
    LISTING_ACCEPTED,
    LISTING_DELISTED,
    LISTING_WATCHED,
    LISTING_CLOSED,
    N_LISTING_STATES,
} ListingState;

/* What proves that a cause is gone. */
typedef enum {
    PROOF_RELAY_TEST,
    PROOF_ACCOUNT_LOCKED,
    PROOF_QUIET_PERIOD,
    PROOF_STATEMENT, /* somebody says what was done */
    N_PROOFS,
} ProofKind;

/* Names as in JSON, SQL, CLI and HTML: text_name_find() reads them back. */
extern const char *const ticket_state_names[N_TICKET_STATES];
extern const char *const resolution_names[N_RESOLUTIONS];
extern const char *const reject_names[N_REJECTS];
extern const char *const listing_state_names[N_LISTING_STATES];
extern const char *const proof_names[N_PROOFS];

/* A guard is a condition of the store; an operand is something the person says with the move. */
typedef enum {
    GUARD_PROOF = 1 << 0,         /* evidence that the cause is gone is on record or given */
    GUARD_OPEN_LISTING = 1 << 1,  /* a listing is still open */
    GUARD_LISTINGS_DONE = 1 << 2, /* only for resolution `fixed`: no listing is unfinished */
    N_GUARDS = 3,                 /* bits */
} Guard;

typedef enum {
    OPERAND_NONE,
    OPERAND_RESOLUTION,           /* any of resolution_names */
    OPERAND_RESOLUTION_NOT_FIXED, /* any but `fixed` */
    OPERAND_REASON,               /* one of reject_names */
} Operand;

typedef struct {
    TicketState from, to;
    const char *verb; /* "mark contained": the button, and the command's help */
    guint guards;     /* Guard bits */
    Operand operand;
} TicketMoveRow;

typedef struct {
    ListingState from, to;
    const char *verb;
    bool relisting; /* counted as a relisting */
} ListingMoveRow;

extern const TicketMoveRow ticket_moves[];
extern const gsize n_ticket_moves;
extern const ListingMoveRow listing_moves[];
extern const gsize n_listing_moves;

const TicketMoveRow *ticket_move_find(TicketState from, TicketState to); /* NULL: no such move */
const ListingMoveRow *listing_move_find(ListingState from, ListingState to); /* NULL: none */

bool ticket_state_is_live(TicketState state);   /* neither resolved nor rejected */
bool listing_state_is_open(ListingState state); /* listed, expiring, requested or refused */

/* The way out, for a person: "no evidence of the fix yet: give it with the move, or …". guard is
 * one bit. */
const char *guard_missing(Guard guard);
