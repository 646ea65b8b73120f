/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_customer.h - the models of customers, as view.h has those of tickets. */
#pragma once

#include <jansson.h>

#include "base/addr.h"
#include "store/store.h"
#include "store/view.h"

/* {"customers":[{reference name email language}], "next": the last reference, or null}, in the
 * order of references. */
json_t *view_customer_list(Store *store, const Page *page, GError **error);

/* The members of a list's row, and networks, and leases (network, ports "1024-2047" or null, since,
 * until), the latest 50. NOT_FOUND. */
json_t *view_customer(Store *store, const char *reference, GError **error);

/* Who had an address at a time: address port time, customer (a list's row, or null when it was
 * nobody's), by ("lease", "network", or null) and network ports since until of that. */
json_t *view_holder(Store *store, const Addr *addr, guint port, gint64 at, GError **error);
