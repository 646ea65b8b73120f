/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/view_listing.h"

#include "base/error.h"
#include "store/stmt.h"
#include "store/view_impl.h"

json_t *
view_listing_list(Store *store, bool all, const Page *page, GError **error)
{
    return view_newest(store, all ? "view_listings_all" : "view_listings", "listings", page, error);
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
    if (view_rows(store, view, "events", "view_listing_events", id, error) &&
        view_rows(store, view, "answers", "view_listing_runs", id, error))
        return view;
    json_decref(view);
    return NULL;
}
