/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No list reads a whole table, nor a whole index: the plan of every combination of up to three
 * terms, in every order, along the order and from every term that may pick; with and without
 * ANALYZE. */
#include "store/filter_sql.h"
#include "store/sql.h"
#include "tests/store/desk.h"

static const char *const terms[] = {
    "state:new,open",   "state:resolved", "-state:new",          "relay:192.0.2.0/24",
    "relay:192.0.2.1",  "cause:forged",   "account:a@b.example", "confidence:high",
    "category:419",     "kind:mail",      "format:arf",          "reporter:r.example",
    "customer:c",       "customer:none",  "assignee:me",         "assignee:none",
    "since:7d",         "until:1d",       "is:reopened",         "is:live",
    "is:unassigned",    "is:automatic",   "is:merged",           "words",
    "-relay:192.0.2.1",
};

typedef enum {
    ALONG, /* an index, from where the page before ended to the end of the walk */
    PICK,  /* at most VIEW_WALK_MAX rows (FILTER_WORDS for words): they may be scanned and sorted */
    STEPS, /* along an index, no condition but the order's: the limit of rows ends it */
} Reads;

/* What is wrong with a plan line, or NULL. */
static const char *
fault(const char *line, Reads reads)
{
    if (strstr(line, "SCAN") && !strstr(line, "SCAN pick") &&
        !strstr(line, "VIRTUAL TABLE INDEX") && !g_str_has_suffix(line, "SCAN f") &&
        !strstr(line, "SCAN (subquery"))
        return "scans a table";
    if (strstr(line, "VIRTUAL TABLE INDEX") && !strstr(line, ":M"))
        return "scans the full text";
    if (strstr(line, "TEMP B-TREE FOR ORDER BY") && reads != PICK)
        return "sorts without a bound";
    if (strstr(line, "<?") && !strstr(line, ">?") && !strstr(line, "=?") && reads != STEPS)
        return "walks an index to its end";
    if (strstr(line, "AUTOMATIC"))
        return "makes an index as it goes";
    return NULL;
}

/* The fault of a statement's plan, with the plan. (transfer full) or NULL */
static char *
plan_fault(Store *store, const char *sql, Reads reads)
{
    g_autofree char *explain = g_strconcat("EXPLAIN QUERY PLAN ", sql, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Stmt) stmt = store_stmt_text(store, explain, &error);
    bool row = false;

    g_assert_no_error(error);
    for (;;) {
        g_assert_true(stmt_step(stmt, &row, &error));
        if (!row)
            return NULL;
        if (fault(stmt_text(stmt, 3), reads))
            return g_strdup_printf("%s: %s\n%s", fault(stmt_text(stmt, 3), reads),
                                   stmt_text(stmt, 3), sql);
    }
}

static guint
check_statement(Store *store, const char *sql, Reads reads)
{
    g_autofree char *wrong = plan_fault(store, sql, reads);

    if (wrong)
        g_error("%s", wrong);
    return 1;
}

static guint
check_query(Store *store, const char *query, ListKind list)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Filter) filter = filter_parse(query, list, "anna", NOON, &error);
    const char *columns = list == LIST_TICKETS ? "t.last_at, t.id" : "c.received_at, c.id";
    guint checked = 0;
    int words = 0;

    if (!filter) /* not a key of this list */
        return 0;
    for (int sort = 0; sort < (list == LIST_TICKETS ? N_SORTS : SORT_SIZE); sort++) {
        g_autofree char *along = NULL, *end = NULL;

        if (filter_must_pick(filter, &words)) {
            g_autofree char *sql = filter_sql(filter, (Sort)sort, words, columns);

            checked += check_statement(store, sql, PICK);
            continue;
        }
        along = filter_sql(filter, (Sort)sort, DRIVER_SORT, columns);
        checked += check_statement(store, along, ALONG);
        end = filter_end_sql(filter, (Sort)sort, columns);
        checked += check_statement(store, end, STEPS);
        for (guint i = 0; i < filter_n_terms(filter); i++) {
            g_autofree char *sql = NULL, *count = NULL;

            if (!filter_may_pick(filter, i))
                continue;
            sql = filter_sql(filter, (Sort)sort, (int)i, columns);
            checked += check_statement(store, sql, PICK);
            count = filter_count_sql(filter, i);
            checked += check_statement(store, count, PICK);
        }
    }
    return checked;
}

static void
fill(Store *store)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autoptr(GError) error = NULL;

    g_assert_true(store_txn_begin(&txn, store, &error));
    for (guint i = 0; i < 300; i++) {
        g_autofree char *machine = g_strdup_printf("192.0.2.%u", i % 100);

        desk_take_one(store, i, machine, NOON + i);
    }
    g_assert_true(store_txn_commit(&txn, &error));
}

static void
test_combinations(gconstpointer data)
{
    g_auto(Desk) desk = DESK_INIT;
    gsize n = G_N_ELEMENTS(terms);
    guint checked = 0;

    desk_open(&desk);
    fill(desk.store);
    if (data)
        desk_count(desk.store, "ANALYZE");
    for (int list = 0; list < N_LISTS; list++) {
        checked += check_query(desk.store, "", (ListKind)list);
        for (gsize a = 0; a < n; a++) {
            checked += check_query(desk.store, terms[a], (ListKind)list);
            for (gsize b = a + 1; b < n; b++) {
                g_autofree char *two = g_strjoin(" ", terms[a], terms[b], NULL);

                checked += check_query(desk.store, two, (ListKind)list);
                for (gsize c = b + 1; c < n; c++) {
                    g_autofree char *three = g_strjoin(" ", two, terms[c], NULL);

                    checked += check_query(desk.store, three, (ListKind)list);
                }
            }
        }
    }
    g_test_message("%u plans", checked);
    g_assert_cmpuint(checked, >, 5000);
}

