/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/bulk.h"

#include <string.h>
#include <sys/eventfd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "ingest/intake/digest.h"
#include "ingest/intake/envelope.h"
#include "ingest/intake/log_witness.h"
#include "ingest/intake/mail_read.h"
#include "ingest/intake/packer.h"
#include "store/intake.h"

enum {
    QUEUE_MAILS = 256,
    QUEUE_BYTES = 2 * 1024 * 1024,
    BATCH_MAILS = 1000,
    BATCH_BYTES = 8 * 1024 * 1024, /* kept until they are on disk */
    BATCH_MICROSECONDS = G_USEC_PER_SEC,
    PATIENCE_MILLISECONDS = 100,  /* for an answer of the parser, with a batch open */
    GAP_MICROSECONDS = 10 * 1000, /* between two batches: others look for the lock up to every
                                     100 ms; the parser works on */
    REFUSALS = 100,               /* in a row: it is not the mails' fault */
};

/* One mail on its way through the parser and into the store. */
typedef struct {
    GBytes *raw;
    guint8 digest[MAIL_DIGEST_BYTES];
    Envelope envelope;
    gint64 received_at;
    BulkPlace place;
    bool alone; /* its batch failed: in a transaction of its own */
} Item;

struct Bulk {
    BulkOptions options;
    Packer *packer;
    GQueue items;        /* Item, in the order of parser_send and packer_push */
    GHashTable *digests; /* of items: the same mail twice in one queue */
    gsize queued_bytes;
    StoreTxn txn;
    GQueue batch; /* Item: written in txn */
    gsize batch_bytes;
    gint64 batch_begun;             /* monotonic */
    guint refusals;                 /* since the last mail that went in */
    guint64 written[BULK_N_COUNTS]; /* of the batch */
    guint64 counts[BULK_N_COUNTS];
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
    bulk->options = *options;
    bulk->packer = packer_new(evidence);
    g_queue_init(&bulk->items);
    g_queue_init(&bulk->batch);
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
    g_queue_clear_full(&bulk->batch, item_free);
    g_queue_clear_full(&bulk->items, item_free);
    g_free(bulk);
}

guint64
bulk_count(const Bulk *bulk, BulkCount what)
{
    return bulk->counts[what];
}

void
bulk_count_one(Bulk *bulk, BulkCount what)
{
    bulk->counts[what]++;
}

static IntakeMessage
intake_message(const Bulk *bulk, const Item *item)
{
    return (IntakeMessage){
        .raw = item->raw,
        .digest = item->digest,
        .sender = item->envelope.sender,
        .recipient = item->envelope.recipient,
        .source = bulk->options.source,
        .received_at = item->received_at,
    };
}

static void
count(Bulk *bulk, const IntakeResult *result, const Complaint *complaint)
{
    bulk->written[BULK_NEW] += result->is_new;
    bulk->written[BULK_KNOWN] += !result->is_new;
    bulk->written[BULK_OPENED] += result->tickets_opened;
    bulk->written[BULK_JOINED] += result->tickets_joined;
    bulk->written[BULK_REOPENED] += result->tickets_reopened;
    bulk->written[BULK_FILED] += result->filed;
    bulk->written[BULK_DIED] += complaint_has_problem(complaint, "parser-died");
}

/* Takes the item. */
static void
enqueue(Bulk *bulk, Item *item)
{
    parser_send(bulk->options.parser, item->raw, PARSE_COMPLAINT, item->received_at);
    packer_push(bulk->packer, item->raw);
    bulk->queued_bytes += g_bytes_get_size(item->raw);
    (void)g_hash_table_add(bulk->digests, item->digest);
    g_queue_push_tail(&bulk->items, item);
}

/* -- batches -------------------------------------------------------------------------------------
 */

/* What was written is on disk. */
static void
settle(Bulk *bulk)
{
    for (guint i = 0; i < BULK_N_COUNTS; i++)
        bulk->counts[i] += bulk->written[i];
    memset(bulk->written, 0, sizeof bulk->written);
    g_queue_clear_full(&bulk->batch, item_free);
    bulk->batch_bytes = 0;
}

/* The batch failed. One mail that the store refuses must not cost the others: each is tried again,
 * alone. */
