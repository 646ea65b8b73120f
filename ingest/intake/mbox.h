/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mbox.h - the mails of a file, one after the other: an mbox, or a single message.
 *
 * It is an mbox when it begins with `From `. A line `From … hh:mm … yyyy` after an empty line
 * starts the next message (mboxo, mboxrd; Content-Length is not believed); `>From ` is left as it
 * is. Memory is that of the largest mail, whatever the file's size.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Mbox Mbox;

/* Reads from fd, which stays the caller's. max_mail: a mail with more bytes is skipped. */
Mbox *mbox_new(int fd, gsize max_mail); /* (transfer full) */
/* Called before each read, which may have to wait; false, with *error set, ends the reading. */
typedef bool (*MboxBeforeRead)(int fd, gpointer data, GError **error);
void mbox_before_read(Mbox *mbox, MboxBeforeRead function, gpointer data);
void mbox_free(Mbox *mbox); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mbox, mbox_free)

typedef enum { MBOX_MAIL, MBOX_TOO_LARGE, MBOX_END, MBOX_ERROR } MboxItem;

/* The next mail, with its From_ line, line ends as they are, without the empty line that the format
 * puts before the next From_ line. On MAIL *ret_mail is (transfer full); ERROR is IO: read
 * failed. */
MboxItem mbox_next(Mbox *mbox, GBytes **ret_mail, GError **error);

/* Of what mbox_next gave last, MAIL or TOO_LARGE: where in the file it begins, and its bytes. */
guint64 mbox_mail_offset(const Mbox *mbox);
guint64 mbox_mail_size(const Mbox *mbox);

guint64 mbox_bytes_read(const Mbox *mbox); /* for a progress bar */
