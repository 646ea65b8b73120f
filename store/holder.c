/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose an address is: seeks along its networks, the smallest first, and their leases. */
#include "base/clock.h"
#include "store/lease.h"

enum { IPV4_BITS = 96 }; /* what all mapped addresses have in common */

/* The latest lease of these ports that lasted at that time becomes *holder, if it is later. */
static bool
try_lease(Store *store, gint64 network, gint64 ports, gint64 at, Holder *holder, GError **error)
{
    LeaseRow row = {0};

    if (!lease_outlasting(store, network, ports, at, at, &row, error))
        return false;
    if (row.since == TIME_NONE || (holder->is_leased && row.since < holder->since))
        return true;
    holder->customer = row.customer;
    holder->is_leased = true;
    holder->first_port = ports_first(ports);
    holder->last_port = ports_last(ports);
    holder->since = row.since;
    holder->until = row.until;
    return true;
}

/* All ranges of ports of one size that the port may lie in, the last first. */
static bool
try_size(Store *store, gint64 network, guint size, guint port, gint64 at, Holder *holder,
         GError **error)
{
    gint64 span = G_GINT64_CONSTANT(1) << (size - 1);
    gint64 least = (gint64)size << 32 | MAX((gint64)port - span + 1, 0) << 16;
    gint64 most = (gint64)size << 32 | (gint64)port << 16 | G_MAXUINT16;

    for (;;) {
        gint64 ports = 0;
        g_autoptr(Stmt) stmt = store_stmt(store, "lease_ports", error);

        if (!stmt)
            return false;
        stmt_bind_int(stmt, ":network", network);
        stmt_bind_int(stmt, ":least", least);
        stmt_bind_int(stmt, ":most", most);
        if (!stmt_run_int(stmt, &ports, error))
            return false;
        if (ports == 0)
            return true;
        if (ports_last(ports) >= port && !try_lease(store, network, ports, at, holder, error))
            return false;
        most = ports - 1;
    }
}

static bool
try_leases(Store *store, const NetworkRow *row, guint port, gint64 at, Holder *holder,
           GError **error)
{
    if ((row->sizes & 1) && !try_lease(store, row->id, 0, at, holder, error))
        return false;
    for (guint size = 1; port != 0 && port <= G_MAXUINT16 && size < N_PORTS_SIZES; size++) {
        if ((row->sizes >> size & 1) && !try_size(store, row->id, size, port, at, holder, error))
            return false;
    }
    return true;
}

/* The last network that begins at `from` or before; *ret_row all 0: there is none. */
static bool
network_before(Store *store, const Netmask *from, Netmask *ret_network, NetworkRow *ret_row,
               GError **error)
{
    g_autoptr(Stmt) stmt = network_stmt(store, "network_before", from, error);
    bool row = false;

    if (!stmt || !stmt_step(stmt, &row, error))
        return false;
    *ret_row = (NetworkRow){0};
    if (row) {
        *ret_network = network_of_row(stmt);
        *ret_row = (NetworkRow){stmt_int(stmt, 2), stmt_int(stmt, 3), stmt_int(stmt, 4)};
    }
    return true;
}

/* Networks nest: one that begins before addr and does not hold it lies in all that hold both, so
 * that only what the two have in common can still hold addr. */
bool
customer_holder(Store *store, const Addr *addr, guint port, gint64 at, Holder *ret_holder,
                GError **error)
{
    guint least = addr_is_ipv4(addr) ? IPV4_BITS : 0;
    Holder holder = {0};
    Netmask from;

    netmask_fill(&from, addr, 128);
    for (;;) {
        Netmask network;
        NetworkRow row;
        guint common = 0;

        if (!network_before(store, &from, &network, &row, error))
            return false;
        common = row.id == 0 ? 0 : addr_common_bits(&network.first, addr);
        if (row.id != 0 && common >= network.bits && network.bits >= least) {
            Holder lessee = {.network = network};

            if (!try_leases(store, &row, port, at, &lessee, error))
                return false;
            if (lessee.is_leased) {
                *ret_holder = lessee;
                return true;
            }
            if (holder.customer == 0 && row.customer != 0)
                holder = (Holder){.customer = row.customer, .network = network};
            common = network.bits == 0 ? 0 : network.bits - 1;
        }
        if (row.id == 0 || network.bits == 0 || common < least)
            break;
        netmask_fill(&from, addr, common);
    }
    *ret_holder = holder;
    return true;
}

bool
customer_reference(Store *store, const Holder *holder, char **ret_reference, GError **error)
{
    g_autoptr(Stmt) stmt = NULL;
    bool row = false;

    *ret_reference = NULL;
    if (holder->customer == 0)
        return true;
    stmt = store_stmt(store, "customer_by_id", error);
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", holder->customer);
    if (!stmt_step(stmt, &row, error))
        return false;
    *ret_reference = row ? g_strdup(stmt_text(stmt, 0)) : NULL;
    return true;
}
