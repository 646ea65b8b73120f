/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/view_customer.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "store/lease.h"

json_t *
view_customer_list(Store *store, const Page *page, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "view_customers", error);
    guint limit = page->limit == 0 ? 50 : MIN(page->limit, VIEW_PAGE_MAX);
    json_t *rows = json_array(), *next = NULL;

    if (stmt) {
        stmt_bind_text(stmt, ":after", page->cursor ? page->cursor : "");
        stmt_bind_int(stmt, ":limit", limit + 1);
    }
    if (!stmt || !stmt_rows_json(stmt, rows, error)) {
        json_decref(rows);
        return NULL;
    }
    if (json_array_size(rows) > limit) {
        json_array_remove(rows, limit);
        next = json_incref(json_object_get(json_array_get(rows, limit - 1), "reference"));
    }
    return json_pack("{s:o, s:o}", "customers", rows, "next", next ? next : json_null());
}

/* -- one customer ----------------------------------------------------------------------------- */

static void
set_network(json_t *object, const Netmask *network, gint64 ports)
{
    g_autofree char *text = netmask_dup_text(network);
    g_autofree char *range = g_strdup_printf("%u-%u", ports_first(ports), ports_last(ports));

    json_object_set_new(object, "network", json_string(text));
    json_object_set_new(object, "ports", ports == 0 ? json_null() : json_string(range));
}

static void
set_time(json_t *object, const char *member, gint64 time)
{
    char text[TIME_TEXT_SIZE];

    json_object_set_new(object, member,
                        time == TIME_NONE ? json_null() : json_string(time_text(time, text)));
}

static json_t *
network_json(Stmt *stmt)
{
    Netmask network = network_of_row(stmt);
    g_autofree char *text = netmask_dup_text(&network);

    return json_string(text);
}

static json_t *
lease_json(Stmt *stmt)
{
    Netmask network = network_of_row(stmt);
    json_t *lease = json_object();

    set_network(lease, &network, stmt_int(stmt, 2));
    set_time(lease, "since", stmt_time(stmt, 3));
    set_time(lease, "until", stmt_time(stmt, 4));
    return lease;
}

/* The rows of a statement as an array; it has the parameter :customer. */
static bool
add_rows(Store *store, json_t *customer, const char *member, const char *statement, gint64 id,
         json_t *(*make)(Stmt *stmt), GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, statement, error);
    json_t *array = json_array();
    bool row = false;

    json_object_set_new(customer, member, array);
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":customer", id);
    for (;;) {
        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            return true;
        json_array_append_new(array, make(stmt));
    }
}

/* A list's row. NULL with error. */
static json_t *
load(Store *store, gint64 id, GError **error)
{
    bool row = false;
    g_autoptr(Stmt) stmt = store_stmt_by_id(store, "customer_by_id", id, &row, error);

    if (!stmt)
        return NULL;
    return row ? stmt_row_json(stmt) : json_null();
}

json_t *
view_customer(Store *store, const char *reference, GError **error)
{
    g_autofree char *quoted = text_quote(reference);
    json_t *customer = NULL;
    gint64 id = 0;

    if (!customer_find(store, reference, &id, error))
        return NULL;
    if (id == 0) {
        plaint_fail(error, PLAINT_ERROR_NOT_FOUND,
                    "no customer %s: 'plaint customer list' shows them", quoted);
        return NULL;
    }
    customer = load(store, id, error);
    if (customer &&
        add_rows(store, customer, "networks", "networks_of_customer", id, network_json, error) &&
        add_rows(store, customer, "leases", "view_customer_leases", id, lease_json, error))
        return customer;
    json_decref(customer);
    return NULL;
}

/* -- who had it ------------------------------------------------------------------------------- */

json_t *
view_holder(Store *store, const Addr *addr, guint port, gint64 at, GError **error)
{
    Holder holder = {.since = TIME_NONE, .until = TIME_NONE};
    char text[ADDR_TEXT_SIZE];
    json_t *view = NULL, *customer = NULL;

    if (!customer_holder(store, addr, port, at, &holder, error))
        return NULL;
    customer = holder.customer == 0 ? json_null() : load(store, holder.customer, error);
    if (!customer)
        return NULL;
    view = json_pack("{s:s, s:o, s:n, s:o, s:n}", "address", addr_text(addr, text), "port",
                     port ? json_integer(port) : json_null(), "time", "customer", customer, "by");
    set_time(view, "time", at);
    if (holder.customer != 0) {
        json_object_set_new(view, "by", json_string(holder.is_leased ? "lease" : "network"));
        set_network(view, &holder.network, ports_pack(holder.first_port, holder.last_port));
    } else {
        json_object_set_new(view, "network", json_null());
        json_object_set_new(view, "ports", json_null());
    }
    set_time(view, "since", holder.is_leased ? holder.since : TIME_NONE);
    set_time(view, "until", holder.is_leased ? holder.until : TIME_NONE);
    return view;
}
