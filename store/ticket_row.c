/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/ticket_row.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/hook.h"
#include "store/stmt.h"

const char *
row_text(const json_t *row, const char *member)
{
    return json_string_value(json_object_get(row, member));
}

gint64
row_time(const json_t *row, const char *member)
{
    const json_t *value = json_object_get(row, member);

    return json_is_integer(value) ? json_integer_value(value) : TIME_NONE;
}

gint64
row_int(const json_t *row, const char *member)
{
    return json_integer_value(json_object_get(row, member));
}

void
row_set_text(json_t *row, const char *member, const char *text)
{
    json_object_set_new(row, member, text ? json_string(text) : json_null());
}

void
row_set_int(json_t *row, const char *member, gint64 value)
{
    json_object_set_new(row, member, json_integer(value));
}

void
row_clear(json_t *row, const char *const *members)
{
    for (; *members; members++)
        json_object_set_new(row, *members, json_null());
}

TicketState
row_state(const json_t *row)
{
    int state = text_name_find(ticket_state_names, N_TICKET_STATES, row_text(row, "state"));

    return state < 0 ? TICKET_NEW : (TicketState)state;
}

char *
row_key(const json_t *row)
{
    int kind = text_name_find(kind_names, N_KINDS, row_text(row, "kind"));
    Addr machine = ADDR_NONE;
    const char *text = row_text(row, "machine");

    if (text)
        addr_parse(text, -1, &machine);
    return kind_key(kind < 0 ? KIND_MAIL : (TicketKind)kind, row_text(row, "account"), &machine,
                    row_text(row, "domain"));
}

json_t *
ticket_row_load(Store *store, gint64 id, GError **error)
{
    bool row = false;
    g_autoptr(Stmt) stmt = store_stmt_by_id(store, "ticket_row", id, &row, error);

    if (!stmt)
        return NULL;
    if (!row) {
        plaint_fail(error, PLAINT_ERROR_NOT_FOUND, "no ticket %" G_GINT64_FORMAT, id);
        return NULL;
    }
    return stmt_row_json(stmt);
}

/* One live ticket for a key: said before the engine says so, and with the way out. */
static bool
check_key(Store *store, gint64 id, const json_t *row, GError **error)
{
    const char *key = row_text(row, "key");
    g_autoptr(Stmt) stmt = NULL;
    gint64 other = 0;

    if (!key || !ticket_state_is_live(row_state(row)))
        return true;
    stmt = store_stmt(store, "ticket_with_key", error);
    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":key", key);
    stmt_bind_int(stmt, ":id", id);
    if (!stmt_run_int(stmt, &other, error))
        return false;
    return other == 0 ||
           plaint_fail(error, PLAINT_ERROR_CONFLICT,
                       "ticket %" G_GINT64_FORMAT " is already open for '%s': merge the two", other,
                       key);
}

static const char *const text_members[] = {
    "kind",       "state",    "key",      "account",  "domain",     "title",  "cause",
    "confidence", "category", "customer", "assignee", "resolution", "reason",
};
static const char *const int_members[] = {
    "contained_at", "fixed_at",    "resolved_at", "watch_until",
    "reopened",     "reopened_at", "stale_proof", "merged_into",
};

