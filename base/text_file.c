/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"

enum { READ_BYTES = 64 * 1024 };

static bool
read_all(int fd, gsize max, GString *out, GError **error)
{
    g_autofree char *chunk = g_malloc(READ_BYTES);
    ssize_t n = 1;

    while (n != 0) {
        n = read(fd, chunk, READ_BYTES);
        if (n < 0 && errno != EINTR)
            return plaint_fail(error, PLAINT_ERROR_IO, "%s", g_strerror(errno));
        if (n > 0)
            g_string_append_len(out, chunk, n);
        if (out->len > max)
            return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "larger than %d MB",
                               (int)(max / 1024 / 1024));
    }
    return true;
}

char *
text_file_read(const char *path, gsize max, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    struct stat st = {0};
    /* Non-blocking: opening a pipe that nobody writes to would wait. */
    g_auto(AutoFd) fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    int number = errno;

    if (fd < 0)
        plaint_fail(error, plaint_error_of_errno(number), "%s", g_strerror(number));
    else if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "not a regular file");
    else if (read_all(fd, max, text, error)) {
        if (strlen(text->str) == text->len)
            return g_string_free(g_steal_pointer(&text), FALSE);
        plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "contains NUL bytes: it is to be UTF-8 text");
    }
    return NULL;
}
