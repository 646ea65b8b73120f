/* SPDX-License-Identifier: GPL-3.0-or-later */
/* witness.h - what our own log said of a mail, kept beside its incidents: they are replaced when
 * the mail is read again, and by then the log may be gone. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "store/deed.h"
#include "store/store.h"

typedef struct {
    const char *ids;   /* that were asked for, with blanks between */
    const char *words; /* for people */
    json_t *answer;    /* borrowed; NULL: the log has no such id */
} Witness;

/* The first word stays: adding another for the same ids does nothing. */
bool witness_add(Store *store, gint64 message_id, const Witness *witness, gint64 now,
                 GError **error);

/* *ret_answer (transfer full) is NULL also when the log had no such id; *ret_asked tells. */
bool witness_find(Store *store, gint64 message_id, const char *ids, bool *ret_asked,
                  json_t **ret_answer, GError **error);

/* The message's tickets take their cause from what their incidents say now, unless a person has
 * set it. `words` go into the audit, of each ticket, or of the message alone. */
bool witness_tell(Store *store, gint64 message_id, const char *words, const Deed *deed,
                  GError **error);
