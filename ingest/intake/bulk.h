/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bulk.h - many mails into the store: parsed by a child and compressed by a thread while this one
 * digests and writes, in transactions of about a thousand mails or a second.
 *
 * Mails are written in the order in which they were added, but for those that are tried again.
 * Known ones are found by their digest and not parsed. Memory is bounded by a queue of a few mails
 * and by the batch. When the store refuses a batch, its mails are tried again, each alone, and only
 * one that is refused again is left out.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "ingest/intake/parser.h"
#include "store/store.h"

typedef enum {
    BULK_NEW,
    BULK_KNOWN,
    BULK_OPENED,
    BULK_JOINED,
    BULK_REOPENED,   /* tickets */
    BULK_FILED,      /* incidents without a ticket */
    BULK_DIED,       /* stored raw: the parser died on them */
    BULK_TOO_LARGE,  /* not stored */
    BULK_REFUSED,    /* not stored: the store would not have it */
    BULK_UNREADABLE, /* in a Maildir: not stored */
    BULK_NO_MAIL,    /* in a Maildir: no file, or a link; left there */
    BULK_N_COUNTS,
} BulkCount;

/* Where a mail comes from. */
typedef struct {
    const char *file; /* borrowed until bulk_flush */
    guint64 number;   /* in the file, from 1 */
    guint64 offset;   /* of its first byte */
} BulkPlace;

typedef struct Bulk Bulk;

typedef struct {
    Store *store;
    Parser *parser;
    const SiteMap *site;
    const char *source; /* "mbox", "maildir" or "file" */
    gint64 now;
    bool log_query;       /* [mta] log-query is set: jobs are to ask it */
    bool customer_lookup; /* [customers] lookup is set, likewise */
    void (*left_out)(const BulkPlace *place, const char *why, gpointer data); /* refused */
    gpointer data;
} BulkOptions;

/* What options point to is borrowed and must outlive it. (transfer full), or NULL with INTERNAL. */
Bulk *bulk_new(const BulkOptions *options, GError **error);
void bulk_free(Bulk *bulk); /* NULL is fine; what is not flushed is not stored */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bulk, bulk_free)

/* Takes a mail, with or without its From_ line. May write and commit. Fails for the store's sake,
 * never for the mail's; after a failure: bulk_free. */
bool bulk_add(Bulk *bulk, GBytes *mail, const BulkPlace *place, GError **error);

/* Everything added so far, but what was left out, is on disk. */
bool bulk_flush(Bulk *bulk, GError **error);

/* Of what is on disk, and of what was left out. */
guint64 bulk_count(const Bulk *bulk, BulkCount what);
/* What the caller saw: TOO_LARGE, UNREADABLE, NO_MAIL. */
void bulk_count_one(Bulk *bulk, BulkCount what);
