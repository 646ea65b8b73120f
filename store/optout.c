/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/optout.h"

#include "store/stmt.h"

static void
take(OptoutWalk *walk, json_t *incident, json_t *rows)
{
    static const char *const members[] = {"date",       "rcpt",        "customer",
                                          "message_id", "feedback_id", "list_id"};
    json_t *row = json_object();

    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        json_t *value = json_object_get(incident, members[i]);

        json_object_set_new(row, i == 1 ? "recipient" : members[i],
                            value ? json_incref(value) : json_null());
    }
    if (json_is_string(json_object_get(row, "recipient")))
        json_array_append(rows, row);
    else
        walk->redacted++;
    json_decref(row);
}

static bool
take_incidents(Store *store, OptoutWalk *walk, json_t *rows, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "optout_incidents", error);
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", walk->id);
    stmt_bind_text(stmt, ":customer", walk->customer);
    for (;;) {
        json_t *incident = NULL;

        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            return true;
        incident = stmt_row_json(stmt);
        take(walk, incident, rows);
        json_decref(incident);
    }
}

bool
optout_next(Store *store, OptoutWalk *walk, json_t *rows, bool *ret_more, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "optout_next", error);
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":at", walk->at);
    stmt_bind_int(stmt, ":id", walk->id);
    if (!stmt_step(stmt, &row, error))
        return false;
    *ret_more = row;
    if (!row)
        return true;
    walk->id = stmt_int(stmt, 0);
    walk->at = stmt_int(stmt, 1);
    return take_incidents(store, walk, rows, error);
}
