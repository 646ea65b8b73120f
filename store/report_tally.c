/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/report_tally.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "store/state.h"
#include "store/stmt.h"

enum { BARS_MAX = 120, DAY = 86400 };

static void
tally_free(gpointer data)
{
    Tally *tally = data;

    g_array_unref(tally->first_move);
    g_array_unref(tally->resolve);
    g_hash_table_unref(tally->causes);
    json_decref(tally->listings);
    g_free(tally->verdict);
    g_free(tally->name);
    g_free(tally);
}

Tally *
desk_tally(Desk *desk, TallyBy by, const char *name)
{
    Tally *tally = g_hash_table_lookup(desk->by[by], name);

    if (tally)
        return tally;
    tally = g_new0(Tally, 1);
    tally->name = g_strdup(name);
    tally->last_at = tally->tested_at = TIME_NONE;
    tally->first_move = g_array_new(FALSE, FALSE, sizeof(gint32));
    tally->resolve = g_array_new(FALSE, FALSE, sizeof(gint32));
    tally->causes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    tally->listings = json_array();
    g_hash_table_insert(desk->by[by], tally->name, tally);
    return tally;
}

static const char *
relay_of(const Desk *desk, const Addr *address)
{
    return desk->spec->relay ? desk->spec->relay(address, desk->spec->site) : NULL;
}

static bool
is_in(const Desk *desk, gint64 time)
{
    return time != TIME_NONE && time > desk->spec->since && time <= desk->spec->until;
}

/* -- complaints ------------------------------------------------------------------------------- */

/* Days begin at midnight where the process is. Complaints come in the order of time. */
static void
open_day(Desk *desk, gint64 time)
{
    while (!desk->day || time >= desk->day_ends) {
        g_autoptr(GDateTime) begin =
            g_date_time_new_from_unix_local(desk->day ? desk->day_ends : desk->spec->since + 1);
        g_autoptr(GDateTime) midnight =
            g_date_time_new_local(g_date_time_get_year(begin), g_date_time_get_month(begin),
                                  g_date_time_get_day_of_month(begin), 0, 0, 0);
        g_autoptr(GDateTime) end = g_date_time_add_days(midnight, desk->days);
        g_autofree char *name = g_date_time_format(begin, "%Y-%m-%d");

        desk->day = desk_tally(desk, BY_DAY, name);
        desk->day_ends = g_date_time_to_unix(end);
    }
}

static bool
count_complaint(Tally *tally, Stmt *stmt)
{
    gint64 id = stmt_int(stmt, 0);

    if (tally->complaint_id == id)
        return false;
    tally->complaint_id = id;
    tally->complaints++;
    tally->filed += stmt_int(stmt, 4);
    tally->last_at = stmt_time(stmt, 1);
    return true;
}

static void
count_relay(Desk *desk, Stmt *stmt, const char *name)
{
    Tally *relay = desk_tally(desk, BY_RELAY, name);
    const char *cause = stmt_text(stmt, 8);
    gsize n = GPOINTER_TO_SIZE(g_hash_table_lookup(relay->causes, cause));

    if (count_complaint(relay, stmt))
        g_hash_table_insert(relay->causes, g_strdup(cause), GSIZE_TO_POINTER(n + 1));
}

static void
take_complaint(Desk *desk, Stmt *stmt)
{
    const char *reporter = stmt_text(stmt, 3), *category = stmt_text(stmt, 7),
               *customer = stmt_text(stmt, 9), *name;
    Addr machine = stmt_addr(stmt, 6);
    char text[ADDR_TEXT_SIZE];

    open_day(desk, stmt_time(stmt, 1));
    count_complaint(desk->day, stmt);
    count_complaint(desk_tally(desk, BY_ALL, "all"), stmt);
    count_complaint(desk_tally(desk, BY_FORMAT, stmt_text(stmt, 2)), stmt);
    count_complaint(desk_tally(desk, BY_REPORTER, reporter ? reporter : "unknown"), stmt);
    count_complaint(desk_tally(desk, BY_CATEGORY, category ? category : "none"), stmt);
    if (customer)
        count_complaint(desk_tally(desk, BY_CUSTOMER, customer), stmt);
    if (stmt_is_null(stmt, 8))
        return;
    count_complaint(desk_tally(desk, BY_CAUSE, stmt_text(stmt, 8)), stmt);
    if (stmt_is_null(stmt, 6) || stmt_int(stmt, 5) == 0)
        return;
    count_complaint(desk_tally(desk, BY_MACHINE, addr_text(&machine, text)), stmt);
    name = relay_of(desk, &machine);
    if (name)
        count_relay(desk, stmt, name);
}

