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
} ImportOptions;

/* Prints the summary to standard output, also when it stops early. NOT_FOUND or BAD_INPUT: an
 * operand cannot be read; BUSY: something was left undone (store, interrupt, a mail too large). */
bool import_run(const ImportOptions *options, GError **error);
