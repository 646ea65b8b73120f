/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"
#include "store/relay_test.h"
#include "store/stmt.h"
#include "store/view_impl.h"

json_t *
view_relay_tests(Store *store, const Page *page, GError **error)
{
    return view_newest(store, "view_relay_tests", "tests", page, error);
}

json_t *
view_relay_test(Store *store, gint64 id, GError **error)
{
    json_t *view = view_row(store, "view_relay_test", id, error);

    if (!json_is_null(view))
        return view;
    json_decref(view);
    plaint_fail(error, PLAINT_ERROR_NOT_FOUND,
                "no relay test %" G_GINT64_FORMAT ": 'plaint relay list' shows them", id);
    return NULL;
}
