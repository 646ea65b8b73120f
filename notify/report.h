/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h - a report (store/report.h) as people read it: text of 80 columns, or a page that stands
 * alone and prints; and as CSV. Text and page are drawn from one document, so they say the same.
 * Times are in the zone of the process, and the document says which. */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "base/config.h"
#include "store/deed.h"
#include "store/store.h"

#define REPORT_SHOWN 100 /* rows of a kind that a text or a page shows */

/* What both are drawn from. site: whose desk. (transfer full) */
json_t *report_document(const json_t *model, const char *site, gint64 now);

char *report_text(const json_t *document);                 /* (transfer full) */
char *report_html(const json_t *document, GError **error); /* (transfer full) */

/* RFC 4180. A cell that a spreadsheet would compute (= + - @, tab or return first) begins with an
 * apostrophe. */
void report_csv_head(GString *out, const char *report);
void report_csv_row(GString *out, const char *report, const json_t *row); /* of store/report.h */

typedef struct {
    const json_t *document;
    const GString *csv; /* all rows */
    const char *to;
} ReportLetter;

/* Into the outbox, as text, page and attached table. BAD_INPUT: no address, or too long for a
 * letter; CONFIG: [mail] from is not set. */
bool report_post(Store *store, const Config *config, const ReportLetter *letter, const Deed *deed,
                 gint64 *ret_id, GError **error);
