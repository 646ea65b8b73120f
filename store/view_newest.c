/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"
#include "base/text.h"
#include "store/stmt.h"
#include "store/view_impl.h"

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
view_newest(Store *store, const char *statement, const char *member, const Page *page,
            GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, statement, error);
    guint limit = page->limit == 0 ? 50 : MIN(page->limit, VIEW_PAGE_MAX);
    json_t *rows = json_array(), *next = json_null();
    gint64 before = 0;

    if (stmt && cursor_id(page->cursor, &before, error)) {
        stmt_bind_int(stmt, ":before", before);
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
    return json_pack("{s:o, s:o}", member, rows, "next", next);
}
