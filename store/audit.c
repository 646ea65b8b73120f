/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/audit.h"

#include <stdlib.h>

#include "store/stmt.h"

bool
audit_add(Store *store, const Deed *deed, const AuditEntry *entry, gint64 *ret_id, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "audit_add", error);
    char *detail = entry->detail ? json_dumps(entry->detail, JSON_COMPACT) : NULL;
    gint64 id = 0;
    bool done = false;

    json_decref(entry->detail);
    if (stmt) {
        stmt_bind_int(stmt, ":at", deed->now);
        stmt_bind_text(stmt, ":actor", deed->actor);
        stmt_bind_text(stmt, ":deed", entry->deed);
        stmt_bind_id(stmt, ":ticket", entry->ticket_id);
        stmt_bind_id(stmt, ":listing", entry->listing_id);
        stmt_bind_id(stmt, ":message", entry->message_id);
        stmt_bind_text(stmt, ":detail", detail);
        done = stmt_run_int(stmt, &id, error);
    }
    free(detail); /* Jansson's own allocator */
    if (done && ret_id)
        *ret_id = id;
    return done;
}
