/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

enum { WORDS_BYTES = 2000 }; /* of an error that are printed */

void
program_guard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_WRONLY);
}

int
program_fail(const char *name, const GError *error)
{
    g_autofree char *words = text_clean(error->message, -1, WORDS_BYTES);

    (void)fflush(stdout);
    (void)fprintf(stderr, "%s: %s\n", name, words);
    return plaint_error_exit_status(error);
}

bool
program_flush(GError **error)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return true;
    return plaint_fail(error, PLAINT_ERROR_IO, "cannot write the output: %s", g_strerror(errno));
}

static bool
print_help(GOptionContext *context, GError **error)
{
    g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);

    (void)fputs(help, stdout);
    return program_flush(error);
}

bool
program_options(const ProgramOptions *options, int *argc, char ***argv, bool *ret_helped,
                GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new(options->operands);
    g_autoptr(GError) why = NULL;
    gboolean help = FALSE;
    const GOptionEntry own[] = {
        {"help", 'h', 0, G_OPTION_ARG_NONE, &help, "say what it does and stop", NULL},
        G_OPTION_ENTRY_NULL,
    };

    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_summary(context, options->summary);
    g_option_context_add_main_entries(context, options->entries, NULL);
    g_option_context_add_main_entries(context, own, NULL);
    if (!g_option_context_parse(context, argc, argv, &why)) {
        why->message[0] = g_ascii_tolower(why->message[0]);
        return plaint_fail(error, PLAINT_ERROR_USAGE, "%s: see '%s --help'", why->message,
                           g_get_prgname());
    }
    if (help && !print_help(context, error))
        return false;
    *ret_helped = help;
    return true;
}