bool
ticket_row_save(Store *store, gint64 id, const json_t *row, GError **error)
{
    g_autoptr(Stmt) stmt = NULL;
    const json_t *by_hand = json_object_get(row, "by_hand");
    bool marked = json_object_size(by_hand) > 0, done = false;
    char *marks = marked ? json_dumps(by_hand, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    Addr machine = ADDR_NONE;

    if (row_text(row, "machine"))
        addr_parse(row_text(row, "machine"), -1, &machine);
    if (check_key(store, id, row, error))
        stmt = store_stmt(store, "ticket_save", error);
    if (stmt) {
        char name[32];

        for (gsize i = 0; i < G_N_ELEMENTS(text_members); i++) {
            g_snprintf(name, sizeof name, ":%s", text_members[i]);
            stmt_bind_text(stmt, name, row_text(row, text_members[i]));
        }
        for (gsize i = 0; i < G_N_ELEMENTS(int_members); i++) {
            g_snprintf(name, sizeof name, ":%s", int_members[i]);
            stmt_bind_time(stmt, name, row_time(row, int_members[i]));
        }
        stmt_bind_addr(stmt, ":machine", &machine);
        stmt_bind_text(stmt, ":by_hand", marks);
        stmt_bind_int(stmt, ":id", id);
        done = stmt_run(stmt, NULL, error);
    }
    free(marks); /* Jansson's allocator */
    return done;
}

bool
ticket_deed_begin(TicketDeed *td, Store *store, gint64 id, const Deed *deed, GError **error)
{
    if (!store_txn_begin(&td->txn, store, error))
        return false;
    td->store = store;
    td->deed = deed;
    td->id = id;
    td->row = ticket_row_load(store, id, error);
    td->before = td->row ? json_deep_copy(td->row) : NULL;
    return td->row != NULL;
}

/* Only the members that differ: an undo touches nothing else. */
static char *
changed_members(const json_t *from, const json_t *other)
{
    json_t *changed = json_object(), *value = NULL;
    const char *name = NULL;
    char *text = NULL;

    json_object_foreach((json_t *)from, name, value)
    {
        if (!json_equal(value, json_object_get(other, name)))
            json_object_set(changed, name, value);
    }
    text = json_dumps(changed, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(changed);
    return text;
}

static bool
keep_undo(TicketDeed *td, const TicketDeedEnd *end, gint64 audit, GError **error)
{
    char *before = changed_members(td->before, td->row);
    char *after = changed_members(td->row, td->before);
    bool done = false;
    Stmt *stmt = store_stmt(td->store, "undo_add", error);

    if (stmt) {
        stmt_bind_int(stmt, ":audit", audit);
        stmt_bind_int(stmt, ":ticket", td->id);
        stmt_bind_id(stmt, ":other", end->other_id);
        stmt_bind_text(stmt, ":words", end->words);
        stmt_bind_text(stmt, ":before", before);
        stmt_bind_text(stmt, ":after", after);
        done = stmt_run(stmt, NULL, error);
    }
    stmt_done(stmt);
    free(before);
    free(after);
    return done;
}

bool
ticket_deed_end(TicketDeed *td, const TicketDeedEnd *end, GError **error)
{
    gint64 audit = 0;
    TicketState from = row_state(td->before), to = row_state(td->row);
    const AuditEntry entry = {.deed = end->name, .ticket_id = td->id, .detail = end->detail};

    if (from != to) {
        json_object_set_new(end->detail, "from", json_string(ticket_state_names[from]));
        json_object_set_new(end->detail, "to", json_string(ticket_state_names[to]));
    }
    if (!audit_add(td->store, td->deed, &entry, &audit, error))
        return false;
    if (end->ret_audit)
        *end->ret_audit = audit;
    return (json_equal(td->before, td->row) ||
            ticket_row_save(td->store, td->id, td->row, error)) &&
           (from == to || hook_add(td->store, audit, td->deed->now, error)) &&
           (!end->words || keep_undo(td, end, audit, error));
}

bool
ticket_deed_commit(TicketDeed *td, GError **error)
{
    return store_txn_commit(&td->txn, error);
}

void
ticket_deed_clear(TicketDeed *td)
{
    json_decref(td->before);
    json_decref(td->row);
    td->before = td->row = NULL;
    store_txn_rollback(&td->txn);
}

/* -- counters --------------------------------------------------------------------------------- */

static bool
collect_formats(Store *store, gint64 id, gint64 *ret_bits, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "ticket_formats", error);
    gint64 bits = 0;
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", id);
    for (;;) {
        int format = -1;

        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            break;
        format = text_name_find(format_names, N_FORMATS, stmt_text(stmt, 0));
        bits |= format < 0 ? 0 : G_GINT64_CONSTANT(1) << format;
    }
    *ret_bits = bits;
    return true;
}

bool
ticket_recount(Store *store, gint64 id, GError **error)
{
    static const char *const steps[] = {"ticket_forget_relays", "ticket_collect_relays",
                                        "ticket_forget_reporters", "ticket_collect_reporters"};
    g_autoptr(Stmt) count = NULL;
    gint64 formats = 0;

    if (!collect_formats(store, id, &formats, error))
        return false;
    count = store_stmt(store, "ticket_recount", error);
    if (!count)
        return false;
    stmt_bind_int(count, ":id", id);
    stmt_bind_int(count, ":formats", formats);
    if (!stmt_run(count, NULL, error))
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autoptr(Stmt) stmt = store_stmt(store, steps[i], error);

        if (!stmt)
            return false;
        stmt_bind_int(stmt, ":id", id);
        if (!stmt_run(stmt, NULL, error))
            return false;
    }
    return true;
}
