/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prescan.h - hostile shapes are cut off a mail before the MIME parser builds objects for them.
 *
 * One pass over the lines counts header fields, trace fields, boundary lines and nesting; what
 * passes a limit is left out and named as a problem. A mail within the limits is not copied.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/limits.h"
#include "ingest/parse/complaint.h"

typedef struct {
    GBytes *bytes; /* what the MIME parser may see */
    guint32 base;  /* its offset in the mail; G_MAXUINT32: shortened, so not in it verbatim */
} Prescan;

/* Problems go to complaint. *ret_scan is the caller's to clear. */
void prescan_run(GBytes *mail, const Limits *limits, Complaint *complaint, Prescan *ret_scan);
void prescan_clear(Prescan *scan);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Prescan, prescan_clear)
