/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/mails.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"

struct Mails {
    GMappedFile *map; /* NULL: stdin */
    GByteArray *read; /* of stdin */
    const char *at;
    const char *end;
    bool is_mbox;
    bool done;
};

void
mails_close(Mails *mails)
{
    if (!mails)
        return;
    g_clear_pointer(&mails->map, g_mapped_file_unref);
    g_clear_pointer(&mails->read, g_byte_array_unref);
    g_free(mails);
}

static bool
read_stdin(Mails *mails, GError **error)
{
    guint8 chunk[65536];
    ssize_t n = 0;

    mails->read = g_byte_array_new();
    while ((n = read(STDIN_FILENO, chunk, sizeof chunk)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return plaint_fail(error, PLAINT_ERROR_BUSY, "cannot read standard input: %s",
                               g_strerror(errno));
        if (mails->read->len + (gsize)n > 4 * (gsize)LIMIT_MAIL_READ_BYTES)
            return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                               "standard input is too long: give an mbox as a file");
        g_byte_array_append(mails->read, chunk, (guint)n);
    }
    mails->at = (const char *)mails->read->data;
    mails->end = mails->at + mails->read->len;
    return true;
}

static bool
map_file(Mails *mails, const char *file, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autofree char *quoted = text_quote(file);
    PlaintError code = PLAINT_ERROR_BAD_INPUT;

    mails->map = g_mapped_file_new(file, FALSE, &why);
    if (mails->map) {
        mails->at = g_mapped_file_get_contents(mails->map);
        mails->end = mails->at ? mails->at + g_mapped_file_get_length(mails->map) : NULL;
        return true;
    }
    if (g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        code = PLAINT_ERROR_NOT_FOUND;
    else if (g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_ACCES))
        code = PLAINT_ERROR_DENIED;
    return plaint_fail(error, code, "cannot read %s: %s", quoted,
                       code == PLAINT_ERROR_NOT_FOUND ? "no such file"
                       : code == PLAINT_ERROR_DENIED  ? "permission denied"
                                                      : "not a file that holds mail");
}

/* "From sender ... hh:mm..." : the bare word From begins many a line of prose, a time does not. */
static bool
is_from_line(const char *at, const char *end)
{
    const char *stop = NULL;

    if (end - at < 12 || memcmp(at, "From ", 5) != 0)
        return false;
    stop = memchr(at, '\n', (gsize)MIN(end - at, 998));
    for (const char *p = at + 5; stop && p + 5 < stop; p++)
        if (*p == ' ' && g_ascii_isdigit(p[1]) &&
            (p[2] == ':' || (g_ascii_isdigit(p[2]) && p[3] == ':')))
            return true;
    return false;
}

static const char *
line_after(const char *at, const char *end)
{
    const char *stop = at < end ? memchr(at, '\n', (gsize)(end - at)) : NULL;

    return stop ? stop + 1 : end;
}

/* The From_ line that ends the mail begun at `at`: the first one after an empty line. */
static const char *
mail_end(const char *at, const char *end)
{
    const char *p = at;

    while (p < end) {
        const char *found = memmem(p, (gsize)(end - p), "\nFrom ", 6);

        if (!found)
            return end;
        p = found + 1;
        if ((found == at || found[-1] == '\n' ||
             (found[-1] == '\r' && found - at > 1 && found[-2] == '\n')) &&
            is_from_line(p, end))
            return p;
    }
    return end;
}

Mails *
mails_open(const char *file, GError **error)
{
    g_autoptr(Mails) mails = g_new0(Mails, 1);

    if (strcmp(file, "-") == 0 ? !read_stdin(mails, error) : !map_file(mails, file, error))
        return NULL;
    mails->is_mbox = is_from_line(mails->at, mails->end);
    return g_steal_pointer(&mails);
}

GBytes *
mails_next(Mails *mails)
{
    const char *begin = mails->at;
    const char *stop = mails->end;

    if (mails->done)
        return NULL;
    if (mails->is_mbox) {
        begin = line_after(begin, mails->end);
        stop = mail_end(begin, mails->end);
    }
    mails->at = stop;
    mails->done = stop == mails->end;
    /* The empty line before the next From_ line belongs to the mbox, not to the mail. */
    if (!mails->done && stop - begin > 1 && stop[-1] == '\n')
        stop--;
    return g_bytes_new_static(begin ? begin : "", begin ? (gsize)(stop - begin) : 0);
}
