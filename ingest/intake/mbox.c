/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/mbox.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

enum {
    READ_BYTES = 128 * 1024,
    KEEP_BYTES = 1024 * 1024, /* buffer that is kept after a large mail */
    FROM_LINE_BYTES = 1000,   /* a longer line is not a From_ line */
};

struct Mbox {
    int fd;
    gsize max_mail;
    GByteArray *buffer;
    gsize start; /* of the current mail in buffer */
    gsize scan;  /* where the search for its end goes on */
    guint64 read;
    guint64 mail_offset, mail_size; /* of the mail handed out last */
    guint64 next_offset;            /* of the current one */
    bool begun, eof, is_mbox, skipping;
    MboxBeforeRead before_read;
    gpointer before_read_data;
};

Mbox *
mbox_new(int fd, gsize max_mail)
{
    Mbox *mbox = g_new0(Mbox, 1);

    mbox->fd = fd;
    mbox->max_mail = max_mail;
    mbox->buffer = g_byte_array_new();
    return mbox;
}

void
mbox_free(Mbox *mbox)
{
    if (!mbox)
        return;
    g_byte_array_unref(mbox->buffer);
    g_free(mbox);
}

void
mbox_before_read(Mbox *mbox, MboxBeforeRead function, gpointer data)
{
    mbox->before_read = function;
    mbox->before_read_data = data;
}

guint64
mbox_bytes_read(const Mbox *mbox)
{
    return mbox->read;
}

guint64
mbox_mail_offset(const Mbox *mbox)
{
    return mbox->mail_offset;
}

guint64
mbox_mail_size(const Mbox *mbox)
{
    return mbox->mail_size;
}

/* Drops what was handed out and reads more. */
static bool
fill(Mbox *mbox, GError **error)
{
    guint len = 0;
    ssize_t n = 0;

    if (mbox->before_read && !mbox->before_read(mbox->fd, mbox->before_read_data, error))
        return false;
    if (mbox->start > 0) {
        g_byte_array_remove_range(mbox->buffer, 0, (guint)mbox->start);
        mbox->scan -= mbox->start;
        mbox->start = 0;
    }
    len = mbox->buffer->len;
    g_byte_array_set_size(mbox->buffer, len + READ_BYTES);
    do
        n = read(mbox->fd, mbox->buffer->data + len, READ_BYTES);
    while (n < 0 && errno == EINTR);
    g_byte_array_set_size(mbox->buffer, len + (guint)MAX(n, 0));
    if (n < 0)
        return plaint_fail(error, PLAINT_ERROR_IO, "cannot read: %s", g_strerror(errno));
    mbox->read += (guint64)n;
    mbox->eof = n == 0;
    return true;
}

/* "From ", then somewhere "hh:mm" and after it, before the line's end, a year. Prose that begins a
 * paragraph with "From " hardly ever has both. */
static bool
is_from_line(const char *line, gsize len)
{
    bool time = false;
    guint digits = 0;

    if (len < 5 || memcmp(line, "From ", 5) != 0)
        return false;
    for (gsize i = 5; i < len; i++) {
        bool digit = g_ascii_isdigit(line[i]);

        if (!time && i + 2 < len && line[i] == ':' && digits >= 1 && digits <= 2 &&
            g_ascii_isdigit(line[i + 1]) && g_ascii_isdigit(line[i + 2]))
            time = true;
        if (time && !digit && digits == 4)
            return true;
        digits = digit ? digits + 1 : 0;
    }
    return time && digits == 4;
}

/* The buffer's bytes from the current mail's start. */
static const char *
mail_at(const Mbox *mbox, gsize offset)
{
    return (const char *)mbox->buffer->data + offset;
}

/* Whether the line before the newline at `newline` is empty. */
static bool
after_empty_line(const Mbox *mbox, gsize newline)
{
    gsize at = newline;

    if (at > mbox->start && *mail_at(mbox, at - 1) == '\r')
        at--;
    return at > mbox->start && *mail_at(mbox, at - 1) == '\n';
}

/* The end of the current mail: the newline of the empty line before the next From_ line. False: not
 * in what was read so far; the search goes on at mbox->scan. */
static bool
find_end(Mbox *mbox, gsize *ret_newline)
{
    gsize len = mbox->buffer->len;

    while (mbox->is_mbox && mbox->scan < len) {
        const char *hit = memmem(mail_at(mbox, mbox->scan), len - mbox->scan, "\nFrom ", 6);
        gsize newline = 0;
        const char *line_end = NULL;

        if (!hit) {
            mbox->scan = MAX(mbox->scan, len - MIN(len, 5));
            return false;
        }
        newline = (gsize)(hit - mail_at(mbox, 0));
        line_end = memchr(hit + 1, '\n', MIN(len - newline - 1, FROM_LINE_BYTES));
        if (!line_end && !mbox->eof && len - newline - 1 < FROM_LINE_BYTES) {
            mbox->scan = newline;
            return false;
        }
        mbox->scan = newline + 1;
        if (line_end && after_empty_line(mbox, newline) &&
            is_from_line(hit + 1, (gsize)(line_end - hit - 1))) {
            *ret_newline = newline;
            return true;
        }
    }
    return false;
}

/* A large mail must not keep its memory for the rest of the file. */
static void
shrink(Mbox *mbox)
{
    GByteArray *rest = g_byte_array_new();

    g_byte_array_append(rest, mbox->buffer->data + mbox->start,
                        mbox->buffer->len - (guint)mbox->start);
    g_byte_array_unref(mbox->buffer);
    mbox->buffer = rest;
    mbox->start = mbox->scan = 0;
}

/* Hands out the current mail up to `end`, and goes on at `next`. */
static MboxItem
hand_out(Mbox *mbox, gsize end, gsize next, GBytes **ret_mail)
{
    guint64 buffer_offset = mbox->read - mbox->buffer->len;
    gsize len = end - mbox->start;
    MboxItem item = MBOX_TOO_LARGE;

    mbox->mail_offset = mbox->next_offset;
    mbox->next_offset = buffer_offset + next;
    mbox->mail_size = buffer_offset + end - mbox->mail_offset;
    if (!mbox->skipping && len <= mbox->max_mail) {
        *ret_mail = g_bytes_new(mail_at(mbox, mbox->start), len);
        item = MBOX_MAIL;
    }
    mbox->skipping = false;
    mbox->start = mbox->scan = next;
    if (len > KEEP_BYTES)
        shrink(mbox);
    return item;
}

MboxItem
mbox_next(Mbox *mbox, GBytes **ret_mail, GError **error)
{
    gsize newline = 0;

    while (!find_end(mbox, &newline)) {
        if (mbox->eof) {
            gsize end = mbox->buffer->len;

            return end > mbox->start || mbox->skipping ? hand_out(mbox, end, end, ret_mail)
                                                       : MBOX_END;
        }
        /* Too much already: forget it, but for what may be the start of the next From_ line. */
        if (mbox->buffer->len - mbox->start > mbox->max_mail + READ_BYTES) {
            mbox->skipping = true;
            mbox->start = mbox->buffer->len - 2 * FROM_LINE_BYTES;
            mbox->scan = MAX(mbox->scan, mbox->start);
        }
        if (!fill(mbox, error))
            return MBOX_ERROR;
        if (!mbox->begun && (mbox->buffer->len >= 5 || mbox->eof)) {
            mbox->begun = true;
            mbox->is_mbox = mbox->buffer->len >= 5 && memcmp(mbox->buffer->data, "From ", 5) == 0;
        }
    }
    return hand_out(mbox, newline - (*mail_at(mbox, newline - 1) == '\r'), newline + 1, ret_mail);
}
