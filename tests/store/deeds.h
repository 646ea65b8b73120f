/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deeds.h - moves of a ticket that must work, and that must not. */
#pragma once

#include "base/error.h"
#include "store/ticket.h"
#include "tests/store/desk.h"

static const Deed anna = {"anna", NOON + HOUR};

static inline void
move_ok(Store *store, gint64 id, TicketState to, const char *operand, const char *proof, gint64 now)
{
    const TicketMove move = {.id = id,
                             .to = to,
                             .from = -1,
                             .operand = operand,
                             .proof_kind = PROOF_ACCOUNT_LOCKED,
                             .proof = proof,
                             .watch = 14 * 24 * HOUR};
    const Deed deed = {"anna", now};
    g_autoptr(GError) error = NULL;

    g_assert_true(ticket_move(store, &move, &deed, &error));
    g_assert_no_error(error);
}

/* A word of the message tells that it failed for the right reason. */
static inline void
move_fails(Store *store, gint64 id, TicketState to, const char *operand, int code, const char *word)
{
    const TicketMove move = {.id = id, .to = to, .from = -1, .operand = operand};
    g_autoptr(GError) error = NULL;

    g_assert_false(ticket_move(store, &move, &anna, &error));
    g_assert_error(error, PLAINT_ERROR, code);
    if (!strstr(error->message, word))
        g_error("'%s' is not in '%s'", word, error->message);
}

static inline TicketState
state_of(Store *store, gint64 id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Ticket) ticket = ticket_load(store, id, &error);

    g_assert_no_error(error);
    return ticket->state;
}

static inline void
fix(Store *store, gint64 id, gint64 now)
{
    if (state_of(store, id) == TICKET_NEW)
        move_ok(store, id, TICKET_OPEN, NULL, NULL, now);
    move_ok(store, id, TICKET_CONTAINED, NULL, NULL, now);
    move_ok(store, id, TICKET_FIXED, NULL, "locked in the directory", now);
}
