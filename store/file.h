/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file.h - the file of an embedded store before its engine opens it. Private to store/. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/autofd.h"
#include "store/store.h"

/* Not there, or its maker has not come further than the name. */
bool file_is_unmade(const char *path);
/* Makes the folder (0750) and locks it, waiting at most `busy` milliseconds, until ret_fd closes.
 */
bool file_lock_folder(const char *path, int busy, AutoFd *ret_fd, GError **error);
/* Makes an empty file (0640) unless it is there. */
bool file_make(const char *path, GError **error);
/* Is there, a plain file, and may be opened so, as may what an engine keeps beside it: else
 * NOT_FOUND, DENIED, INTERNAL, and the message names the file. */
bool file_check(const char *path, StoreMode mode, GError **error);
