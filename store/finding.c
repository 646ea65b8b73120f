/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/finding.h"

#include "base/text.h"
#include "store/stmt.h"

enum { TEXT_BYTES = 1000 };

const char *const finding_outcome_names[N_FINDING_OUTCOMES] = {
    [FINDING_GOOD] = "good", [FINDING_BAD] = "bad", [FINDING_UNKNOWN] = "unknown"};

bool
finding_put(Store *store, const Finding *finding, gint64 now, GError **error)
{
    bool is_known = finding->outcome != FINDING_UNKNOWN;
    g_autofree char *text = text_clean(finding->text, -1, TEXT_BYTES);
    g_autoptr(Stmt) stmt =
        store_stmt(store, is_known ? "finding_put" : "finding_put_unknown", error);

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":kind", finding->kind);
    stmt_bind_text(stmt, ":subject", finding->subject);
    stmt_bind_text(stmt, ":text", text);
    stmt_bind_int(stmt, ":now", now);
    if (is_known)
        stmt_bind_text(stmt, ":outcome", finding_outcome_names[finding->outcome]);
    return stmt_run(stmt, NULL, error);
}

bool
finding_forget(Store *store, const char *kind, gint64 now, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "finding_forget", error);

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":kind", kind);
    stmt_bind_int(stmt, ":now", now);
    return stmt_run(stmt, NULL, error);
}

bool
finding_claim(Store *store, gint64 interval, gint64 now, bool *ret_is_ours, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "finding_claim", error);
    int changes = 0;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":now", now);
    stmt_bind_int(stmt, ":before", now - interval);
    if (!stmt_run(stmt, &changes, error))
        return false;
    *ret_is_ours = changes > 0;
    return true;
}

bool
finding_listings(Store *store, const Addr *addr, char **ret_zones, GError **error)
{
    g_autoptr(GString) zones = g_string_new(NULL);
    g_autoptr(Stmt) stmt = store_stmt(store, "finding_listings", error);
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_addr(stmt, ":address", addr);
    for (;;) {
        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            break;
        g_string_append_printf(zones, "%s%s", zones->len > 0 ? ", " : "", stmt_text(stmt, 1));
    }
    *ret_zones = zones->len > 0 ? g_string_free(g_steal_pointer(&zones), FALSE) : NULL;
    return true;
}

bool
finding_looked(Store *store, const Addr *addr, gint64 *ret_at, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "finding_looked", error);

    if (!stmt)
        return false;
    stmt_bind_addr(stmt, ":address", addr);
    return stmt_run_int(stmt, ret_at, error);
}

bool
finding_tell(Store *store, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "finding_tell", error);

    return stmt && stmt_run(stmt, NULL, error);
}

json_t *
view_findings(Store *store, GError **error)
{
    json_t *findings = json_array();
    g_autoptr(Stmt) stmt = store_stmt(store, "view_findings", error);

    if (stmt && stmt_rows_json(stmt, findings, error))
        return json_pack("{s:o}", "findings", findings);
    json_decref(findings);
    return NULL;
}
