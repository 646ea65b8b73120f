/* SPDX-License-Identifier: GPL-3.0-or-later */
/* caller.h - who started plaint-ingest. An MTA takes any status but 0 and 75 for a reason to bounce
 * the mail to its author, so both of its programs ask here, before anything can fail, and tell only
 * a person more. No GLib: plaint-ingest is built without libraries. */
#pragma once

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* The option at arg takes its value from the next word. */
static inline bool
caller_takes_value(const char *arg)
{
    static const char *const options[] = {"-c", "-f", "-a", "--config", "--sender", "--recipient"};

    for (unsigned i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(arg, options[i]) == 0)
            return true;
    return false;
}

/* Somebody at a terminal, or one who names a file or a Maildir, or asks for help: no mail is lost
 * by a status that says what is wrong. */
static inline bool
caller_is_person(char *const *argv)
{
    if (isatty(STDIN_FILENO))
        return true;
    for (char *const *arg = argv[0] ? argv + 1 : argv; *arg; arg++) {
        if (strcmp(*arg, "--") == 0)
            return arg[1] != NULL;
        if ((*arg)[0] != '-' || (*arg)[1] == '\0' || strncmp(*arg, "--maildir", 9) == 0 ||
            strcmp(*arg, "--help") == 0 || strcmp(*arg, "-h") == 0)
            return true;
        if (caller_takes_value(*arg) && arg[1])
            arg++;
    }
    return false;
}
