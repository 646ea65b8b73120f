/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/mails.h"

#include <string.h>

static void
add_mail(Mails *mails, const char *from, const char *end)
{
    const char *newline = memchr(from, '\n', (gsize)(end - from));
    const char *start = newline ? newline + 1 : end;

    g_ptr_array_add(mails->list, g_bytes_new_static(start, (gsize)(end - start)));
    mails->bytes += (gsize)(end - start);
}

void
mails_open(const char *path, guint most, Mails *ret_mails)
{
    g_autoptr(GError) error = NULL;
    Mails mails = {.file = g_mapped_file_new(path, FALSE, &error)};
    const char *at, *end;

    if (!mails.file)
        g_error("%s", error->message);
    mails.list = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    at = g_mapped_file_get_contents(mails.file);
    end = at + g_mapped_file_get_length(mails.file);
    while (at && at < end && mails.list->len < most) {
        const char *next = memmem(at, (gsize)(end - at), "\nFrom ", 6);
        add_mail(&mails, at, next ? next : end); /* the blank line before From_ is no mail's */
        at = next ? next + 1 : end;
    }
    *ret_mails = mails;
}

void
mails_close(Mails *mails)
{
    g_ptr_array_unref(mails->list);
    g_mapped_file_unref(mails->file);
}

double
seconds_now(void)
{
    return (double)g_get_monotonic_time() / 1e6;
}
