/* SPDX-License-Identifier: GPL-3.0-or-later */
/* program.h - what all our programs do alike: their words on standard error, their output, their
 * options where GOption reads them. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* First of all: of the descriptors 0, 1 and 2 a closed one becomes one that cannot be read or
 * written, lest the next file that is opened be taken for it. */
void program_guard_descriptors(void);

/* Prints "NAME: message", one cleaned line; returns the exit status of the error. */
int program_fail(const char *name, const GError *error);

/* Everything printed so far has left, or IO. */
bool program_flush(GError **error);

/* Reads the options; -h and --help print the text for them and set *ret_helped. USAGE, or IO of the
 * help. */
typedef struct {
    const GOptionEntry *entries;
    const char *operands; /* "FILE...": behind the options in the usage line, or NULL */
    const char *summary;  /* or NULL */
} ProgramOptions;
bool program_options(const ProgramOptions *options, int *argc, char ***argv, bool *ret_helped,
                     GError **error);
