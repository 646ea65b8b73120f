/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_report STORE-URL LISTINGS RUNS: fills a store with listings of the last month, half of them
 * over, and as many runs of answers; then opens it anew and makes the delisting report. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "store/report.h"
#include "store/stmt.h"

enum { NOW = 1795507200, DAY = 86400 };

static void
must(bool done, const GError *error)
{
    if (done)
        return;
    (void)fprintf(stderr, "bench_report: %s\n", error ? error->message : "failed");
    exit(EXIT_FAILURE);
}

static double
seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double
megabytes(void)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

#define NUMBERS "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :n) "
#define BEGAN   ":now - 86400 * 30 + i * 7919 % (86400 * 20)"

static const char *const fills[] = {
    NUMBERS
    "INSERT INTO ticket (kind, state, cause, confidence, customer, opened_at, first_at, last_at,"
    " contained_at) SELECT 'mail', 'open', CASE i % 3 WHEN 0 THEN 'open-relay' ELSE "
    "'customer-host' END, 'high', 'C-' || i % 1000, " BEGAN " + 60, " BEGAN " - 600, :now, " BEGAN
    " + 7200 FROM n",
    NUMBERS "INSERT INTO listing (address, zone, ticket_id, state, first_at, last_at, delisted_at) "
            "SELECT CAST(printf('listed-%09d', i) AS BLOB), 'list' || i % 10, i, "
            "CASE i % 2 WHEN 0 THEN 'closed' ELSE 'requested' END, " BEGAN
            ", :now, CASE i % 2 WHEN 0 THEN " BEGAN " + 500000 END FROM n",
    NUMBERS "INSERT INTO listing_event (listing_id, at, actor, to_state, text) SELECT i, " BEGAN
            ", 'plaint', 'listed', '127.0.0.2' FROM n",
    NUMBERS
    "INSERT INTO listing_event (listing_id, at, actor, from_state, to_state, text) SELECT i, " BEGAN
    " + 90000, 'anna', 'listed', 'requested', 'the form' FROM n",
    NUMBERS
    "INSERT INTO listing_event (listing_id, at, actor, from_state, to_state) SELECT i, " BEGAN
    " + 500000, 'plaint', 'requested', 'delisted' FROM n WHERE i % 2 = 0",
    NUMBERS
    "INSERT INTO listing_event (listing_id, at, actor, from_state, to_state) SELECT i, " BEGAN
    " + 500000, 'plaint', 'delisted', 'closed' FROM n WHERE i % 2 = 0",
    NUMBERS "INSERT INTO lookup (address, zone, kept, hot) SELECT CAST(printf('listed-%09d', i) AS "
            "BLOB), 'list' || i % 10, 0, 1 FROM n WHERE i < :now",
};

static void
fill(Store *store, const char *sql, gint64 n)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Stmt) stmt = store_stmt_text(store, sql, &error);

    must(stmt != NULL, error);
    stmt_bind_int(stmt, ":n", n);
    stmt_bind_int(stmt, ":now", NOW);
    must(stmt_run(stmt, NULL, &error), error);
}

static void
fill_runs(Store *store, gint64 listings, gint64 runs)
{
    g_autofree char *sql = g_strdup_printf(
        NUMBERS
        "INSERT INTO lookup_run (lookup_id, first_at, last_at, checks, outcome, raw) SELECT "
        "1 + i %% %" G_GINT64_FORMAT ", :now - 86400 * 28 + i, :now - 86400 * 28 + i + 3600, 5, "
        "CASE i / %" G_GINT64_FORMAT
        " %% 3 WHEN 0 THEN 'listed' WHEN 1 THEN 'unknown' ELSE 'clean' END, '127.0.0.2' FROM n",
        listings, listings);

    fill(store, sql, runs);
}

int
main(int argc, char **argv)
{
    gint64 listings = argc == 4 ? atoi(argv[2]) : 0, runs = listings ? atoi(argv[3]) : 0;
    const ReportSpec spec = {.since = NOW - 30 * DAY, .until = NOW, .most = 100};
    g_autoptr(GError) error = NULL;
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    Store *store = NULL;
    json_t *report;
    double begun, before;

    must(runs > 0, NULL);
    store = store_open(argv[1], STORE_CREATE, &error);
    must(store && store_txn_begin(&txn, store, &error), error);
    for (gsize i = 0; i < G_N_ELEMENTS(fills); i++)
        fill(store, fills[i], listings);
    fill_runs(store, listings, runs);
    must(store_txn_commit(&txn, &error), error);
    store_close(store);
    before = megabytes();
    begun = seconds();
    store = store_open(argv[1], STORE_READ, &error);
    must(store != NULL, error);
    report = report_delisting(store, &spec, &error);
    must(report != NULL, error);
    printf("seconds=%.3f growth_mb=%.1f listed=%" JSON_INTEGER_FORMAT "\n", seconds() - begun,
           megabytes() - before,
           json_integer_value(json_object_get(json_object_get(report, "total"), "listed")));
    json_decref(report);
    store_close(store);
    return EXIT_SUCCESS;
}
