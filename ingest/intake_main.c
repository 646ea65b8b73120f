/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plaint-intake - what plaint-ingest starts: the LDA, and imports. Not meant to be run by hand. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/error.h"
#include "base/log.h"
#include "ingest/intake/import.h"
#include "ingest/intake/lda.h"

#define NAME "plaint-ingest"

/* Filled by GOption. File names are bytes: an address with 8-bit characters is no reason to fail.
 */
static char *opt_config, *opt_sender, *opt_recipient;
static char **opt_maildirs, **opt_files;

/* clang-format off */
static const GOptionEntry entries[] = {
    {"config",    'c', 0, G_OPTION_ARG_FILENAME, &opt_config, "configuration", "FILE"},
    {"sender",    'f', 0, G_OPTION_ARG_FILENAME, &opt_sender, "envelope sender of the mail on standard input", "ADDRESS"},
    {"recipient", 'a', 0, G_OPTION_ARG_FILENAME, &opt_recipient, "envelope recipient", "ADDRESS"},
    {"maildir",   0,   0, G_OPTION_ARG_FILENAME_ARRAY, &opt_maildirs, "import new mail of a Maildir and move it to cur", "DIR"},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &opt_files, NULL, "[FILE...]"},
    G_OPTION_ENTRY_NULL,
};
/* clang-format on */

static bool
parse_arguments(int argc, char **argv, GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);

    g_option_context_set_summary(
        context, "Takes a mail from standard input into the store (an MTA runs it so), or imports\n"
                 "mbox files, single messages and Maildirs.");
    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, &argc, &argv, error);
}

/* The caller is a person, or a script that gave operands: then, and only then, may a status say
 * that trying again is useless. */
static bool
is_import(void)
{
    return opt_files || opt_maildirs;
}

static int
fail(const char *why, int status)
{
    bool person = is_import() || isatty(STDIN_FILENO);

    (void)fprintf(stderr, NAME ": %s\n", why);
    return person ? status : EX_TEMPFAIL;
}

static int
run(const Config *config, const SiteMap *site, GError **error)
{
    static const char *const none[] = {NULL};
    g_autofree char *url = config_store_url(config);
    StoreMode mode = config_is_set(config, "store", "url") ? STORE_WRITE : STORE_CREATE;
    gint64 now = clock_now();

    if (is_import()) {
        const ImportOptions options = {
            .site = site,
            .store_url = url,
            .store_mode = mode,
            .files = opt_files ? (const char *const *)opt_files : none,
            .maildirs = (const char *const *)opt_maildirs,
            .now = now,
        };

        return import_run(&options, error);
    }
    const LdaOptions options = {
        .site = site,
        .store_url = url,
        .store_mode = mode,
        .hints = {opt_sender, opt_recipient, g_getenv("SENDER"), g_getenv("RECIPIENT")},
        .now = now,
    };
    return lda_deliver(STDIN_FILENO, &options, error);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = NULL;
    g_autoptr(SiteMap) site = NULL;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0,
                0);                 /* of plaint-ingest: no deliveries of our own */
    (void)signal(SIGXFSZ, SIG_IGN); /* a write that is too long fails instead */
    (void)signal(SIGPIPE, SIG_IGN);
    if (!parse_arguments(argc, argv, &error))
        return fail(error->message, EX_USAGE);
    if (is_import() && getauxval(AT_SECURE)) /* would open files with the group's rights */
        return fail("setgid, it takes a mail from standard input and nothing else", EX_USAGE);
    if (!is_import() && isatty(STDIN_FILENO))
        return fail("no mail: pipe one in, or name files (see --help)", EX_USAGE);
    log_open(NAME, is_import() ? LOG_TO_STDERR : LOG_TO_SYSLOG);

    config = config_load(getauxval(AT_SECURE) ? NULL : opt_config, &error);
    site = config ? site_map_load(config, &error) : NULL;
    if (!site) {
        log_line(LOG_LINE_ERROR, "%s", error->message);
        return fail(is_import() ? error->message : "the configuration cannot be used", EX_CONFIG);
    }
    if (run(config, site, &error))
        return EX_OK;
    if (is_import()) {
        PlaintError code = plaint_error_code(error);
        bool operand = code == PLAINT_ERROR_NOT_FOUND || code == PLAINT_ERROR_BAD_INPUT;

        return fail(error->message, operand ? EX_USAGE : EX_TEMPFAIL);
    }
    log_line(LOG_LINE_ERROR, "%s", error->message); /* its words are for the operator alone */
    return fail("temporary failure, please try again later", EX_TEMPFAIL);
}
