/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint job`: what the clock does, done now; and what waits. */
#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/runner.h"
#include "base/text.h"
#include "cli/cmd_store.h"
#include "cli/list.h"
#include "cli/table.h"
#include "ingest/intake/customer_lookup.h"
#include "ingest/intake/log_witness.h"
#include "store/job.h"

#define JOBS_MAX 1000000

/* One run of `job run`. */
typedef struct {
    Plaint *plaint;
    char *runner; /* "host:pid:random": no other has it */
    guint done, failed;
    json_t *jobs; /* with --json */
} JobRun;

static bool
do_job(const JobRun *run, const Job *job, gint64 now, char **ret_words, char **ret_said,
       GError **error)
{
    const Plaint *plaint = run->plaint;
    const LogWitness witness = {
        .store = plaint->store,
        .parser = plaint->parser,
        .site = plaint->site,
        .program = config_text(plaint->config, "mta", "log-query"),
        .runner = run->runner,
        .now = now,
    };

    const CustomerLookup lookup = {
        .store = plaint->store,
        .program = config_text(plaint->config, "customers", "lookup"),
        .runner = run->runner,
        .now = now,
    };

    switch (job->kind) {
    case JOB_LOG_WITNESS:
        return log_witness_run(&witness, job, ret_words, ret_said, error);
    case JOB_CUSTOMER:
        return customer_lookup_run(&lookup, job, ret_words, ret_said, error);
    default:
        return plaint_fail(error, PLAINT_ERROR_INTERNAL, "this plaint does not know its kind");
    }
}

static void
report(JobRun *run, const Job *job, const char *outcome, const char *words)
{
    const char *kind =
        job->kind < N_JOB_KINDS ? job_kind_names[job->kind] : "a kind that is not known";
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *line = NULL;

    if (run->plaint->json) {
        json_array_append_new(run->jobs,
                              json_pack("{s:I, s:s, s:I, s:s, s:s}", "id", (json_int_t)job->id,
                                        "kind", kind, "ref", (json_int_t)job->ref, "outcome",
                                        outcome, "words", words));
        return;
    }
    line = g_strdup_printf("%s, message %" G_GINT64_FORMAT ": %s", kind, job->ref, words);
    term_add(out, &run->plaint->term, STYLE_PLAIN, line);
    g_string_append_c(out, '\n');
    term_print(out);
}

/* When and whether it is tried again goes with the reason. */
static bool
put_off(JobRun *run, const Job *job, const GError *why, const char *said, gint64 now,
        GError **error)
{
    g_autofree char *quoted = said ? text_quote(said) : NULL;
    g_autofree char *reason = g_strconcat(why->message, quoted ? "; it says " : "", quoted, NULL);
    g_autofree char *words = NULL;
    g_autoptr(GError) lost = NULL;
    char buf[TIME_TEXT_SIZE];
    gint64 due = TIME_NONE;

    if (!job_fail(run->plaint->store, job, run->runner, reason, now, &due, &lost)) {
        if (plaint_error_code(lost) == PLAINT_ERROR_CONFLICT) /* another runner has it */
            return true;
        g_propagate_error(error, g_steal_pointer(&lost));
        return false;
    }
    words = due == TIME_NONE
                ? g_strdup_printf("%s; given up after %u attempts", reason, job->attempts)
                : g_strdup_printf("%s; again %s", reason, time_ago(due, now, buf));
    run->failed++;
    report(run, job, due == TIME_NONE ? "given-up" : "failed", words);
    return true;
}

/* *ret_more false: nothing is due. A failure of the store itself ends the run. */
static bool
next_job(JobRun *run, bool *ret_more, GError **error)
{
    gint64 now = clock_now();
    g_autoptr(GError) why = NULL;
    g_autofree char *words = NULL, *said = NULL;
    Job job = {0};

    if (!job_take(run->plaint->store, run->runner, now, &job, error))
        return false;
    *ret_more = job.id != 0;
    if (!*ret_more)
        return true;
    if (!do_job(run, &job, now, &words, &said, &why))
        return put_off(run, &job, why, said, now, error);
    run->done++;
    report(run, &job, "done", words);
    return true;
}

static bool
run_run(Plaint *plaint, GError **error)
{
    const char *text = args_get(plaint->args, "limit");
    g_autofree char *runner = runner_name();
    JobRun run = {.plaint = plaint, .runner = runner, .jobs = json_array()};
    guint64 limit = JOBS_MAX;
    bool more = true, ok = true;

    if (text && !g_ascii_string_to_unsigned(text, 10, 1, JOBS_MAX, &limit, NULL))
        ok = plaint_fail(error, PLAINT_ERROR_USAGE,
                         "--limit takes 1 to %d: see 'plaint help job run'", JOBS_MAX);
    while (ok && more && run.done + run.failed < limit)
        ok = next_job(&run, &more, error);
    if (ok && plaint->json)
        plaint_print_json(json_pack("{s:i, s:i, s:O}", "done", (int)run.done, "failed",
                                    (int)run.failed, "jobs", run.jobs));
    json_decref(run.jobs);
    return ok;
}

static const CommandOption run_options[] = {
    {.name = "limit", .value = "N", .summary = "do no more than N jobs"},
    {.name = NULL},
};

const Command cmd_job_run = {
    .name = "job run",
    .operands = "",
    .summary = "do what is due: ask our mail log, and whose an address was",
    .details = "For cron, every minute; prints a line for each job and nothing when none is due. "
               "Any number may run at once, each job is done by one of them. What fails is tried "
               "again after 1, 5 and 30 minutes, 2, 6 and 24 hours, then given up: 'plaint job "
               "list' says why.\n\n"
               "A job log-witness runs [mta] log-query with -- and the queue ids of our lines in "
               "the trace of a complaint. What it prints (JSON: client, account, from, uid, "
               "recipients; {} for no such id) confirms the cause, or corrects it.\n\n"
               "A job customer-lookup runs [customers] lookup with address, time and, when known, "
               "port of a ticket that is nobody's by the files taken in. It prints JSON: "
               "reference, name, email, language; {} when it does not know.",
    .options = run_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_PARSES | COMMAND_WRITES,
    .max_operands = 0,
    .run = run_run,
};

/* -- list -------------------------------------------------------------------------------------- */

static const char *
get(const json_t *row, const char *name)
{
    return json_string_value(json_object_get(row, name));
}

static const char *
state_of(const json_t *row)
{
    if (get(row, "gave_up_at"))
        return "given up";
    return get(row, "leased_until") ? "runs" : "waits";
}

static void
draw_jobs(const json_t *jobs, const Term *term, gint64 now, GString *out)
{
    static const TableColumn columns[] = {
        {.title = "#", .right = true},
        {.title = "job"},
        {.title = "message", .right = true},
        {.title = "state"},
        {.title = "due"},
        {.title = "attempts", .right = true},
        {.title = "last error", .shrink_to = 20},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (gsize i = 0; i < json_array_size(jobs); i++) {
        const json_t *row = json_array_get(jobs, i);
        char buf[TIME_TEXT_SIZE];
        gint64 due = 0;
        bool waits = !get(row, "gave_up_at") && time_parse(get(row, "due_at"), &due, NULL);

        table_add_int(table, STYLE_PLAIN, json_integer_value(json_object_get(row, "id")));
        table_add(table, STYLE_PLAIN, get(row, "kind"));
        table_add_int(table, STYLE_PLAIN, json_integer_value(json_object_get(row, "ref")));
        table_add(table, STYLE_PLAIN, state_of(row));
        table_add(table, STYLE_PLAIN, waits ? time_ago(due, now, buf) : NULL);
        table_add_int(table, STYLE_PLAIN, json_integer_value(json_object_get(row, "attempts")));
        table_add(table, STYLE_PLAIN, get(row, "last_error"));
    }
    table_draw(table, term, 0, out);
}

static bool
run_list(Plaint *plaint, GError **error)
{
    Page page = {0};
    json_t *list = NULL;

    if (!list_page(plaint, &page, error))
        return false;
    list = job_list(plaint->store, page.limit ? page.limit : 50, error);
    if (!list)
        return false;
    list_print(plaint, json_pack("{s:o, s:n}", "jobs", list, "next"), "jobs", draw_jobs);
    return true;
}

static const CommandOption list_options[] = {
    {.name = "limit", .value = "N", .summary = "rows: 50, at most 500"},
    {.name = NULL},
};

const Command cmd_job_list = {
    .name = "job list",
    .operands = "",
    .summary = "list what waits for 'plaint job run', and what was given up",
    .options = list_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = 0,
    .run = run_list,
};
