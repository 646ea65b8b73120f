/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jobs.h - the job that is due the longest is done: what `plaint job run` and plaint-watch share.
 */
#pragma once

#include "base/config.h"
#include "ingest/intake/parser.h"
#include "ingest/parse/site.h"
#include "store/store.h"

typedef struct {
    Store *store;
    Parser *parser;
    const SiteMap *site;
    const Config *config;
    const char *runner; /* a name that no other has */
} JobDesk;

typedef struct {
    gint64 id; /* 0: nothing was due */
    const char *kind;
    gint64 ref;
    gint64 ticket;       /* 0: it is about the message `ref` */
    const char *outcome; /* "done", "failed", "given-up"; NULL: another runner has it */
    char *words;
} JobReport;
void job_report_clear(JobReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(JobReport, job_report_clear)

/* What a job does wrong is in the report; the error is the store's. */
bool jobs_next(const JobDesk *desk, gint64 now, JobReport *ret_report, GError **error);
