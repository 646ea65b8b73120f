/* SPDX-License-Identifier: GPL-3.0-or-later */
/* maildir.h - the new mails of a Maildir, a batch at a time.
 *
 * A mail stays in new/ until it is in the store, then it moves to cur/; whatever happens between
 * the two, the next run finds it again and knows it by its digest. Memory does not grow with the
 * number of mails.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Maildir Maildir;

/* NOT_FOUND when path has no new/ and cur/; DENIED. (transfer full) */
Maildir *maildir_open(const char *path, GError **error);
void maildir_free(Maildir *maildir); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Maildir, maildir_free)

/* The names of the next mails in new/, in the order of their names within the batch, at most `max`;
 * an empty array at the end. (transfer full) */
GPtrArray *maildir_next(Maildir *maildir, guint max);

/* A descriptor of new/NAME, or -1 with NOT_FOUND (another program took it), BAD_INPUT (no file, or
 * a link) or BUSY. */
int maildir_open_mail(const Maildir *maildir, const char *name, GError **error);

/* new/NAME becomes cur/NAME:2, ; gone already is fine. */
bool maildir_move(const Maildir *maildir, const char *name, GError **error);

guint64 maildir_bytes(const Maildir *maildir); /* of all mails in new/, for a progress bar */
