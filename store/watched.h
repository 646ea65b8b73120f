/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watched.h - ranges of ours that a person wants looked up in lists until they say otherwise.
 *
 * sweep_plan() makes lookups of them; each deed is audited. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "base/addr.h"
#include "store/deed.h"
#include "store/store.h"

enum {
    WATCHED_ADDRESSES_MAX = 1024,   /* of one range */
    WATCHED_TOGETHER_MAX = 4 * 1024 /* of all: a plan is one transaction */
};

/* Addresses of a range; WATCHED_ADDRESSES_MAX + 1 when it has more. */
guint watched_size(const Netmask *range);

/* BAD_INPUT: too large; CONFLICT: all of them would be too many. One that is there stays. */
bool watched_add(Store *store, const Netmask *range, const Deed *deed, GError **error);
/* Its lookups end, but for those that something else wants. NOT_FOUND. */
bool watched_remove(Store *store, const Netmask *range, const Deed *deed, GError **error);

GArray *watched_ranges(Store *store, GError **error); /* (transfer full) Netmask */
/* {"watched": [{"range","addresses","listed","at","actor"}]}; listed: addresses of it that are on
 * a list. (transfer full) */
json_t *view_watched(Store *store, GError **error);
