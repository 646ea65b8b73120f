/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mails.h - the mails of a file that a person names: a message, or an mbox with any number
 * (ingest/intake/mbox.h); each comes without its From_ line. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Mails Mails;

/* "-" is stdin, also by a name of its own (/dev/stdin, a shell's <(command)). Fails with NOT_FOUND,
 * DENIED or BAD_INPUT: a folder, a named pipe, a device. (transfer full) */
Mails *mails_open(const char *file, GError **error);
void mails_close(Mails *mails); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mails, mails_close)

/* *ret_mail is (transfer full), and NULL at the end; an empty file has one empty mail. False with
 * IO when reading fails, or with BAD_INPUT for a mail that is too long; then the next can be asked
 * for: of a pipe, which may have no end, there is none. */
bool mails_next(Mails *mails, GBytes **ret_mail, GError **error);
