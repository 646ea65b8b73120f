/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/jobs.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "delist/on_move.h"
#include "ingest/intake/customer_lookup.h"
#include "ingest/intake/log_witness.h"
#include "store/job.h"

void
job_report_clear(JobReport *report)
{
    g_clear_pointer(&report->words, g_free);
}

static bool
do_job(const JobDesk *desk, const Job *job, gint64 now, char **ret_words, char **ret_said,
       GError **error)
{
    const LogWitness witness = {
        .store = desk->store,
        .parser = desk->parser,
        .site = desk->site,
        .program = config_text(desk->config, "mta", "log-query"),
        .runner = desk->runner,
        .now = now,
    };
    const CustomerLookup lookup = {
        .store = desk->store,
        .program = config_text(desk->config, "customers", "lookup"),
        .runner = desk->runner,
        .now = now,
    };
    const OnMove hook = {
        .store = desk->store,
        .program = config_text(desk->config, "hooks", "on-move"),
        .seconds = (guint)config_int(desk->config, "hooks", "time-limit"),
        .runner = desk->runner,
        .now = now,
    };

    switch (job->kind) {
    case JOB_LOG_WITNESS:
        return log_witness_run(&witness, job, ret_words, ret_said, error);
    case JOB_CUSTOMER:
        return customer_lookup_run(&lookup, job, ret_words, ret_said, error);
    case JOB_HOOK:
        return on_move_run(&hook, job, ret_words, ret_said, error);
    default:
        return plaint_fail(error, PLAINT_ERROR_INTERNAL, "this plaint does not know its kind");
    }
}

/* When and whether it is tried again goes with the reason. */
static bool
put_off(const JobDesk *desk, const Job *job, const GError *why, const char *said, gint64 now,
        JobReport *report, GError **error)
{
    g_autofree char *quoted = said ? text_quote(said) : NULL;
    g_autofree char *reason = g_strconcat(why->message, quoted ? "; it says " : "", quoted, NULL);
    g_autoptr(GError) lost = NULL;
    char buf[TIME_TEXT_SIZE];
    gint64 due = TIME_NONE;

    if (!job_fail(desk->store, job, desk->runner, reason, now, &due, &lost)) {
        if (plaint_error_code(lost) == PLAINT_ERROR_CONFLICT) /* another runner has it */
            return true;
        g_propagate_error(error, g_steal_pointer(&lost));
        return false;
    }
    report->words = due == TIME_NONE
                        ? g_strdup_printf("%s; given up after %u attempts", reason, job->attempts)
                        : g_strdup_printf("%s; again %s", reason, time_ago(due, now, buf));
    report->outcome = due == TIME_NONE ? "given-up" : "failed";
    return true;
}

bool
jobs_next(const JobDesk *desk, gint64 now, JobReport *ret_report, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autofree char *said = NULL;
    Job job = {0};

    *ret_report = (JobReport){0};
    if (!job_take(desk->store, desk->runner, now, &job, error))
        return false;
    if (job.id == 0)
        return true;
    ret_report->id = job.id;
    ret_report->ref = job.ref;
    ret_report->ticket = job.ticket;
    ret_report->kind =
        job.kind < N_JOB_KINDS ? job_kind_names[job.kind] : "a kind that is not known";
    if (!do_job(desk, &job, now, &ret_report->words, &said, &why)) {
        g_clear_pointer(&ret_report->words, g_free);
        return put_off(desk, &job, why, said, now, ret_report, error);
    }
    ret_report->outcome = "done";
    return true;
}
