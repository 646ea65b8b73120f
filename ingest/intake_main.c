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
#include "ingest/intake/caller.h"
#include "ingest/intake/import.h"
#include "ingest/intake/lda.h"
#include "ingest/intake/program.h"
#include "ingest/intake/sandbox.h"

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
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &opt_files, NULL, NULL},
    G_OPTION_ENTRY_NULL,
};
/* clang-format on */

static const ProgramOptions command_line = {
    .entries = entries,
    .operands = "[FILE...]",
    .summary = "Takes a mail from standard input into the store (an MTA runs it so), or imports\n"
               "mbox files, single messages and Maildirs.",
};

static bool
is_import(void)
{
    return opt_files || opt_maildirs;
}

/* A person, or a script that named files, hears what is wrong. In a delivery the words are for the
 * operator alone, in the log, or on a terminal: the MTA may send them to a stranger. */
static int
fail(const GError *error, bool person)
{
    if (person)
        return program_fail(NAME, error);
    log_line(LOG_LINE_ERROR, "%s", error->message);
    if (isatty(STDERR_FILENO) && !getauxval(AT_SECURE))
        (void)program_fail(NAME, error);
    else
        (void)fprintf(stderr, NAME ": %s; please try again later\n", plaint_error_words(error));
    return EX_TEMPFAIL;
}

/* The mail is on disk. The system takes memory and files back faster than we can, and the MTA
 * waits; only a build that looks for leaks gives all of it back. */
static void
leave(Store *store)
{
    if (SANDBOX_SANITIZED) {
        store_close(store);
        return;
    }
    store_leave(store);
    _exit(EX_OK);
}

static bool
run(const Config *config, const SiteMap *site, GError **error)
{
    static const char *const none[] = {NULL};
    g_autofree char *url = config_store_url(config);
    StoreMode mode = config_is_set(config, "store", "url") ? STORE_WRITE : STORE_CREATE;
    gint64 now = clock_now();
    bool log_query = config_is_set(config, "mta", "log-query");
    bool customer_lookup = config_is_set(config, "customers", "lookup");
    Store *store = NULL;
    bool hooks = config_is_set(config, "hooks", "on-move");

    if (is_import()) {
        const ImportOptions import = {
            .site = site,
            .store_url = url,
            .store_mode = mode,
            .files = opt_files ? (const char *const *)opt_files : none,
            .maildirs = (const char *const *)opt_maildirs,
            .now = now,
            .log_query = log_query,
            .customer_lookup = customer_lookup,
            .hooks = hooks,
        };

        return import_run(&import, error);
    }
    const LdaOptions lda = {
        .site = site,
        .store_url = url,
        .store_mode = mode,
        .hints = {opt_sender, opt_recipient, g_getenv("SENDER"), g_getenv("RECIPIENT")},
        .now = now,
        .log_query = log_query,
        .customer_lookup = customer_lookup,
        .hooks = hooks,
    };
    if (!lda_deliver(STDIN_FILENO, &lda, &store, error))
        return false;
    leave(store);
    return true;
}

static bool
check_use(GError **error)
{
    if (is_import() && getauxval(AT_SECURE)) /* would open files with the group's rights */
        return plaint_fail(error, PLAINT_ERROR_USAGE,
                           "setgid, it takes a mail from standard input and nothing else");
    if (is_import() && (opt_sender || opt_recipient))
        return plaint_fail(error, PLAINT_ERROR_USAGE,
                           "-f and -a go with a mail on standard input, not with files: see '" NAME
                           " --help'");
    if (!is_import() && isatty(STDIN_FILENO))
        return plaint_fail(error, PLAINT_ERROR_USAGE,
                           "no mail: pipe one in, or name files: see '" NAME " --help'");
    return true;
}

int
main(int argc, char **argv)
{
    bool person = caller_is_person(argv);
    bool helped = false;
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = NULL;
    g_autoptr(SiteMap) site = NULL;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0,
                0);                 /* of plaint-ingest: no deliveries of our own */
    (void)signal(SIGXFSZ, SIG_IGN); /* a write that is too long fails instead */
    (void)signal(SIGPIPE, SIG_IGN);
    log_open(NAME, person ? LOG_TO_STDERR : LOG_TO_SYSLOG);
    if (!program_options(&command_line, &argc, &argv, &helped, &error))
        return fail(error, person);
    if (helped)
        return EX_OK;
    if (!check_use(&error))
        return fail(error, person);
    config = config_load(getauxval(AT_SECURE) ? NULL : opt_config, &error);
    site = config ? site_map_load(config, &error) : NULL;
    if (!site || !run(config, site, &error))
        return fail(error, person);
    return EX_OK;
}
