/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A provider's refusals in our bounces make a listing, which ends when they do. */
#include "store/listing.h"
#include "store/lookup.h"
#include "store/provider.h"
#include "tests/store/deeds.h"

static const char machine[] = "192.0.2.25";

/* A bounce of a mail that our host sent, refused as the words say. */
static Complaint *
bounce(const char *by, const char *status, const char *words, gint64 at)
{
    Complaint *complaint = desk_complaint(FORMAT_DSN, "mx1.example.net");
    Incident *incident = desk_incident(complaint, machine, at);
    Hop hop = {.by = "mx1.example.net", .verdict = VERDICT_ENTRY};

    complaint->date = at;
    incident->cause = CAUSE_UNKNOWN;
    incident->blocked_by = by;
    incident->blocked_ip = incident->exit_ip;
    incident->blocked_url = "https://mail.example/why";
    incident->status = status;
    incident->diagnostic = words;
    g_array_append_val(incident->hops, hop);
    return complaint;
}

static Incident *
first(Complaint *complaint)
{
    return &g_array_index(complaint->incidents, Incident, 0);
}

static void
take(Store *store, guint n, const char *by, const char *status, gint64 at)
{
    g_autoptr(Complaint) complaint = bounce(by, status, "550 refused (S3140)", at);

    desk_take(store, n, complaint, at);
}

static void
expire(Store *store, gint64 now)
{
    const Deed deed = {ACTOR_PLAINT, now};
    g_autoptr(GError) error = NULL;

    g_assert_true(provider_expire(store, 14 * DAY, &deed, &error));
    g_assert_no_error(error);
}

static Listing *
listing(Store *store)
{
    g_autoptr(GError) error = NULL;
    Listing *found = listing_load(store, 1, &error);

    g_assert_no_error(error);
    return found;
}

static void
assert_state(Store *store, ListingState state, guint relistings)
{
    g_autoptr(Listing) found = listing(store);

    g_assert_cmpstr(listing_state_names[found->state], ==, listing_state_names[state]);
    g_assert_cmpuint(found->relistings, ==, relistings);
}

/* Opened by one refusal, kept by the others, over three days after the last, and back. */
static void
test_life(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(Listing) found = NULL;

    desk_open(&desk);
    for (guint i = 0; i < 3; i++)
        take(desk.store, i, "outlook.com", "5.7.1", NOON + i * HOUR);
    found = listing(desk.store);
    g_assert_cmpstr(found->zone, ==, "outlook.com");
    g_assert_cmpint(found->last_at, ==, NOON + 2 * HOUR);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket"), ==, 1);
    g_assert_cmpint(found->ticket_id, ==, 1);
    g_assert_cmpint(desk_count(desk.store, "SELECT checks FROM lookup_run WHERE id = 1"), ==, 3);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM lookup WHERE due_at > 0"), ==, 0);

    expire(desk.store, NOON + 2 * HOUR + PROVIDER_QUIET - 1);
    assert_state(desk.store, LISTING_LISTED, 0);
    expire(desk.store, NOON + 2 * HOUR + PROVIDER_QUIET);
    assert_state(desk.store, LISTING_WATCHED, 0);
    expire(desk.store, NOON + 9 * DAY);
    assert_state(desk.store, LISTING_WATCHED, 0);
    take(desk.store, 9, "outlook.com", "5.7.1", NOON + 10 * DAY);
    assert_state(desk.store, LISTING_LISTED, 1);
    desk_check(desk.store);
}

/* One that is temporary opens none; three of a day do; one keeps it, but brings none back. */
static void
test_temporary(void)
{
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    take(desk.store, 1, "yahoo.com", "4.7.0", NOON);
    take(desk.store, 2, "yahoo.com", "4.7.0", NOON + 23 * HOUR);
    take(desk.store, 3, "yahoo.com", "4.7.0", NOON + 25 * HOUR);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM listing"), ==, 0);
    take(desk.store, 4, "yahoo.com", "4.7.0", NOON + 26 * HOUR);
    assert_state(desk.store, LISTING_LISTED, 0);
    take(desk.store, 5, "yahoo.com", "4.7.0", NOON + 90 * HOUR);
    expire(desk.store, NOON + 100 * HOUR);
    assert_state(desk.store, LISTING_LISTED, 0);
    expire(desk.store, NOON + 90 * HOUR + PROVIDER_QUIET);
    assert_state(desk.store, LISTING_WATCHED, 0);
    take(desk.store, 6, "yahoo.com", "4.7.0", NOON + 10 * DAY);
    assert_state(desk.store, LISTING_WATCHED, 0);
}

