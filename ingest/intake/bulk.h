/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bulk.h - many mails into the store: parsed by a child and compressed by a thread while this one
 * digests and writes, in transactions of about a thousand mails or a second.
 *
 * Mails are written in the order in which they were added. Known ones are found by their digest and
 * not parsed. Memory is bounded by a queue of a few mails.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "ingest/intake/parser.h"
#include "store/store.h"

typedef struct {
    guint64 messages; /* seen */
    guint64 added;
    guint64 known;
    guint64 tickets_opened, tickets_joined, tickets_reopened;
    guint64 filed;     /* incidents without a ticket */
    guint64 died;      /* stored raw: the parser died on them */
    guint64 too_large; /* not stored */
    guint64 no_mail;   /* in a Maildir: no file, or a link; left there */
} BulkCounts;

typedef struct Bulk Bulk;

typedef struct {
    Store *store;
    Parser *parser;
    const SiteMap *site;
    const char *source; /* "mbox", "maildir" or "file" */
    gint64 now;
} BulkOptions;

/* What options point to is borrowed and must outlive it. (transfer full), or NULL with INTERNAL. */
Bulk *bulk_new(const BulkOptions *options, GError **error);
void bulk_free(Bulk *bulk); /* NULL is fine; what is not flushed is not stored */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bulk, bulk_free)

/* Takes a mail, with or without its From_ line. May write and commit. After a failure: bulk_free.
 */
bool bulk_add(Bulk *bulk, GBytes *mail, GError **error);

/* Everything added so far is on disk. */
bool bulk_flush(Bulk *bulk, GError **error);

const BulkCounts *bulk_counts(const Bulk *bulk);
void bulk_count_too_large(Bulk *bulk);
void bulk_count_no_mail(Bulk *bulk);
