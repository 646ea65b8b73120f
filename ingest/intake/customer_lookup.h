/* SPDX-License-Identifier: GPL-3.0-or-later */
/* customer_lookup.h - a program of the site's ([customers] lookup) is asked whose an address was.
 *
 *     PROGRAM 192.0.2.1 2026-01-31T23:59:00Z [PORT]   prints {"reference": …, "name", "email",
 * "language"}
 *
 * or {} when it does not know. Never while a mail is taken in: a job of the clock asks.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "store/customer.h"
#include "store/job.h"

typedef struct {
    char *texts[N_CUSTOMER_TEXTS]; /* reference NULL: it does not know */
} CustomerAnswer;
void customer_answer_clear(CustomerAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CustomerAnswer, customer_answer_clear)

/* ret_said: what it complained of, or NULL; (transfer full). program NULL is CONFIG; else the
 * errors of run_program(), and BAD_INPUT for an answer that cannot be used. */
bool customer_lookup(const char *program, const CustomerQuestion *question,
                     CustomerAnswer *ret_answer, char **ret_said, GError **error);

typedef struct {
    Store *store;
    const char *program;
    const char *runner; /* who leased the job */
    gint64 now;
} CustomerLookup;

/* Does the job, to job_done(): what has come into the store since is tried first. As
 * log_witness_run(). */
bool customer_lookup_run(const CustomerLookup *lookup, const Job *job, char **ret_words,
                         char **ret_said, GError **error);
