/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lease.h - the rows of network and lease. Private to store/. */
#pragma once

#include "store/customer.h"
#include "store/stmt.h"

typedef struct {
    gint64 id, customer; /* 0: none */
    gint64 sizes;        /* column leases */
} NetworkRow;

/* *ret_row all 0: there is none. */
bool network_load(Store *store, const Netmask *network, NetworkRow *ret_row, GError **error);
/* customer 0: nobody's. */
bool network_add(Store *store, const Netmask *network, gint64 customer, GError **error);
/* Of columns first, bits. */
Netmask network_of_row(Stmt *stmt);
/* Binds :first and :bits; NULL with error. network is borrowed until the statement is done. */
Stmt *network_stmt(Store *store, const char *name, const Netmask *network, GError **error);

/* The column lease.ports, its parts, and its size: the bit of network.leases, 0 for all ports. */
gint64 ports_pack(guint16 first, guint16 last);
guint16 ports_first(gint64 ports);
guint16 ports_last(gint64 ports);
guint ports_size(gint64 ports);
enum { N_PORTS_SIZES = 18 };

typedef struct {
    gint64 since, customer; /* TIME_NONE, 0: there is none */
    gint64 until, under;    /* TIME_NONE: to this day; nothing is under it */
} LeaseRow;

/* Of the leases of these ports that began at `at` or before, the latest that ends after `end`. */
bool lease_outlasting(Store *store, gint64 network, gint64 ports, gint64 at, gint64 end,
                      LeaseRow *ret_row, GError **error);
