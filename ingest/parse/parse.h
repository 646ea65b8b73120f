/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse.h - bytes to complaint: the front door of ingest/parse.
 *
 * Pure: no files, no sockets, no DNS, no clock. Runs in the sandboxed child (ingest/intake).
 */
#pragma once

#include "base/limits.h"
#include "ingest/parse/complaint.h"
#include "ingest/parse/format.h"
#include "ingest/parse/site.h"

/* Once per process, before any parsing and before a sandbox closes: GMime, and the charset
 * converters that are loaded lazily from files (a sandboxed iconv silently yields "?"). */
void parse_init(void);
/* The same, quicker, for a process that will parse this mail and no other. */
void parse_init_for(GBytes *mail);

/* Always yields a complaint; the least is a `message` with its problems named. received_at: UTC
 * seconds when the mail came in. (transfer full) */
Complaint *complaint_parse(GBytes *mail, const SiteMap *site, const Limits *limits,
                           gint64 received_at);

/* The mail itself is the reported message (`plaint explain --as=spam`): one incident, format
 * `message`. (transfer full) */
Complaint *complaint_parse_spam(GBytes *mail, const SiteMap *site, const Limits *limits,
                                gint64 received_at);

/* As complaint_parse, but by that row of the table, whether or not one before it would take the
 * mail; NULL when its probe says no. (transfer full) */
Complaint *complaint_parse_as(const Format *format, GBytes *mail, const SiteMap *site,
                              const Limits *limits, gint64 received_at);
