/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prescan.h - one pass over a mail's lines before the MIME parser builds objects for them.
 *
 * Header fields, trace fields, boundary lines and nesting are counted; what passes a limit is left
 * out and named as a problem. The parser is given a view of the mail: without what was cut, and
 * without the header fields that say nothing about MIME. It makes a dozen allocations for each
 * field, most of the cost of a mail, and header.c reads them from the mail itself anyway.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/limits.h"
#include "ingest/parse/complaint.h"

typedef struct {
    GBytes *mail; /* from its first header field on, line ends repaired; limits not applied */
    guint32 base; /* where that is in what was given; G_MAXUINT32: not in a mail verbatim */
    GBytes *view; /* what the MIME parser may see */
    GArray *runs; /* how the view is made of pieces of mail; private */
} Prescan;

/* Problems go to complaint. *ret_scan is the caller's to clear. */
void prescan_run(GBytes *mail, const Limits *limits, Complaint *complaint, Prescan *ret_scan);
void prescan_clear(Prescan *scan);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Prescan, prescan_clear)

/* Where in scan->mail the byte at `offset` of the view is. */
gsize prescan_offset(const Prescan *scan, gsize offset);
