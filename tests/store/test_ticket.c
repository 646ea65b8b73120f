/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/view.h"
#include "tests/store/deeds.h"

static void
test_every_move(void)
{
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    for (int to = 0; to < N_TICKET_STATES; to++) { /* from new */
        if (to != TICKET_OPEN && to != TICKET_REJECTED)
            move_fails(desk.store, 1, (TicketState)to, NULL, PLAINT_ERROR_CONFLICT,
                       to == TICKET_NEW ? "already" : "only to open, rejected");
    }
    move_fails(desk.store, 1, TICKET_REJECTED, NULL, PLAINT_ERROR_BAD_INPUT, "not-ours");
    move_fails(desk.store, 1, TICKET_REJECTED, "fixed", PLAINT_ERROR_BAD_INPUT, "duplicate");
    move_fails(desk.store, 1, TICKET_OPEN, "fixed", PLAINT_ERROR_BAD_INPUT, "takes no");
    move_ok(desk.store, 1, TICKET_REJECTED, "not-abuse", NULL, NOON);
    move_ok(desk.store, 1, TICKET_OPEN, NULL, NULL, NOON);
    move_fails(desk.store, 1, TICKET_RESOLVED, "fixed", PLAINT_ERROR_CONFLICT, "mark it contained");
    move_fails(desk.store, 1, TICKET_RESOLVED, NULL, PLAINT_ERROR_BAD_INPUT, "customer-left");
    fix(desk.store, 1, NOON + HOUR);
    move_ok(desk.store, 1, TICKET_RESOLVED, "fixed", NULL, NOON + HOUR);
    move_fails(desk.store, 99, TICKET_OPEN, NULL, PLAINT_ERROR_NOT_FOUND, "no ticket");
    desk_check(desk.store);
}

static void
test_fixed_needs_proof(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    move_ok(desk.store, 1, TICKET_OPEN, NULL, NULL, NOON);
    move_ok(desk.store, 1, TICKET_CONTAINED, NULL, NULL, NOON);
    move_fails(desk.store, 1, TICKET_FIXED, NULL, PLAINT_ERROR_CONFLICT, "no evidence");
    g_assert_cmpint(state_of(desk.store, 1), ==, TICKET_CONTAINED);
    g_assert_true(
        ticket_prove(desk.store, 1, PROOF_RELAY_TEST, "relay test 7 passed", &anna, &error));
    move_ok(desk.store, 1, TICKET_FIXED, NULL, NULL, NOON + HOUR);
}

/* A day without credible incidents is evidence; an incident that day is not. */
static void
test_quiet_period(void)
{
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    desk_take_one(desk.store, 2, "192.0.2.2", NOON);
    for (gint64 id = 1; id <= 2; id++) {
        move_ok(desk.store, id, TICKET_OPEN, NULL, NULL, NOON);
        move_ok(desk.store, id, TICKET_CONTAINED, NULL, NULL, NOON);
    }
    desk_take_one(desk.store, 3, "192.0.2.2", NOON + 20 * HOUR);
    move_ok(desk.store, 1, TICKET_FIXED, NULL, NULL, NOON + 25 * HOUR);
    {
        const TicketMove move = {.id = 2, .to = TICKET_FIXED, .from = -1};
        const Deed deed = {"anna", NOON + 25 * HOUR};
        g_autoptr(GError) error = NULL;

        g_assert_false(ticket_move(desk.store, &move, &deed, &error));
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFLICT);
    }
    g_assert_cmpint(
        desk_count(desk.store, "SELECT count(*) FROM proof WHERE kind = 'quiet-period'"), ==, 1);
}

static void
add_listing(Store *store, const char *state)
{
    g_autofree char *sql = g_strdup_printf(
        "INSERT INTO listing (address, zone, ticket_id, state, first_at, last_at) VALUES "
        "(zeroblob(16), 'dnsbl.example', 1, '%s', 1, 1) RETURNING id",
        state);

    desk_count(store, sql);
}

