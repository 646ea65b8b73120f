/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mails.h - the mails of a file, one after the other: a message, or an mbox with any number.
 *
 * A file is an mbox when it begins with a From_ line ("From x@example.org Tue Mar  4 …"); each mail
 * comes without its From_ line. Regular files are mapped, not read, so that an mbox of any size
 * costs no memory.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Mails Mails;

/* "-" is stdin. Fails with NOT_FOUND, DENIED or BAD_INPUT (a directory, too long an input).
 * (transfer full) */
Mails *mails_open(const char *file, GError **error);
void mails_close(Mails *mails); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mails, mails_close)

/* NULL at the end; an empty file has one empty mail. Valid while `mails` is open. (transfer full)
 */
GBytes *mails_next(Mails *mails);
