/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/mail_read.h"

#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "ingest/intake/digest.h"

enum {
    LEAST_BYTES = 16 * 1024
}; /* a page touched in vain costs a delivery as much as a kilobyte read */

GBytes *
mail_read(int fd, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    for (;;) {
        guint len = bytes->len, room = MAX(len, LEAST_BYTES);
        ssize_t n = 0;

        g_byte_array_set_size(bytes, len + room);
        n = read(fd, bytes->data + len, room);
        g_byte_array_set_size(bytes, len + (guint)MAX(n, 0));
        if (n == 0)
            return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
        if (n < 0 && errno != EINTR) {
            (void)plaint_fail(error, PLAINT_ERROR_IO, "cannot read the mail: %s",
                              g_strerror(errno));
            return NULL;
        }
        if (bytes->len > LIMIT_MAIL_READ_BYTES) {
            (void)plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "the mail is larger than %d MB",
                              LIMIT_MAIL_READ_BYTES / (1024 * 1024));
            return NULL;
        }
    }
}

GBytes *
mail_without_from_line(GBytes *mail)
{
    gsize len = 0;
    const char *bytes = g_bytes_get_data(mail, &len);
    gsize skip = len > 0 ? mail_from_line_length(bytes, len) : 0;

    return g_bytes_new_from_bytes(mail, skip, len - skip);
}
