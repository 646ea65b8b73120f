/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening, and everything that can be wrong with the file: an error of the right kind, never a
 * crash, never half a mail; and once the cause is gone the same call works. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "store/sql.h"
#include "tests/store/deeds.h"

static void
open_fails(const char *url, StoreMode mode, int code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = store_open(url, mode, &error);

    g_assert_null(store);
    g_assert_error(error, PLAINT_ERROR, code);
}

static void
test_urls(void)
{
    open_fails("mysql:x", STORE_WRITE, PLAINT_ERROR_CONFIG);
    open_fails("", STORE_WRITE, PLAINT_ERROR_CONFIG);
    open_fails(NULL, STORE_WRITE, PLAINT_ERROR_CONFIG);
    open_fails("sqlite:", STORE_CREATE, PLAINT_ERROR_CONFIG);
    open_fails("sqlite:/nonexistent/x?busy=soon", STORE_WRITE, PLAINT_ERROR_CONFIG);
    open_fails("sqlite:/nonexistent/x?mode=memory", STORE_WRITE, PLAINT_ERROR_CONFIG);
}

static void
test_missing(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autofree char *other = NULL;

    desk_open(&desk);
    other = g_strconcat(desk.url, ".other", NULL);
    open_fails(other, STORE_WRITE, PLAINT_ERROR_NOT_FOUND);
    open_fails(other, STORE_READ, PLAINT_ERROR_NOT_FOUND);
    open_fails("sqlite:/nonexistent/folder/x.db", STORE_READ, PLAINT_ERROR_NOT_FOUND);
}

static void
test_created(void)
{
    g_auto(Desk) desk = DESK_INIT;
    struct stat info = {0};

    desk_open(&desk);
    g_assert_cmpint(stat(desk.path, &info), ==, 0);
    g_assert_cmpuint(info.st_mode & 0137, ==, 0); /* nothing for others, no writing for the group */
    g_assert_cmpint(desk_count(desk.store, "PRAGMA page_size"), ==, 16384);
    g_assert_cmpint(desk_count(desk.store, "PRAGMA synchronous"), ==, 2);
    g_assert_cmpint(desk_count(desk.store, "PRAGMA foreign_keys"), ==, 1);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM dictionary"), ==, 1);
    g_assert_cmpint(
        desk_count(desk.store,
                   "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"),
        ==, 1);
}

static void
write_file(const char *path, const char *bytes, gsize len)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(path, bytes, (gssize)len, &error));
}

static void
test_not_a_store(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autofree char *text = g_strnfill(40000, 'x');
    sqlite3 *db = NULL;

    desk_open(&desk);
    g_clear_pointer(&desk.store, store_close);
    write_file(desk.path, text, 40000);
    open_fails(desk.url, STORE_WRITE, PLAINT_ERROR_INTERNAL);
    open_fails(desk.url, STORE_CREATE, PLAINT_ERROR_INTERNAL);
    (void)g_unlink(desk.path);
    g_assert_cmpint(sqlite3_open(desk.path, &db), ==, SQLITE_OK); /* another program's */
    g_assert_cmpint(sqlite3_exec(db, "CREATE TABLE t (x); PRAGMA user_version = 1", 0, 0, 0), ==,
                    SQLITE_OK);
    sqlite3_close(db);
    open_fails(desk.url, STORE_WRITE, PLAINT_ERROR_INTERNAL);
    open_fails(desk.url, STORE_CREATE, PLAINT_ERROR_INTERNAL);
    (void)g_unlink(desk.path);
    write_file(desk.path, "", 0); /* its maker got no further */
    open_fails(desk.url, STORE_WRITE, PLAINT_ERROR_NOT_FOUND);
    {
        g_autoptr(GError) error = NULL;

        desk.store = store_open(desk.url, STORE_CREATE, &error);
        g_assert_no_error(error);
        desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    }
    open_fails("sqlite:/tmp", STORE_WRITE, PLAINT_ERROR_INTERNAL); /* a folder */
}

static void
test_newer_version(void)
{
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    desk_count(desk.store, "PRAGMA user_version = 9999");
    g_clear_pointer(&desk.store, store_close);
    open_fails(desk.url, STORE_WRITE, PLAINT_ERROR_INTERNAL);
    open_fails(desk.url, STORE_CREATE, PLAINT_ERROR_INTERNAL);
}

