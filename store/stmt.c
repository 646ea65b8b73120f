/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/stmt.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "store/codec.h"
#include "store/store_impl.h"

struct Stmt {
    const DriverOps *ops;
    Store *store;
    DriverStmt *stmt;
    GPtrArray *unpacked; /* texts of this row */
    bool cached;
    bool busy;       /* somebody holds it */
    bool failed;     /* a bind did */
    char absent[40]; /* the parameter that it failed at */
    int last;        /* index last bound: parameters are bound in order of first use */
};

static void
stmt_free(Stmt *stmt)
{
    stmt->ops->finalize(stmt->stmt);
    g_ptr_array_unref(stmt->unpacked);
    g_free(stmt);
}

static Stmt *
prepare(Store *store, const char *sql, gssize len, GError **error)
{
    DriverStmt *driver_stmt = store->ops->prepare(store->driver, sql, len, error);
    Stmt *stmt = NULL;

    if (!driver_stmt)
        return NULL;
    stmt = g_new0(Stmt, 1);
    stmt->ops = store->ops;
    stmt->store = store;
    stmt->unpacked = g_ptr_array_new_with_free_func(g_free);
    stmt->stmt = driver_stmt;
    return stmt;
}

Stmt *
store_stmt(Store *store, const char *name, GError **error)
{
    Stmt *stmt = NULL;
    SqlBlock block;

    if (!store->stmts)
        store->stmts =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)stmt_free);
    stmt = g_hash_table_lookup(store->stmts, name);
    if (stmt && !stmt->busy) {
        stmt->busy = true;
        return stmt;
    }
    if (!sql_block_find(store->sql, name, &block)) {
        plaint_fail(error, PLAINT_ERROR_INTERNAL, "no statement '%s'", name);
        return NULL;
    }
    if (stmt) /* in use further up: one for this call only */
        return prepare(store, block.text, (gssize)block.len, error);
    stmt = prepare(store, block.text, (gssize)block.len, error);
    if (!stmt) {
        g_prefix_error(error, "statement '%s': ", name);
        return NULL;
    }
    stmt->cached = true;
    stmt->busy = true;
    g_hash_table_insert(store->stmts, g_strdup(name), stmt);
    return stmt;
}

Stmt *
store_stmt_text(Store *store, const char *sql, GError **error)
{
    return prepare(store, sql, -1, error);
}

void
stmt_done(Stmt *stmt)
{
    if (!stmt)
        return;
    if (!stmt->cached) {
        stmt_free(stmt);
        return;
    }
    stmt->ops->reset(stmt->stmt);
    g_ptr_array_set_size(stmt->unpacked, 0);
    stmt->busy = stmt->failed = false;
    stmt->absent[0] = '\0';
    stmt->last = 0;
}

Stmt *
store_stmt_by_id(Store *store, const char *name, gint64 id, bool *ret_row, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, name, error);

    if (!stmt)
        return NULL;
    stmt_bind_int(stmt, ":id", id);
    return stmt_step(stmt, ret_row, error) ? g_steal_pointer(&stmt) : NULL;
}

/* The index of a parameter, 0 when a bind has failed or fails now. */
static int
parameter(Stmt *stmt, const char *name)
{
    int index = stmt->failed ? 0 : stmt->ops->parameter(stmt->stmt, name, stmt->last + 1);

    if (index == 0 && !stmt->failed) {
        stmt->failed = true;
        g_strlcpy(stmt->absent, name, sizeof stmt->absent);
    }
    stmt->last = index;
    return index;
}

void
stmt_bind_int(Stmt *stmt, const char *name, gint64 value)
{
    int index = parameter(stmt, name);

    if (index && !stmt->ops->bind_int(stmt->stmt, index, value))
        stmt->failed = true;
}

void
stmt_bind_text(Stmt *stmt, const char *name, const char *text)
{
    int index = parameter(stmt, name);

    if (index && text && !stmt->ops->bind_text(stmt->stmt, index, text, (gssize)strlen(text)))
        stmt->failed = true;
}

void
stmt_bind_blob(Stmt *stmt, const char *name, const void *bytes, gsize len)
{
    int index = parameter(stmt, name);

    if (index && bytes && !stmt->ops->bind_blob(stmt->stmt, index, bytes, len))
        stmt->failed = true;
}

void
stmt_bind_addr(Stmt *stmt, const char *name, const Addr *addr)
{
    stmt_bind_blob(stmt, name, addr_is_none(addr) ? NULL : addr->b, sizeof addr->b);
}

void
stmt_bind_time(Stmt *stmt, const char *name, gint64 time)
{
    if (time == TIME_NONE)
        (void)parameter(stmt, name);
    else
        stmt_bind_int(stmt, name, time);
}

void
stmt_bind_id(Stmt *stmt, const char *name, gint64 id)
{
    if (id == 0)
        (void)parameter(stmt, name);
    else
        stmt_bind_int(stmt, name, id);
}

static bool
step(Stmt *stmt, bool *ret_row, int *ret_changes, GError **error)
{
    if (stmt->failed)
        return plaint_fail(error, PLAINT_ERROR_INTERNAL, "cannot bind %s",
                           stmt->absent[0] ? stmt->absent : "a value");
    g_ptr_array_set_size(stmt->unpacked, 0);
    return stmt->ops->step(stmt->stmt, ret_row, ret_changes, error);
}

