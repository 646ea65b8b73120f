/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_words.h - what the documents of reports are put together from. Private to notify/.
 *
 * A document: {"title","site","period","days","file","scope":[text],"figures":[{"value","label"}],
 * "chart","chart_title","chart_words" or absent, "tables":[report_table()],
 * "parts":[{"title","rows":[{"name","of","state","facts":[{"label","text"}]}],"none","more"}],
 * "notes":[text]} */
#pragma once

#include <stdbool.h>

#include "notify/report.h"

const char *report_get(const json_t *object, const char *member);
gint64 report_number(const json_t *object, const char *member);
/* A time of the model, in our zone: "2026-11-24 08:00", "2026-11-24". (transfer full) or NULL */
char *report_when(const json_t *object, const char *member);
char *report_day(const json_t *object, const char *member);
char *report_duration(gint64 seconds); /* "12 m", "3.5 h", "20 d" (transfer full) */
/* "2.0 h / 3.1 d", median and p90; a dash when nothing was measured. (transfer full) */
char *report_both(const json_t *group, const char *member);

void report_add(json_t *cells, char *text); /* takes text */
void report_add_number(json_t *cells, const json_t *row, const char *member);
char *report_more(gint64 left); /* NULL: none is left out (transfer full) */

typedef struct {
    const char *title;
    json_t *head; /* (transfer full) [text] */
    json_t *rows; /* (transfer full) [[text]] */
    gint64 all;   /* how many rows there would be */
    bool is_long; /* cells are "2.0 h / 3.1 d" */
} ReportTable;
/* {"title","look","head","rows":[[{"label","text"}]],"more"} (transfer full) */
json_t *report_table(const ReportTable *table);

typedef struct {
    const char *title, *site, *made_from;
    const json_t *model;
    gint64 now;
    const char *const *notes; /* ends with NULL */
} ReportPaper;
/* Without figures, tables and parts. (transfer full) */
json_t *report_document_new(const ReportPaper *paper);

json_t *report_delisting_document(const json_t *model, const char *site, gint64 now);
json_t *report_activity_document(const json_t *model, const char *site, gint64 now);
json_t *report_customers_document(const json_t *model, const char *site, gint64 now);
json_t *report_relays_document(const json_t *model, const char *site, gint64 now);
