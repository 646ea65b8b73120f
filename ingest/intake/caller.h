/* SPDX-License-Identifier: GPL-3.0-or-later */
/* caller.h - who started plaint-ingest. An MTA takes any status but 0 and 75 for a reason to bounce
 * the mail to its author, so both of its programs ask here, before anything can fail, and tell only
 * a person more. No GLib: plaint-ingest is built without libraries. */
#pragma once

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static inline bool
caller_begins(const char *arg, const char *const *words)
{
    for (; *words; words++)
        if (strncmp(arg, *words, strlen(*words)) == 0)
            return true;
    return false;
}

/* Somebody at a terminal, or one who names a file or a Maildir, or asks for help: no mail is lost
 * by a status that says what is wrong. An envelope is told by an MTA: beside one, what looks like a
 * file may be a value whose option took an empty one's place. */
static inline bool
caller_is_person(char *const *argv)
{
    static const char *const envelope[] = {"-f", "-a", "--sender", "--recipient", NULL};
    static const char *const asked[] = {"-h", "--help", "--maildir", NULL};
    bool person = false;

    if (isatty(STDIN_FILENO))
        return true;
    for (char *const *arg = argv[0] ? argv + 1 : argv; *arg; arg++) {
        if (strcmp(*arg, "--") == 0)
            return person || arg[1];
        if (caller_begins(*arg, envelope))
            return false;
        person = person || (*arg)[0] != '-' || (*arg)[1] == '\0' || caller_begins(*arg, asked);
        if ((strcmp(*arg, "-c") == 0 || strcmp(*arg, "--config") == 0) && arg[1])
            arg++;
    }
    return person;
}
