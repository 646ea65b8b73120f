/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The programs that `plaint WORD` runs as `plaint-WORD`, as help and man pages tell of them.
 * Their own option tables are in ingest/; tests/cli/t_man.py compares the two. */
#include "cli/command.h"

/* clang-format off */
static const CommandOption ingest_options[] = {
    {.name = "config", .letter = 'c', .value = "FILE", .summary = "the configuration; a setgid installation ignores it"},
    {.name = "sender", .letter = 'f', .value = "ADDRESS", .summary = "envelope sender of the mail on standard input"},
    {.name = "recipient", .letter = 'a', .value = "ADDRESS", .summary = "envelope recipient"},
    {.name = "maildir", .value = "DIR", .summary = "import new mail of a Maildir and move it to cur"},
    {.name = "help", .letter = 'h', .summary = "say what it does and stop"},
    {.name = NULL},
};
static const char *const ingest_forms[] = {
    "[-c FILE] [-f SENDER] [-a RECIPIENT] < MAIL",
    "[-c FILE] FILE...",
    "[-c FILE] --maildir=DIR",
    NULL,
};

static const CommandOption parse_options[] = {
    {.name = "config", .letter = 'c', .value = "FILE", .summary = "the configuration"},
    {.name = "as", .value = "WHAT", .summary = "what the mail is, complaint or spam"},
    {.name = "parts", .summary = "print what a viewer may show of the mail instead"},
    {.name = "help", .letter = 'h', .summary = "say what it does and stop"},
    {.name = NULL},
};
static const char *const parse_forms[] = {"[-c FILE] [--as=complaint|spam] [--parts] < MAIL", NULL};

static const CommandOption watch_options[] = {
    {.name = "config", .letter = 'c', .value = "FILE", .summary = "the configuration"},
    {.name = "once", .summary = "do what is due and stop"},
    {.name = "help", .letter = 'h', .summary = "say what it does and stop"},
    {.name = NULL},
};
static const char *const watch_forms[] = {"[-c FILE]", "[-c FILE] --once", NULL};

const CommandProgram command_programs[] = {
    {
        .word = "ingest",
        .summary = "take complaints in: from the MTA, an mbox, a Maildir",
        .forms = ingest_forms,
        .options = ingest_options,
        .details =
            "Without operands it is a local delivery agent: one mail on standard input, the envelope "
            "from -f and -a, else from SENDER and RECIPIENT in the environment, else from the "
            "Return-Path, X-Original-To and Delivered-To fields. With FILEs (an mbox, or single "
            "messages; - is standard input) or a Maildir it imports what is there; doing so again adds "
            "nothing. A mail of more than 64 MB, or that cannot be read, or that the store refuses, is left out (in a Maildir: "
            "in new) and named with its place in the file; the rest goes in.\n\n"
            "Postfix, by a transport of its own under the user plaint (best). In master.cf:\n\n"
            "  plaint unix - n n - 2 pipe flags=ORXhu user=plaint\n"
            "    argv=/usr/local/bin/plaint-ingest -f ${sender} -a ${original_recipient}\n\n"
            "and in main.cf, for addresses that are aliases or otherwise known to Postfix:\n\n"
            "  plaint_destination_recipient_limit = 1\n"
            "  transport_maps = inline:{abuse@example.net=plaint:,postmaster@example.net=plaint:}\n\n"
            "Any MTA, in its aliases file. Aliases run as nobody, so install the program setgid plaint "
            "and let the group write to the store; it then reads /etc/plaint/plaint.conf only:\n\n"
            "  chgrp plaint /usr/local/bin/plaint-ingest\n"
            "  chmod 2755 /usr/local/bin/plaint-ingest\n"
            "  chmod 2770 /var/lib/plaint\n"
            "  chmod 660 /var/lib/plaint/plaint.db*\n\n"
            "  abuse: \"|/usr/local/bin/plaint-ingest\"\n\n"
            "/usr/local/share/doc/plaint/contrib says more of Postfix, and has a recipe for Exim.\n\n"
            "Do not let a spam filter stand before it: complaints contain spam.",
        .exit_status =
            "0: the mail is in the store, on disk. 75: it is not; the mail system must try again. There "
            "is no other answer to a mail on standard input; why it was not taken is in the mail log. An "
            "input without a byte is answered 75, too: mail systems deliver none, so a filter before this "
            "program has failed, and 0 would lose what it was given. "
            "With FILEs, --maildir or --help and neither -f nor -a, or at a terminal: the statuses of "
            "plaint(1); 75, too, when mails were left out.",
    },
    {
        .word = "parse",
        .summary = "read one mail in the sandbox and print what it says",
        .forms = parse_forms,
        .options = parse_options,
        .details =
            "Prints one JSON object: the complaint as 'plaint explain --json' gives it, or with --parts "
            "what a viewer may show of the mail, as text. It runs in the same sandbox as the parsing "
            "child of plaint-ingest: no files, no network, 256 MB of memory, 10 seconds of CPU.",
        .exit_status = "0 when it ran, whatever the mail; else the statuses of plaint(1).",
    },
    {
        .word = "watch",
        .summary = "do what the clock does: jobs, lookups in lists, letters",
        .forms = watch_forms,
        .options = watch_options,
        .details =
            "Does what 'plaint job run', 'plaint listing check', 'plaint outbox send', 'plaint relay "
            "retest' and 'plaint site check' do, again and again, as a service; with --once, what is due now, for cron. Any number may run, on "
            "any number of hosts: each piece of work is leased by one of them, and one that is "
            "killed leaves leases that end by themselves within twenty minutes.\n\n"
            "SIGTERM and SIGINT end it between two pieces of work; a lookup that was begun keeps what it has "
            "heard. SIGHUP makes it read the configuration again; a wrong one is named and the old "
            "one stays. It writes a line to standard error for each turn that did something or "
            "failed; a task that fails does not hold up the others. It tells systemd when it is ready and that it "
            "lives.\n\n"
            "/usr/local/share/doc/plaint/contrib/systemd has a unit.",
        .exit_status = "0 when it was told to stop. With --once, 0 when nothing failed; else the status of "
                       "what failed first, as in plaint(1).",
    },
    {.word = NULL},
};
/* clang-format on */