/* What is not ours, not true, not new, not the provider's or not known opens no listing. */
static void
test_others(void)
{
    enum { NOT_OURS, NO_LINE, FAILED, OTHER_IP, OLD, EXCEPTED, UNKNOWN, N_CASES };
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    for (int i = 0; i < N_CASES; i++) {
        g_autoptr(Complaint) complaint = bounce(
            i == EXCEPTED  ? "office365.com"
            : i == UNKNOWN ? "far.example"
                           : "outlook.com",
            "5.7.1", i == EXCEPTED ? "550 5.7.513 banned, on the Customer Block list" : "550 no",
            NOON);
        Incident *incident = first(complaint);

        incident->ours = i != NOT_OURS;
        if (i == NO_LINE)
            g_array_set_size(incident->hops, 0);
        if (i == FAILED)
            complaint->authenticity = "fail";
        if (i == OTHER_IP)
            g_assert_true(addr_parse("198.51.100.1", -1, &incident->blocked_ip));
        if (i == OLD)
            complaint->date = NOON - PROVIDER_QUIET - 1;
        desk_take(desk.store, (guint)i, complaint, NOON);
    }
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM listing"), ==, 0);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM lookup"), ==, 0);
}

/* A bounce that names a list has it asked at once, also by a part or with a key; not too often. */
static void
test_hint(void)
{
    static const char *const names[] = {"zen.spamhaus.org", "XBL.spamhaus.org",
                                        "abc123.zen.spamhaus.org"};
    g_autoptr(GError) error = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_auto(Desk) desk = DESK_INIT;
        LookupWanted wanted = {.zone = "zen.spamhaus.org", .is_kept = true};

        desk_open(&desk);
        g_assert_true(addr_parse(machine, -1, &wanted.addr));
        g_assert_true(lookup_want(desk.store, &wanted, NOON, &error));
        desk_count(desk.store, "UPDATE lookup SET due_at = due_at + 43200, checked_at = due_at "
                               "RETURNING id");
        take(desk.store, 1, names[i], "5.7.1", NOON + 60);
        g_assert_cmpint(desk_count(desk.store, "SELECT due_at FROM lookup"), ==, NOON + 12 * HOUR);
        take(desk.store, 2, names[i], "5.7.1", NOON + LOOKUP_HINT_GAP);
        g_assert_cmpint(desk_count(desk.store, "SELECT due_at FROM lookup"), ==,
                        NOON + LOOKUP_HINT_GAP);
        g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM listing"), ==, 0);
    }
}

/* Refusals go on until the block ends: they do not say that the fix has failed. */
static void
test_after_fix(void)
{
    g_auto(Desk) desk = DESK_INIT;
    const Deed deed = {"anna", NOON + 6 * HOUR};
    const ListingRequest request = {.id = 1};
    g_autoptr(GError) error = NULL;

    desk_open(&desk);
    take(desk.store, 1, "outlook.com", "5.7.1", NOON);
    fix(desk.store, 1, NOON + HOUR);
    take(desk.store, 2, "outlook.com", "5.7.1", NOON + 5 * HOUR);
    g_assert_cmpint(state_of(desk.store, 1), ==, TICKET_FIXED);
    g_assert_true(listing_request(desk.store, &request, &deed, &error));
    g_assert_no_error(error);
    assert_state(desk.store, LISTING_REQUESTED, 0);
    expire(desk.store, NOON + 5 * HOUR + PROVIDER_QUIET);
    assert_state(desk.store, LISTING_WATCHED, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/provider/life", test_life);
    g_test_add_func("/store/provider/temporary", test_temporary);
    g_test_add_func("/store/provider/others", test_others);
    g_test_add_func("/store/provider/hint", test_hint);
    g_test_add_func("/store/provider/after-fix", test_after_fix);
    return g_test_run();
}
