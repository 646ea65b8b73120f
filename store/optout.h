/* SPDX-License-Identifier: GPL-3.0-or-later */
/* optout.h - who does not want customers' bulk mail any more, by the complaints of feedback loops:
 * ARF of type abuse about a cause customer-bulk, or of type opt-out, opt-out-list; about a machine
 * of ours; not sealed. In the order of receipt; only read, nothing is marked. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "store/store.h"

typedef struct {
    const char *customer; /* reference; NULL: any, or nobody's */
    gint64 at, id;        /* the complaint before; to begin: the first time, and G_MININT64 */
    guint64 redacted;     /* left out so far: the recipient is redacted, or not named */
} OptoutWalk;

/* Appends {date recipient customer message_id feedback_id list_id} of the next complaint to rows,
 * which may be none; *ret_more false: there is no next. Nothing stays open between calls. */
bool optout_next(Store *store, OptoutWalk *walk, json_t *rows, bool *ret_more, GError **error);
