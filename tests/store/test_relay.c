/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What proves a relay open, what proves it closed, and when it is tested again. */
#include "base/error.h"
#include "store/relay_test.h"
#include "store/relay_trace.h"
#include "store/ticket.h"
#include "tests/store/desk.h"

#define NONCE "abcdefghijklmnopqrstuvwxyz-_0123"

static const Deed deed = {"anna", NOON};

static Addr
addr_of(const char *text)
{
    Addr addr = ADDR_NONE;

    g_assert_true(addr_parse(text, -1, &addr));
    return addr;
}

static gint64
new_ticket(Store *store, const char *machine, TicketState state)
{
    static const TicketState path[] = {TICKET_OPEN, TICKET_CONTAINED, TICKET_FIXED};
    g_autoptr(GError) error = NULL;
    gint64 id = 0;

    g_assert_true(ticket_new(store,
                             &(TicketNew){.machine = addr_of(machine), .cause = CAUSE_OPEN_RELAY},
                             &deed, &id, &error));
    for (gsize i = 0; i < G_N_ELEMENTS(path) && path[i] <= state; i++)
        g_assert_true(ticket_move(store,
                                  &(TicketMove){.id = id,
                                                .to = path[i],
                                                .from = -1,
                                                .proof_kind = PROOF_STATEMENT,
                                                .proof = path[i] == TICKET_FIXED ? "done" : NULL},
                                  &deed, &error));
    g_assert_no_error(error);
    return id;
}

static gint64
add(Store *store, gint64 ticket, RelayVerdict verdict, guint16 port, char **ret_said)
{
    g_autoptr(GError) error = NULL;
    json_t *accepted = json_array();
    RelayTest test = {.ticket_id = ticket,
                      .address = addr_of("192.0.2.25"),
                      .port = port,
                      .host = "mx1.example.net",
                      .source = addr_of("203.0.113.9"),
                      .verdict = verdict,
                      .why = "because",
                      .accepted = accepted,
                      .transcript = "   0.000 S: 220 x\n",
                      .retest_at = NOON + DAY};
    gint64 id = 0;

    g_assert_true(relay_test_add(store, &test, &deed, &id, ret_said, &error));
    g_assert_no_error(error);
    json_decref(accepted);
    return id;
}

static const struct {
    RelayVerdict verdict;
    guint16 port;
    TicketState before, after;
    const char *said; /* the first word; NULL: nothing */
    guint proofs, notes;
} told[] = {
    {RELAY_CLOSED, 25, TICKET_CONTAINED, TICKET_CONTAINED, "evidence", 1, 0},
    {RELAY_CLOSED_AUTH, 25, TICKET_OPEN, TICKET_OPEN, "evidence", 1, 0},
    {RELAY_CLOSED, 587, TICKET_CONTAINED, TICKET_CONTAINED, NULL, 0, 0},
    {RELAY_CLOSED, 25, TICKET_FIXED, TICKET_FIXED, "noted", 1, 1},
    {RELAY_INSIDE_VIEW, 25, TICKET_CONTAINED, TICKET_CONTAINED, NULL, 0, 0},
    {RELAY_NOT_TESTED, 25, TICKET_CONTAINED, TICKET_CONTAINED, NULL, 0, 0},
    {RELAY_DEFERRED, 25, TICKET_CONTAINED, TICKET_CONTAINED, NULL, 0, 0},
    {RELAY_ABORTED, 25, TICKET_FIXED, TICKET_FIXED, NULL, 1, 0},
    {RELAY_ACCEPTED_LOCAL, 25, TICKET_FIXED, TICKET_FIXED, "noted", 1, 1},
    {RELAY_ACCEPTED, 25, TICKET_OPEN, TICKET_OPEN, "noted", 0, 1},
    {RELAY_ACCEPTED, 25, TICKET_FIXED, TICKET_OPEN, "ticket", 1, 1},
};

static void
check_told(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(told); i++) {
        g_auto(Desk) desk = DESK_INIT;
        g_autoptr(GError) error = NULL;
        g_autofree char *said = NULL;
        g_autoptr(Ticket) ticket = NULL;
        gint64 id = 0;

        desk_open(&desk);
        id = new_ticket(desk.store, "192.0.2.25", told[i].before);
        (void)add(desk.store, id, told[i].verdict, told[i].port, &said);
        ticket = ticket_load(desk.store, id, &error);
        g_assert_cmpint(ticket->state, ==, told[i].after);
        g_assert_true(told[i].said ? said && g_str_has_prefix(said, told[i].said) : !said);
        g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM proof"), ==, told[i].proofs);
        g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM note"), ==, told[i].notes);
        desk_check(desk.store);
    }
}

static void
check_ticket(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    Addr addr = addr_of("192.0.2.25");
    gint64 id = 0, found = -1;

    desk_open(&desk);
    g_assert_true(relay_test_ticket(desk.store, &addr, &found, &error));
    g_assert_cmpint(found, ==, 0);
    id = new_ticket(desk.store, "192.0.2.25", TICKET_OPEN);
    g_assert_true(relay_test_ticket(desk.store, &addr, &found, &error));
    g_assert_cmpint(found, ==, id);
    g_assert_true(ticket_set(desk.store, id, "cause", "local-script", &deed, &error));
    g_assert_true(relay_test_ticket(desk.store, &addr, &found, &error));
    g_assert_cmpint(found, ==, 0); /* of which a relay test proves nothing */
}

/* -- what came back -----------------------------------------------------------------------------
 */

