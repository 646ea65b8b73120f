/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request.h - what the store knows for a letter to a list, and the letter once it is sent. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "store/state.h"
#include "store/store.h"

typedef struct {
    gint64 event_at;            /* the latest credible incident; TIME_NONE: none */
    gint64 proved_at[N_PROOFS]; /* the last proof that counts, by kind; TIME_NONE: none */
} RequestFacts;

bool request_facts(Store *store, gint64 ticket_id, RequestFacts *ret_facts, GError **error);

/* No letter to the list waits in the outbox: with another one it would be asked twice. CONFLICT. */
bool request_alone(Store *store, gint64 listing, GError **error);

/* The letter belongs to the listing's last event; in the transaction that wrote that. */
bool request_keep(Store *store, gint64 listing_id, const char *letter, GError **error);
