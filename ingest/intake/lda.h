/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lda.h - one mail from a descriptor into the store.
 *
 * True only when the mail is on disk (again: a second delivery of the same mail is no new message).
 * Parsing runs in a sandboxed child while the store is opened here.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "ingest/intake/envelope.h"
#include "ingest/parse/site.h"
#include "store/store.h"

typedef struct {
    const SiteMap *site;
    const char *store_url;
    StoreMode store_mode;
    EnvelopeHints hints;
    bool log_query;       /* [mta] log-query is set: a job is to ask it */
    bool customer_lookup; /* [customers] lookup is set, likewise */
    bool hooks;           /* [hooks] on-move is set, likewise */
    gint64 now;
} LdaOptions;

/* Reads fd to its end; nothing at all, or a From_ line alone, is no mail but an error. Errors of
 * every kind mean "try again": nothing was written, or the same mail may be given again.
 * *ret_store: to be closed, or left as it is by a process that ends (transfer full). */
bool lda_deliver(int fd, const LdaOptions *options, Store **ret_store, GError **error);