/* A store of the first version is brought up to date: what counted as evidence counts still. */
static void
test_older_version(void)
{
    static const char tickets[] =
        "PRAGMA application_id = 0x706c6e74; PRAGMA user_version = 1;"
        "INSERT INTO ticket (id, kind, state, account, cause, confidence, opened_at, last_at, "
        "reopened, "
        "reopened_at) VALUES (1, 'mail', 'contained', 'anna', 'unknown', 'low', 1, 1, 0, NULL),"
        "(2, 'mail', 'contained', NULL, 'unknown', 'low', 1, 1, 1, 100),"
        "(3, 'mail', 'contained', NULL, 'unknown', 'low', 1, 1, 1, 100);"
        "INSERT INTO proof (ticket_id, at, actor, kind, text) VALUES (1, 50, 'anna', 'statement', "
        "'x'),"
        "(2, 50, 'anna', 'statement', 'x'), (3, 150, 'anna', 'statement', 'x');";
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    g_autofree char *first = sql_migration("sqlite", 1, &error);
    sqlite3 *db = NULL;

    desk_open(&desk);
    g_clear_pointer(&desk.store, store_close);
    (void)g_unlink(desk.path);
    g_assert_cmpint(sqlite3_open(desk.path, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(db, first, NULL, NULL, NULL), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(db, tickets, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(db);
    open_fails(desk.url, STORE_WRITE, PLAINT_ERROR_INTERNAL); /* only with a person's word */
    desk.store = store_open(desk.url, STORE_CREATE, &error);
    g_assert_no_error(error);
    move_ok(desk.store, 1, TICKET_FIXED, NULL, NULL, 200);
    move_fails(desk.store, 2, TICKET_FIXED, NULL, PLAINT_ERROR_CONFLICT, "no evidence");
    move_ok(desk.store, 3, TICKET_FIXED, NULL, NULL, 200);
    desk_check(desk.store);
}

/* Damage in the middle is found when it is met, and is an error. */
static void
test_corrupt(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autofree char *bytes = NULL;
    gsize len = 0;

    desk_open(&desk);
    for (guint i = 0; i < 50; i++)
        desk_take_one(desk.store, i, "192.0.2.1", NOON);
    g_clear_pointer(&desk.store, store_close);
    g_assert_true(g_file_get_contents(desk.path, &bytes, &len, NULL));
    for (gsize at = 2 * 16384; at + 4096 < len; at += 16384)
        memset(bytes + at, 0xa5, 4096);
    write_file(desk.path, bytes, len);
    desk.store = store_open(desk.url, STORE_WRITE, &error);
    if (desk.store && store_check(desk.store, true, problems, &error))
        g_assert_cmpuint(problems->len, >, 0);
    else
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_INTERNAL);
}

static bool
try_take(Store *store, guint n, GError **error)
{
    g_autoptr(Complaint) complaint = desk_complaint(FORMAT_ARF, "victim.example");
    g_autoptr(GBytes) raw = desk_mail(n);
    guint8 digest[DIGEST_SIZE];
    IntakeMessage message = {
        .raw = raw, .digest = digest, .complaint = complaint, .source = "lda", .received_at = NOON};
    IntakeResult result = {0};

    desk_digest(raw, digest);
    desk_incident(complaint, "192.0.2.1", NOON);
    return intake_add(store, &message, &result, error);
}

static void
test_locked(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autofree char *url = NULL;
    g_autoptr(Store) second = NULL;
    g_autoptr(GError) error = NULL;

    desk_open(&desk);
    url = g_strconcat(desk.url, "?busy=50", NULL);
    second = store_open(url, STORE_WRITE, &error);
    g_assert_no_error(error);
    {
        g_auto(StoreTxn) txn = STORE_TXN_INIT;

        g_assert_true(store_txn_begin(&txn, desk.store, &error));
        g_assert_false(try_take(second, 1, &error));
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BUSY);
        g_clear_error(&error);
    }
    g_assert_true(try_take(second, 1, &error));
    g_assert_no_error(error);
    desk_check(desk.store);
}

/* A writer as another user would be: one of the store's files is not for him, and is named. Run in
 * a child, as only root may become nobody. */
static void
open_as_nobody(const Desk *desk, const char *denied)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = NULL;

    if (setgid(65534) != 0 || setuid(65534) != 0)
        _exit(3);
    store = store_open(desk->url, STORE_WRITE, &error);
    if (store)
        _exit(1);
    _exit(error->code == PLAINT_ERROR_DENIED && strstr(error->message, denied) ? 0 : 2);
}