bool
stmt_step(Stmt *stmt, bool *ret_row, GError **error)
{
    int changes = 0;

    return step(stmt, ret_row, &changes, error);
}

bool
stmt_run(Stmt *stmt, int *ret_changes, GError **error)
{
    bool row = true;
    int changes = 0;

    while (row) {
        if (!step(stmt, &row, &changes, error))
            return false;
    }
    if (ret_changes)
        *ret_changes = changes;
    return true;
}

bool
stmt_run_int(Stmt *stmt, gint64 *ret_value, GError **error)
{
    bool row = false;
    gint64 value = 0;

    if (!stmt_step(stmt, &row, error))
        return false;
    value = row ? stmt_int(stmt, 0) : 0;
    if (row && !stmt_run(stmt, NULL, error)) /* RETURNING: the write ends with the last row */
        return false;
    *ret_value = value;
    return true;
}

bool
stmt_is_null(Stmt *stmt, int column)
{
    return stmt->ops->column_type(stmt->stmt, column) == COLUMN_NULL;
}

gint64
stmt_int(Stmt *stmt, int column)
{
    return stmt->ops->column_int(stmt->stmt, column);
}

gint64
stmt_time(Stmt *stmt, int column)
{
    return stmt_is_null(stmt, column) ? TIME_NONE : stmt_int(stmt, column);
}

const char *
stmt_text(Stmt *stmt, int column)
{
    gsize len = 0;
    const void *packed = NULL;
    char *text = NULL;

    if (stmt->ops->column_type(stmt->stmt, column) != COLUMN_BLOB)
        return stmt->ops->column_text(stmt->stmt, column);
    packed = stmt_blob(stmt, column, &len);
    text = codec_unpack_text(stmt->store, packed, len, NULL);
    if (text)
        g_ptr_array_add(stmt->unpacked, text);
    return text;
}

const void *
stmt_blob(Stmt *stmt, int column, gsize *ret_len)
{
    return stmt->ops->column_blob(stmt->stmt, column, ret_len);
}

Addr
stmt_addr(Stmt *stmt, int column)
{
    Addr addr = ADDR_NONE;
    gsize len = 0;
    const void *bytes = stmt_blob(stmt, column, &len);

    if (bytes && len == sizeof addr.b)
        memcpy(addr.b, bytes, sizeof addr.b);
    return addr;
}

/* -- rows as JSON ------------------------------------------------------------------------------ */

static json_t *
json_of_addr(Stmt *stmt, int column)
{
    Addr addr = stmt_addr(stmt, column);
    char text[ADDR_TEXT_SIZE];

    return addr_is_none(&addr) ? json_null() : json_string(addr_text(&addr, text));
}

static json_t *
json_of_time(Stmt *stmt, int column)
{
    char text[TIME_TEXT_SIZE];

    return json_string(time_text(stmt_int(stmt, column), text));
}

static json_t *
json_of_json(Stmt *stmt, int column)
{
    json_t *value = json_loads(stmt_text(stmt, column), JSON_DECODE_ANY, NULL);

    return value ? value : json_null();
}

static json_t *
json_of_bool(Stmt *stmt, int column)
{
    return json_boolean(stmt_int(stmt, column) != 0);
}

static const struct {
    const char *name;
    json_t *(*make)(Stmt *stmt, int column);
} readings[] = {
    {"addr", json_of_addr},
    {"time", json_of_time},
    {"json", json_of_json},
    {"bool", json_of_bool},
};

static json_t *
json_of_column(Stmt *stmt, int column, const char *reading)
{
    if (stmt_is_null(stmt, column))
        return json_null();
    for (gsize i = 0; reading && i < G_N_ELEMENTS(readings); i++) {
        if (strcmp(readings[i].name, reading) == 0)
            return readings[i].make(stmt, column);
    }
    return stmt->ops->column_type(stmt->stmt, column) == COLUMN_INT
               ? json_integer(stmt_int(stmt, column))
               : json_string(stmt_text(stmt, column));
}

/* A packed object's members join the row. */
static void
add_members(json_t *row, Stmt *stmt, int column)
{
    json_t *object = json_of_column(stmt, column, "json");

    if (json_is_object(object))
        (void)json_object_update(row, object);
    json_decref(object);
}

json_t *
stmt_row_json(Stmt *stmt)
{
    json_t *row = json_object();
    int n = stmt->ops->n_columns(stmt->stmt);

    for (int i = 0; i < n; i++) {
        const char *name = stmt->ops->column_name(stmt->stmt, i);
        const char *colon = strchr(name, ':');
        g_autofree char *member = colon ? g_strndup(name, (gsize)(colon - name)) : g_strdup(name);

        if (colon && strcmp(colon, ":members") == 0)
            add_members(row, stmt, i);
        else
            json_object_set_new(row, member, json_of_column(stmt, i, colon ? colon + 1 : NULL));
    }
    return row;
}

bool
stmt_rows_json(Stmt *stmt, json_t *array, GError **error)
{
    bool row = false;

    for (;;) {
        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            return true;
        json_array_append_new(array, stmt_row_json(stmt));
    }
}
