/* SPDX-License-Identifier: GPL-3.0-or-later */
/* progress.h - a line on standard error that says how far an import is; only on a terminal. */
#pragma once

#include <glib.h>

typedef struct Progress Progress;

/* total_bytes 0: unknown (a pipe). what: is counted ("messages"). (transfer full), or NULL when
 * standard error is no terminal. */
Progress *progress_new(guint64 total_bytes, const char *what);
void progress_free(Progress *progress);       /* wipes the line; NULL is fine */
void progress_wipe(const Progress *progress); /* before other lines; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Progress, progress_free)

/* Redraws at most ten times a second. NULL is fine. */
void progress_update(Progress *progress, guint64 bytes, guint64 count);
