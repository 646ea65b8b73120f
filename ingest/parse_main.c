/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plaint-parse - one mail on standard input, JSON on standard output, in the sandbox. */
#include <errno.h>
#include <signal.h>
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
#include "ingest/intake/program.h"
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

static const ProgramOptions command_line = {.entries = entries, .operands = "<MAIL"};

static bool
check_arguments(int argc, ParseMode *ret_mode, GError **error)
{
    if (argc > 1)
        return plaint_fail(error, PLAINT_ERROR_USAGE,
                           "no operands: the mail is standard input: see '" NAME " --help'");
    for (int i = 0; i < PARSE_N_MODES; i++) {
        if (!opt_as || strcmp(opt_as, mode_words[i]) == 0) {
            *ret_mode = (ParseMode)i;
            return true;
        }
    }
    return plaint_fail(error, PLAINT_ERROR_USAGE,
                       "--as takes complaint or spam: see '" NAME " --help'");
}

/* From here on in the sandbox. */
static bool
print_json(GBytes *mail, ParseMode mode, gint64 received_at, const ChildOptions *options,
           GError **error)
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
        return plaint_fail(error, PLAINT_ERROR_INTERNAL, "cannot make JSON of it");
    if (!child_write(STDOUT_FILENO, text, strlen(text)) || !child_write(STDOUT_FILENO, "\n", 1))
        return plaint_fail(error, PLAINT_ERROR_IO, "cannot write the output: %s",
                           g_strerror(errno));
    return true;
}

static bool
run(ParseMode mode, GError **error)
{
    g_autoptr(Config) config = config_load(opt_config, error);
    g_autoptr(SiteMap) site = config ? site_map_load(config, error) : NULL;
    g_autoptr(GBytes) mail = site ? mail_read(STDIN_FILENO, error) : NULL;
    ChildOptions options;
    Sandbox sandbox = {
        .memory_bytes = SANDBOX_SANITIZED ? 0 : LIMIT_CHILD_MEMORY_BYTES,
        .cpu_seconds = LIMIT_CHILD_CPU_SECONDS,
        .may_grow_files = true,
    };

    if (!mail)
        return false;
    child_options_init(&options, site);
    sandbox.kill = options.hooks;
    child_prepare(mail);
    if (!options.no_sandbox && !sandbox_enter(&sandbox, error))
        return false;
    return print_json(mail, mode, clock_now(), &options, error);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    ParseMode mode = PARSE_COMPLAINT;
    bool helped = false;

    (void)signal(SIGPIPE, SIG_IGN);
    program_guard_descriptors();
    if (!program_options(&command_line, &argc, &argv, &helped, &error))
        return program_fail(NAME, error);
    if (helped)
        return EX_OK;
    if (!check_arguments(argc, &mode, &error) || !run(mode, &error))
        return program_fail(NAME, error);
    return EX_OK;
}