static void
check_index(const char *query, Sort sort, const char *uses)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    g_autoptr(Filter) filter = filter_parse(query, LIST_TICKETS, NULL, NOON, &error);
    g_autofree char *sql = NULL, *explain = NULL;
    g_autoptr(Stmt) stmt = NULL;
    bool row = false;

    desk_open(&desk);
    fill(desk.store);
    sql = filter_sql(filter, sort, DRIVER_SORT, "t.id");
    explain = g_strconcat("EXPLAIN QUERY PLAN ", sql, NULL);
    stmt = store_stmt_text(desk.store, explain, &error);
    g_assert_true(stmt_step(stmt, &row, &error));
    if (!strstr(stmt_text(stmt, 3), uses))
        g_error("%s does not use %s", stmt_text(stmt, 3), uses);
}

/* The order of live tickets has an index of its own, and uses it. */
static void
test_live_index(void)
{
    check_index("state:new,open", SORT_ACTIVITY, "ticket_live_activity");
}

/* Many tickets have the same number of complaints: a page begins at its id, not at the first. */
static void
test_size_index(void)
{
    check_index("", SORT_SIZE, "ticket_size (<expr>>? AND <expr><?)");
}

/* All named statements, but for those that look at everything on purpose. What they read of one
 * object is bounded by it; `may` is what their plan may say besides. */
static void
test_named_statements(void)
{
    static const struct {
        const char *name, *may;
    } known[] = {
        {"ticket_merged_by_key", "SCAN c"},       /* a chain of 16 */
        {"undo_last", "SCAN last"},               /* one row */
        {"view_ticket_best", ""},                 /* of 200 incidents */
        {"view_ticket_groups", ""},               /* of 2000 */
        {"view_ticket_witnesses", "SCAN n"},      /* of 200 */
        {"ticket_relearn", "SCAN n"},             /* of 200 */
        {"reparse_incidents", "TEMP B-TREE FOR"}, /* of one complaint, as are these */
        {"incident_first", "TEMP B-TREE FOR"},
        {"customer_question", "TEMP B-TREE FOR"},
        {"view_counts_filed", "filed_received"}, /* a figure of the desk, as is the next */
        {"feed_formats", "SCAN feed_day"},
        /* Children of a new row are looked for only while a foreign key is violated. */
        {"audit_add", "SCAN undo"},
        {"ticket_add", "SCAN undo"},
        {"ticket_open", "SCAN undo"},
        {"message_add", "SCAN audit"},
        {"dictionary_add", "SCAN message"},
    };
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    g_autoptr(SqlIndex) index = sql_index_new(&error);
    g_autoptr(GArray) blocks = sql_block_list(index);

    desk_open(&desk);
    fill(desk.store);
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = &g_array_index(blocks, SqlBlock, i);
        g_autofree char *sql = g_strndup(block->text, block->len), *wrong = NULL;
        const char *may = NULL;

        for (gsize k = 0; k < G_N_ELEMENTS(known); k++)
            may = strcmp(known[k].name, block->name) == 0 ? known[k].may : may;
        wrong = g_str_has_prefix(block->name, "check_") ? NULL : plan_fault(desk.store, sql, ALONG);
        if (wrong && !(may && strstr(wrong, may)))
            g_error("%s: %s", block->name, wrong);
    }
}

/* The test can fail. */
static void
test_bad_queries_are_caught(void)
{
    static const char *const bad[] = {
        "SELECT id FROM ticket WHERE title = 'x'",
        "SELECT t.id FROM ticket t WHERE t.state = 'new' ORDER BY t.opened_at",
        "SELECT id FROM complaint WHERE subject LIKE '%x%'",
        "SELECT rowid FROM complaint_text WHERE subject = 'x'",
        "SELECT t.id FROM incident i JOIN ticket t ON t.id = i.ticket_id WHERE i.type = 'spam'",
        "SELECT t.id FROM ticket t WHERE (t.last_at, t.id) < (1, 1) AND coalesce(t.cause, '') = "
        "'x' "
        "ORDER BY t.last_at DESC, t.id DESC LIMIT 50",
        "SELECT t.id FROM ticket t WHERE t.id < 1 AND t.reopened > 0 ORDER BY t.id DESC LIMIT 50",
    };
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    fill(desk.store);
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *wrong = plan_fault(desk.store, bad[i], ALONG);

        if (!wrong)
            g_error("not caught: %s", bad[i]);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/store/plans/combinations", NULL, test_combinations);
    g_test_add_data_func("/store/plans/combinations-analysed", "", test_combinations);
    g_test_add_func("/store/plans/live-index", test_live_index);
    g_test_add_func("/store/plans/size-index", test_size_index);
    g_test_add_func("/store/plans/named-statements", test_named_statements);
    g_test_add_func("/store/plans/bad-queries-are-caught", test_bad_queries_are_caught);
    return g_test_run();
}
