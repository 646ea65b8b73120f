/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audit.h - who did what. An entry is written in the transaction of its deed and never changed
 * (triggers refuse it). Private to store/. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "store/deed.h"
#include "store/store.h"

typedef struct {
    const char *deed; /* "ticket-move" */
    gint64 ticket_id; /* 0: none, as the others */
    gint64 listing_id;
    gint64 message_id;
    json_t *detail; /* (transfer full) or NULL */
} AuditEntry;

/* ret_id may be NULL. Takes entry->detail in any case. */
bool audit_add(Store *store, const Deed *deed, const AuditEntry *entry, gint64 *ret_id,
               GError **error);
