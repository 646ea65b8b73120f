/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/check.h"

#include "store/message.h"
#include "store/stmt.h"
#include "store/store_impl.h"

static const char *const invariants[] = {
    "check_ticket_counts", "check_ticket_complaints",   "check_filed",
    "check_messages",      "check_complaint_incidents", "check_deliveries",
    "check_relays",        "check_reporters",           "check_merged",
    "check_keys",          "check_first_machine",       "check_feed",
};

static bool
run_check(Stmt *stmt, GPtrArray *problems, GError **error)
{
    bool row = false;

    for (;;) {
        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            return true;
        g_ptr_array_add(problems, g_strdup(stmt_text(stmt, 0)));
    }
}

static bool
check_evidence(Store *store, GPtrArray *problems, GError **error)
{
    for (gint64 id = 0;;) {
        g_autoptr(GError) damage = NULL;
        g_autoptr(GBytes) raw = NULL;

        if (!message_next(store, id, TIME_NONE, &id, error))
            return false;
        if (id == 0)
            return true;
        raw = message_load(store, id, NULL, &damage);
        if (!raw)
            g_ptr_array_add(problems, g_strdup(damage->message));
    }
}

bool
store_check(Store *store, bool deep, GPtrArray *problems, GError **error)
{
    if (!store->ops->check(store->driver, problems, error))
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(invariants); i++) {
        g_autoptr(Stmt) stmt = store_stmt(store, invariants[i], error);

        if (!stmt || !run_check(stmt, problems, error))
            return false;
    }
    return !deep || check_evidence(store, problems, error);
}
