/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Full text is indexed in one go at the end of a transaction: nothing is missed, nothing twice. */
#include "base/error.h"
#include "store/message.h"
#include "tests/store/desk.h"

static const Deed anna = {.actor = "anna", .now = NOON};

static gint64
found(Store *store, const char *word)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT count(*) FROM complaint_text WHERE complaint_text MATCH '%s'", word);

    return desk_count(store, sql);
}

/* FTS5 compares its index with the rows it was made from; a difference is an error. */
static void
expect_whole(Store *store)
{
    g_autoptr(GError) error = NULL;
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autoptr(Stmt) stmt = store_stmt_text(
        store, "INSERT INTO complaint_text (complaint_text, rank) VALUES ('integrity-check', 1)",
        &error);

    g_assert_no_error(error);
    g_assert_true(store_txn_begin(&txn, store, &error));
    g_assert_true(stmt_run(stmt, NULL, &error));
    g_assert_no_error(error);
}

static void
take(Store *store, guint n, const char *words)
{
    g_autoptr(Complaint) complaint = desk_complaint(FORMAT_ARF, "victim.example");

    complaint->words = words;
    desk_incident(complaint, "192.0.2.1", NOON);
    (void)desk_take(store, n, complaint, NOON + n);
}

static void
reword(Store *store, gint64 id, const char *words)
{
    g_autoptr(Complaint) complaint = desk_complaint(FORMAT_ATTACHED, "victim.example");
    g_autoptr(GError) error = NULL;
    ReparseResult result = {0};

    complaint->words = words;
    desk_incident(complaint, "192.0.2.1", NOON);
    g_assert_true(reparse_apply(store, id, complaint, &anna, &result, &error));
    g_assert_no_error(error);
    g_assert_true(result.changed);
}

static void
test_many_in_one(void)
{
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    {
        g_auto(StoreTxn) txn = STORE_TXN_INIT;
        g_assert_true(store_txn_begin(&txn, desk.store, NULL));
        for (guint i = 1; i <= 20; i++)
            take(desk.store, i, i % 2 ? "zebra" : "heron");
        take(desk.store, 20, "heron"); /* the same mail again */
        g_assert_true(store_txn_commit(&txn, NULL));
    }
    take(desk.store, 21, "zebra");
    g_assert_cmpint(found(desk.store, "zebra"), ==, 11);
    g_assert_cmpint(found(desk.store, "heron"), ==, 10);
    g_assert_cmpint(found(desk.store, "watches"), ==, 21); /* of the reported subject */
    expect_whole(desk.store);
    desk_check(desk.store);
}

static void
test_rolled_back(void)
{
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    {
        g_auto(StoreTxn) txn = STORE_TXN_INIT;
        g_assert_true(store_txn_begin(&txn, desk.store, NULL));
        take(desk.store, 1, "zebra");
    }
    g_assert_cmpint(found(desk.store, "zebra"), ==, 0);
    take(desk.store, 2, "heron");
    g_assert_cmpint(found(desk.store, "zebra"), ==, 0);
    g_assert_cmpint(found(desk.store, "heron"), ==, 1);
    expect_whole(desk.store);
}

/* A row that is replaced in the transaction that added it, and one that was there before. */
static void
test_replaced(void)
{
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    take(desk.store, 1, "zebra");
    {
        g_auto(StoreTxn) txn = STORE_TXN_INIT;
        g_assert_true(store_txn_begin(&txn, desk.store, NULL));
        take(desk.store, 2, "zebra");
        take(desk.store, 3, "zebra");
        reword(desk.store, 2, "otter");
        reword(desk.store, 1, "otter");
        take(desk.store, 4, "heron");
        g_assert_true(store_txn_commit(&txn, NULL));
    }
    g_assert_cmpint(found(desk.store, "zebra"), ==, 1);
    g_assert_cmpint(found(desk.store, "otter"), ==, 2);
    g_assert_cmpint(found(desk.store, "heron"), ==, 1);
    expect_whole(desk.store);
    desk_check(desk.store);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/index/many-in-one", test_many_in_one);
    g_test_add_func("/store/index/rolled-back", test_rolled_back);
    g_test_add_func("/store/index/replaced", test_replaced);
    return g_test_run();
}
