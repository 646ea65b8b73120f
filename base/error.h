/* SPDX-License-Identifier: GPL-3.0-or-later */
/* error.h - the one vocabulary of failure.
 *
 * A PlaintError says what the *caller* should do next, never which module failed. The table in
 * error.c turns each code into an exit status at a shell (of every program; plaint(1) lists them)
 * and an HTTP status, so the surfaces cannot disagree. (The LDA answers 0 or 75 only, whatever the
 * code.)
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    PLAINT_ERROR_USAGE,     /* the command line has not the right form; help says what is */
    PLAINT_ERROR_BAD_INPUT, /* a value or a file is wrong; retrying is useless */
    PLAINT_ERROR_NOT_FOUND, /* the named thing does not exist */
    PLAINT_ERROR_CONFLICT,  /* the state of things forbids it; reload and look again */
    PLAINT_ERROR_INTERNAL,  /* our bug or a broken installation */
    PLAINT_ERROR_IO,        /* something that is open cannot be read, or written to */
    PLAINT_ERROR_BUSY,      /* locked, full, down or slow; the same call may work later */
    PLAINT_ERROR_DENIED,    /* the actor may not do this */
    PLAINT_ERROR_CONFIG,    /* the configuration cannot be used; mend it first */
    PLAINT_N_ERRORS,        /* not an error */
} PlaintError;              /* in the order of their exit statuses */

#define PLAINT_ERROR (plaint_error_quark())
GQuark plaint_error_quark(void);

/* Sets *error (if wanted) and returns false, so that a failing function can end in
 * `return plaint_fail(error, ...)`. The message is for a person: small first letter, no full stop,
 * what failed on 'what', then the way out. Untrusted bytes in it have passed text_quote(). */
bool plaint_fail(GError **error, PlaintError code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* What an errno of open() means: NOT_FOUND, DENIED, IO, BUSY when the system lacks something,
 * or else BAD_INPUT. */
PlaintError plaint_error_of_errno(int number);

/* The code of *error; anything that is not ours counts as INTERNAL. */
PlaintError plaint_error_code(const GError *error);

int plaint_error_exit_status(const GError *error); /* sysexits.h */
unsigned plaint_error_http_status(const GError *error);
const char *plaint_error_words(const GError *error); /* one phrase, never NULL */
