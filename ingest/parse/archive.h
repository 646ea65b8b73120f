/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive.h - the files in a zip or gzip that a mail brings.
 *
 * Bounded by the limits' archive_* numbers, whatever the archive claims of itself; one level: an
 * archive in an archive is a file. What is left out is a problem.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/limits.h"
#include "ingest/parse/complaint.h"

typedef struct {
    char *name; /* without folders; NULL in a gzip */
    GBytes *bytes;
} ArchiveFile;

/* Loads what zip files need, once; false when it is not there. Before a sandbox closes. The second
 * only if the mail may have a zip in it, and says whether it may have a zip or gzip. */
bool archive_init(void);
bool archive_init_for(const char *mail, gsize len);

bool archive_is(GBytes *bytes); /* begins as a zip or gzip does */

/* (transfer full) ArchiveFile, never NULL; empty when it cannot be read. */
GPtrArray *archive_read(GBytes *bytes, const Limits *limits, Complaint *complaint);
