/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sqlite3.h>
#include <string.h>

#include "base/autofd.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "store/driver.h"
#include "store/file.h"

/* "plnt": so that no other program's database is mistaken for a desk's. */
#define APPLICATION_ID 0x706c6e74

/* Pages of the log that deliveries leave to the next one, which reads them all again. */
enum { LOG_PAGES_MAX = 64 };

struct Driver {
    sqlite3 *db;
    int log_pages; /* known only in keep_log */
};

struct DriverStmt {
    Driver *driver;
    sqlite3_stmt *stmt;
};

/* What the caller should do about a result code; anything else is our bug. */
/* clang-format off */
static const struct {
    int code;
    PlaintError error;
    const char *words;
} results[] = {
    {SQLITE_BUSY,       PLAINT_ERROR_BUSY,     "the store is locked by another program"},
    {SQLITE_LOCKED,     PLAINT_ERROR_BUSY,     "the store is locked"},
    {SQLITE_FULL,       PLAINT_ERROR_BUSY,     "no space left for the store"},
    {SQLITE_IOERR,      PLAINT_ERROR_BUSY,     "the store cannot be read or written"},
    {SQLITE_NOMEM,      PLAINT_ERROR_BUSY,     "not enough memory for the store"},
    {SQLITE_CANTOPEN,   PLAINT_ERROR_BUSY,     "the store cannot be opened"},
    {SQLITE_READONLY,   PLAINT_ERROR_BUSY,     "the store is read-only"},
    {SQLITE_PROTOCOL,   PLAINT_ERROR_BUSY,     "the store is being opened by too many"},
    {SQLITE_INTERRUPT,  PLAINT_ERROR_BUSY,     "interrupted"},
    {SQLITE_TOOBIG,     PLAINT_ERROR_BUSY,     "too big for the store"},
    {SQLITE_CONSTRAINT, PLAINT_ERROR_CONFLICT, "the store's rules forbid it"},
    {SQLITE_PERM,       PLAINT_ERROR_DENIED,   "no permission"},
    {SQLITE_AUTH,       PLAINT_ERROR_DENIED,   "no permission"},
    {SQLITE_CORRUPT,    PLAINT_ERROR_INTERNAL, "the store is damaged: restore a backup"},
    {SQLITE_NOTADB,     PLAINT_ERROR_INTERNAL, "not a store: the file is something else"},
};
/* clang-format on */

static bool
fail(Driver *driver, int code, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(results); i++) {
        if (results[i].code == (code & 0xff))
            return plaint_fail(error, results[i].error, "%s (%s)", results[i].words,
                               sqlite3_errstr(code));
    }
    return plaint_fail(error, PLAINT_ERROR_INTERNAL, "the store failed: %s",
                       driver && driver->db ? sqlite3_errmsg(driver->db) : sqlite3_errstr(code));
}

static bool
sqlite_exec(Driver *driver, const char *script, GError **error)
{
    int code = sqlite3_exec(driver->db, script, NULL, NULL, NULL);

    return code == SQLITE_OK || fail(driver, code, error);
}

