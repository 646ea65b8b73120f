/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help.h - help texts, man pages and shell completion, all drawn from the rows of commands and of
 * configuration keys. */
#pragma once

#include "cli/command.h"
#include "cli/term.h"

void help_print_all(const Term *term);                             /* `plaint help` */
void help_print_command(const Command *command, const Term *term); /* `plaint help WORD` */
/* `plaint help ticket`: the commands that begin with that word; false: none do. */
bool help_print_group(const char *word, const Term *term);

/* `plaint help ingest`; false: no such program. */
bool help_print_program(const char *word, const Term *term);

/* The page in roff: "plaint", "plaint-ingest", "plaint-parse", "plaint.conf"; NULL with NOT_FOUND.
 * (transfer full) */
char *help_man(const char *page, GError **error);

/* A completion script for bash. (transfer full) */
char *help_completion(void);