static const struct {
    const char *name, *mail;
    bool arrived, names;
} mails[] = {
    {"by",
     "Received: from x by mx1.example.net (Postfix)\nSubject: plaint-relay-test/" NONCE "\n\n",
     true, true},
    {"crlf",
     "X-Relay-Test: plaint-relay-test/" NONCE
     "\r\nReceived: from a\r\n\tby MX1.example.net; x\r\n\r\n",
     true, true},
    {"from",
     "Received: from mx1 (unknown [192.0.2.25])\n by y\nX-Relay-Test: plaint-relay-test/" NONCE
     "\n\n",
     true, true},
    {"another",
     "Received: from mx1 ([192.0.2.26]) by mx1.example.net.evil\nSubject: plaint-relay-test/" NONCE
     "\n\n",
     true, false},
    {"no-trace", "Subject: plaint-relay-test/" NONCE "\nX: [192.0.2.25] by mx1.example.net\n\n",
     true, false},
    {"in-body", "Received: by mx1.example.net\nSubject: bounced\n\nplaint-relay-test/" NONCE "\n",
     false, true},
    {"trace-in-body", "Subject: plaint-relay-test/" NONCE "\n\nReceived: by mx1.example.net\n",
     true, false},
    {"guessed",
     "Received: by mx1.example.net\nSubject: "
     "plaint-relay-test/abcdefghijklmnopqrstuvwxyz-_0124\n\n",
     false, true},
    {"short", "Received: by mx1.example.net\nSubject: plaint-relay-test/abc\n\n", false, true},
    {"cut", "Subject: plaint-relay-test/abc", false, false},
    {"empty", "", false, false},
};

static void
check_mail(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;
    g_autoptr(GBytes) raw = g_bytes_new_static(mails[i].mail, strlen(mails[i].mail));
    Addr addr = addr_of("192.0.2.25");
    bool arrived = false;
    gint64 id = 0;

    desk_open(&desk);
    id = add(desk.store, new_ticket(desk.store, "192.0.2.25", TICKET_OPEN), RELAY_ACCEPTED, 25,
             &said);
    g_assert_true(relay_test_sends(desk.store, id, NONCE, &error));
    g_assert_true(relay_test_sent(desk.store, id, true, "sent\n", &error));
    g_assert_true(relay_test_arrived(desk.store, raw, 7, NOON, &arrived, &error));
    g_assert_no_error(error);
    g_assert_cmpint(arrived, ==, mails[i].arrived);
    g_assert_cmpint(relay_trace_names(raw, &addr, "mx1.example.net"), ==, mails[i].names);
    g_assert_cmpint(
        desk_count(desk.store, "SELECT count(*) FROM relay_test WHERE proof = 'proven'"), ==,
        mails[i].arrived && mails[i].names);
    /* once more: nothing new is said */
    g_assert_true(relay_test_arrived(desk.store, raw, 8, NOON, &arrived, &error));
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM note"), ==,
                    1 + (mails[i].arrived && mails[i].names));
}

/* -- again --------------------------------------------------------------------------------------
 */

static gint64
due(Store *store, gint64 now)
{
    g_auto(RelayDue) found = {0};
    g_autoptr(GError) error = NULL;

    g_assert_true(relay_test_due(store, now, &found, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(found.round, ==, found.id ? 1 : 0);
    return found.id;
}

static void
check_due(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;
    gint64 ticket = 0, id = 0;

    desk_open(&desk);
    ticket = new_ticket(desk.store, "192.0.2.25", TICKET_CONTAINED);
    id = add(desk.store, ticket, RELAY_CLOSED, 25, &said);
    g_assert_cmpint(due(desk.store, NOON + DAY - 1), ==, 0);
    g_assert_cmpint(due(desk.store, NOON + DAY), ==, 0); /* not fixed yet: put off */
    g_assert_true(ticket_move(
        desk.store, &(TicketMove){.id = ticket, .to = TICKET_FIXED, .from = -1}, &deed, &error));
    g_assert_cmpint(due(desk.store, NOON + DAY), ==, 0);
    g_assert_cmpint(due(desk.store, NOON + 2 * DAY), ==, id);
    g_assert_cmpint(due(desk.store, NOON + 2 * DAY), ==, 0);                     /* leased */
    g_assert_cmpint(due(desk.store, NOON + 2 * DAY + RELAY_TEST_LEASE), ==, id); /* it was killed */
    g_assert_true(relay_test_redone(desk.store, id, TIME_NONE, &error));
    g_assert_cmpint(due(desk.store, NOON + 100 * DAY), ==, 0);
    /* of a ticket that ended otherwise it is forgotten */
    g_assert_true(relay_test_redone(desk.store, id, NOON, &error));
    g_assert_true(ticket_move(
        desk.store,
        &(TicketMove){.id = ticket, .to = TICKET_RESOLVED, .from = -1, .operand = "customer-left"},
        &deed, &error));
    g_assert_cmpint(due(desk.store, NOON + DAY), ==, 0);
    g_assert_cmpint(
        desk_count(desk.store, "SELECT count(*) FROM relay_test WHERE next_at IS NOT NULL"), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/relay/ticket-is-told", check_told);
    g_test_add_func("/store/relay/default-ticket", check_ticket);
    for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
        g_autofree char *path = g_strconcat("/store/relay/mail/", mails[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), check_mail);
    }
    g_test_add_func("/store/relay/due", check_due);
    return g_test_run();
}
