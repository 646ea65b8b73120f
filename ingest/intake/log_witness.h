/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log_witness.h - our own mail log as a witness: a program of the site's ([mta] log-query) is asked
 * about the queue ids of our lines in a trace, and a cause becomes confirmed, corrected or less
 * sure.
 *
 * Never while a mail is taken in: a job of the clock asks, keeps the answer (store/witness.h),
 * reads the mail again and files it anew with what it learnt. A queue id is an attacker's byte
 * string until it has the form of one; what the program says is checked as a child's words are.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "ingest/intake/parser.h"
#include "ingest/parse/site.h"
#include "store/job.h"

/* The ids of our believed lines, the entry's first, with blanks between; NULL: there is none.
 * (transfer full) */
char *log_witness_ids(const Incident *incident, const SiteMap *site);

/* Is there anything to ask the log about? … that it was not asked about yet? */
bool log_witness_wanted(const Complaint *complaint, const SiteMap *site);
bool log_witness_is_due(Store *store, gint64 message_id, const Complaint *complaint,
                        const SiteMap *site, bool *ret_due, GError **error);

/* What the store knows of the log's answers goes into the complaint as just parsed. */
bool log_witness_amend(Store *store, gint64 message_id, Complaint *complaint, const SiteMap *site,
                       GError **error);

typedef struct {
    Store *store;
    Parser *parser;
    const SiteMap *site;
    const char *program; /* NULL: not configured, which is CONFIG */
    const char *runner;  /* who leased the job */
    gint64 now;
} LogWitness;

/* Does the job, to job_done(), in one transaction; *ret_words tells what came of it. The error says
 * why it must be tried again. *ret_said: what the program complained of, or NULL. Both (transfer
 * full). */
bool log_witness_run(const LogWitness *witness, const Job *job, char **ret_words, char **ret_said,
                     GError **error);
