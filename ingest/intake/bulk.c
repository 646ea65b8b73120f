/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/bulk.h"

#include <string.h>
#include <sys/eventfd.h>

#include "base/autofd.h"
#include "ingest/intake/digest.h"
#include "ingest/intake/envelope.h"
#include "ingest/intake/mail_read.h"
#include "ingest/intake/packer.h"
#include "store/intake.h"

enum {
    QUEUE_MAILS = 256,
    QUEUE_BYTES = 2 * 1024 * 1024,
    BATCH_MAILS = 1000,
    BATCH_MICROSECONDS = G_USEC_PER_SEC,
    PATIENCE_MILLISECONDS = 100,  /* for an answer of the parser, with a batch open */
    GAP_MICROSECONDS = 10 * 1000, /* between two batches: others look for the lock up to every
                                     100 ms; the parser works on */
};

/* One mail on its way through the parser. */
typedef struct {
    GBytes *raw;
    guint8 digest[MAIL_DIGEST_BYTES];
    Envelope envelope;
    gint64 received_at;
} Item;

struct Bulk {
    Store *store;
    Parser *parser;
    Packer *packer;
    const SiteMap *site;
    const char *source;
    gint64 now;
    GQueue items;        /* Item, in the order of parser_send and packer_push */
    GHashTable *digests; /* of items: the same mail twice in one queue */
    gsize queued_bytes;
    StoreTxn txn;
    guint batch;        /* mails written in txn */
    gint64 batch_begun; /* monotonic */
    BulkCounts counts;
};

static void
item_free(gpointer data)
{
    Item *item = data;

    g_bytes_unref(item->raw);
    envelope_clear(&item->envelope);
    g_free(item);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Item, item_free)

static guint
digest_hash(gconstpointer digest)
{
    guint hash = 0;

    memcpy(&hash, digest, sizeof hash);
    return hash;
}

static gboolean
digest_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, MAIL_DIGEST_BYTES) == 0;
}

Bulk *
bulk_new(const BulkOptions *options, GError **error)
{
    Evidence *evidence = intake_packer(options->store, error);
    Bulk *bulk = NULL;

    if (!evidence)
        return NULL;
    bulk = g_new0(Bulk, 1);
    bulk->packer = packer_new(evidence);
    bulk->store = options->store;
    bulk->parser = options->parser;
    bulk->site = options->site;
    bulk->source = options->source;
    bulk->now = options->now;
    g_queue_init(&bulk->items);
    bulk->digests = g_hash_table_new(digest_hash, digest_equal);
    return bulk;
}

void
bulk_free(Bulk *bulk)
{
    if (!bulk)
        return;
    store_txn_rollback(&bulk->txn);
    packer_free(bulk->packer);
    g_hash_table_unref(bulk->digests);
    g_queue_clear_full(&bulk->items, item_free);
    g_free(bulk);
}

const BulkCounts *
bulk_counts(const Bulk *bulk)
{
    return &bulk->counts;
}

void
bulk_count_too_large(Bulk *bulk)
{
    bulk->counts.messages++;
    bulk->counts.too_large++;
}

void
bulk_count_no_mail(Bulk *bulk)
{
    bulk->counts.no_mail++;
}

static IntakeMessage
intake_message(const Bulk *bulk, const Item *item)
{
    return (IntakeMessage){
        .raw = item->raw,
        .digest = item->digest,
        .sender = item->envelope.sender,
        .recipient = item->envelope.recipient,
        .source = bulk->source,
        .received_at = item->received_at,
    };
}

static void
count(BulkCounts *counts, const IntakeResult *result, const Complaint *complaint)
{
    counts->added += result->is_new;
    counts->known += !result->is_new;
    counts->tickets_opened += result->tickets_opened;
    counts->tickets_joined += result->tickets_joined;
    counts->tickets_reopened += result->tickets_reopened;
    counts->filed += result->filed;
    counts->died += complaint_has_problem(complaint, "parser-died");
}

/* A commit in a thread of its own: this one keeps the parser fed. */
typedef struct {
    StoreTxn *txn;
    int done_fd;
    bool done;
    GError *error;
} Commit;

static gpointer
commit_work(gpointer data)
{
    Commit *work = data;

    work->done = store_txn_commit(work->txn, &work->error);
    g_usleep(GAP_MICROSECONDS);
    (void)eventfd_write(work->done_fd, 1);
    return NULL;
}

