/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/lda.h"

#include <malloc.h>
#include <sys/mman.h>

#include "base/error.h"
#include "ingest/intake/digest.h"
#include "ingest/intake/log_witness.h"
#include "ingest/intake/mail_read.h"
#include "ingest/intake/parser.h"
#include "store/intake.h"

G_STATIC_ASSERT(MAIL_DIGEST_BYTES == DIGEST_SIZE);

/* What a delivery will use of the heap, mapped in one call: a page at a time it costs a fault each,
 * which on a virtual machine is a twentieth of the whole. After the fork, so that the child is not
 * given it. Failure does no harm. */
static void
warm_heap(void)
{
    enum { BYTES = 1024 * 1024, PAGE = 4096 };
    g_autofree char *heap = NULL;

    (void)mallopt(M_MMAP_THRESHOLD, 4 * BYTES); /* from the heap … */
    (void)mallopt(M_TRIM_THRESHOLD, 8 * BYTES); /* … which keeps it */
    heap = g_try_malloc(BYTES);
    if (heap)
        (void)madvise(heap + PAGE - (guintptr)heap % PAGE, BYTES - PAGE, MADV_POPULATE_WRITE);
}

bool
lda_deliver(int fd, const LdaOptions *options, Store **ret_store, GError **error)
{
    g_autoptr(GBytes) mail = mail_read(fd, error);
    g_autoptr(GBytes) raw = NULL;
    g_autoptr(GBytes) packed = NULL;
    g_autoptr(Parser) parser = NULL;
    g_autoptr(Store) store = NULL;
    g_autoptr(Complaint) complaint = NULL;
    g_auto(Envelope) envelope = {0};
    guint8 digest[MAIL_DIGEST_BYTES];
    IntakeMessage message = {.digest = digest, .source = "lda", .received_at = options->now};
    IntakeResult result = {0};
    bool found = false;

    if (!mail)
        return false;
    raw = mail_without_from_line(mail);
    if (g_bytes_get_size(raw) == 0) /* no MTA delivers this: a filter before us has failed */
        return plaint_fail(error, PLAINT_ERROR_IO, "no mail came: standard input is empty");
    mail_digest(raw, options->site, digest);
    envelope_find(raw, &options->hints, &envelope);
    message.raw = raw;
    message.sender = envelope.sender;
    message.recipient = envelope.recipient;

    /* Before the store is opened: the child gets no page of it, and works while we open. */
    parser = parser_new_once(options->site, raw, PARSE_COMPLAINT, options->now, error);
    if (!parser)
        return false;
    warm_heap();
    store = store_open(options->store_url, options->store_mode, error);
    if (store) {
        store_deliver_only(store);
        store_hooks(store, options->hooks);
    }
    if (!store || !intake_find(store, &message, &found, error))
        return false;
    if (found) {
        *ret_store = g_steal_pointer(&store);
        return true;
    }
    packed = intake_pack(store, raw, error);
    complaint = packed ? parser_receive(parser, error) : NULL;
    if (!complaint)
        return false;
    message.packed = packed;
    message.complaint = complaint;
    message.customer_lookup = options->customer_lookup;
    message.log_witness = options->log_query && log_witness_wanted(complaint, options->site);
    if (!intake_add(store, &message, &result, error))
        return false;
    *ret_store = g_steal_pointer(&store);
    return true;
}
