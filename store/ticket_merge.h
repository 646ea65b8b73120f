/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ticket_merge.h - what merge, split and their undo share. Private to store/. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "store/store.h"

/* The rows that the deed `audit` keeps in undo_row go from one ticket to the other; both are
 * counted again. */
bool ticket_move_rows(Store *store, gint64 audit, gint64 from, gint64 to, GError **error);

/* The members of a ticket that has been merged away. */
void ticket_row_merged(json_t *row, gint64 into, gint64 now);
