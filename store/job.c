/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/job.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "store/stmt.h"

#define HOUR 3600

const char *const job_kind_names[N_JOB_KINDS] = {
    [JOB_LOG_WITNESS] = "log-witness",
    [JOB_CUSTOMER] = "customer-lookup",
    [JOB_HOOK] = "hook",
};

/* How long after the first failure, the second … it is tried again; then it is given up. */
static const gint64 delays[] = {60, 5 * 60, 30 * 60, 2 * HOUR, 6 * HOUR, 24 * HOUR};

bool
job_add(Store *store, JobKind kind, gint64 ref, gint64 now, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "job_add", error);

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":kind", job_kind_names[kind]);
    stmt_bind_int(stmt, ":ref", ref);
    stmt_bind_int(stmt, ":at", now);
    return stmt_run(stmt, NULL, error);
}

/* job->id 0: nothing is due. A kind that this program does not know reads N_JOB_KINDS. */
static bool
lease(Store *store, const char *runner, gint64 now, Job *job, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "job_take", error);
    bool row = false;
    int kind = 0;

    *job = (Job){0};
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":until", now + JOB_LEASE);
    stmt_bind_text(stmt, ":by", runner);
    stmt_bind_int(stmt, ":now", now);
    if (!stmt_step(stmt, &row, error))
        return false;
    if (!row)
        return true;
    kind = text_name_find(job_kind_names, N_JOB_KINDS, stmt_text(stmt, 1));
    *job = (Job){
        .id = stmt_int(stmt, 0),
        .kind = kind < 0 ? N_JOB_KINDS : (JobKind)kind,
        .ref = stmt_int(stmt, 2),
        .attempts = (guint)stmt_int(stmt, 3),
        .ticket = stmt_int(stmt, 4),
    };
    return stmt_run(stmt, NULL, error);
}

bool
job_take(Store *store, const char *runner, gint64 now, Job *ret_job, GError **error)
{
    for (;;) {
        g_auto(StoreTxn) txn = STORE_TXN_INIT;
        Job job = {0};
        gint64 due = 0;
        bool too_often = false;

        if (!store_txn_begin(&txn, store, error) || !lease(store, runner, now, &job, error))
            return false;
        too_often = job.id != 0 && job.attempts > G_N_ELEMENTS(delays) + 1;
        if ((too_often &&
             !job_fail(store, &job, runner, "its runner ended each time", now, &due, error)) ||
            !store_txn_commit(&txn, error))
            return false;
        if (!too_often) {
            *ret_job = job;
            return true;
        }
    }
}

static bool
run_owned(Stmt *stmt, const Job *job, const char *runner, GError **error)
{
    int changes = 0;

    stmt_bind_int(stmt, ":id", job->id);
    stmt_bind_text(stmt, ":by", runner);
    if (!stmt_run(stmt, &changes, error))
        return false;
    return changes == 1 || plaint_fail(error, PLAINT_ERROR_CONFLICT,
                                       "job %" G_GINT64_FORMAT " took so long that another runner "
                                       "has it now",
                                       job->id);
}

bool
job_done(Store *store, const Job *job, const char *runner, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "job_done", error);

    return stmt && run_owned(stmt, job, runner, error);
}

bool
job_fail(Store *store, const Job *job, const char *runner, const char *why, gint64 now,
         gint64 *ret_due, GError **error)
{
    bool again = job->attempts <= G_N_ELEMENTS(delays);
    gint64 due = again ? now + delays[MAX(job->attempts, 1) - 1] : TIME_NONE;
    g_autofree char *clean = text_clean(why, -1, 500);
    g_autoptr(Stmt) stmt = store_stmt(store, "job_fail", error);

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":why", clean);
    stmt_bind_int(stmt, ":due", again ? due : now);
    stmt_bind_time(stmt, ":gave_up", again ? TIME_NONE : now);
    if (!run_owned(stmt, job, runner, error))
        return false;
    *ret_due = due;
    return true;
}

json_t *
job_list(Store *store, guint limit, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "view_jobs", error);
    json_t *list = json_array();

    if (stmt) {
        stmt_bind_int(stmt, ":limit", limit);
        if (stmt_rows_json(stmt, list, error))
            return list;
    }
    json_decref(list);
    return NULL;
}
