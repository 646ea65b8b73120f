/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"
#include "store/message.h"
#include "tests/store/desk.h"

static void
test_opens_and_joins(void)
{
    g_auto(Desk) desk = DESK_INIT;
    IntakeResult result = {0};

    desk_open(&desk);
    result = desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    g_assert_true(result.is_new);
    g_assert_true(result.is_new_delivery);
    g_assert_cmpuint(result.tickets_opened, ==, 1);
    result = desk_take_one(desk.store, 2, "192.0.2.1", NOON + HOUR);
    g_assert_cmpuint(result.tickets_opened, ==, 0);
    g_assert_cmpuint(result.tickets_joined, ==, 1);
    result = desk_take_one(desk.store, 3, "192.0.2.2", NOON + HOUR);
    g_assert_cmpuint(result.tickets_opened, ==, 1);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket"), ==, 2);
    g_assert_cmpint(desk_count(desk.store, "SELECT complaints FROM ticket WHERE id = 1"), ==, 2);
    desk_check(desk.store);
}

static void
test_same_mail_twice(void)
{
    g_auto(Desk) desk = DESK_INIT;
    IntakeResult first = {0}, again = {0};

    desk_open(&desk);
    first = desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    again = desk_take_one(desk.store, 1, "192.0.2.1", NOON + HOUR);
    g_assert_false(again.is_new);
    g_assert_false(again.is_new_delivery);
    g_assert_cmpint(again.message_id, ==, first.message_id);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM message"), ==, 1);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM incident"), ==, 1);
    g_assert_cmpint(desk_count(desk.store, "SELECT complaints FROM ticket"), ==, 1);
}

static void
test_two_recipients(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GBytes) raw = desk_mail(1);
    g_autoptr(GError) error = NULL;
    guint8 digest[DIGEST_SIZE];
    IntakeMessage message = {.raw = raw,
                             .digest = digest,
                             .recipient = "postmaster@example.net",
                             .source = "lda",
                             .received_at = NOON + 1};
    bool found = true;

    desk_open(&desk);
    desk_digest(raw, digest);
    g_assert_true(intake_find(desk.store, &message, &found, &error));
    g_assert_false(found);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    g_assert_true(intake_find(desk.store, &message, &found, &error));
    g_assert_no_error(error);
    g_assert_true(found);
    g_assert_true(intake_find(desk.store, &message, &found, &error));
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM complaint"), ==, 1);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM delivery"), ==, 2);
    desk_check(desk.store);
}

static void
test_not_ours_is_filed(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(Complaint) complaint = desk_complaint(FORMAT_ARF, "victim.example");
    g_autoptr(Complaint) empty = desk_complaint(FORMAT_MESSAGE, NULL);
    IntakeResult result = {0};

    desk_open(&desk);
    desk_incident(complaint, "203.0.113.9", NOON)->ours = false;
    result = desk_take(desk.store, 1, complaint, NOON);
    g_assert_cmpuint(result.filed, ==, 1);
    result = desk_take(desk.store, 2, empty, NOON);
    g_assert_cmpuint(result.filed, ==, 1);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket"), ==, 0);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM complaint WHERE filed = 1"), ==,
                    2);
    g_assert_cmpint(
        desk_count(desk.store, "SELECT count(*) FROM complaint WHERE filed_why = 'not ours'"), ==,
        1);
    desk_check(desk.store);
}

static void
test_account_before_machine(void)
{
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    for (guint i = 0; i < 2; i++) {
        g_autoptr(Complaint) complaint = desk_complaint(FORMAT_ARF, "victim.example");

        desk_incident(complaint, i ? "192.0.2.1" : "192.0.2.2", NOON)->account =
            i ? "Anna@example.org" : "anna@example.org";
        desk_take(desk.store, i, complaint, NOON);
    }
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket"), ==, 1);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket_relay"), ==, 2);
    desk_check(desk.store);
}

static void
test_many_incidents_one_complaint(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(Complaint) complaint = desk_complaint(FORMAT_VENDOR, "cert.example");

    desk_open(&desk);
    for (guint i = 0; i < 10; i++)
        desk_incident(complaint, i % 2 ? "192.0.2.1" : "2001:db8::1", NOON);
    desk_take(desk.store, 1, complaint, NOON);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket"), ==, 2);
    g_assert_cmpint(desk_count(desk.store, "SELECT max(complaints) FROM ticket"), ==, 1);
    g_assert_cmpint(desk_count(desk.store, "SELECT min(incidents) FROM ticket"), ==, 5);
    desk_check(desk.store);
}

static void
test_csam_is_sealed(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(Complaint) complaint = desk_complaint(FORMAT_VENDOR, "hotline.example");
    g_autoptr(GBytes) raw = NULL;
    g_autoptr(GBytes) sent = desk_mail(1);
    g_autoptr(GError) error = NULL;
    MessageInfo info = {0};

    desk_open(&desk);
    desk_incident(complaint, NULL, NOON)->category = CATEGORY_CSAM;
    g_array_index(complaint->incidents, Incident, 0).domain = "shop.example";
    desk_take(desk.store, 1, complaint, NOON);
    raw = message_load(desk.store, 1, &info, &error);
    g_assert_no_error(error);
    g_assert_true(info.sealed);
    g_assert_true(g_bytes_equal(raw, sent));
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket WHERE kind = 'content'"),
                    ==, 1);
}

static void
test_bulk_rolls_back_whole(void)
{
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    {
        g_auto(StoreTxn) txn = STORE_TXN_INIT;
        g_autoptr(GError) error = NULL;

        g_assert_true(store_txn_begin(&txn, desk.store, &error));
        for (guint i = 0; i < 5; i++)
            desk_take_one(desk.store, i, "192.0.2.1", NOON);
    }
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM message"), ==, 0);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    desk_check(desk.store);
}

/* A step that fails inside takes the whole with it, also when nobody looked at its error. */
static void
test_failed_step_dooms_outer(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autoptr(Complaint) complaint = desk_complaint(FORMAT_ARF, "victim.example");
    g_autoptr(GBytes) raw = desk_mail(7);
    g_autoptr(GError) error = NULL;
    guint8 digest[DIGEST_SIZE];
    IntakeMessage message = {.raw = raw,
                             .digest = digest,
                             .complaint = complaint,
                             .source = "carrier pigeon",
                             .received_at = NOON};
    IntakeResult result = {.message_id = 99};

    desk_open(&desk);
    desk_digest(raw, digest);
    g_assert_true(store_txn_begin(&txn, desk.store, &error));
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    g_assert_false(intake_add(desk.store, &message, &result, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFLICT);
    g_assert_cmpint(result.message_id, ==, 99);
    g_clear_error(&error);
    g_assert_false(store_txn_commit(&txn, &error));
    g_assert_nonnull(error);
    store_txn_rollback(&txn);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM message"), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/intake/opens-and-joins", test_opens_and_joins);
    g_test_add_func("/store/intake/same-mail-twice", test_same_mail_twice);
    g_test_add_func("/store/intake/two-recipients", test_two_recipients);
    g_test_add_func("/store/intake/not-ours-is-filed", test_not_ours_is_filed);
    g_test_add_func("/store/intake/account-before-machine", test_account_before_machine);
    g_test_add_func("/store/intake/many-incidents", test_many_incidents_one_complaint);
    g_test_add_func("/store/intake/csam-is-sealed", test_csam_is_sealed);
    g_test_add_func("/store/intake/bulk-rolls-back-whole", test_bulk_rolls_back_whole);
    g_test_add_func("/store/intake/failed-step-dooms-outer", test_failed_step_dooms_outer);
    return g_test_run();
}
