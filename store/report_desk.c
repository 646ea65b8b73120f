/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The models of reports about the desk: activity, customers, relays. */
#include "base/clock.h"
#include "store/report_group.h"
#include "store/report_tally.h"
#include "store/stmt.h"

static json_t *
text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *
time_or_null(gint64 time)
{
    char text[TIME_TEXT_SIZE];

    return time == TIME_NONE ? json_null() : json_string(time_text(time, text));
}

static json_t *
tally_json(const Tally *tally)
{
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "complaints", tally->complaints,
        "filed", tally->filed, "tickets", tally->tickets, "opened", tally->opened, "resolved",
        tally->resolved, "rejected", tally->rejected, "open", tally->open, "listed", tally->listed,
        "last_complaint_at", time_or_null(tally->last_at), "first_move",
        report_times_json(tally->first_move), "resolve", report_times_json(tally->resolve));
}

/* What all models begin with. */
static json_t *
model_new(const char *name, Desk *desk)
{
    const ReportSpec *spec = desk->spec;

    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "report", name, "since",
                     time_or_null(spec->since), "until", time_or_null(spec->until), "customer",
                     text_or_null(spec->customer), "total",
                     tally_json(desk_tally(desk, BY_ALL, "all")));
}

static bool
customer_row(const Desk *desk, const Tally *tally, json_t *row, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(desk->store, "report_customer", error);
    bool found = false;

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":reference", tally->name);
    if (!stmt_step(stmt, &found, error))
        return false;
    json_object_set_new(row, "customer", json_string(tally->name));
    json_object_set_new(row, "name", text_or_null(found ? stmt_text(stmt, 0) : NULL));
    return true;
}

/* The most complaints first. */
static gint
compare_causes(gconstpointer one, gconstpointer other, gpointer counts)
{
    gsize a = GPOINTER_TO_SIZE(g_hash_table_lookup(counts, one)),
          b = GPOINTER_TO_SIZE(g_hash_table_lookup(counts, other));

    return a != b ? (a < b) - (a > b) : g_strcmp0(one, other);
}

static bool
relay_row(const Desk *desk, const Tally *tally, json_t *row, GError **error)
{
    g_autoptr(GList) causes = g_hash_table_get_keys(tally->causes);
    json_t *array = json_array();

    (void)desk;
    (void)error;
    causes = g_list_sort_with_data(causes, compare_causes, tally->causes);
    for (const GList *l = causes; l; l = l->next)
        json_array_append_new(array, json_pack("{s:s, s:I}", "name", l->data, "complaints",
                                               (json_int_t)GPOINTER_TO_SIZE(
                                                   g_hash_table_lookup(tally->causes, l->data))));
    json_object_set_new(row, "relay", json_string(tally->name));
    json_object_set_new(row, "causes", array);
    json_object_set(row, "listings", tally->listings);
    json_object_set_new(row, "tested_at", time_or_null(tally->tested_at));
    json_object_set_new(row, "test", text_or_null(tally->verdict));
    return true;
}

static bool
plain_row(const Desk *desk, const Tally *tally, json_t *row, GError **error)
{
    (void)desk;
    (void)error;
    json_object_set_new(row, "name", json_string(tally->name));
    return true;
}

static const struct Part {
    TallyBy by;
    const char *member, *word;
    bool (*fill)(const Desk *desk, const Tally *tally, json_t *row, GError **error);
} activity[] = {{BY_DAY, "days", "day", plain_row},
                {BY_FORMAT, "formats", "format", plain_row},
                {BY_CATEGORY, "categories", "category", plain_row},
                {BY_REPORTER, "reporters", "reporter", plain_row},
                {BY_CAUSE, "causes", "cause", plain_row},
                {BY_MACHINE, "machines", "machine", plain_row},
                {BY_CUSTOMER, "customers", "customer", plain_row}},
  customers[] = {{BY_CUSTOMER, "customers", NULL, customer_row}},
  relays[] = {{BY_RELAY, "relays", NULL, relay_row}};

/* All days: they make one picture. */
static bool
add_part(Desk *desk, json_t *model, const struct Part *part, GError **error)
{
    const ReportSpec *spec = desk->spec;
    g_autoptr(GPtrArray) sorted = desk_sorted(desk, part->by);
    json_t *rows = json_array(), *counts = json_object_get(model, "counts");

    json_object_set_new(model, part->member, rows);
    json_object_set_new(counts, part->member, json_integer(sorted->len));
    for (guint i = 0; i < sorted->len; i++) {
        const Tally *tally = g_ptr_array_index(sorted, i);
        bool keeps = part->by == BY_DAY || i < spec->most;
        json_t *row;

        if (!keeps && !spec->row)
            break;
        row = tally_json(tally);
        if (part->word)
            json_object_set_new(row, "by", json_string(part->word));
        if (!part->fill(desk, tally, row, error)) {
            json_decref(row);
            return false;
        }
        if (spec->row)
            spec->row(row, spec->data);
        if (keeps)
            json_array_append(rows, row);
        json_decref(row);
    }
    return true;
}

static json_t *
make(Store *store, const ReportSpec *spec, const char *name, const struct Part *parts, gsize n,
     GError **error)
{
    Desk desk = {0};
    bool ok = desk_count_all(&desk, store, spec, error);
    json_t *model = ok ? model_new(name, &desk) : NULL;

    if (ok)
        json_object_set_new(model, "counts", json_object());
    for (gsize i = 0; ok && i < n; i++)
        ok = add_part(&desk, model, &parts[i], error);
    desk_clear(&desk);
    if (ok)
        return model;
    json_decref(model);
    return NULL;
}

json_t *
report_activity(Store *store, const ReportSpec *spec, GError **error)
{
    return make(store, spec, "activity", activity, G_N_ELEMENTS(activity), error);
}

json_t *
report_customers(Store *store, const ReportSpec *spec, GError **error)
{
    return make(store, spec, "customers", customers, G_N_ELEMENTS(customers), error);
}

json_t *
report_relays(Store *store, const ReportSpec *spec, GError **error)
{
    return make(store, spec, "relays", relays, G_N_ELEMENTS(relays), error);
}
