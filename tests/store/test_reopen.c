/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reopens a ticket, and which proofs count afterwards. */
#include "tests/store/deeds.h"

typedef struct {
    const char *name;
    gint64 happened, received; /* hours after the fix */
    bool evidence, pasted, resolve;
    TicketState state; /* of ticket 1 afterwards */
    gint64 tickets;
} Reopen;

static const Reopen reopens[] = {
    {"after-fix", 5, 6, true, false, false, TICKET_OPEN, 1},
    {"before-fix", -3, 6, true, false, false, TICKET_FIXED, 1},
    {"after-fix-no-evidence", 5, 6, false, false, false, TICKET_FIXED, 1},
    {"after-fix-pasted", 5, 6, true, true, false, TICKET_FIXED, 1},
    {"after-fix-dated-later-than-receipt", 9, 6, true, false, false, TICKET_FIXED, 1},
    {"resolved-after", 5, 6, true, false, true, TICKET_OPEN, 1},
    {"resolved-before", -3, 6, true, false, true, TICKET_RESOLVED, 1},
    {"resolved-after-no-evidence", 5, 6, false, false, true, TICKET_RESOLVED, 2},
    {"resolved-watch-over", 24 * 30, 24 * 30 + 1, true, false, true, TICKET_RESOLVED, 2},
};

static void
test_reopen(gconstpointer data)
{
    const Reopen *c = data;
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(Complaint) complaint = desk_complaint(FORMAT_ATTACHED, "victim.example");
    Incident *incident = NULL;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON - 10 * HOUR);
    fix(desk.store, 1, NOON);
    if (c->resolve)
        move_ok(desk.store, 1, TICKET_RESOLVED, "fixed", NULL, NOON);
    incident = desk_incident(complaint, "192.0.2.1", NOON);
    incident->time = NOON + c->happened * HOUR;
    incident->has_evidence = c->evidence;
    incident->pasted = c->pasted;
    desk_take(desk.store, 2, complaint, NOON + c->received * HOUR);
    g_assert_cmpint(state_of(desk.store, 1), ==, c->state);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket"), ==, c->tickets);
    g_assert_cmpint(desk_count(desk.store, "SELECT reopened FROM ticket WHERE id = 1"), ==,
                    c->state == TICKET_OPEN ? 1 : 0);
    desk_check(desk.store);
}

/* Without attached evidence: an authenticated reporter known from before may reopen, or one that
 * the site lists; any other may not. */
static void
test_known_reporter_reopens(void)
{
    static const struct {
        bool pass, listed;
        gint64 first; /* hours before the fix */
        TicketState want;
    } cases[] = {
        {true, false, -72, TICKET_OPEN},
        {true, false, -1, TICKET_FIXED}, /* for an hour only */
        {false, false, -72, TICKET_FIXED},
        {true, true, -1, TICKET_OPEN},
    };

    for (gsize c = 0; c < G_N_ELEMENTS(cases); c++) {
        g_auto(Desk) desk = DESK_INIT;

        desk_open(&desk);
        for (guint i = 0; i < 2; i++) {
            g_autoptr(Complaint) complaint = desk_complaint(FORMAT_ARF, "fbl.example");
            Incident *incident = desk_incident(complaint, "192.0.2.1", NOON);

            complaint->authenticity = cases[c].pass ? "pass" : "none";
            complaint->reporter_listed = cases[c].listed;
            incident->has_evidence = false;
            incident->time = NOON + (i ? 5 : cases[c].first - 8) * HOUR;
            desk_take(desk.store, i, complaint, NOON + (i ? 6 : cases[c].first) * HOUR);
            if (i == 0)
                fix(desk.store, 1, NOON);
        }
        g_assert_cmpint(state_of(desk.store, 1), ==, cases[c].want);
    }
}

/* Evidence from before a reopening proved a fix that failed. */
static void
test_old_proof_does_not_count(void)
{
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON - 10 * HOUR);
    fix(desk.store, 1, NOON);
    desk_take_one(desk.store, 2, "192.0.2.1", NOON + 6 * HOUR);
    g_assert_cmpint(state_of(desk.store, 1), ==, TICKET_OPEN);
    move_ok(desk.store, 1, TICKET_CONTAINED, NULL, NULL, NOON + 7 * HOUR);
    move_fails(desk.store, 1, TICKET_FIXED, NULL, PLAINT_ERROR_CONFLICT, "no evidence");
}

/* Which came first is a matter of order, not of seconds. */
static void
test_proof_in_the_second_of_a_reopening(void)
{
    g_auto(Desk) desk = DESK_INIT;
    const Deed then = {"anna", NOON};
    g_autoptr(GError) error = NULL;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON - DAY);
    fix(desk.store, 1, NOON);
    move_ok(desk.store, 1, TICKET_RESOLVED, "fixed", NULL, NOON);
    move_ok(desk.store, 1, TICKET_OPEN, NULL, NULL, NOON);
    move_ok(desk.store, 1, TICKET_CONTAINED, NULL, NULL, NOON);
    move_fails(desk.store, 1, TICKET_FIXED, NULL, PLAINT_ERROR_CONFLICT, "no evidence");
    g_assert_true(ticket_prove(desk.store, 1, PROOF_STATEMENT, "patched", &then, &error));
    move_ok(desk.store, 1, TICKET_FIXED, NULL, NULL, NOON);
    desk_take_one(desk.store, 2, "192.0.2.1", NOON + 2 * HOUR); /* the program reopens, too */
    g_assert_cmpint(state_of(desk.store, 1), ==, TICKET_OPEN);
    fix(desk.store, 1, NOON + 2 * HOUR);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(reopens); i++) {
        g_autofree char *path = g_strconcat("/store/reopen/", reopens[i].name, NULL);

        g_test_add_data_func(path, &reopens[i], test_reopen);
    }
    g_test_add_func("/store/reopen/known-reporter", test_known_reporter_reopens);
    g_test_add_func("/store/reopen/old-proof-does-not-count", test_old_proof_does_not_count);
    g_test_add_func("/store/reopen/proof-in-the-second-of-a-reopening",
                    test_proof_in_the_second_of_a_reopening);
    return g_test_run();
}
