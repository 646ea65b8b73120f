/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import.h - files and a Maildir into the store, with progress and a summary for a person.
 *
 * Interrupted (SIGINT, SIGTERM, SIGHUP), it commits what is done and stops; run again, it goes on
 * where it was, since known mails cost little.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "ingest/parse/site.h"
#include "store/store.h"

typedef struct {
    const SiteMap *site;
    const char *store_url;
    StoreMode store_mode;
    const char *const *files;    /* NULL-terminated; "-" is standard input; may be empty */
    const char *const *maildirs; /* NULL-terminated; may be NULL */
    gint64 now;
    bool log_query;       /* [mta] log-query is set: jobs are to ask it */
    bool customer_lookup; /* [customers] lookup is set, likewise */
    bool hooks;           /* [hooks] on-move is set, likewise */
} ImportOptions;

/* Prints to standard output each mail that is left out (too large, not to be read, refused by the
 * store), and a summary, also when it stops early but not when it failed before anything. NOT_FOUND
 * or BAD_INPUT: an operand cannot be read; BUSY: something was left undone (store, interrupt, mails
 * left out). */
bool import_run(const ImportOptions *options, GError **error);
