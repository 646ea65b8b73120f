/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/feed.h"

#include "base/text.h"
#include "store/feed_impl.h"
#include "store/stmt.h"

const FeedFormat feed_formats_table[N_FORMATS] = {
    [FORMAT_AUTO_REPLY] = {.has_no_incidents = true, .is_not_missed = true},
    [FORMAT_DMARC] = {.has_no_incidents = true},
    [FORMAT_TLS_RPT] = {.has_no_incidents = true},
    [FORMAT_UNSOLICITED] = {.has_no_incidents = true, .is_not_missed = true},
    [FORMAT_MESSAGE] = {.is_not_missed = true},
};

static bool
has_source(const Complaint *complaint)
{
    for (guint i = 0; i < complaint->incidents->len; i++) {
        if (!addr_is_none(&g_array_index(complaint->incidents, Incident, i).source_ip))
            return true;
    }
    return false;
}

/* What one complaint counts for. */
typedef struct {
    gint64 received_at;
    const char *reporter;
    ComplaintFormat format;
    bool has_incidents, has_source;
} Counted;

static Stmt *
place_stmt(Store *store, const char *statement, const Counted *counted, GError **error)
{
    Stmt *stmt = store_stmt(store, statement, error);

    if (!stmt)
        return NULL;
    stmt_bind_int(stmt, ":day", counted->received_at / FEED_DAY);
    stmt_bind_text(stmt, ":reporter", counted->reporter ? counted->reporter : "");
    stmt_bind_text(stmt, ":format", format_names[counted->format]);
    return stmt;
}

static Stmt *
count_stmt(Store *store, const char *statement, const Counted *counted, GError **error)
{
    bool reports = counted->format != FORMAT_MESSAGE && counted->has_incidents;
    Stmt *stmt = place_stmt(store, statement, counted, error);

    if (!stmt)
        return NULL;
    stmt_bind_int(stmt, ":recognised",
                  reports || feed_formats_table[counted->format].has_no_incidents);
    stmt_bind_int(stmt, ":without_source", reports && !counted->has_source);
    return stmt;
}

bool
feed_add(Store *store, const Complaint *complaint, gint64 received_at, GError **error)
{
    const Counted counted = {
        .received_at = received_at,
        .reporter = complaint->reporter,
        .format = complaint->format,
        .has_incidents = complaint->incidents->len > 0,
        .has_source = has_source(complaint),
    };
    g_autoptr(Stmt) stmt = count_stmt(store, "feed_add", &counted, error);

    return stmt && stmt_run(stmt, NULL, error);
}

static bool
remove_counted(Store *store, const Counted *counted, GError **error)
{
    g_autoptr(Stmt) stmt = count_stmt(store, "feed_remove", counted, error);
    g_autoptr(Stmt) empty = NULL;
    gint64 left = 0;

    if (!stmt || !stmt_run_int(stmt, &left, error))
        return false;
    if (left > 0)
        return true;
    empty = place_stmt(store, "feed_remove_day", counted, error);
    return empty && stmt_run(empty, NULL, error);
}

bool
feed_remove(Store *store, gint64 complaint_id, GError **error)
{
    bool row = false;
    g_autoptr(Stmt) stmt = store_stmt_by_id(store, "feed_complaint", complaint_id, &row, error);
    int format = 0;

    if (!stmt)
        return false;
    format = row ? text_name_find(format_names, N_FORMATS, stmt_text(stmt, 2)) : -1;
    return format < 0 || remove_counted(store,
                                        &(Counted){.received_at = stmt_int(stmt, 0),
                                                   .reporter = stmt_text(stmt, 1),
                                                   .format = (ComplaintFormat)format,
                                                   .has_incidents = stmt_int(stmt, 3) > 0,
                                                   .has_source = stmt_int(stmt, 4) != 0},
                                        error);
}
