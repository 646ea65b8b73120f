/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A list looks at a bounded number of rows, however little it finds, and says where to go on. */
#include "store/view.h"
#include "tests/store/desk.h"

/* Half of them about each machine and of each cause, so that either is more than a walk. */
#define N       (2 * VIEW_WALK_MAX + 2000)
#define OF_1    "x'00000000000000000000ffffc0000201'" /* 192.0.2.1, of the odd ones */
#define OF_2    "x'00000000000000000000ffffc6336401'" /* 198.51.100.1 */
#define NUMBERS "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "

static void run(Store *store, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
run(Store *store, const char *format, ...)
{
    g_autofree char *sql = NULL;
    va_list args;

    va_start(args, format);
    sql = g_strdup_vprintf(format, args);
    va_end(args);
    desk_count(store, sql);
}

static void
fill(Store *store)
{
    static const char cause[] = "CASE WHEN i % 2 = 1 THEN 'open-relay' ELSE 'local-script' END";
    static const char machine[] = "CASE WHEN i % 2 = 1 THEN " OF_1 " ELSE " OF_2 " END";
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autoptr(GError) error = NULL;

    g_assert_true(store_txn_begin(&txn, store, &error));
    run(store,
        "INSERT INTO ticket (id, kind, state, cause, confidence, opened_at, last_at, "
        "complaints) " NUMBERS "SELECT i, 'mail', 'new', %s, 'low', i, i, 1 + i %% 3 FROM n",
        N, cause);
    run(store, "INSERT INTO ticket_relay " NUMBERS "SELECT i, %s FROM n", N, machine);
    run(store,
        "INSERT INTO message (id, digest, size, source, received_at, raw) " NUMBERS
        "SELECT i, randomblob(32), 1, 'lda', i, x'00' FROM n",
        N);
    run(store,
        "INSERT INTO complaint (id, format, automatic, incidents, filed, machine, cause, "
        "received_at) " NUMBERS "SELECT i, 'arf', 0, 1, 1, %s, %s, i FROM n",
        N, machine, cause);
    g_assert_true(store_txn_commit(&txn, &error));
}

/* Follows the pages to the end: how many there are, and how many rows on them. */
static void
follow(Store *store, ListKind list, Sort sort, const char *query, guint *ret_pages, guint *ret_rows)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Filter) filter = filter_parse(query, list, NULL, NOON, &error);
    g_autofree char *cursor = NULL;
    guint pages = 0, rows = 0;

    g_assert_no_error(error);
    do {
        const Page page = {.sort = sort, .cursor = cursor};
        json_t *model = list == LIST_TICKETS ? view_ticket_list(store, filter, &page, &error)
                                             : view_filed_list(store, filter, &page, &error);

        g_assert_no_error(error);
        rows += (guint)json_array_size(
            json_object_get(model, list == LIST_TICKETS ? "tickets" : "complaints"));
        pages++;
        g_free(cursor);
        cursor = g_strdup(json_string_value(json_object_get(model, "next")));
        json_decref(model);
    } while (cursor && pages < 10);
    *ret_pages = pages;
    *ret_rows = rows;
}

typedef struct {
    const char *query;
    guint pages, rows, filed_pages, filed_rows; /* pages 0: not a query of this list */
} Case;

/* clang-format off */
static const Case cases[] = {
    {"cause:open-relay relay:198.51.100.0/24",         3, 0, 3, 0},
    {"cause:local-script,forged relay:192.0.2.1",      3, 1, 3, 0}, /* the last of all is found */
    {"cause:open-relay relay:198.51.100.1 -relay:2001:db8::1", 3, 0, 3, 0},
    {"is:reopened",                                    3, 0, 0, 0},
    {"format:dsn",                                     3, 0, 1, 0}, /* an index of the filed says so */
    {"is:automatic",                                   0, 0, 3, 0},
    {"confidence:high",                                3, 0, 3, 0},
    /* What one term leaves is less than a walk: that is all there can be. */
    {"customer:beta relay:198.51.100.1",               1, 0, 0, 0},
    {"customer:beta relay:192.0.2.1 cause:open-relay confidence:low kind:mail since:7d", 1, 0, 0, 0},
    {"is:merged cause:local-script",                   1, 0, 0, 0},
    {"kind:copyright",                                 1, 0, 0, 0},
};
/* clang-format on */

static void
test_pages(gconstpointer data)
{
    Sort sort = (Sort)GPOINTER_TO_INT(data);
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    fill(desk.store);
    run(desk.store, "UPDATE ticket SET customer = 'beta' WHERE id %% 2 = 1 AND id < 10000");
    run(desk.store, "UPDATE ticket SET merged_into = 1 WHERE id %% 2 = 1 AND id < 10000");
    run(desk.store, "UPDATE ticket SET complaints = 0 WHERE id = 2");
    run(desk.store, "INSERT INTO ticket_relay VALUES (2, " OF_1 ")");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Case *c = &cases[i];
        guint pages = 0, rows = 0;

        g_test_message("%s by %s", c->query, sort_names[sort]);
        if (c->pages > 0) {
            follow(desk.store, LIST_TICKETS, sort, c->query, &pages, &rows);
            g_assert_cmpuint(pages, ==, c->pages);
            g_assert_cmpuint(rows, ==, c->rows);
        }
        if (c->filed_pages > 0 && sort != SORT_SIZE) {
            follow(desk.store, LIST_FILED, sort, c->query, &pages, &rows);
            g_assert_cmpuint(pages, ==, c->filed_pages);
            g_assert_cmpuint(rows, ==, c->filed_rows);
        }
    }
}

/* The list of live tickets is whole, in any order, however many were closed since. */
static void
test_live(gconstpointer data)
{
    g_auto(Desk) desk = DESK_INIT;
    guint pages = 0, rows = 0;

    desk_open(&desk);
    fill(desk.store);
    run(desk.store, "UPDATE ticket SET state = 'resolved', resolution = 'fixed' WHERE id > 7");
    follow(desk.store, LIST_TICKETS, (Sort)GPOINTER_TO_INT(data), "is:live", &pages, &rows);
    g_assert_cmpuint(pages, ==, 1);
    g_assert_cmpuint(rows, ==, 7);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (int sort = 0; sort < N_SORTS; sort++) {
        g_autofree char *pages = g_strconcat("/store/walk/pages/", sort_names[sort], NULL);
        g_autofree char *live = g_strconcat("/store/walk/live/", sort_names[sort], NULL);

        g_test_add_data_func(pages, GINT_TO_POINTER(sort), test_pages);
        g_test_add_data_func(live, GINT_TO_POINTER(sort), test_live);
    }
    return g_test_run();
}
