/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plaint-parse - one mail on standard input, JSON on standard output, in the sandbox. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/error.h"
#include "base/limits.h"
#include "ingest/intake/child.h"
#include "ingest/intake/mail_read.h"
#include "ingest/intake/parts.h"
#include "ingest/intake/sandbox.h"
#include "ingest/parse/complaint_pack.h"
#include "ingest/parse/parse.h"

#define NAME "plaint-parse"

static char *opt_config, *opt_as; /* filled by GOption */
static gboolean opt_parts;

/* clang-format off */
static const GOptionEntry entries[] = {
    {"config", 'c', 0, G_OPTION_ARG_FILENAME, &opt_config, "configuration", "FILE"},
    {"as",     0,   0, G_OPTION_ARG_STRING,   &opt_as, "what the mail is (default: complaint)", "complaint|spam"},
    {"parts",  0,   0, G_OPTION_ARG_NONE,     &opt_parts, "print what a viewer may show of the mail instead", NULL},
    G_OPTION_ENTRY_NULL,
};
static const char *const mode_words[PARSE_N_MODES] = {
    [PARSE_COMPLAINT] = "complaint",
    [PARSE_SPAM]      = "spam",
};
/* clang-format on */

static int
fail(const char *why, int status)
{
    (void)fprintf(stderr, NAME ": %s\n", why);
    return status;
}

static bool
parse_arguments(int argc, char **argv, ParseMode *ret_mode, GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new("<MAIL");

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, error))
        return false;
    if (argc > 1)
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "no operands: the mail is standard input");
    for (int i = 0; i < PARSE_N_MODES; i++) {
        if (!opt_as || strcmp(opt_as, mode_words[i]) == 0) {
            *ret_mode = (ParseMode)i;
            return true;
        }
    }
    return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "--as is complaint or spam");
}

/* From here on in the sandbox. */
static int
print_json(GBytes *mail, ParseMode mode, gint64 received_at, const ChildOptions *options)
{
    g_autofree char *text = NULL; /* jansson's default allocator is malloc, as is GLib's */
    json_t *json = NULL;

    if (opt_parts) {
        json = mail_parts(mail, &limits_default);
    } else {
        g_autoptr(Complaint) complaint = child_complaint(mail, mode, received_at, options);

        json = complaint_to_json(complaint);
    }
    text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    if (!text)
        return fail("cannot write JSON", EX_SOFTWARE);
    if (!child_write(STDOUT_FILENO, text, strlen(text)) || !child_write(STDOUT_FILENO, "\n", 1))
        return fail("cannot write to standard output", EX_IOERR);
    return EX_OK;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = NULL;
    g_autoptr(SiteMap) site = NULL;
    g_autoptr(GBytes) mail = NULL;
    ParseMode mode = PARSE_COMPLAINT;
    ChildOptions options;
    Sandbox sandbox = {
        .memory_bytes = SANDBOX_SANITIZED ? 0 : LIMIT_CHILD_MEMORY_BYTES,
        .cpu_seconds = LIMIT_CHILD_CPU_SECONDS,
        .may_grow_files = true,
    };

    (void)signal(SIGPIPE, SIG_IGN);
    if (!parse_arguments(argc, argv, &mode, &error))
        return fail(error->message, EX_USAGE);
    config = config_load(opt_config, &error);
    site = config ? site_map_load(config, &error) : NULL;
    if (!site)
        return fail(error->message, EX_CONFIG);
    mail = mail_read(STDIN_FILENO, &error);
    if (!mail)
        return fail(error->message, EX_TEMPFAIL);
    child_options_init(&options, site);
    sandbox.kill = options.hooks;
    child_prepare(mail);
    if (!options.no_sandbox && !sandbox_enter(&sandbox, &error))
        return fail(error->message, EX_SOFTWARE);
    return print_json(mail, mode, clock_now(), &options);
}