static bool
undo_batch(Bulk *bulk, GError *failure, GError **error)
{
    Item *item = NULL;

    store_txn_rollback(&bulk->txn);
    memset(bulk->written, 0, sizeof bulk->written);
    bulk->batch_bytes = 0;
    if (plaint_error_code(failure) == PLAINT_ERROR_BUSY) {
        g_propagate_error(error, failure);
        return false;
    }
    g_error_free(failure);
    while ((item = g_queue_pop_head(&bulk->batch)) != NULL) {
        item->alone = true;
        enqueue(bulk, item);
    }
    return true;
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
commit_txn(Bulk *bulk, GError **error)
{
    g_auto(AutoFd) done_fd = -1;
    Commit work = {.txn = &bulk->txn};
    GThread *thread = NULL;

    work.done_fd = done_fd = eventfd(0, EFD_CLOEXEC);
    if (done_fd >= 0)
        thread = g_thread_try_new("commit", commit_work, &work, NULL);
    if (!thread)
        return store_txn_commit(&bulk->txn, error);
    parser_pump(bulk->options.parser, done_fd);
    (void)g_thread_join(thread);
    if (!work.done)
        g_propagate_error(error, work.error);
    return work.done;
}

static bool
commit(Bulk *bulk, GError **error)
{
    GError *failure = NULL;

    if (bulk->txn.store && !commit_txn(bulk, &failure))
        return undo_batch(bulk, failure, error);
    settle(bulk);
    return true;
}

static bool
begin(Bulk *bulk, GError **error)
{
    if (bulk->txn.store)
        return true;
    bulk->batch_begun = g_get_monotonic_time();
    return store_txn_begin(&bulk->txn, bulk->options.store, error);
}

/* The store's write lock is held while a batch is open: others wait for it. */
static bool
commit_if_due(Bulk *bulk, GError **error)
{
    if (bulk->txn.store && bulk->batch.length < BATCH_MAILS && bulk->batch_bytes < BATCH_BYTES &&
        g_get_monotonic_time() - bulk->batch_begun < BATCH_MICROSECONDS)
        return true;
    return commit(bulk, error);
}

/* Takes an item that was written: it is kept until the batch is on disk. */
static void
add_to_batch(Bulk *bulk, Item *item)
{
    bulk->batch_bytes += g_bytes_get_size(item->raw);
    g_queue_push_tail(&bulk->batch, item);
}

/* -- one mail ------------------------------------------------------------------------------------
 */

/* Takes the item. */
static bool
write_in_batch(Bulk *bulk, Item *item, const IntakeMessage *message, GError **error)
{
    GError *failure = NULL;
    IntakeResult result = {0};

    add_to_batch(bulk, item);
    if (!begin(bulk, &failure) || !intake_add(bulk->options.store, message, &result, &failure))
        return undo_batch(bulk, failure, error);
    count(bulk, &result, message->complaint);
    return commit_if_due(bulk, error);
}

static bool
write_alone(Bulk *bulk, const Item *item, const IntakeMessage *message, GError **error)
{
    g_autoptr(GError) why = NULL;
    IntakeResult result = {0};

    if (intake_add(bulk->options.store, message, &result, &why)) {
        count(bulk, &result, message->complaint);
        settle(bulk);
        bulk->refusals = 0;
        return true;
    }
    if (plaint_error_code(why) == PLAINT_ERROR_BUSY || ++bulk->refusals > REFUSALS) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    bulk->counts[BULK_REFUSED]++;
    bulk->options.left_out(&item->place, why->message, bulk->options.data);
    return true;
}

/* The oldest item's complaint goes into the store. */
static bool
write_oldest(Bulk *bulk, GError **error)
{
    const Item *oldest = g_queue_peek_head(&bulk->items);
    g_autoptr(Complaint) complaint = NULL;
    g_autoptr(GBytes) packed = NULL;
    g_autoptr(Item) item = NULL;
    IntakeMessage message;

    /* A mail that takes long must not keep the store's lock from others meanwhile. */
    if (bulk->txn.store &&
        (oldest->alone || !parser_wait(bulk->options.parser, PATIENCE_MILLISECONDS)) &&
        !commit(bulk, error))
        return false;
    complaint = parser_receive(bulk->options.parser, error);
    packed = complaint ? packer_pop(bulk->packer, error) : NULL;
    if (!packed)
        return false;
    item = g_queue_pop_head(&bulk->items);
    g_hash_table_remove(bulk->digests, item->digest);
    bulk->queued_bytes -= g_bytes_get_size(item->raw);
    message = intake_message(bulk, item);
    message.complaint = complaint;
    message.packed = packed;
    message.customer_lookup = bulk->options.customer_lookup;
    message.log_witness =
        bulk->options.log_query && log_witness_wanted(complaint, bulk->options.site);
    return item->alone ? write_alone(bulk, item, &message, error)
                       : write_in_batch(bulk, g_steal_pointer(&item), &message, error);
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
    do {
        if (!drain(bulk, error) || !commit(bulk, error))
            return false;
    } while (bulk->items.length > 0); /* the commit failed: once more, alone */
    return true;
}

/* (transfer full) */
static Item *
item_new(const Bulk *bulk, GBytes *mail, const BulkPlace *place)
{
    static const EnvelopeHints no_hints = {0}; /* ours is not that of the mails in a file */
    Item *item = g_new0(Item, 1);

    item->raw = mail_without_from_line(mail);
    item->place = *place;
    item->received_at = envelope_received_at(mail, bulk->options.now);
    mail_digest(item->raw, bulk->options.site, item->digest);
    envelope_find(item->raw, &no_hints, &item->envelope);
    return item;
}

bool
bulk_add(Bulk *bulk, GBytes *mail, const BulkPlace *place, GError **error)
{
    g_autoptr(Item) item = item_new(bulk, mail, place);
    IntakeMessage message = intake_message(bulk, item);
    bool found = false;

    if (g_hash_table_contains(bulk->digests, item->digest) && !drain(bulk, error))
        return false;
    if (!intake_find(bulk->options.store, &message, &found, error))
        return false;
    if (found) {
        add_to_batch(bulk, g_steal_pointer(&item)); /* its delivery would be lost with it */
        bulk->written[BULK_KNOWN]++;
        return commit_if_due(bulk, error); /* a run of known mails writes no oldest */
    }
    enqueue(bulk, g_steal_pointer(&item));
    if (bulk->items.length <= QUEUE_MAILS && bulk->queued_bytes <= QUEUE_BYTES)
        return true;
    /* In turns of half a queue: each mail by itself would wake the child and the packer by itself.
     */
    while (bulk->items.length > QUEUE_MAILS / 2 ||
           (bulk->queued_bytes > QUEUE_BYTES / 2 && bulk->items.length > 1)) {
        if (!write_oldest(bulk, error))
            return false;
    }
    return true;
}