static void
test_listing_guards(void)
{
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    fix(desk.store, 1, NOON + HOUR);
    move_fails(desk.store, 1, TICKET_DELISTING, NULL, PLAINT_ERROR_CONFLICT, "no open listing");
    add_listing(desk.store, "listed");
    move_fails(desk.store, 1, TICKET_RESOLVED, "fixed", PLAINT_ERROR_CONFLICT, "unfinished");
    move_ok(desk.store, 1, TICKET_DELISTING, NULL, NULL, NOON + HOUR);
    move_fails(desk.store, 1, TICKET_RESOLVED, "fixed", PLAINT_ERROR_CONFLICT, "unfinished");
    desk_count(desk.store, "UPDATE listing SET state = 'watched' RETURNING id");
    move_ok(desk.store, 1, TICKET_RESOLVED, "fixed", NULL, NOON + HOUR);
}

static void
test_stale_state(void)
{
    g_auto(Desk) desk = DESK_INIT;
    const TicketMove move = {.id = 1, .to = TICKET_REJECTED, .from = TICKET_NEW, .operand = "spam"};
    g_autoptr(GError) error = NULL;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    move_ok(desk.store, 1, TICKET_OPEN, NULL, NULL, NOON);
    g_assert_false(ticket_move(desk.store, &move, &anna, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFLICT);
    g_assert_nonnull(strstr(error->message, "is 'open' now"));
}

static void
contain(Store *store, gint64 id)
{
    move_ok(store, id, TICKET_OPEN, NULL, NULL, NOON);
    move_ok(store, id, TICKET_CONTAINED, NULL, NULL, NOON);
}

/* Why the proof of ticket 2 does not count, as its page says; "": it does. (transfer full) */
static char *
stale_proof(Store *store)
{
    g_autoptr(GError) error = NULL;
    json_t *ticket = view_ticket(store, 2, NOON, &error);
    const json_t *proof = json_array_get(json_object_get(ticket, "proofs"), 0);
    const char *stale = json_string_value(json_object_get(proof, "stale"));
    char *copy = g_strdup(stale ? stale : "");

    g_assert_nonnull(proof);
    json_decref(ticket);
    return copy;
}

/* A merge brings evidence along: it stays on record, and counts for what it is about. */
static void
test_proof_of_another_machine(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autofree char *merged = NULL, *set = NULL;
    g_autoptr(GError) error = NULL;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    desk_take_one(desk.store, 2, "192.0.2.2", NOON);
    g_assert_true(ticket_prove(desk.store, 1, PROOF_RELAY_TEST, "passed", &anna, &error));
    contain(desk.store, 2);
    g_assert_true(ticket_merge(desk.store, 1, 2, &anna, &error));
    move_fails(desk.store, 2, TICKET_FIXED, NULL, PLAINT_ERROR_CONFLICT, "no evidence");
    merged = stale_proof(desk.store);
    g_assert_cmpstr(merged, ==, "about another machine or account");
    g_assert_true(ticket_set(desk.store, 2, "relay", "192.0.2.1", &anna, &error));
    set = stale_proof(desk.store);
    g_assert_cmpstr(set, ==, "");
    move_ok(desk.store, 2, TICKET_FIXED, NULL, NULL, NOON);
    desk_check(desk.store);
}

/* … nor does the proof of an older ticket count for one that was opened after it. */
static void
test_proof_of_an_older_ticket(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autofree char *stale = NULL;
    g_autoptr(GError) error = NULL;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    fix(desk.store, 1, NOON);
    move_ok(desk.store, 1, TICKET_RESOLVED, "fixed", NULL, NOON);
    desk_take_one(desk.store, 2, "192.0.2.1", NOON + 100 * DAY);
    contain(desk.store, 2);
    g_assert_true(ticket_merge(desk.store, 1, 2, &anna, &error));
    move_fails(desk.store, 2, TICKET_FIXED, NULL, PLAINT_ERROR_CONFLICT, "no evidence");
    stale = stale_proof(desk.store);
    g_assert_cmpstr(stale, ==, "from before it was opened");
}

/* -- by hand ---------------------------------------------------------------------------------- */

static void
test_new_by_hand(void)
{
    g_auto(Desk) desk = DESK_INIT;
    TicketNew what = {.kind = KIND_MAIL, .cause = CAUSE_UNKNOWN, .account = "Bob@example.net"};
    TicketNew nothing = {.kind = KIND_MAIL, .cause = CAUSE_UNKNOWN};
    g_autoptr(GError) error = NULL;
    gint64 id = 0;

    desk_open(&desk);
    g_assert_true(ticket_new(desk.store, &what, &anna, &id, &error));
    g_assert_no_error(error);
    g_assert_false(ticket_new(desk.store, &what, &anna, &id, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFLICT);
    g_assert_nonnull(strstr(error->message, "merge"));
    g_clear_error(&error);
    g_assert_false(ticket_new(desk.store, &nothing, &anna, &id, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket"), ==, 1);
    {
        g_autoptr(Complaint) complaint = desk_complaint(FORMAT_ARF, "victim.example");

        desk_incident(complaint, "192.0.2.1", NOON)->account = "bob@EXAMPLE.net";
        desk_take(desk.store, 1, complaint, NOON);
    }
    g_assert_cmpint(desk_count(desk.store, "SELECT complaints FROM ticket WHERE id = 1"), ==, 1);
    desk_check(desk.store);
}

static void
test_new_from_filed(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(Complaint) complaint = desk_complaint(FORMAT_ARF, "victim.example");
    TicketNew what = {.kind = KIND_MAIL, .cause = CAUSE_UNKNOWN};
    g_autoptr(GError) error = NULL;
    g_autoptr(Ticket) ticket = NULL;
    gint64 id = 0;

    desk_open(&desk);
    desk_incident(complaint, "203.0.113.5", NOON)->ours = false;
    what.complaint_id = desk_take(desk.store, 1, complaint, NOON).complaint_id;
    g_assert_true(ticket_new(desk.store, &what, &anna, &id, &error));
    g_assert_no_error(error);
    ticket = ticket_load(desk.store, id, &error);
    g_assert_cmpstr(ticket->machine, ==, "203.0.113.5");
    g_assert_cmpuint(ticket->incidents, ==, 1);
    g_assert_cmpint(ticket->cause, ==, CAUSE_OPEN_RELAY);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM complaint WHERE filed = 1"), ==,
                    0);
    desk_check(desk.store);
}

/* What is on a ticket already is not filed: there is nothing to take from it. */
static void
test_new_from_taken(void)
{
    g_auto(Desk) desk = DESK_INIT;
    TicketNew what = {.cause = CAUSE_UNKNOWN, .title = "again"};
    g_autoptr(GError) error = NULL;
    gint64 id = 0;

    desk_open(&desk);
    what.complaint_id = desk_take_one(desk.store, 1, "192.0.2.1", NOON).complaint_id;
    g_assert_false(ticket_new(desk.store, &what, &anna, &id, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFLICT);
    g_assert_nonnull(strstr(error->message, "on ticket 1"));
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket"), ==, 1);
}

/* A person's words are cleaned, and refused rather than cut. */
static void
test_long_words(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autofree char *longest = g_strnfill(500, 'x'), *longer = g_strnfill(501, 'x');
    const TicketNew news[] = {{.account = longer},
                              {.domain = longer},
                              {.title = longer},
                              {.title = "x", .customer = longer}};
    const TicketNew odd = {.title = "a\x1b[31m \xff", .customer = longest};
    g_autoptr(Ticket) ticket = NULL;
    GError *error = NULL;
    gint64 id = 0;

    desk_open(&desk);
    for (gsize i = 0; i < G_N_ELEMENTS(news); i++) {
        g_assert_false(ticket_new(desk.store, &news[i], &anna, &id, &error));
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
        g_clear_error(&error);
    }
    g_assert_true(ticket_new(desk.store, &odd, &anna, &id, &error));
    g_assert_false(ticket_set(desk.store, id, "customer", longer, &anna, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
    g_assert_nonnull(strstr(error->message, "500"));
    g_clear_error(&error);
    g_assert_false(ticket_assign(desk.store, id, longer, &anna, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
    g_clear_error(&error);
    ticket = ticket_load(desk.store, id, &error);
    g_assert_cmpstr(ticket->title, ==, "a [31m \xef\xbf\xbd");
    g_assert_cmpstr(ticket->customer, ==, longest);
    g_assert_cmpstr(ticket->assignee, ==, NULL);
}

static void
test_set(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    g_autoptr(Ticket) ticket = NULL;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    desk_take_one(desk.store, 2, "192.0.2.2", NOON);
    g_assert_true(ticket_set(desk.store, 1, "cause", "local-script", &anna, &error));
    g_assert_true(ticket_set(desk.store, 1, "customer", "C-1042", &anna, &error));
    g_assert_false(ticket_set(desk.store, 1, "cause", "bad luck", &anna, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
    g_clear_error(&error);
    g_assert_false(ticket_set(desk.store, 1, "casue", "unknown", &anna, &error));
    g_assert_nonnull(strstr(error->message, "cause"));
    g_clear_error(&error);
    g_assert_false(ticket_set(desk.store, 1, "relay", "192.0.2.2", &anna, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFLICT);
    g_assert_nonnull(strstr(error->message, "ticket 2"));
    g_clear_error(&error);
    g_assert_true(ticket_set(desk.store, 1, "relay", "192.0.2.3", &anna, &error));
    /* A person's word outlasts what the parser says later. */
    {
        g_autoptr(Complaint) complaint = desk_complaint(FORMAT_ARF, "victim.example");

        desk_incident(complaint, "192.0.2.3", NOON)->confidence = CONFIDENCE_HIGH;
        desk_take(desk.store, 3, complaint, NOON);
    }
    ticket = ticket_load(desk.store, 1, &error);
    g_assert_cmpint(ticket->cause, ==, CAUSE_LOCAL_SCRIPT);
    g_assert_cmpuint(ticket->complaints, ==, 2);
    g_assert_cmpstr(ticket->by_hand, ==,
                    "{\"cause\":\"anna\",\"customer\":\"anna\",\"relay\":\"anna\"}");
    desk_check(desk.store);
}

/* Each name that can be set is a member the row knows. */
static void
test_every_set_name(void)
{
    static const char *const values[][2] = {
        {"relay", "192.0.2.9"}, {"account", "x@example.net"}, {"domain", "shop.example"},
        {"kind", "content"},    {"cause", "forged"},          {"confidence", "low"},
        {"category", "419"},    {"customer", "C-1"},          {"title", "a title"},
    };
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    for (gsize i = 0; ticket_set_names[i]; i++) {
        g_autoptr(GError) error = NULL;

        g_assert_cmpstr(values[i][0], ==, ticket_set_names[i]);
        g_assert_true(ticket_set(desk.store, 1, values[i][0], values[i][1], &anna, &error));
        g_assert_no_error(error);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/ticket/every-move", test_every_move);
    g_test_add_func("/store/ticket/fixed-needs-proof", test_fixed_needs_proof);
    g_test_add_func("/store/ticket/quiet-period", test_quiet_period);
    g_test_add_func("/store/ticket/listing-guards", test_listing_guards);
    g_test_add_func("/store/ticket/stale-state", test_stale_state);
    g_test_add_func("/store/ticket/proof-of-another-machine", test_proof_of_another_machine);
    g_test_add_func("/store/ticket/proof-of-an-older-ticket", test_proof_of_an_older_ticket);
    g_test_add_func("/store/ticket/new-by-hand", test_new_by_hand);
    g_test_add_func("/store/ticket/new-from-filed", test_new_from_filed);
    g_test_add_func("/store/ticket/new-from-taken", test_new_from_taken);
    g_test_add_func("/store/ticket/long-words", test_long_words);
    g_test_add_func("/store/ticket/set", test_set);
    g_test_add_func("/store/ticket/every-set-name", test_every_set_name);
    return g_test_run();
}