static bool
commit(Bulk *bulk, GError **error)
{
    g_auto(AutoFd) done_fd = -1;
    Commit work = {.txn = &bulk->txn};
    GThread *thread = NULL;

    bulk->batch = 0;
    if (!bulk->txn.store)
        return true;
    work.done_fd = done_fd = eventfd(0, EFD_CLOEXEC);
    if (done_fd >= 0)
        thread = g_thread_try_new("commit", commit_work, &work, NULL);
    if (!thread)
        return store_txn_commit(&bulk->txn, error);
    parser_pump(bulk->parser, done_fd);
    (void)g_thread_join(thread);
    if (!work.done)
        g_propagate_error(error, work.error);
    return work.done;
}

static bool
begin(Bulk *bulk, GError **error)
{
    if (bulk->batch++ > 0)
        return true;
    bulk->batch_begun = g_get_monotonic_time();
    return store_txn_begin(&bulk->txn, bulk->store, error);
}

/* The store's write lock is held while a batch is open: others wait for it. */
static bool
commit_if_due(Bulk *bulk, GError **error)
{
    if (!bulk->txn.store || (bulk->batch < BATCH_MAILS &&
                             g_get_monotonic_time() - bulk->batch_begun < BATCH_MICROSECONDS))
        return true;
    return commit(bulk, error);
}

/* The oldest item's complaint goes into the store. */
static bool
write_oldest(Bulk *bulk, GError **error)
{
    g_autoptr(Complaint) complaint = NULL;
    g_autoptr(GBytes) packed = NULL;
    g_autoptr(Item) item = NULL;
    IntakeMessage message;
    IntakeResult result = {0};

    /* A mail that takes long must not keep the store's lock from others meanwhile. */
    if (bulk->txn.store && !parser_wait(bulk->parser, PATIENCE_MILLISECONDS) &&
        !commit(bulk, error))
        return false;
    complaint = parser_receive(bulk->parser, error);
    packed = complaint ? packer_pop(bulk->packer, error) : NULL;
    if (!packed)
        return false;
    item = g_queue_pop_head(&bulk->items);
    g_hash_table_remove(bulk->digests, item->digest);
    bulk->queued_bytes -= g_bytes_get_size(item->raw);
    message = intake_message(bulk, item);
    message.complaint = complaint;
    message.packed = packed;
    if (!begin(bulk, error) || !intake_add(bulk->store, &message, &result, error))
        return false;
    count(&bulk->counts, &result, complaint);
    return commit_if_due(bulk, error);
}

static bool
drain(Bulk *bulk, GError **error)
{
    while (bulk->items.length > 0) {
        if (!write_oldest(bulk, error))
            return false;
    }
    return true;
}

bool
bulk_flush(Bulk *bulk, GError **error)
{
    return drain(bulk, error) && commit(bulk, error);
}

/* (transfer full) */
static Item *
item_new(const Bulk *bulk, GBytes *mail)
{
    static const EnvelopeHints no_hints = {0}; /* ours is not that of the mails in a file */
    Item *item = g_new0(Item, 1);

    item->raw = mail_without_from_line(mail);
    item->received_at = envelope_received_at(mail, bulk->now);
    mail_digest(item->raw, bulk->site, item->digest);
    envelope_find(item->raw, &no_hints, &item->envelope);
    return item;
}

bool
bulk_add(Bulk *bulk, GBytes *mail, GError **error)
{
    g_autoptr(Item) item = item_new(bulk, mail);
    IntakeMessage message = intake_message(bulk, item);
    bool found = false;

    bulk->counts.messages++;
    if (g_hash_table_contains(bulk->digests, item->digest) && !drain(bulk, error))
        return false;
    if (!intake_find(bulk->store, &message, &found, error))
        return false;
    if (found) {
        bulk->counts.known++;
        return commit_if_due(bulk, error); /* a run of known mails writes no oldest */
    }
    parser_send(bulk->parser, item->raw, PARSE_COMPLAINT, item->received_at);
    packer_push(bulk->packer, item->raw);
    bulk->queued_bytes += g_bytes_get_size(item->raw);
    (void)g_hash_table_add(bulk->digests, item->digest);
    g_queue_push_tail(&bulk->items, g_steal_pointer(&item));
    while (bulk->items.length > QUEUE_MAILS ||
           (bulk->queued_bytes > QUEUE_BYTES && bulk->items.length > 1)) {
        if (!write_oldest(bulk, error))
            return false;
    }
    return true;
}
