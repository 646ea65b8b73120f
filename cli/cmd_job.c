/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint job`: what the clock does, done now; and what waits. */
#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/runner.h"
#include "cli/cmd_store.h"
#include "cli/jobs.h"
#include "cli/list.h"
#include "cli/member.h"
#include "cli/table.h"
#include "store/job.h"

#define JOBS_MAX 1000000

/* One run of `job run`. */
typedef struct {
    const Plaint *plaint;
    JobDesk desk;
    guint done, failed;
    json_t *jobs; /* with --json */
} JobRun;

/* (transfer full) */
static char *
about_of(gint64 ticket, gint64 message)
{
    return g_strdup_printf("%s %" G_GINT64_FORMAT, ticket ? "ticket" : "message",
                           ticket ? ticket : message);
}

static void
tell(JobRun *run, const JobReport *job)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *about = NULL, *line = NULL;

    if (run->plaint->json) {
        json_array_append_new(run->jobs,
                              json_pack("{s:I, s:s, s:I, s:o, s:s, s:s}", "id", (json_int_t)job->id,
                                        "kind", job->kind, "ref", (json_int_t)job->ref, "ticket",
                                        job->ticket ? json_integer(job->ticket) : json_null(),
                                        "outcome", job->outcome, "words", job->words));
        return;
    }
    about = about_of(job->ticket, job->ref);
    line = g_strdup_printf("%s, %s: %s", job->kind, about, job->words);
    term_add(out, &run->plaint->term, STYLE_PLAIN, line);
    g_string_append_c(out, '\n');
    term_print(out);
}

/* *ret_more false: nothing is due. A failure of the store itself ends the run. */
static bool
next_job(JobRun *run, bool *ret_more, GError **error)
{
    g_auto(JobReport) job = {0};

    if (!jobs_next(&run->desk, clock_now(), &job, error))
        return false;
    *ret_more = job.id != 0;
    if (!job.outcome)
        return true;
    if (g_strcmp0(job.outcome, "done") == 0)
        run->done++;
    else
        run->failed++;
    tell(run, &job);
    return true;
}

static bool
run_run(Plaint *plaint, GError **error)
{
    const char *text = args_get(plaint->args, "limit");
    g_autofree char *runner = runner_name();
    JobRun run = {.plaint = plaint,
                  .desk = {plaint->store, plaint->parser, plaint->site, plaint->config, runner},
                  .jobs = json_array()};
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
    .summary = "do what is due: ask our log, whose an address was; run hooks",
    .details = "For cron, every minute; prints a line for each job and nothing when none is due. "
               "Any number may run at once, each job is done by one of them. What fails is tried "
               "again after 1, 5 and 30 minutes, 2, 6 and 24 hours, then given up: 'plaint job "
               "list' says why.\n\n"
               "A job log-witness runs [mta] log-query with -- and the queue ids of our lines in "
               "the trace of a complaint. What it prints (JSON: client, account, from, uid, "
               "recipients; {} for no such id) confirms the cause, or corrects it.\n\n"
               "A job customer-lookup runs [customers] lookup with address, time and, when known, "
               "port of a ticket that is nobody's by the files taken in. It prints JSON: "
               "reference, name, email, language; {} when it does not know.\n\n"
               "A job hook runs [hooks] on-move with TICKET FROM TO after a ticket's move, by "
               "whomever, an undo and a merge included. Its standard input is what 'plaint ticket "
               "show --json' prints, and PLAINT_TICKET, PLAINT_KIND, PLAINT_ACCOUNT, "
               "PLAINT_MACHINE, PLAINT_DOMAIN, PLAINT_CUSTOMER, PLAINT_CAUSE and PLAINT_CATEGORY "
               "are in its environment, empty when the ticket has none. They come from mail: trust "
               "none. The moves of a ticket are told in their order, so one that fails holds those "
               "after it up until it is given up. Each run is in the ticket's history, with the "
               "beginning of what it said. Of a runner that was killed the program may have run, "
               "and is run again: it must be able to bear that.",
    .options = run_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_PARSES | COMMAND_WRITES,
    .max_operands = 0,
    .run = run_run,
};

/* -- list -------------------------------------------------------------------------------------- */

static const char *
state_of(const json_t *row)
{
    if (member_text(row, "gave_up_at"))
        return "given up";
    return member_text(row, "leased_until") ? "runs" : "waits";
}

static void
draw_jobs(const json_t *jobs, const Term *term, gint64 now, GString *out)
{
    static const TableColumn columns[] = {
        {.title = "#", .right = true},
        {.title = "job"},
        {.title = "about"},
        {.title = "state"},
        {.title = "due"},
        {.title = "attempts", .right = true},
        {.title = "last error", .shrink_to = 20},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (gsize i = 0; i < json_array_size(jobs); i++) {
        const json_t *row = json_array_get(jobs, i);
        g_autofree char *about = about_of(json_integer_value(json_object_get(row, "ticket")),
                                          json_integer_value(json_object_get(row, "ref")));
        char buf[TIME_TEXT_SIZE];
        gint64 due = 0;
        bool waits =
            !member_text(row, "gave_up_at") && time_parse(member_text(row, "due_at"), &due, NULL);

        table_add_int(table, STYLE_PLAIN, json_integer_value(json_object_get(row, "id")));
        table_add(table, STYLE_PLAIN, member_text(row, "kind"));
        table_add(table, STYLE_PLAIN, about);
        table_add(table, STYLE_PLAIN, state_of(row));
        table_add(table, STYLE_PLAIN, waits ? time_ago(due, now, buf) : NULL);
        table_add_int(table, STYLE_PLAIN, json_integer_value(json_object_get(row, "attempts")));
        table_add(table, STYLE_PLAIN, member_text(row, "last_error"));
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
