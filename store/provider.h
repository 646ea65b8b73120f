/* SPDX-License-Identifier: GPL-3.0-or-later */
/* provider.h - receivers that keep lists of their own, as our bounces tell of them.
 *
 * A bounce is the only witness of such a list. So a listing with the provider's name as its zone is
 * opened by a bounce that is truly ours (provider_refused), and ends when none has come for
 * PROVIDER_QUIET. Each run of the same refusal is a row of lookup_run, as an answer of a list is;
 * nothing is ever asked. A bounce that names a DNS list makes a lookup there due, no more: the list
 * itself is the better witness. How one gets off is in delist/provider_table.c.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "ingest/parse/complaint.h"
#include "store/deed.h"
#include "store/store.h"

#define PROVIDER_QUIET (72 * 3600) /* seconds without a refusal: it is over */
#define PROVIDER_DAY   (24 * 3600) /* seconds in which … */
#define PROVIDER_TIMES 3           /* … so many temporary ones open a listing */

typedef struct {
    const char *name;  /* as blocked_by and as the listing's zone */
    bool is_automatic; /* the block ends by itself; nobody is to be asked */
    const char
        *but_for; /* words of refusals that are no block, lower case, parted by "|"; or NULL */
} Provider;

extern const Provider providers[];               /* ends with a NULL name */
const Provider *provider_find(const char *name); /* NULL: none */

/* In the intake's transaction, once the incidents are written. */
bool provider_refused(Store *store, const Complaint *complaint, const Deed *deed, GError **error);

/* What has been quiet for PROVIDER_QUIET is delisted, and watched for so many seconds. */
bool provider_expire(Store *store, gint64 watch, const Deed *deed, GError **error);
