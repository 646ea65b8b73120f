/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lookups are leased, their answers make listings and move them, and a listing has a ticket. */
#include "base/error.h"
#include "store/listing.h"
#include "store/lookup.h"
#include "store/ticket.h"
#include "tests/store/desk.h"

static const char zone[] = "bl.example";

static Addr
addr_of(const char *text)
{
    Addr addr = ADDR_NONE;

    g_assert_true(addr_parse(text, -1, &addr));
    return addr;
}

static gint64
query(Store *store, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Stmt) stmt = store_stmt_text(store, sql, &error);
    gint64 value = 0;

    g_assert_no_error(error);
    g_assert_true(stmt_run_int(stmt, &value, &error));
    return value;
}

static GPtrArray *
take(Store *store, const char *runner, gint64 now)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *taken = lookup_take(store, runner, 100, now, &error);

    g_assert_no_error(error);
    return taken;
}

static const char *
state_of(Store *store, const char *text)
{
    g_autoptr(GError) error = NULL;
    Addr addr = addr_of(text);
    g_autoptr(Stmt) stmt = store_stmt(store, "listing_by_address", &error);
    bool row = false;
    int state = 0;

    g_assert_no_error(error);
    stmt_bind_addr(stmt, ":address", &addr);
    stmt_bind_text(stmt, ":zone", zone);
    g_assert_true(stmt_step(stmt, &row, &error));
    if (!row)
        return "none";
    for (; strcmp(listing_state_names[state], stmt_text(stmt, 4)) != 0; state++)
        ;
    return listing_state_names[state];
}

/* The address is looked up, and the list says that. */
static void
check(Store *store, const char *text, CheckOutcome outcome, gint64 now)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) taken = NULL;
    Addr addr = addr_of(text);
    const LookupAnswer answer = {.outcome = outcome,
                                 .why = outcome == CHECK_UNKNOWN ? "timeout" : NULL,
                                 .codes = outcome == CHECK_LISTED ? "127.0.0.2 spam" : NULL,
                                 .raw = "as it came",
                                 .text = outcome == CHECK_LISTED ? "see the page" : NULL,
                                 .next_at = now + HOUR,
                                 .watch = 14 * DAY};

    g_assert_true(lookup_want(store, &(LookupWanted){addr, zone, false, true}, now, &error));
    taken = take(store, "a", now);
    g_assert_cmpuint(taken->len, ==, 1);
    g_assert_true(lookup_done(store, g_ptr_array_index(taken, 0), "a", &answer, now, &error));
    g_assert_no_error(error);
}

static void
test_lease(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) mine = NULL, none = NULL, theirs = NULL;
    const LookupAnswer clean = {.outcome = CHECK_CLEAN, .raw = "nxdomain", .next_at = NOON + HOUR};
    Addr one = addr_of("192.0.2.1"), two = addr_of("2001:db8::2");

    desk_open(&desk);
    g_assert_true(lookup_want(desk.store, &(LookupWanted){one, zone, false, false}, NOON, &error));
    g_assert_true(lookup_want(desk.store, &(LookupWanted){one, zone, false, false}, NOON + 9,
                              &error)); /* keeps its turn */
    g_assert_true(
        lookup_want(desk.store, &(LookupWanted){two, zone, false, true}, NOON + 1, &error));
    mine = take(desk.store, "a", NOON + 1);
    g_assert_cmpuint(mine->len, ==, 2);
    none = take(desk.store, "b", NOON + 2);
    g_assert_cmpuint(none->len, ==, 0);
    /* "a" is killed: its lease ends */
    theirs = take(desk.store, "b", NOON + 1 + LOOKUP_LEASE);
    g_assert_cmpuint(theirs->len, ==, 2);
    g_assert_false(lookup_done(desk.store, g_ptr_array_index(mine, 0), "a", &clean, NOON, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_true(lookup_done(desk.store, g_ptr_array_index(theirs, 0), "b", &clean, NOON, &error));
    g_assert_cmpint(query(desk.store, "SELECT count(*) FROM lookup_run"), ==, 1);
    desk_check(desk.store);
}

/* One that becomes hot does not wait for its turn. */
static void
test_hot(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) taken = NULL;
    Addr one = addr_of("192.0.2.1");

    desk_open(&desk);
    check(desk.store, "192.0.2.1", CHECK_CLEAN, NOON);
    g_assert_true(
        lookup_want(desk.store, &(LookupWanted){one, zone, false, false}, NOON + 60, &error));
    g_assert_true(
        lookup_want(desk.store, &(LookupWanted){one, zone, false, true}, NOON + 120, &error));
    taken = take(desk.store, "a", NOON + 120);
    g_assert_cmpuint(taken->len, ==, 1);
}

