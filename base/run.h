/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run.h - a program of the site's is run: no shell, an environment of our own, bounded in time and
 * in what it may print.
 *
 * It gets the null device, or the bytes given, as standard input, / as folder, no other descriptor,
 * and a process group of its own, which is killed when the program has ended, too: nothing that it
 * started stays behind, unless it left the group on purpose.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define RUN_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

typedef struct {
    const char *const *argv; /* NULL-terminated; argv[0] is an absolute path */
    const char *const *env;  /* NULL-terminated: the whole environment */
    guint milliseconds;      /* then it is killed */
    gsize max_bytes;         /* of standard output; at more it is killed */
    GBytes *input;           /* its standard input; NULL: the null device */
} Run;

/* What it printed (transfer full), when it ended with status 0 within the limits. *ret_said is the
 * beginning of its standard error as one cleaned line, NULL when there was none; it is set in any
 * case, (transfer full). Errors: CONFIG, it cannot be started; BUSY, it ran too long; BAD_INPUT, it
 * printed too much or failed. */
GBytes *run_program(const Run *run, char **ret_said, GError **error);
/* The same; *ret_status: the exit status, -1 when it did not end by itself. */
GBytes *run_program_status(const Run *run, int *ret_status, char **ret_said, GError **error);
