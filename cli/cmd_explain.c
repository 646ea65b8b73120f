/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cmd_explain.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/mails.h"
#include "cli/plaint.h"
#include "cli/result_draw.h"
#include "ingest/intake/parser.h"
#include "ingest/intake/program.h"
#include "ingest/parse/complaint_pack.h"

/* The contract's object (docs/explain.md): file and index first, then the complaint. */
static json_t *
result_json(const char *file, guint index, const Complaint *complaint)
{
    g_autofree char *name =
        g_utf8_validate(file, -1, NULL) ? g_strdup(file) : g_filename_display_name(file);
    json_t *result = json_pack("{s:s, s:i}", "file", name, "index", (int)index);
    json_t *rest = complaint_to_json(complaint);

    (void)json_object_update(result, rest);
    json_decref(rest);
    return result;
}

/* "abuse.mbox", or "abuse.mbox #3": which mail of which file. (transfer full) */
static char *
result_title(const json_t *result)
{
    const char *file = json_string_value(json_object_get(result, "file"));
    int index = (int)json_integer_value(json_object_get(result, "index"));

    return index > 0 ? g_strdup_printf("%s #%d", file, index) : g_strdup(file);
}

static void
print_result(const Plaint *plaint, json_t *result)
{
    if (plaint->json) {
        plaint_print_json(result);
    } else {
        g_autoptr(GString) out = g_string_new(NULL);

        g_autofree char *title = result_title(result);

        result_draw(result, title, &plaint->term, out);
        g_string_append_c(out, '\n'); /* before the next */
        term_print(out);
        json_decref(result);
    }
    (void)fflush(stdout); /* a reader of many files sees each as it is done */
}

static bool
explain_mail(const Plaint *plaint, const char *file, guint index, GBytes *mail, GError **error)
{
    bool spam = g_strcmp0(args_get(plaint->args, "as"), "spam") == 0;
    g_autoptr(Complaint) complaint =
        parser_run(plaint->parser, mail, spam ? PARSE_SPAM : PARSE_COMPLAINT, plaint->now, error);

    if (!complaint)
        return false;
    print_result(plaint, result_json(file, index, complaint));
    return true;
}

/* Without a parser the next mail would fare no better, and a file is read to the end only once. */
static bool
is_fatal(const GError *error)
{
    return plaint_error_code(error) == PLAINT_ERROR_INTERNAL ||
           plaint_error_code(error) == PLAINT_ERROR_BUSY;
}

static bool
explain_file(const Plaint *plaint, const char *file, GError **error)
{
    g_autoptr(Mails) mails = mails_open(file, error);
    g_autoptr(GError) skipped = NULL;

    if (!mails)
        return false;
    for (guint index = 0;; index++) {
        g_autoptr(GBytes) mail = NULL;
        g_autoptr(GError) why = NULL;

        if (mails_next(mails, &mail, &why) && !mail)
            break;
        if (!why && !explain_mail(plaint, file, index, mail, error))
            return false;
        if (why && is_fatal(why)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        if (why && !skipped)
            skipped = g_steal_pointer(&why);
    }
    if (!skipped)
        return true;
    g_propagate_error(error, g_steal_pointer(&skipped));
    return false;
}

/* A file that cannot be read does not keep the others from being explained; the last such error is
 * the run's. */
static bool
run_explain(Plaint *plaint, GError **error)
{
    g_autoptr(GError) last = NULL;

    for (char **file = args_operands(plaint->args); *file; file++) {
        g_autoptr(GError) why = NULL;

        if (explain_file(plaint, *file, &why))
            continue;
        if (last)
            (void)program_fail("plaint", last);
        g_clear_error(&last);
        last = g_steal_pointer(&why);
        if (is_fatal(last))
            break;
    }
    if (!last)
        return true;
    g_propagate_error(error, g_steal_pointer(&last));
    return false;
}

static const char *const as_words[] = {"complaint", "spam", NULL};
static const CommandOption explain_options[] = {
    {.name = "as",
     .value = "WHAT",
     .summary = "what the file is, a mail to abuse@ or the spam itself",
     .words = as_words},
    {.name = NULL},
};

const Command cmd_explain = {
    .name = "explain",
    .operands = "FILE...",
    .summary = "show what a mail is taken for, how it travelled, and why",
    .details =
        "Reads each FILE (- is standard input; an mbox holds many), says which format of "
        "complaint it is, walks the trace headers from the complainant's mailbox down to the "
        "machine that sent the spam, and says which line is believed and why. Nothing is "
        "stored. Without a configuration nothing is ours, and the walk still works.\n\n"
        "With --json each mail is one object on a line of its own.\n\n"
        "  plaint explain complaint.eml\n"
        "  plaint explain --as=spam --json - < spam.eml",
    .options = explain_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_PARSES,
    .min_operands = 1,
    .max_operands = -1,
    .run = run_explain,
};
