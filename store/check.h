/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check.h - is the store whole? The engine's own check, foreign keys, and our invariants: counters,
 * keys, every incident's ticket, evidence that can be read. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "store/store.h"

/* Appends one line for each thing wrong to `problems` (char *). False only when it could not look.
 * deep: also unpacks every message. */
bool store_check(Store *store, bool deep, GPtrArray *problems, GError **error);
