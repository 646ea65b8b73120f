/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/message.h"

#include "base/error.h"
#include "store/codec.h"
#include "store/stmt.h"

GBytes *
message_load(Store *store, gint64 id, MessageInfo *ret_info, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "message_load", error);
    g_autoptr(GBytes) packed = NULL;
    GBytes *raw = NULL;
    Evidence *codec = NULL;
    MessageInfo info = {.id = id};
    bool row = false;
    gsize len = 0;
    const void *bytes = NULL;

    if (!stmt)
        return NULL;
    stmt_bind_int(stmt, ":id", id);
    if (!stmt_step(stmt, &row, error))
        return NULL;
    if (!row) {
        plaint_fail(error, PLAINT_ERROR_NOT_FOUND, "no message %" G_GINT64_FORMAT, id);
        return NULL;
    }
    bytes = stmt_blob(stmt, 0, &len);
    packed = g_bytes_new(bytes, len);
    info.size = (gsize)stmt_int(stmt, 1);
    info.received_at = stmt_int(stmt, 2);
    info.sealed = stmt_int(stmt, 3) != 0;
    codec = codec_reader(store, stmt_int(stmt, 4), error);
    raw = codec ? evidence_unpack(codec, packed, info.size, error) : NULL;
    if (!raw)
        g_prefix_error(error, "message %" G_GINT64_FORMAT ": ", id);
    else if (ret_info)
        *ret_info = info;
    return raw;
}

bool
message_next(Store *store, gint64 after, gint64 since, gint64 *ret_id, GError **error)
{
    g_autoptr(Stmt) time = store_stmt(store, "message_time", error);
    g_autoptr(Stmt) next = store_stmt(store, "message_next", error);
    gint64 at = since == TIME_NONE ? G_MININT64 : since;

    if (!time || !next)
        return false;
    if (after != 0) {
        stmt_bind_int(time, ":id", after);
        if (!stmt_run_int(time, &at, error))
            return false;
    }
    stmt_bind_int(next, ":at", at);
    stmt_bind_int(next, ":id", after == 0 ? G_MININT64 : after);
    return stmt_run_int(next, ret_id, error);
}
