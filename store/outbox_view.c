/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is in the outbox, for people; and the Message-IDs that are ours. */
#include <string.h>

#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"
#include "store/outbox.h"
#include "store/stmt.h"
#include "store/view_impl.h"

#define ID_PREFIX "plaint."
enum { MAC_CHARS = 32 }; /* half of it: 128 bits */

/* -- counting and listing --------------------------------------------------------------------- */

bool
outbox_count(Store *store, OutboxState state, gint64 *ret_count, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "outbox_count", error);

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":state", outbox_state_names[state]);
    return stmt_run_int(stmt, ret_count, error);
}

static bool
add_state(Store *store, OutboxState state, guint limit, json_t *rows, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "view_outbox_state", error);

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":state", outbox_state_names[state]);
    stmt_bind_int(stmt, ":limit", limit);
    return stmt_rows_json(stmt, rows, error);
}

static bool
add_all(Store *store, const Page *page, guint limit, json_t *rows, json_t **ret_next,
        GError **error)
{
    g_autoptr(Stmt) stmt = NULL;
    g_autofree char *quoted = text_quote(page->cursor);
    guint64 before = G_MAXINT64;

    if (page->cursor && !g_ascii_string_to_unsigned(page->cursor, 10, 1, G_MAXINT64, &before, NULL))
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "%s is no cursor: take it from the end of the page before", quoted);
    stmt = store_stmt(store, "view_outbox_all", error);
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":before", (gint64)before);
    stmt_bind_int(stmt, ":limit", limit + 1);
    if (!stmt_rows_json(stmt, rows, error))
        return false;
    if (json_array_size(rows) <= limit)
        return true;
    json_array_remove(rows, limit);
    *ret_next =
        json_sprintf("%" JSON_INTEGER_FORMAT,
                     json_integer_value(json_object_get(json_array_get(rows, limit - 1), "id")));
    return true;
}

json_t *
view_outbox_list(Store *store, bool all, const Page *page, GError **error)
{
    guint limit = page->limit == 0 ? 50 : MIN(page->limit, VIEW_PAGE_MAX);
    json_t *rows = json_array(), *next = NULL;
    bool good = all ? add_all(store, page, limit, rows, &next, error)
                    : add_state(store, OUTBOX_GAVE_UP, limit, rows, error) &&
                          add_state(store, OUTBOX_WAITING, limit, rows, error);

    if (good)
        return json_pack("{s:o, s:o}", "letters", rows, "next", next ? next : json_null());
    json_decref(rows);
    return NULL;
}

static GBytes *
load_mail(Store *store, gint64 id, GError **error)
{
    bool row = false;
    g_autoptr(Stmt) stmt = store_stmt_by_id(store, "view_outbox_mail", id, &row, error);
    gsize len = 0;
    const void *bytes = stmt && row ? stmt_blob(stmt, 0, &len) : NULL;

    return stmt ? g_bytes_new(bytes, len) : NULL;
}

json_t *
view_outbox(Store *store, gint64 id, GBytes **ret_mail, GError **error)
{
    json_t *view = view_row(store, "view_outbox", id, error);
    g_autoptr(GBytes) mail = NULL;

    if (view && json_is_null(view)) {
        json_decref(view);
        plaint_fail(error, PLAINT_ERROR_NOT_FOUND,
                    "no letter %" G_GINT64_FORMAT ": 'plaint outbox list' shows them", id);
        return NULL;
    }
    mail = view ? load_mail(store, id, error) : NULL;
    if (!mail || !view_rows(store, view, "attempts_made", "view_outbox_attempts", id, error)) {
        json_decref(view);
        return NULL;
    }
    *ret_mail = g_steal_pointer(&mail);
    return view;
}

/* -- our Message-IDs -------------------------------------------------------------------------- */

static bool
find_key(Store *store, guint8 *key, bool *ret_found, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "secret_find", error);
    gsize len = 0;
    const void *bytes = NULL;

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":name", "message-id");
    if (!stmt_step(stmt, ret_found, error))
        return false;
    bytes = *ret_found ? stmt_blob(stmt, 0, &len) : NULL;
    if (*ret_found && len != SECRET_KEY_BYTES)
        return plaint_fail(error, PLAINT_ERROR_INTERNAL, "a key of the store is damaged");
    if (*ret_found)
        memcpy(key, bytes, SECRET_KEY_BYTES);
    return true;
}

static bool
make_key(Store *store, guint8 *key, GError **error)
{
    g_autoptr(Stmt) stmt = NULL;

    if (!secret_init(error) || !(stmt = store_stmt(store, "secret_add", error)))
        return false;
    secret_random(key, SECRET_KEY_BYTES);
    stmt_bind_text(stmt, ":name", "message-id");
    stmt_bind_blob(stmt, ":bytes", key, SECRET_KEY_BYTES);
    return stmt_run(stmt, NULL, error);
}

static void
mac_text(const guint8 *key, gint64 id, char ret_text[MAC_CHARS + 1])
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, id);
    guint8 mac[SECRET_MAC_BYTES];

    secret_mac(key, text, strlen(text), mac);
    for (int i = 0; i < MAC_CHARS / 2; i++)
        g_snprintf(ret_text + 2 * i, 3, "%02x", mac[i]);
}

char *
outbox_message_id(Store *store, gint64 id, const char *domain, GError **error)
{
    guint8 key[SECRET_KEY_BYTES];
    char mac[MAC_CHARS + 1];
    bool found = false;

    if (!find_key(store, key, &found, error) || (!found && !make_key(store, key, error)))
        return NULL;
    mac_text(key, id, mac);
    return g_strdup_printf(ID_PREFIX "%" G_GINT64_FORMAT ".%s@%s", id, mac, domain);
}

bool
outbox_of_message_id(Store *store, const char *text, gint64 *ret_id, GError **error)
{
    guint8 key[SECRET_KEY_BYTES];
    char mac[MAC_CHARS + 1], *end = NULL;
    gint64 id = 0;
    bool found = false;

    *ret_id = 0;
    text += text[0] == '<';
    if (!g_str_has_prefix(text, ID_PREFIX))
        return true;
    id = g_ascii_strtoll(text + strlen(ID_PREFIX), &end, 10);
    if (id <= 0 || *end != '.' || strlen(end + 1) <= MAC_CHARS || end[1 + MAC_CHARS] != '@')
        return true;
    if (!find_key(store, key, &found, error))
        return false;
    if (!found)
        return true;
    mac_text(key, id, mac);
    if (secret_equal(mac, end + 1, MAC_CHARS))
        *ret_id = id;
    return true;
}
