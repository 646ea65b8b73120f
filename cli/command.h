/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.h - a command is a row in its own file; everything else is read off the row.
 *
 * Parsing of the command line, usage errors, `plaint help`, the man page and shell completion all
 * come from the same Command, so they cannot drift apart.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Plaint Plaint; /* what was opened for the command: cli/plaint.h */

typedef enum {
    COMMAND_NEEDS_NOTHING = 0,
    COMMAND_NEEDS_CONFIG = 1 << 0, /* plaint->config, plaint->site */
    COMMAND_READS = 1 << 1,        /* … and plaint->store, to read */
    COMMAND_WRITES = 1 << 2,       /* … to write */
    COMMAND_PARSES = 1 << 3,       /* … and plaint->parser, made before the store is opened */
} CommandNeeds;

typedef struct {
    const char *name;         /* "since": typed --since; NULL ends a table */
    char letter;              /* 'c': also typed -c; 0: none */
    const char *value;        /* "TIME": it takes one; NULL: a switch */
    const char *summary;      /* one line, lower case, no full stop */
    const char *const *words; /* the values allowed; NULL: any */
    int n_words;              /* of words; 0: they end with a NULL */
} CommandOption;

/* The values allowed as a list that ends with a NULL; NULL: any. (transfer container) */
char **command_option_words(const CommandOption *option);

typedef struct {
    const char *name;               /* "ticket show": the words as typed */
    const char *operands;           /* "ID...", or "" */
    const char *summary;            /* one line, lower case, no full stop */
    const char *details;            /* paragraphs for help and man page, or NULL */
    const CommandOption *options;   /* beside --json and --help; NULL: none */
    guint needs;                    /* CommandNeeds bits: plaint_run opens exactly this */
    bool takes_query;               /* "-cause:x" is a word of a query, not an option */
    bool hidden;                    /* works, but no list names it */
    int min_operands, max_operands; /* -1: any number */
    bool (*run)(Plaint *plaint, GError **error);
} Command;

/* The commands in the order of `plaint help`; ends with NULL. */
extern const Command *const commands[];
/* Options that every command has. */
extern const CommandOption command_common_options[];

/* The command whose words argv begins with; the longest name wins. ret_words: how many words of
 * argv its name takes. NULL with USAGE and the nearest command, if any. */
const Command *command_find(char **argv, int *ret_words, GError **error);

/* By its whole name ("ticket show"); NULL is an answer. */
const Command *command_by_name(const char *name);

/* By name, or by its letter; of the command or common to all. NULL is an answer. */
const CommandOption *command_option(const Command *command, const char *name);

/* "plaint ticket show [OPTION...] ID..." (transfer full) */
char *command_usage(const Command *command);

/* The programs that `plaint WORD` runs as `plaint-WORD`. */
typedef struct {
    const char *word;
    const char *summary;
    const char *const *forms; /* what may follow the program's name; NULL-terminated */
    const char *details;
    const CommandOption *options;
    const char *exit_status; /* what it means, for the man page */
} CommandProgram;
extern const CommandProgram command_programs[]; /* ends with a NULL word */
