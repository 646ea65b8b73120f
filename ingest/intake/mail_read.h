/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mail_read.h - one mail from a descriptor, whole. */
#pragma once

#include <glib.h>

/* Reads fd to its end; IO, or BAD_INPUT when it is more than LIMIT_MAIL_READ_BYTES. (transfer full)
 */
GBytes *mail_read(int fd, GError **error);

/* The mail without its From_ lines, which are the mailbox's. (transfer full) */
GBytes *mail_without_from_line(GBytes *mail);
