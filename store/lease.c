/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/lease.h"

#include "base/clock.h"

/* -- networks --------------------------------------------------------------------------------- */

Stmt *
network_stmt(Store *store, const char *name, const Netmask *network, GError **error)
{
    Stmt *stmt = store_stmt(store, name, error);

    if (stmt) {
        stmt_bind_blob(stmt, ":first", network->first.b, sizeof network->first.b);
        stmt_bind_int(stmt, ":bits", network->bits);
    }
    return stmt;
}

Netmask
network_of_row(Stmt *stmt)
{
    Addr first = stmt_addr(stmt, 0);
    Netmask network;

    netmask_fill(&network, &first, (guint)CLAMP(stmt_int(stmt, 1), 0, 128));
    return network;
}

bool
network_load(Store *store, const Netmask *network, NetworkRow *ret_row, GError **error)
{
    g_autoptr(Stmt) stmt = network_stmt(store, "network_load", network, error);
    bool row = false;

    if (!stmt || !stmt_step(stmt, &row, error))
        return false;
    *ret_row = (NetworkRow){0};
    if (row)
        *ret_row = (NetworkRow){stmt_int(stmt, 0), stmt_int(stmt, 1), stmt_int(stmt, 2)};
    return true;
}

bool
network_add(Store *store, const Netmask *network, gint64 customer, GError **error)
{
    g_autoptr(Stmt) stmt = network_stmt(store, "network_add", network, error);

    if (!stmt)
        return false;
    stmt_bind_id(stmt, ":customer", customer);
    return stmt_run(stmt, NULL, error);
}

/* -- ports ------------------------------------------------------------------------------------ */

gint64
ports_pack(guint16 first, guint16 last)
{
    gint64 size = 1 + (first == last ? 0 : g_bit_storage((gulong)(last - first)));

    return last == 0 ? 0 : size << 32 | (gint64)first << 16 | last;
}

guint16
ports_first(gint64 ports)
{
    return (guint16)(ports >> 16);
}

guint16
ports_last(gint64 ports)
{
    return (guint16)ports;
}

guint
ports_size(gint64 ports)
{
    return (guint)(ports >> 32);
}

/* -- finding ---------------------------------------------------------------------------------- */

static bool
lease_before(Store *store, gint64 network, gint64 ports, gint64 at, LeaseRow *ret_row,
             GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "lease_before", error);
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":network", network);
    stmt_bind_int(stmt, ":ports", ports);
    stmt_bind_int(stmt, ":at", at);
    if (!stmt_step(stmt, &row, error))
        return false;
    *ret_row = (LeaseRow){.since = TIME_NONE};
    if (row)
        *ret_row = (LeaseRow){stmt_int(stmt, 0), stmt_int(stmt, 1), stmt_time(stmt, 2),
                              stmt_time(stmt, 3)};
    return true;
}

bool
lease_outlasting(Store *store, gint64 network, gint64 ports, gint64 at, gint64 end,
                 LeaseRow *ret_row, GError **error)
{
    LeaseRow row = {.under = at};

    do {
        if (!lease_before(store, network, ports, row.under, &row, error))
            return false;
    } while (row.since != TIME_NONE && row.until != TIME_NONE && row.until <= end &&
             row.under != TIME_NONE);
    if (row.until != TIME_NONE && row.until <= end)
        row = (LeaseRow){.since = TIME_NONE};
    *ret_row = row;
    return true;
}

/* -- putting ---------------------------------------------------------------------------------- */

/* The network that the lease before in the array was of. */
typedef struct {
    Netmask network;
    NetworkRow row;
} Place;

static bool
find_place(Store *store, const Lease *lease, Place *place, GError **error)
{
    if (place->row.id != 0 && place->network.bits == lease->network.bits &&
        addr_equal(&place->network.first, &lease->network.first))
        return true;
    place->network = lease->network;
    if (!network_load(store, &place->network, &place->row, error))
        return false;
    return place->row.id != 0 || (network_add(store, &place->network, 0, error) &&
                                  network_load(store, &place->network, &place->row, error));
}

static bool
mark_size(Store *store, Place *place, gint64 ports, GError **error)
{
    gint64 size = G_GINT64_CONSTANT(1) << ports_size(ports);
    g_autoptr(Stmt) stmt = NULL;

    if (place->row.sizes & size)
        return true;
    place->row.sizes |= size;
    stmt = network_stmt(store, "network_mark", &place->network, error);
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":size", size);
    return stmt_run(stmt, NULL, error);
}

static bool
write_lease(Store *store, const Lease *lease, gint64 network, gint64 ports, GError **error)
{
    gint64 end = lease->until == TIME_NONE ? G_MAXINT64 : lease->until;
    LeaseRow under = {.since = TIME_NONE};
    g_autoptr(Stmt) put = NULL;
    g_autoptr(Stmt) above = NULL;

    if (!lease_outlasting(store, network, ports, lease->since - 1, end, &under, error))
        return false;
    put = store_stmt(store, "lease_put", error);
    if (!put)
        return false;
    stmt_bind_int(put, ":network", network);
    stmt_bind_int(put, ":ports", ports);
    stmt_bind_int(put, ":since", lease->since);
    stmt_bind_int(put, ":customer", lease->customer);
    stmt_bind_time(put, ":until", lease->until);
    stmt_bind_time(put, ":under", lease->until == TIME_NONE ? TIME_NONE : under.since);
    if (!stmt_run(put, NULL, error))
        return false;
    above = store_stmt(store, "lease_put_under", error);
    if (!above)
        return false;
    stmt_bind_int(above, ":since", lease->since);
    stmt_bind_int(above, ":network", network);
    stmt_bind_int(above, ":ports", ports);
    stmt_bind_int(above, ":end", end);
    return stmt_run(above, NULL, error);
}

static bool
lease_put(Store *store, const Lease *lease, Place *place, PutCounts *counts, GError **error)
{
    gint64 ports = ports_pack(lease->first_port, lease->last_port);
    LeaseRow known = {.since = TIME_NONE};

    if (!find_place(store, lease, place, error) ||
        !lease_before(store, place->row.id, ports, lease->since, &known, error))
        return false;
    if (known.since != lease->since)
        counts->added++;
    else if (known.customer != lease->customer || known.until != lease->until)
        counts->changed++;
    else {
        counts->same++;
        return true;
    }
    return mark_size(store, place, ports, error) &&
           write_lease(store, lease, place->row.id, ports, error);
}

/* In the order of the rows, so that each page is written once; g_array_sort is stable. */
static gint
compare_leases(gconstpointer one, gconstpointer other)
{
    const Lease *a = one, *b = other;
    gint order = addr_compare(&a->network.first, &b->network.first);

    if (order == 0)
        order = (a->network.bits > b->network.bits) - (a->network.bits < b->network.bits);
    if (order == 0)
        order = a->first_port - b->first_port;
    if (order == 0)
        order = a->last_port - b->last_port;
    return order != 0 ? order : (a->since > b->since) - (a->since < b->since);
}

bool
lease_put_all(Store *store, GArray *leases, PutCounts *counts, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    PutCounts sum = *counts;
    Place place = {0};

    g_array_sort(leases, compare_leases);
    if (!store_txn_begin(&txn, store, error))
        return false;
    for (guint i = 0; i < leases->len; i++) {
        if (!lease_put(store, &g_array_index(leases, Lease, i), &place, &sum, error))
            return false;
    }
    if (!store_txn_commit(&txn, error))
        return false;
    *counts = sum;
    return true;
}