/* Listed, gone after three clean answers, watched, back, and gone for good. */
static void
test_life(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    const Deed clock = {ACTOR_PLAINT, NOON + 100 * DAY};
    gint64 now = NOON, ticket = 0;

    desk_open(&desk);
    check(desk.store, "192.0.2.1", CHECK_CLEAN, now);
    g_assert_cmpstr(state_of(desk.store, "192.0.2.1"), ==, "none");
    check(desk.store, "192.0.2.1", CHECK_LISTED, now += HOUR);
    check(desk.store, "192.0.2.1", CHECK_LISTED, now += HOUR);
    g_assert_cmpstr(state_of(desk.store, "192.0.2.1"), ==, "listed");
    g_assert_cmpint(
        query(desk.store, "SELECT count(*) FROM ticket WHERE kind = 'listing' AND live = 1"), ==,
        1);
    g_assert_cmpint(query(desk.store, "SELECT count(*) FROM lookup_run"), ==, 2);
    ticket = query(desk.store, "SELECT ticket_id FROM listing");

    check(desk.store, "192.0.2.1", CHECK_CLEAN, now += HOUR);
    check(desk.store, "192.0.2.1", CHECK_CLEAN, now += HOUR);
    check(desk.store, "192.0.2.1", CHECK_UNKNOWN, now += HOUR);
    check(desk.store, "192.0.2.1", CHECK_UNKNOWN, now += HOUR);
    g_assert_cmpstr(state_of(desk.store, "192.0.2.1"), ==, "listed");
    check(desk.store, "192.0.2.1", CHECK_CLEAN, now += HOUR);
    g_assert_cmpstr(state_of(desk.store, "192.0.2.1"), ==, "watched");

    g_assert_true(ticket_move(desk.store,
                              &(TicketMove){.id = ticket, .to = TICKET_OPEN, .from = -1},
                              &(Deed){"anna", now}, &error));
    g_assert_true(ticket_move(desk.store,
                              &(TicketMove){.id = ticket,
                                            .to = TICKET_RESOLVED,
                                            .from = -1,
                                            .operand = "false-report",
                                            .watch = DAY},
                              &(Deed){"anna", now}, &error));
    g_assert_no_error(error);
    check(desk.store, "192.0.2.1", CHECK_LISTED, now += DAY);
    g_assert_cmpstr(state_of(desk.store, "192.0.2.1"), ==, "listed");
    g_assert_cmpint(query(desk.store, "SELECT relistings FROM listing"), ==, 1);
    g_assert_cmpint(query(desk.store, "SELECT reopened FROM ticket"), ==, 1);
    g_assert_cmpint(query(desk.store, "SELECT count(*) FROM ticket"), ==, 1);

    for (int i = 0; i < LOOKUP_CLEANS; i++)
        check(desk.store, "192.0.2.1", CHECK_CLEAN, now += HOUR);
    g_assert_true(listing_close_watched(desk.store, &(Deed){ACTOR_PLAINT, now}, &error));
    g_assert_cmpstr(state_of(desk.store, "192.0.2.1"), ==, "watched");
    g_assert_true(listing_close_watched(desk.store, &clock, &error));
    g_assert_cmpstr(state_of(desk.store, "192.0.2.1"), ==, "closed");
    /* listed expiring delisted watched, listed expiring delisted watched, closed */
    g_assert_cmpint(query(desk.store, "SELECT count(*) FROM listing_event"), ==, 9);
    g_assert_cmpint(query(desk.store, "SELECT count(*) FROM audit WHERE listing_id IS NOT NULL"),
                    ==, 9);
    desk_check(desk.store);
}

static void
test_ticket(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    const Deed deed = {"anna", NOON};
    TicketNew what = {.kind = KIND_MAIL, .machine = addr_of("192.0.2.1")};
    ListingFound found = {
        .address = addr_of("192.0.2.2"), .zone = zone, .text = "x", .is_automatic = true};
    gint64 mail = 0;

    desk_open(&desk);
    g_assert_true(ticket_new(desk.store, &what, &deed, &mail, &error));
    check(desk.store, "192.0.2.1", CHECK_LISTED, NOON);
    g_assert_cmpint(query(desk.store, "SELECT ticket_id FROM listing"), ==, mail);
    /* the list removes by itself: nobody is to ask */
    g_assert_true(listing_found(desk.store, &found, &deed, &error));
    g_assert_cmpstr(state_of(desk.store, "192.0.2.2"), ==, "expiring");
    g_assert_cmpint(query(desk.store, "SELECT count(*) FROM ticket"), ==, 2);
    /* blamed for its neighbours: no ticket */
    found.address = addr_of("192.0.2.3");
    found.opens_no_ticket = true;
    g_assert_true(listing_found(desk.store, &found, &deed, &error));
    g_assert_cmpint(query(desk.store, "SELECT count(*) FROM ticket"), ==, 2);
    g_assert_cmpint(query(desk.store, "SELECT count(*) FROM listing WHERE ticket_id IS NULL"), ==,
                    1);
    g_assert_no_error(error);
    desk_check(desk.store);
}

static void
test_moves(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    const Deed deed = {"anna", NOON};
    g_autoptr(Listing) listing = NULL;

    desk_open(&desk);
    check(desk.store, "192.0.2.1", CHECK_LISTED, NOON);
    g_assert_true(
        listing_move(desk.store, 1, LISTING_REQUESTED, "form, reference 7", 0, &deed, &error));
    g_assert_true(listing_move(desk.store, 1, LISTING_REFUSED, "no", 0, &deed, &error));
    g_assert_false(listing_move(desk.store, 1, LISTING_CLOSED, NULL, 0, &deed, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_false(listing_move(desk.store, 9, LISTING_REQUESTED, NULL, 0, &deed, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_NOT_FOUND);
    g_clear_error(&error);
    /* refused or not, what is gone is gone */
    for (int i = 1; i <= LOOKUP_CLEANS; i++)
        check(desk.store, "192.0.2.1", CHECK_CLEAN, NOON + i * HOUR);
    listing = listing_load(desk.store, 1, &error);
    g_assert_cmpint(listing->state, ==, LISTING_WATCHED);
    g_assert_cmpint(listing->requested_at, ==, NOON);
    g_assert_cmpint(listing->watch_until, ==, NOON + LOOKUP_CLEANS * HOUR + 14 * DAY);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/listing/lease", test_lease);
    g_test_add_func("/store/listing/hot", test_hot);
    g_test_add_func("/store/listing/life", test_life);
    g_test_add_func("/store/listing/ticket", test_ticket);
    g_test_add_func("/store/listing/moves", test_moves);
    return g_test_run();
}
