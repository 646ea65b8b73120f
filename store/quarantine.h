/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quarantine.h - machines that nobody has stopped yet, though it is known what they do.
 *
 * Of tickets that are new or open, of kind mail or intrusion, whose cause is known with high
 * confidence or was set by a person, and is one: not unknown, forged or not-ours. Whose the
 * addresses are is not looked at here. */
#pragma once

#include <glib.h>

#include "base/addr.h"
#include "store/store.h"

typedef struct {
    Addr address;
    gint64 ticket_id; /* the oldest of its tickets */
} Quarantined;

/* Each address once, in order. (transfer full) Quarantined */
GArray *quarantine_list(Store *store, GError **error);