static bool
read_complaints(Desk *desk, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(desk->store, "report_complaints", error);
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":since", desk->spec->since);
    stmt_bind_int(stmt, ":until", desk->spec->until);
    stmt_bind_text(stmt, ":customer", desk->spec->customer);
    for (;;) {
        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            break;
        take_complaint(desk, stmt);
    }
    open_day(desk, desk->spec->until);
    return true;
}

/* -- tickets ---------------------------------------------------------------------------------- */

enum { ID, MACHINE, CAUSE, CUSTOMER, OPENED, REOPENED, RESOLVED, STATE, COMPLAINTS, LAST, MOVED };

static void
add_time(GArray *times, gint64 seconds)
{
    gint32 time = (gint32)CLAMP(seconds, 0, G_MAXINT32);

    g_array_append_val(times, time);
}

static void
count_ticket(const Desk *desk, Tally *tally, Stmt *stmt)
{
    gint64 opened = stmt_int(stmt, OPENED), closed = stmt_time(stmt, RESOLVED);
    gint64 moved = stmt_time(stmt, MOVED), last = stmt_time(stmt, LAST);
    bool is_rejected = strcmp(stmt_text(stmt, STATE), ticket_state_names[TICKET_REJECTED]) == 0;

    if (tally->ticket_id == stmt_int(stmt, ID))
        return;
    tally->ticket_id = stmt_int(stmt, ID);
    tally->tickets++;
    tally->opened += is_in(desk, opened);
    tally->open += closed == TIME_NONE || closed > desk->spec->until;
    if (stmt_int(stmt, COMPLAINTS) > 0 && last <= desk->spec->until)
        tally->last_at = MAX(tally->last_at, last);
    if (is_in(desk, moved))
        add_time(tally->first_move, moved - opened);
    if (!is_in(desk, closed))
        return;
    if (is_rejected)
        tally->rejected++;
    else
        tally->resolved++;
    if (!is_rejected)
        add_time(tally->resolve, closed - MAX(opened, stmt_time(stmt, REOPENED)));
}

static bool
count_relays(Desk *desk, Stmt *ticket, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(desk->store, "report_ticket_machines", error);
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", stmt_int(ticket, ID));
    for (;;) {
        Addr machine;
        const char *name;

        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            return true;
        machine = stmt_addr(stmt, 0);
        name = relay_of(desk, &machine);
        if (name)
            count_ticket(desk, desk_tally(desk, BY_RELAY, name), ticket);
    }
}

static bool
take_ticket(Desk *desk, Stmt *stmt, GError **error)
{
    const char *customer = stmt_text(stmt, CUSTOMER);
    Addr machine = stmt_addr(stmt, MACHINE);
    char text[ADDR_TEXT_SIZE];

    if ((desk->spec->customer && g_strcmp0(customer, desk->spec->customer) != 0) ||
        stmt_int(stmt, OPENED) > desk->spec->until)
        return true;
    count_ticket(desk, desk_tally(desk, BY_ALL, "all"), stmt);
    count_ticket(desk, desk_tally(desk, BY_CAUSE, stmt_text(stmt, CAUSE)), stmt);
    if (customer)
        count_ticket(desk, desk_tally(desk, BY_CUSTOMER, customer), stmt);
    if (!stmt_is_null(stmt, MACHINE))
        count_ticket(desk, desk_tally(desk, BY_MACHINE, addr_text(&machine, text)), stmt);
    return !desk->spec->relay || count_relays(desk, stmt, error);
}

static bool
read_tickets(Desk *desk, const char *statement, gint64 since, GError **error)
{
    g_autoptr(Stmt) ids = store_stmt(desk->store, statement, error);
    bool row = false;

    if (!ids)
        return false;
    stmt_bind_int(ids, ":since", since);
    for (;;) {
        g_autoptr(Stmt) stmt = NULL;
        bool found = false;

        if (!stmt_step(ids, &row, error))
            return false;
        if (!row)
            return true;
        stmt = store_stmt_by_id(desk->store, "report_ticket", stmt_int(ids, 0), &found, error);
        if (!stmt || (found && !take_ticket(desk, stmt, error)))
            return false;
    }
}