static void
test_no_rights(void)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    g_auto(Desk) desk = DESK_INIT;

    if (geteuid() != 0) {
        g_test_skip("only root can become somebody else");
        return;
    }
    desk_open(&desk);
    g_clear_pointer(&desk.store, store_close);
    g_assert_cmpint(chmod(desk.folder, 0777), ==, 0);
    for (gsize denied = 0; denied < G_N_ELEMENTS(suffixes); denied++) {
        g_autofree char *quoted = NULL;
        pid_t pid = 0;
        int status = 0;

        for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++) {
            g_autofree char *file = g_strconcat(desk.path, suffixes[i], NULL);

            g_assert_cmpint(chmod(file, i == denied ? 0600 : 0666), ==, 0);
            if (i == denied)
                quoted = g_strconcat("'", file, "'", NULL);
        }
        pid = fork();
        if (pid == 0)
            open_as_nobody(&desk, quoted);
        g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
        g_assert_cmpint(status, ==, 0);
    }
}

/* Writes until the disk is full (a file-size limit stands in for it), in a child; then, with room
 * again, the same mail goes in and the store is whole. */
static void
fill_up(const char *url)
{
    struct rlimit limit = {400 * 1024, 400 * 1024};
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = NULL;
    guint n = 0;

    (void)signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        _exit(3);
    store = store_open(url, STORE_WRITE, &error);
    if (!store)
        _exit(error->code == PLAINT_ERROR_BUSY ? 0 : 2);
    while (n < 5000 && try_take(store, n, &error))
        n++;
    g_clear_pointer(&store, store_close);
    _exit(n < 5000 && error->code == PLAINT_ERROR_BUSY ? 0 : 1);
}

static void
test_disk_full(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    gint64 kept = 0;
    pid_t pid = 0;
    int status = 0;

    desk_open(&desk);
    g_clear_pointer(&desk.store, store_close);
    pid = fork();
    if (pid == 0)
        fill_up(desk.url);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_cmpint(status, ==, 0);
    desk.store = store_open(desk.url, STORE_WRITE, &error);
    g_assert_no_error(error);
    desk_check(desk.store);
    kept = desk_count(desk.store, "SELECT count(*) FROM message");
    g_assert_true(try_take(desk.store, (guint)kept, &error));
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM message"), ==, kept + 1);
    desk_check(desk.store);
}

static void
test_killed_midway(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;

    desk_open(&desk);
    g_clear_pointer(&desk.store, store_close);
    for (guint round = 0; round < 5; round++) {
        pid_t pid = fork();
        int status = 0;

        if (pid == 0) {
            g_autoptr(Store) store = store_open(desk.url, STORE_WRITE, NULL);

            for (guint n = 0; store && n < 100000; n++)
                (void)try_take(store, round * 100000 + n, NULL);
            _exit(1);
        }
        g_usleep(30 * 1000);
        (void)kill(pid, SIGKILL);
        g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
        desk.store = store_open(desk.url, STORE_WRITE, &error);
        g_assert_no_error(error);
        desk_check(desk.store);
        g_clear_pointer(&desk.store, store_close);
    }
}

static void
test_read_only(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) reader = NULL;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    reader = store_open(desk.url, STORE_READ, &error);
    g_assert_no_error(error);
    g_assert_cmpint(desk_count(reader, "SELECT count(*) FROM message"), ==, 1);
    g_assert_false(try_take(reader, 2, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BUSY);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/open/urls", test_urls);
    g_test_add_func("/store/open/missing", test_missing);
    g_test_add_func("/store/open/created", test_created);
    g_test_add_func("/store/open/not-a-store", test_not_a_store);
    g_test_add_func("/store/open/newer-version", test_newer_version);
    g_test_add_func("/store/open/older-version", test_older_version);
    g_test_add_func("/store/open/corrupt", test_corrupt);
    g_test_add_func("/store/open/locked", test_locked);
    g_test_add_func("/store/open/no-rights", test_no_rights);
    g_test_add_func("/store/open/disk-full", test_disk_full);
    g_test_add_func("/store/open/killed-midway", test_killed_midway);
    g_test_add_func("/store/open/read-only", test_read_only);
    return g_test_run();
}
