/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint reparse`: stored mail is read again after the parser, or the site map, improved. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/cli_deed.h"
#include "cli/cmd_store.h"
#include "ingest/intake/log_witness.h"
#include "store/job.h"
#include "store/message.h"

typedef struct {
    guint seen, changed, opened, joined, filed;
    json_t *diffs; /* with --json: what changed */
    bool dry_run;
    bool shows_progress; /* stderr is a terminal */
} Reparse;

/* "cause: unknown -> open-relay": a {"was","is"} pair of the difference. */
static void
add_pair(GString *out, const char *name, const json_t *pair)
{
    json_t *was_json = json_object_get(pair, "was");
    json_t *is_json = json_object_get(pair, "is");
    g_autofree char *was = was_json ? json_dumps(was_json, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    g_autofree char *is = is_json ? json_dumps(is_json, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;

    g_string_append_printf(out, "    %s: %s -> %s\n", name, was ? was : "null", is ? is : "null");
}

static void
add_object(GString *out, const json_t *object)
{
    const char *name = NULL;
    json_t *value = NULL;

    json_object_foreach((json_t *)object, name, value)
    {
        if (json_object_get(value, "is") || json_object_get(value, "was"))
            add_pair(out, name, value);
    }
}

static void
print_diff(const Plaint *plaint, const json_t *diff)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GString) clean = g_string_new(NULL);
    const json_t *incidents = json_object_get(diff, "incidents");

    g_string_append_printf(out, "message %" JSON_INTEGER_FORMAT "\n",
                           json_integer_value(json_object_get(diff, "message_id")));
    add_object(out, diff);
    for (gsize i = 0; i < json_array_size(incidents); i++) {
        const json_t *incident = json_array_get(incidents, i);

        g_string_append_printf(out, "  incident %" JSON_INTEGER_FORMAT "\n",
                               json_integer_value(json_object_get(incident, "n")));
        add_object(out, incident);
    }
    for (char *line = out->str, *end = NULL; *line; line = end) {
        end = strchr(line, '\n');
        *end++ = '\0';
        term_add(clean, &plaint->term, STYLE_PLAIN, line);
        g_string_append_c(clean, '\n');
    }
    term_print(clean);
}

static bool
apply(Plaint *plaint, Reparse *run, gint64 id, const Complaint *complaint, GError **error)
{
    Deed deed = deed_of(plaint);
    ReparseResult result = {0};

    if (run->dry_run)
        return true;
    if (!reparse_apply(plaint->store, id, complaint, &deed, &result, error))
        return false;
    run->opened += result.tickets_opened;
    run->joined += result.tickets_joined;
    run->filed += result.filed;
    return true;
}

/* The log is asked about what it was not asked about before. */
static bool
want_witness(const Plaint *plaint, gint64 id, const Complaint *complaint, GError **error)
{
    bool due = false;

    if (!config_is_set(plaint->config, "mta", "log-query"))
        return true;
    return log_witness_is_due(plaint->store, id, complaint, plaint->site, &due, error) &&
           (!due || job_add(plaint->store, JOB_LOG_WITNESS, id, plaint->now, error));
}

static bool
reparse_one(Plaint *plaint, Reparse *run, gint64 id, GError **error)
{
    MessageInfo info = {0};
    g_autoptr(GBytes) mail = message_load(plaint->store, id, &info, error);
    g_autoptr(Complaint) complaint = NULL;
    json_t *diff = NULL;

    if (!mail)
        return false;
    complaint = parser_run(plaint->parser, mail, PARSE_COMPLAINT, info.received_at, error);
    if (!complaint || !log_witness_amend(plaint->store, id, complaint, plaint->site, error) ||
        (!run->dry_run && !want_witness(plaint, id, complaint, error)))
        return false;
    diff = reparse_diff(plaint->store, id, complaint, error);
    if (!diff)
        return false;
    run->seen++;
    if (!json_is_true(json_object_get(diff, "changed"))) {
        json_decref(diff);
        return true;
    }
    run->changed++;
    if (plaint->json) {
        json_array_append_new(run->diffs, diff);
    } else {
        print_diff(plaint, diff);
        json_decref(diff);
    }
    return apply(plaint, run, id, complaint, error);
}

static void
print_progress(const Reparse *run, bool done)
{
    if (!run->shows_progress || (!done && run->seen % 100 != 0))
        return;
    (void)fprintf(stderr, done ? "\r\033[K" : "\r\033[K%u read, %u changed", run->seen,
                  run->changed);
}

static void
print_result(const Plaint *plaint, const Reparse *run)
{
    if (plaint->json) {
        plaint_print_json(json_pack("{s:i, s:i, s:b, s:i, s:i, s:i, s:O}", "messages",
                                    (int)run->seen, "changed", (int)run->changed, "dry_run",
                                    run->dry_run, "tickets_opened", (int)run->opened,
                                    "tickets_joined", (int)run->joined, "filed", (int)run->filed,
                                    "differences", run->diffs));
        return;
    }
    g_print("%u message%s read again, %u %s", run->seen, run->seen == 1 ? "" : "s", run->changed,
            run->dry_run ? "would change; nothing was written" : "changed");
    if (!run->dry_run && run->changed > 0)
        g_print(": %u ticket%s opened, %u joined, %u filed", run->opened,
                run->opened == 1 ? "" : "s", run->joined, run->filed);
    g_print("\n");
}

static bool
run_all(Plaint *plaint, Reparse *run, gint64 since, GError **error)
{
    gint64 id = 0;

    for (;;) {
        if (!message_next(plaint->store, id, since, &id, error))
            return false;
        if (id == 0)
            return true;
        if (!reparse_one(plaint, run, id, error)) {
            g_prefix_error(error, "message %" G_GINT64_FORMAT ": ", id);
            return false;
        }
        print_progress(run, false);
    }
}

static bool
run_reparse(Plaint *plaint, GError **error)
{
    const char *text = args_get(plaint->args, "since");
    Reparse run = {.dry_run = args_has(plaint->args, "dry-run"),
                   .shows_progress = isatty(STDERR_FILENO) == 1,
                   .diffs = json_array()};
    gint64 since = TIME_NONE;
    bool ok = !text || time_parse_since(text, plaint->now, &since, error);

    ok = ok && run_all(plaint, &run, since, error);
    print_progress(&run, true);
    if (ok)
        print_result(plaint, &run);
    json_decref(run.diffs);
    return ok;
}

static const CommandOption reparse_options[] = {
    {.name = "since", .value = "TIME", .summary = "only mail received since then: a date, or 7d"},
    {.name = "dry-run", .summary = "show what would change, write nothing"},
    {.name = NULL},
};

const Command cmd_reparse = {
    .name = "reparse",
    .operands = "",
    .summary = "read stored mail again with the parser of today",
    .details = "After the parser or the site map improved. What a person has set stays as it is. "
               "Complaints whose parsing had failed are healed "
               "this way.",
    .options = reparse_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_PARSES | COMMAND_WRITES,
    .max_operands = 0,
    .run = run_reparse,
};
