/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <sysexits.h>

/* clang-format off */
static const struct {
    int exit_status;
    unsigned http_status;
    const char *words;
} surfaces[] = {
    [PLAINT_ERROR_USAGE]     = {EX_USAGE,       400, "wrong command line"},
    [PLAINT_ERROR_BAD_INPUT] = {EX_DATAERR,     400, "bad value or data"},
    [PLAINT_ERROR_NOT_FOUND] = {EX_NOINPUT,     404, "not found"},
    [PLAINT_ERROR_CONFLICT]  = {EX_UNAVAILABLE, 409, "the state of things forbids it"},
    [PLAINT_ERROR_INTERNAL]  = {EX_SOFTWARE,    500, "internal error"},
    [PLAINT_ERROR_IO]        = {EX_IOERR,       500, "cannot read or write"},
    [PLAINT_ERROR_BUSY]      = {EX_TEMPFAIL,    503, "busy, locked or full"},
    [PLAINT_ERROR_DENIED]    = {EX_NOPERM,      403, "denied"},
    [PLAINT_ERROR_CONFIG]    = {EX_CONFIG,      500, "wrong configuration"},
};
/* clang-format on */
G_STATIC_ASSERT(G_N_ELEMENTS(surfaces) == PLAINT_N_ERRORS);

GQuark
plaint_error_quark(void)
{
    return g_quark_from_static_string("plaint-error-quark");
}

bool
plaint_fail(GError **error, PlaintError code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_propagate_error(error, g_error_new_valist(PLAINT_ERROR, (int)code, format, args));
    va_end(args);
    return false;
}

PlaintError
plaint_error_of_errno(int number)
{
    static const struct {
        int number;
        PlaintError code;
    } known[] = {
        {ENOENT, PLAINT_ERROR_NOT_FOUND}, {ENOTDIR, PLAINT_ERROR_NOT_FOUND},
        {EACCES, PLAINT_ERROR_DENIED},    {EPERM, PLAINT_ERROR_DENIED},
        {EIO, PLAINT_ERROR_IO},           {EMFILE, PLAINT_ERROR_BUSY},
        {ENFILE, PLAINT_ERROR_BUSY},      {ENOMEM, PLAINT_ERROR_BUSY},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (known[i].number == number)
            return known[i].code;
    return PLAINT_ERROR_BAD_INPUT;
}

PlaintError
plaint_error_code(const GError *error)
{
    bool ours = error->domain == PLAINT_ERROR && error->code >= 0 && error->code < PLAINT_N_ERRORS;

    return ours ? (PlaintError)error->code : PLAINT_ERROR_INTERNAL;
}

int
plaint_error_exit_status(const GError *error)
{
    return surfaces[plaint_error_code(error)].exit_status;
}

unsigned
plaint_error_http_status(const GError *error)
{
    return surfaces[plaint_error_code(error)].http_status;
}

const char *
plaint_error_words(const GError *error)
{
    return surfaces[plaint_error_code(error)].words;
}
