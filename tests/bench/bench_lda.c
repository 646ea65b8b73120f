/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_lda DATABASE <MAIL: the peer of the LDA: links GMime and SQLite only; reads and walks one
 * mail, opens the database (WAL), writes 3 rows in one transaction with synchronous=FULL, closes.
 * `bench_lda --init DATABASE` makes the tables. */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/walk.h"

static const char schema[] =
    "PRAGMA journal_mode=WAL;"
    "CREATE TABLE message (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, raw BLOB NOT NULL,"
    " at INTEGER NOT NULL) STRICT;"
    "CREATE TABLE ticket (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, n INTEGER NOT NULL,"
    " at INTEGER NOT NULL) STRICT;"
    "CREATE TABLE complaint (id INTEGER PRIMARY KEY, message INTEGER NOT NULL REFERENCES message,"
    " ticket INTEGER NOT NULL REFERENCES ticket, parts INTEGER NOT NULL) STRICT;"
    "CREATE INDEX complaint_ticket ON complaint (ticket);";

static void
must(sqlite3 *db, bool ok)
{
    if (ok)
        return;
    fprintf(stderr, "bench_lda: %s\n", sqlite3_errmsg(db));
    exit(EXIT_FAILURE);
}

static void
run(sqlite3 *db, const char *sql)
{
    must(db, sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
}

/* Runs to its first row or its end; returns the first column (0 without a row). */
static sqlite3_int64
run_bound(sqlite3 *db, const char *sql, GBytes *blob, sqlite3_int64 a, sqlite3_int64 b)
{
    sqlite3_stmt *stmt = NULL;
    sqlite3_int64 result = 0;
    gsize len = 0;
    const void *bytes = blob ? g_bytes_get_data(blob, &len) : NULL;
    int rc;

    must(db, sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK);
    (void)sqlite3_bind_blob(stmt, 1, bytes, (int)len, SQLITE_STATIC);
    (void)sqlite3_bind_int64(stmt, 2, a);
    (void)sqlite3_bind_int64(stmt, 3, b);
    rc = sqlite3_step(stmt);
    must(db, rc == SQLITE_ROW || rc == SQLITE_DONE);
    if (rc == SQLITE_ROW)
        result = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return result;
}

static void
store(const char *path, GBytes *mail, const Walked *walked)
{
    sqlite3 *db = NULL;
    sqlite3_int64 message, ticket;

    must(db, sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
    (void)sqlite3_busy_timeout(db, 20000);
    run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "BEGIN IMMEDIATE");
    message = run_bound(db,
                        "INSERT INTO message (digest, raw, at) "
                        "VALUES (randomblob(32), ?1, ?2 + ?3) RETURNING id",
                        mail, 1767225600, 0);
    ticket = run_bound(db,
                       "INSERT INTO ticket (key, n, at) VALUES (?2 % 97, 1, ?3) "
                       "ON CONFLICT (key) DO UPDATE SET n = n + 1 + (?1 IS NOT NULL) RETURNING id",
                       NULL, (sqlite3_int64)walked->bytes, message);
    (void)run_bound(db,
                    "INSERT INTO complaint (message, ticket, parts) "
                    "VALUES (?2, ?3, 1 + (?1 IS NOT NULL))",
                    NULL, message, ticket);
    run(db, "COMMIT");
    must(db, sqlite3_close(db) == SQLITE_OK);
}

static GBytes *
read_all(int fd)
{
    GByteArray *all = g_byte_array_new();
    guint8 buf[65536];
    ssize_t got;

    while ((got = read(fd, buf, sizeof buf)) > 0)
        g_byte_array_append(all, buf, (guint)got);
    return g_byte_array_free_to_bytes(all);
}

int
main(int argc, char **argv)
{
    Walked walked = {0};
    gsize len;

    if (argc == 3 && strcmp(argv[1], "--init") == 0) {
        sqlite3 *db = NULL;
        must(db, sqlite3_open(argv[2], &db) == SQLITE_OK);
        run(db, schema);
        return sqlite3_close(db) == SQLITE_OK ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    if (argc != 2)
        return EXIT_FAILURE;
    g_autoptr(GBytes) mail = read_all(STDIN_FILENO);
    g_mime_init();
    const void *bytes = g_bytes_get_data(mail, &len);
    walk_mail(bytes, len, &walked);
    store(argv[1], mail, &walked);
    return EXIT_SUCCESS;
}
