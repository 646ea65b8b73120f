/* SPDX-License-Identifier: GPL-3.0-or-later */
/* index.h - full text, in groups. Private to store/.
 *
 * FTS5 writes its index out at every statement that follows one on it, a segment for each; so what
 * a transaction adds is indexed by one statement, just before it commits.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "store/store.h"

/* The complaint's row is there; its words are found once the transaction is committed. */
bool index_later(Store *store, gint64 complaint, GError **error);

/* Now. Called by store_txn_commit(), and before something in the index is taken out again. */
bool index_flush(Store *store, GError **error);
void index_forget(Store *store); /* rolled back */
