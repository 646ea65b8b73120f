/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/view_listing.h"

#include "base/error.h"
#include "base/text.h"
#include "store/stmt.h"

static bool
cursor_id(const char *cursor, gint64 *ret_before, GError **error)
{
    guint64 id = G_MAXINT64;
    g_autofree char *quoted = text_quote(cursor);

    if (cursor && !g_ascii_string_to_unsigned(cursor, 10, 1, G_MAXINT64, &id, NULL))
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "%s is no cursor: take it from the end of the page before", quoted);
    *ret_before = (gint64)id;
    return true;
}

json_t *
view_listing_list(Store *store, bool all, const Page *page, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "view_listings", error);
    guint limit = page->limit == 0 ? 50 : MIN(page->limit, VIEW_PAGE_MAX);
    json_t *rows = json_array(), *next = json_null();
    gint64 before = 0;

    if (stmt && cursor_id(page->cursor, &before, error)) {
        stmt_bind_int(stmt, ":before", before);
        stmt_bind_int(stmt, ":all", all);
        stmt_bind_int(stmt, ":limit", limit + 1);
    }
    if (!stmt || before == 0 || !stmt_rows_json(stmt, rows, error)) {
        json_decref(rows);
        return NULL;
    }
    if (json_array_size(rows) > limit) {
        json_array_remove(rows, limit);
        next = json_sprintf("%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(
                                                         json_array_get(rows, limit - 1), "id")));
    }
    return json_pack("{s:o, s:o}", "listings", rows, "next", next);
}

static bool
add_rows(Store *store, json_t *view, const char *member, const char *statement, gint64 id,
         GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, statement, error);
    json_t *rows = json_array();

    json_object_set_new(view, member, rows);
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", id);
    return stmt_rows_json(stmt, rows, error);
}

json_t *
view_listing(Store *store, gint64 id, GError **error)
{
    bool row = false;
    g_autoptr(Stmt) stmt = store_stmt_by_id(store, "view_listing", id, &row, error);
    json_t *view = NULL;

    if (!stmt)
        return NULL;
    if (!row) {
        plaint_fail(error, PLAINT_ERROR_NOT_FOUND,
                    "no listing %" G_GINT64_FORMAT ": 'plaint listing list' shows them", id);
        return NULL;
    }
    view = stmt_row_json(stmt);
    if (add_rows(store, view, "events", "view_listing_events", id, error) &&
        add_rows(store, view, "answers", "view_listing_runs", id, error))
        return view;
    json_decref(view);
    return NULL;
}
