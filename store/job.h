/* SPDX-License-Identifier: GPL-3.0-or-later */
/* job.h - what the clock does, as rows: any number of runners share them, each takes one at a time.
 *
 * A job is leased, done in one transaction that ends with job_done(), and then gone. A runner that
 * is killed leaves a lease behind: when it ends, another one begins the job anew. What fails is
 * tried again later and later, at last given up, and stays with its reason.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "store/store.h"

#define JOB_LEASE 120 /* seconds: longer than any job takes */

typedef enum {
    JOB_LOG_WITNESS, /* asks the log about the message `ref` */
    JOB_CUSTOMER,    /* asks whose the message's tickets are */
    JOB_HOOK,        /* tells the site's program of the move that the audit entry `ref` is of */
    N_JOB_KINDS,
} JobKind;
extern const char *const job_kind_names[N_JOB_KINDS];

typedef struct {
    gint64 id; /* 0: nothing is due */
    JobKind kind;
    gint64 ref;
    gint64 ticket;  /* of a JOB_HOOK; else 0 */
    guint attempts; /* this one counted */
} Job;

/* In the caller's transaction, if any. There is one for each kind and ref; one that waits is left
 * as it is, one that was given up is begun anew. */
bool job_add(Store *store, JobKind kind, gint64 ref, gint64 now, GError **error);

/* Leases the job that is due the longest to `runner`, a name that no other has; a JOB_HOOK only
 * when no earlier one of its ticket is left but such as were given up. One that was begun too often
 * is given up, as its runners must have been killed by it. */
bool job_take(Store *store, const char *runner, gint64 now, Job *ret_job, GError **error);
/* CONFLICT when the lease has gone to another, so that the transaction of the deed fails, too. */
bool job_done(Store *store, const Job *job, const char *runner, GError **error);
/* Again later, or given up; *ret_due TIME_NONE then. */
bool job_fail(Store *store, const Job *job, const char *runner, const char *why, gint64 now,
              gint64 *ret_due, GError **error);

/* [{"id","kind","ref","ticket","due_at","attempts","leased_until","leased_by","gave_up_at","last_error"}],
 * newest first. (transfer full) */
json_t *job_list(Store *store, guint limit, GError **error);