/* -- listings and tests ----------------------------------------------------------------------- */

static void
take_spell(const json_t *row, gpointer data)
{
    Desk *desk = data;
    const char *customer = json_string_value(json_object_get(row, "customer")), *name;
    json_t *address = json_object_get(row, "address");
    Addr machine;

    if (!json_is_null(json_object_get(row, "ended_at")))
        return;
    desk_tally(desk, BY_ALL, "all")->listed++;
    if (customer)
        desk_tally(desk, BY_CUSTOMER, customer)->listed++;
    name = addr_parse(json_string_value(address), -1, &machine) ? relay_of(desk, &machine) : NULL;
    if (name) {
        Tally *relay = desk_tally(desk, BY_RELAY, name);

        relay->listed++;
        json_array_append_new(relay->listings,
                              json_pack("{s:O, s:O, s:O}", "address", address, "zone",
                                        json_object_get(row, "zone"), "began_at",
                                        json_object_get(row, "began_at")));
    }
}

static bool
read_listings(Desk *desk, GError **error)
{
    const ReportSpec spec = {.since = desk->spec->since,
                             .until = desk->spec->until,
                             .customer = desk->spec->customer,
                             .row = take_spell,
                             .data = desk};
    json_t *report = report_delisting(desk->store, &spec, error);

    json_decref(report);
    return report != NULL;
}

static bool
read_tests(Desk *desk, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(desk->store, "report_relay_tests", error);
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":before", G_MAXINT64);
    for (;;) {
        Addr machine;
        const char *name;
        Tally *relay;

        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            return true;
        machine = stmt_addr(stmt, 0);
        name = relay_of(desk, &machine);
        relay = name ? g_hash_table_lookup(desk->by[BY_RELAY], name) : NULL;
        if (!relay || relay->verdict || stmt_time(stmt, 1) > desk->spec->until)
            continue;
        relay->tested_at = stmt_time(stmt, 1);
        relay->verdict = g_strdup(stmt_text(stmt, 2));
    }
}

/* -- all -------------------------------------------------------------------------------------- */

bool
desk_count_all(Desk *desk, Store *store, const ReportSpec *spec, GError **error)
{
    g_autoptr(Stmt) hold = NULL;
    bool row = false;

    *desk = (Desk){.store = store,
                   .spec = spec,
                   .day_ends = TIME_NONE,
                   .days = 1 + (int)((spec->until - spec->since - 1) / DAY / BARS_MAX)};
    for (int by = 0; by < N_BY; by++)
        desk->by[by] = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, tally_free);
    desk_tally(desk, BY_ALL, "all");
    for (guint i = 0; spec->relays && !spec->customer && spec->relays[i]; i++)
        desk_tally(desk, BY_RELAY, spec->relays[i]);
    hold = store_stmt(store, "report_hold", error);
    return hold && stmt_step(hold, &row, error) && read_complaints(desk, error) &&
           read_tickets(desk, "report_tickets_live", G_MININT64, error) &&
           read_tickets(desk, "report_tickets_closed", spec->since, error) &&
           read_listings(desk, error) && (!spec->relay || read_tests(desk, error));
}

void
desk_clear(Desk *desk)
{
    for (int by = 0; by < N_BY; by++)
        g_clear_pointer(&desk->by[by], g_hash_table_unref);
}

static gint
compare_tallies(gconstpointer one, gconstpointer other)
{
    const Tally *a = *(Tally *const *)one, *b = *(Tally *const *)other;

    if (a->complaints != b->complaints)
        return a->complaints < b->complaints ? 1 : -1;
    if (a->tickets != b->tickets)
        return a->tickets < b->tickets ? 1 : -1;
    return strcmp(a->name, b->name);
}

static gint
compare_names(gconstpointer one, gconstpointer other)
{
    return strcmp((*(Tally *const *)one)->name, (*(Tally *const *)other)->name);
}

GPtrArray *
desk_sorted(const Desk *desk, TallyBy by)
{
    GPtrArray *sorted = g_ptr_array_new();
    GHashTableIter iter;
    gpointer tally = NULL;

    g_hash_table_iter_init(&iter, desk->by[by]);
    while (g_hash_table_iter_next(&iter, NULL, &tally))
        g_ptr_array_add(sorted, tally);
    g_ptr_array_sort(sorted, by == BY_DAY ? compare_names : compare_tallies);
    return sorted;
}
