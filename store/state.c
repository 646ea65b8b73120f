/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/state.h"

/* clang-format off */
const char *const ticket_state_names[N_TICKET_STATES] = {
    [TICKET_NEW]       = "new",
    [TICKET_OPEN]      = "open",
    [TICKET_CONTAINED] = "contained",
    [TICKET_FIXED]     = "fixed",
    [TICKET_DELISTING] = "delisting",
    [TICKET_RESOLVED]  = "resolved",
    [TICKET_REJECTED]  = "rejected",
};

const char *const resolution_names[N_RESOLUTIONS] = {
    [RESOLUTION_FIXED]         = "fixed",
    [RESOLUTION_CUSTOMER_LEFT] = "customer-left",
    [RESOLUTION_FALSE_REPORT]  = "false-report",
    [RESOLUTION_NO_RESPONSE]   = "no-response",
    [RESOLUTION_NO_RESPONSE_FROM_OTHER_OPERATOR] = "no-response-from-other-operator",
    [RESOLUTION_AUTO_CLOSED]   = "auto-closed",
};

const char *const reject_names[N_REJECTS] = {
    [REJECT_NOT_OURS]    = "not-ours",
    [REJECT_NOT_ABUSE]   = "not-abuse",
    [REJECT_NO_EVIDENCE] = "no-evidence",
    [REJECT_DUPLICATE]   = "duplicate",
    [REJECT_SPAM]        = "spam",
};

const char *const listing_state_names[N_LISTING_STATES] = {
    [LISTING_LISTED]    = "listed",
    [LISTING_EXPIRING]  = "expiring",
    [LISTING_REQUESTED] = "requested",
    [LISTING_REFUSED]   = "refused",
    [LISTING_ACCEPTED]  = "accepted",
    [LISTING_DELISTED]  = "delisted",
    [LISTING_WATCHED]   = "watched",
    [LISTING_CLOSED]    = "closed",
};

const char *const proof_names[N_PROOFS] = {
    [PROOF_RELAY_TEST]     = "relay-test",
    [PROOF_ACCOUNT_LOCKED] = "account-locked",
    [PROOF_QUIET_PERIOD]   = "quiet-period",
    [PROOF_STATEMENT]      = "statement",
};

const TicketMoveRow ticket_moves[] = {
    {TICKET_NEW,       TICKET_OPEN,      "open",            0,                   OPERAND_NONE},
    {TICKET_OPEN,      TICKET_CONTAINED, "mark contained",  0,                   OPERAND_NONE},
    {TICKET_CONTAINED, TICKET_FIXED,     "mark fixed",      GUARD_PROOF,         OPERAND_NONE},
    {TICKET_FIXED,     TICKET_DELISTING, "start delisting", GUARD_OPEN_LISTING,  OPERAND_NONE},
    {TICKET_FIXED,     TICKET_RESOLVED,  "resolve",         GUARD_LISTINGS_DONE, OPERAND_RESOLUTION},
    {TICKET_DELISTING, TICKET_RESOLVED,  "resolve",         GUARD_LISTINGS_DONE, OPERAND_RESOLUTION},
    {TICKET_OPEN,      TICKET_RESOLVED,  "resolve unfixed", 0,                   OPERAND_RESOLUTION_NOT_FIXED},
    {TICKET_CONTAINED, TICKET_RESOLVED,  "resolve unfixed", 0,                   OPERAND_RESOLUTION_NOT_FIXED},
    {TICKET_NEW,       TICKET_REJECTED,  "reject",          0,                   OPERAND_REASON},
    {TICKET_OPEN,      TICKET_REJECTED,  "reject",          0,                   OPERAND_REASON},
    {TICKET_CONTAINED, TICKET_REJECTED,  "reject",          0,                   OPERAND_REASON},
    {TICKET_RESOLVED,  TICKET_OPEN,      "reopen",          0,                   OPERAND_NONE},
    {TICKET_REJECTED,  TICKET_OPEN,      "reopen",          0,                   OPERAND_NONE},
};
const gsize n_ticket_moves = G_N_ELEMENTS(ticket_moves);

const ListingMoveRow listing_moves[] = {
    {LISTING_LISTED,    LISTING_REQUESTED, "request delisting",     false},
    {LISTING_LISTED,    LISTING_EXPIRING,  "let it expire",         false},
    {LISTING_LISTED,    LISTING_ACCEPTED,  "accept the listing",    false},
    {LISTING_EXPIRING,  LISTING_DELISTED,  "mark delisted",         false},
    {LISTING_REQUESTED, LISTING_DELISTED,  "mark delisted",         false},
    {LISTING_REQUESTED, LISTING_REFUSED,   "mark refused",          false},
    {LISTING_REFUSED,   LISTING_REQUESTED, "request again",         false},
    {LISTING_REFUSED,   LISTING_ACCEPTED,  "accept the listing",    false},
    {LISTING_REFUSED,   LISTING_DELISTED,  "mark delisted",         false},
    {LISTING_ACCEPTED,  LISTING_DELISTED,  "mark delisted",         false},
    {LISTING_DELISTED,  LISTING_WATCHED,   "watch",                 false},
    {LISTING_WATCHED,   LISTING_CLOSED,    "close",                 false},
    {LISTING_WATCHED,   LISTING_LISTED,    "listed again",          true},
    {LISTING_CLOSED,    LISTING_LISTED,    "listed again",          true},
};
const gsize n_listing_moves = G_N_ELEMENTS(listing_moves);

static const struct {
    Guard guard;
    const char *missing;
} guards[] = {
    {GUARD_PROOF, "no evidence of the fix yet: pass a relay test, lock the account, wait for a day "
                  "without new incidents, or say with the move what was done"},
    {GUARD_OPEN_LISTING, "no open listing: nothing to be delisted from"},
    {GUARD_LISTINGS_DONE, "a listing is unfinished: it must be delisted, watched, closed or accepted"},
};
/* clang-format on */
G_STATIC_ASSERT(G_N_ELEMENTS(guards) == N_GUARDS);

const TicketMoveRow *
ticket_move_find(TicketState from, TicketState to)
{
    for (gsize i = 0; i < n_ticket_moves; i++) {
        if (ticket_moves[i].from == from && ticket_moves[i].to == to)
            return &ticket_moves[i];
    }
    return NULL;
}

const ListingMoveRow *
listing_move_find(ListingState from, ListingState to)
{
    for (gsize i = 0; i < n_listing_moves; i++) {
        if (listing_moves[i].from == from && listing_moves[i].to == to)
            return &listing_moves[i];
    }
    return NULL;
}

bool
ticket_state_is_live(TicketState state)
{
    return state != TICKET_RESOLVED && state != TICKET_REJECTED;
}

bool
listing_state_is_open(ListingState state)
{
    return state <= LISTING_REFUSED;
}

const char *
guard_missing(Guard guard)
{
    for (gsize i = 0; i < N_GUARDS; i++) {
        if (guards[i].guard == guard)
            return guards[i].missing;
    }
    return "";
}