static void
sqlite_leave(Driver *driver)
{
    if (driver->log_pages < LOG_PAGES_MAX)
        return;
    /* Truncating, or the next process would not know that these pages are in the database. If
     * others are at it, one of them will do it. */
    (void)sqlite3_busy_timeout(driver->db, 0);
    (void)sqlite3_wal_checkpoint_v2(driver->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

static void
sqlite_close(Driver *driver)
{
    if (!driver)
        return;
    sqlite_leave(driver);
    (void)sqlite3_close_v2(driver->db); /* rolls back what is open */
    g_free(driver);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Driver, sqlite_close)

static int
count_log(void *data, sqlite3 *db, const char *schema, int pages)
{
    (void)db;
    (void)schema;
    ((Driver *)data)->log_pages = pages;
    return SQLITE_OK;
}

static void
sqlite_keep_log(Driver *driver)
{
    (void)sqlite3_db_config(driver->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    (void)sqlite3_wal_hook(driver->db, count_log, driver); /* instead of the automatic checkpoint */
}

static bool
pragma_int(Driver *driver, const char *sql, gint64 *ret_value, GError **error)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(driver->db, sql, -1, &stmt, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    if (code == SQLITE_ROW) {
        *ret_value = sqlite3_column_int64(stmt, 0);
        code = SQLITE_OK;
    }
    (void)sqlite3_finalize(stmt);
    return code == SQLITE_OK || fail(driver, code, error);
}

static bool
sqlite_version(Driver *driver, gint64 *ret_version, GError **error)
{
    gint64 version = 0, application = 0, objects = 0;

    if (!pragma_int(driver, "PRAGMA user_version", &version, error) ||
        !pragma_int(driver, "PRAGMA application_id", &application, error))
        return false;
    if (application != APPLICATION_ID &&
        !pragma_int(driver, "SELECT count(*) FROM sqlite_master", &objects, error))
        return false;
    if (application != APPLICATION_ID && (objects > 0 || version != 0 || application != 0))
        return plaint_fail(error, PLAINT_ERROR_INTERNAL, "the database belongs to another program");
    *ret_version = version;
    return true;
}

static bool
sqlite_set_version(Driver *driver, gint64 version, GError **error)
{
    g_autofree char *script = g_strdup_printf(
        "PRAGMA application_id=%d; PRAGMA user_version=%" G_GINT64_FORMAT, APPLICATION_ID, version);

    return sqlite_exec(driver, script, error);
}

static bool
sqlite_check(Driver *driver, GPtrArray *problems, GError **error)
{
    static const struct {
        const char *sql, *words;
    } looks[] = {
        {"PRAGMA integrity_check(20)", "database"},
        {"PRAGMA foreign_key_check", "a row without its parent in table"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(looks); i++) {
        sqlite3_stmt *stmt = NULL;
        int code = sqlite3_prepare_v2(driver->db, looks[i].sql, -1, &stmt, NULL);

        while (code == SQLITE_OK || code == SQLITE_ROW) {
            const char *text = NULL;

            code = sqlite3_step(stmt);
            text = code == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
            if (text && strcmp(text, "ok") != 0)
                g_ptr_array_add(problems, g_strdup_printf("%s: %s", looks[i].words, text));
        }
        (void)sqlite3_finalize(stmt);
        if (code != SQLITE_DONE)
            return fail(driver, code, error);
    }
    return true;
}

/* -- opening ---------------------------------------------------------------------------------- */

typedef struct {
    char *path;
    int busy; /* milliseconds */
} Url;

static void
url_clear(Url *url)
{
    g_free(url->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Url, url_clear)

static bool
url_parse(const char *rest, Url *ret_url, GError **error)
{
    const char *query = strchr(rest, '?');
    guint64 busy = LIMIT_BUSY_MILLISECONDS;

    if (query &&
        (!g_str_has_prefix(query, "?busy=") ||
         !g_ascii_string_to_unsigned(query + strlen("?busy="), 10, 0, 3600 * 1000, &busy, NULL)))
        return plaint_fail(error, PLAINT_ERROR_CONFIG,
                           "[store] url: after the path only ?busy=MILLISECONDS may stand");
    if (rest[0] == '\0' || query == rest)
        return plaint_fail(error, PLAINT_ERROR_CONFIG,
                           "[store] url: names no file: sqlite:/path/plaint.db");
    ret_url->path = query ? g_strndup(rest, (gsize)(query - rest)) : g_strdup(rest);
    ret_url->busy = (int)busy;
    return true;
}

static bool
set_up(Driver *driver, const Url *url, StoreMode mode, GError **error)
{
    static const struct {
        int option, value;
    } options[] = {
        {SQLITE_DBCONFIG_ENABLE_FKEY, 1},    {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}, {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
    };
    int keep_log = 1;

    (void)sqlite3_extended_result_codes(driver->db, 1);
    (void)sqlite3_busy_timeout(driver->db, url->busy);
    /* The log stays when the last one closes, empty: making it again costs each delivery a sync of
     * the folder. */
    (void)sqlite3_file_control(driver->db, NULL, SQLITE_FCNTL_PERSIST_WAL, &keep_log);
    for (gsize i = 0; i < G_N_ELEMENTS(options); i++) {
        int code = sqlite3_db_config(driver->db, options[i].option, options[i].value, NULL);

        if (code != SQLITE_OK)
            return fail(driver, code, error);
    }
    if (mode == STORE_CREATE && !sqlite_exec(driver,
                                             "PRAGMA page_size=16384;"
                                             "PRAGMA journal_mode=WAL;",
                                             error))
        return false;
    return sqlite_exec(driver,
                       "PRAGMA synchronous=FULL;"
                       "PRAGMA temp_store=MEMORY;"
                       "PRAGMA cache_size=-12288;" /* a batch's pages: each is written once */
                       "PRAGMA journal_size_limit=33554432;",
                       error);
}

static Driver *
sqlite_open(const char *rest, StoreMode mode, GError **error)
{
    g_auto(Url) url = {0};
    g_auto(AutoFd) lock = -1;
    g_autoptr(Driver) driver = g_new0(Driver, 1);
    int code = SQLITE_OK;

    if (!url_parse(rest, &url, error))
        return NULL;
    if (mode == STORE_CREATE && file_is_unmade(url.path) &&
        (!file_lock_folder(url.path, url.busy, &lock, error) || !file_make(url.path, error)))
        return NULL;
    if (!file_check(url.path, mode, error))
        return NULL;
    /* Read-only still opens for writing: the shared memory of a write-ahead log needs it. */
    code = sqlite3_open_v2(url.path, &driver->db,
                           SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                               (mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE),
                           NULL);
    if (code != SQLITE_OK) {
        fail(driver, code, error);
        return NULL;
    }
    return set_up(driver, &url, mode, error) ? g_steal_pointer(&driver) : NULL;
}

/* -- transactions ----------------------------------------------------------------------------- */

static bool
sqlite_begin(Driver *driver, GError **error)
{
    /* IMMEDIATE: a read that becomes a write later would fail with BUSY and could not wait. */
    return sqlite_exec(driver, "BEGIN IMMEDIATE", error);
}

static bool
sqlite_in_txn(Driver *driver)
{
    return !sqlite3_get_autocommit(driver->db);
}

static bool
sqlite_commit(Driver *driver, GError **error)
{
    if (!sqlite_in_txn(driver)) /* the engine rolled back by itself: disk full, out of memory */
        return plaint_fail(error, PLAINT_ERROR_BUSY, "the store gave the transaction up");
    return sqlite_exec(driver, "COMMIT", error);
}

static void
sqlite_rollback(Driver *driver)
{
    if (sqlite_in_txn(driver))
        (void)sqlite_exec(driver, "ROLLBACK", NULL);
}

/* -- statements ------------------------------------------------------------------------------- */

static void
sqlite_finalize(DriverStmt *stmt)
{
    if (!stmt)
        return;
    (void)sqlite3_finalize(stmt->stmt);
    g_free(stmt);
}

static DriverStmt *
sqlite_prepare(Driver *driver, const char *sql, gssize len, GError **error)
{
    DriverStmt *stmt = g_new0(DriverStmt, 1);
    int code =
        sqlite3_prepare_v3(driver->db, sql, (int)len, SQLITE_PREPARE_PERSISTENT, &stmt->stmt, NULL);

    stmt->driver = driver;
    if (code == SQLITE_OK && stmt->stmt)
        return stmt;
    fail(driver, code == SQLITE_OK ? SQLITE_MISUSE : code, error);
    sqlite_finalize(stmt);
    return NULL;
}

static void
sqlite_reset(DriverStmt *stmt)
{
    (void)sqlite3_reset(stmt->stmt); /* repeats the error of the last step, already reported */
    (void)sqlite3_clear_bindings(stmt->stmt);
}

static int
sqlite_parameter(DriverStmt *stmt, const char *name, int hint)
{
    const char *at_hint = sqlite3_bind_parameter_name(stmt->stmt, hint);

    return at_hint && strcmp(at_hint, name) == 0 ? hint
                                                 : sqlite3_bind_parameter_index(stmt->stmt, name);
}

static bool
sqlite_bind_int(DriverStmt *stmt, int index, gint64 value)
{
    return sqlite3_bind_int64(stmt->stmt, index, value) == SQLITE_OK;
}

static bool
sqlite_bind_text(DriverStmt *stmt, int index, const char *text, gssize len)
{
    return sqlite3_bind_text(stmt->stmt, index, text, (int)len, SQLITE_STATIC) == SQLITE_OK;
}

static bool
sqlite_bind_blob(DriverStmt *stmt, int index, const void *bytes, gsize len)
{
    return sqlite3_bind_blob64(stmt->stmt, index, bytes, len, SQLITE_STATIC) == SQLITE_OK;
}

static bool
sqlite_step(DriverStmt *stmt, bool *ret_row, int *ret_changes, GError **error)
{
    int code = sqlite3_step(stmt->stmt);

    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return fail(stmt->driver, code, error);
    *ret_changes = sqlite3_changes(stmt->driver->db);
    *ret_row = code == SQLITE_ROW;
    return true;
}

static int
sqlite_n_columns(DriverStmt *stmt)
{
    return sqlite3_column_count(stmt->stmt);
}

static const char *
sqlite_column_name(DriverStmt *stmt, int column)
{
    return sqlite3_column_name(stmt->stmt, column);
}

static ColumnType
sqlite_column_type(DriverStmt *stmt, int column)
{
    switch (sqlite3_column_type(stmt->stmt, column)) {
    case SQLITE_NULL:
        return COLUMN_NULL;
    case SQLITE_INTEGER:
        return COLUMN_INT;
    case SQLITE_BLOB:
        return COLUMN_BLOB;
    default:
        return COLUMN_TEXT;
    }
}

static gint64
sqlite_column_int(DriverStmt *stmt, int column)
{
    return sqlite3_column_int64(stmt->stmt, column);
}

static const char *
sqlite_column_text(DriverStmt *stmt, int column)
{
    return (const char *)sqlite3_column_text(stmt->stmt, column);
}

static const void *
sqlite_column_blob(DriverStmt *stmt, int column, gsize *ret_len)
{
    const void *bytes = sqlite3_column_blob(stmt->stmt, column);

    *ret_len = (gsize)sqlite3_column_bytes(stmt->stmt, column);
    return bytes;
}

const DriverOps driver_sqlite = {
    .scheme = "sqlite",
    .open = sqlite_open,
    .leave = sqlite_leave,
    .close = sqlite_close,
    .keep_log = sqlite_keep_log,
    .exec = sqlite_exec,
    .version = sqlite_version,
    .set_version = sqlite_set_version,
    .check = sqlite_check,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .in_txn = sqlite_in_txn,
    .prepare = sqlite_prepare,
    .finalize = sqlite_finalize,
    .reset = sqlite_reset,
    .parameter = sqlite_parameter,
    .bind_int = sqlite_bind_int,
    .bind_text = sqlite_bind_text,
    .bind_blob = sqlite_bind_blob,
    .step = sqlite_step,
    .n_columns = sqlite_n_columns,
    .column_name = sqlite_column_name,
    .column_type = sqlite_column_type,
    .column_int = sqlite_column_int,
    .column_text = sqlite_column_text,
    .column_blob = sqlite_column_blob,
};
