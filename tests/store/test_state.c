/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/text.h"
#include "store/kind.h"
#include "store/state.h"

/* The moves as the design lists them, each a pair of names: what is not here must not be there. */
static const char *const ticket_pairs[][2] = {
    {"new", "open"},        {"open", "contained"},     {"contained", "fixed"},
    {"fixed", "delisting"}, {"fixed", "resolved"},     {"delisting", "resolved"},
    {"open", "resolved"},   {"contained", "resolved"}, {"new", "rejected"},
    {"open", "rejected"},   {"contained", "rejected"}, {"resolved", "open"},
    {"rejected", "open"},
};
static const char *const listing_pairs[][2] = {
    {"listed", "requested"},  {"requested", "delisted"}, {"delisted", "watched"},
    {"watched", "closed"},    {"listed", "expiring"},    {"expiring", "delisted"},
    {"requested", "refused"}, {"refused", "requested"},  {"listed", "accepted"},
    {"refused", "accepted"},  {"watched", "listed"},     {"closed", "listed"},
    {"refused", "delisted"},  {"accepted", "delisted"},
};

static bool
is_pair(const char *const (*pairs)[2], gsize n, const char *from, const char *to)
{
    for (gsize i = 0; i < n; i++) {
        if (g_strcmp0(pairs[i][0], from) == 0 && g_strcmp0(pairs[i][1], to) == 0)
            return true;
    }
    return false;
}

static void
test_ticket_moves(void)
{
    for (int from = 0; from < N_TICKET_STATES; from++) {
        for (int to = 0; to < N_TICKET_STATES; to++) {
            bool may = ticket_move_find((TicketState)from, (TicketState)to) != NULL;

            g_assert_true(may == is_pair(ticket_pairs, G_N_ELEMENTS(ticket_pairs),
                                         ticket_state_names[from], ticket_state_names[to]));
        }
    }
    g_assert_cmpuint(n_ticket_moves, ==, G_N_ELEMENTS(ticket_pairs));
}

static void
test_listing_moves(void)
{
    for (int from = 0; from < N_LISTING_STATES; from++) {
        for (int to = 0; to < N_LISTING_STATES; to++) {
            const ListingMoveRow *move = listing_move_find((ListingState)from, (ListingState)to);

            g_assert_true((move != NULL) == is_pair(listing_pairs, G_N_ELEMENTS(listing_pairs),
                                                    listing_state_names[from],
                                                    listing_state_names[to]));
            g_assert_true(!move || move->relisting == (to == LISTING_LISTED));
        }
    }
    g_assert_cmpuint(n_listing_moves, ==, G_N_ELEMENTS(listing_pairs));
}

static void
check_names(const char *const *names, int n)
{
    for (int i = 0; i < n; i++) {
        if (names[i])
            g_assert_cmpint(text_name_find(names, n, names[i]), ==, i);
    }
    g_assert_cmpint(text_name_find(names, n, "no such name"), ==, -1);
}

static void
test_names_round_trip(void)
{
    check_names(ticket_state_names, N_TICKET_STATES);
    check_names(listing_state_names, N_LISTING_STATES);
    check_names(resolution_names, N_RESOLUTIONS);
    check_names(reject_names, N_REJECTS);
    check_names(proof_names, N_PROOFS);
    check_names(kind_names, N_KINDS);
    check_names(filing_names, N_FILINGS);
}

static void
test_guards_have_words(void)
{
    guint used = 0;

    for (gsize i = 0; i < n_ticket_moves; i++) {
        used |= ticket_moves[i].guards;
        g_assert_nonnull(ticket_moves[i].verb);
    }
    g_assert_cmpuint(used, ==, (1u << N_GUARDS) - 1);
    for (guint bit = 0; bit < N_GUARDS; bit++)
        g_assert_cmpuint(strlen(guard_missing((Guard)(1u << bit))), >, 10);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/state/ticket-moves", test_ticket_moves);
    g_test_add_func("/store/state/listing-moves", test_listing_moves);
    g_test_add_func("/store/state/names-round-trip", test_names_round_trip);
    g_test_add_func("/store/state/guards-have-words", test_guards_have_words);
    return g_test_run();
}
