/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/lda.h"

#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "ingest/intake/digest.h"
#include "ingest/intake/parser.h"
#include "store/intake.h"

enum { READ_BYTES = 64 * 1024 };
G_STATIC_ASSERT(MAIL_DIGEST_BYTES == DIGEST_SIZE);

GBytes *
lda_read(int fd, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    for (;;) {
        guint len = bytes->len;
        ssize_t n = 0;

        g_byte_array_set_size(bytes, len + READ_BYTES);
        n = read(fd, bytes->data + len, READ_BYTES);
        g_byte_array_set_size(bytes, len + (guint)MAX(n, 0));
        if (n == 0)
            return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
        if (n < 0 && errno != EINTR) {
            (void)plaint_fail(error, PLAINT_ERROR_BUSY, "cannot read the mail: %s",
                              g_strerror(errno));
            return NULL;
        }
        if (bytes->len > LIMIT_MAIL_READ_BYTES) {
            (void)plaint_fail(error, PLAINT_ERROR_BUSY, "the mail is larger than %d MB",
                              LIMIT_MAIL_READ_BYTES / (1024 * 1024));
            return NULL;
        }
    }
}

/* The mail without From_ lines, which are not part of it. (transfer full) */
static GBytes *
without_from_line(GBytes *mail)
{
    gsize len = 0;
    const char *bytes = g_bytes_get_data(mail, &len);
    gsize skip = len > 0 ? mail_from_line_length(bytes, len) : 0;

    return g_bytes_new_from_bytes(mail, skip, len - skip);
}

bool
lda_deliver(int fd, const LdaOptions *options, GError **error)
{
    g_autoptr(GBytes) mail = lda_read(fd, error);
    g_autoptr(GBytes) raw = NULL;
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
    raw = without_from_line(mail);
    mail_digest(raw, options->site, digest);
    envelope_find(raw, &options->hints, &envelope);
    message.raw = raw;
    message.sender = envelope.sender;
    message.recipient = envelope.recipient;

    /* Before the store is opened: the child gets no page of it, and works while we open. */
    parser = parser_new_once(options->site, raw, PARSE_COMPLAINT, options->now, error);
    if (!parser)
        return false;
    store = store_open(options->store_url, options->store_mode, error);
    if (!store || !intake_find(store, &message, &found, error))
        return false;
    if (found)
        return true;
    complaint = parser_receive(parser, error);
    if (!complaint)
        return false;
    message.complaint = complaint;
    return intake_add(store, &message, &result, error);
}
