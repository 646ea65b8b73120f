/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text_file.h - a file that somebody wrote, whole: a regular one, of bounded size. */
#pragma once

#include <glib.h>

/* The bytes of a regular file of at most max bytes, none of them NUL, with a NUL behind them. A
 * folder, pipe or device is refused before it can be waited for, and the size is counted while
 * reading. NOT_FOUND, DENIED, BAD_INPUT, IO; the message does not name the file. (transfer full) */
char *text_file_read(const char *path, gsize max, GError **error);
