/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/maildir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "base/text.h"

struct Maildir {
    int new_fd, cur_fd;
    DIR *dir;
};

static int
open_dir(const char *path, const char *name, GError **error)
{
    g_autofree char *full = g_build_filename(path, name, NULL);
    int fd = open(full, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int errnum = errno;

    if (fd < 0) {
        g_autofree char *quoted = text_quote(path);

        (void)plaint_fail(error, plaint_error_of_errno(errnum),
                          "cannot read the Maildir %s: its folder '%s': %s", quoted, name,
                          g_strerror(errnum));
    }
    return fd;
}

Maildir *
maildir_open(const char *path, GError **error)
{
    g_autoptr(Maildir) maildir = g_new0(Maildir, 1);
    int list_fd = -1;

    maildir->new_fd = maildir->cur_fd = -1;
    maildir->new_fd = open_dir(path, "new", error);
    if (maildir->new_fd < 0)
        return NULL;
    maildir->cur_fd = open_dir(path, "cur", error);
    if (maildir->cur_fd < 0)
        return NULL;
    list_fd = open_dir(path, "new", error);
    maildir->dir = list_fd >= 0 ? fdopendir(list_fd) : NULL;
    return maildir->dir ? g_steal_pointer(&maildir) : NULL;
}

void
maildir_free(Maildir *maildir)
{
    if (!maildir)
        return;
    if (maildir->dir)
        (void)closedir(maildir->dir);
    autofd_clear(&maildir->new_fd);
    autofd_clear(&maildir->cur_fd);
    g_free(maildir);
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The next entry that is a mail; NULL at the end. */
static const char *
next_name(Maildir *maildir)
{
    const struct dirent *entry = NULL;

    while ((entry = readdir(maildir->dir)) != NULL) {
        if (entry->d_name[0] != '.')
            return entry->d_name;
    }
    return NULL;
}

GPtrArray *
maildir_next(Maildir *maildir, guint max)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const char *name = NULL;

    while (names->len < max && (name = next_name(maildir)) != NULL)
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_names);
    return names;
}

int
maildir_open_mail(const Maildir *maildir, const char *name, GError **error)
{
    g_auto(AutoFd) fd =
        openat(maildir->new_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    int errnum = errno;

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        return autofd_steal(&fd);
    (void)plaint_fail(error,
                      fd >= 0 || errnum == ELOOP || errnum == ENXIO ? PLAINT_ERROR_BAD_INPUT
                      : errnum == ENOENT                            ? PLAINT_ERROR_NOT_FOUND
                                                                    : PLAINT_ERROR_BUSY,
                      "it cannot be read: %s", fd < 0 ? g_strerror(errnum) : "not a file");
    return -1;
}

bool
maildir_move(const Maildir *maildir, const char *name, GError **error)
{
    const char *flags = strstr(name, ":2,") ? "" : ":2,";
    g_autofree char *target = g_strconcat(name, flags, NULL);

    if (renameat(maildir->new_fd, name, maildir->cur_fd, target) == 0 || errno == ENOENT)
        return true;
    return plaint_fail(error, PLAINT_ERROR_BUSY, "cannot move a mail from new to cur: %s",
                       g_strerror(errno));
}

guint64
maildir_bytes(const Maildir *maildir)
{
    guint64 sum = 0;
    const struct dirent *entry = NULL;
    struct stat st;

    while ((entry = readdir(maildir->dir)) != NULL) {
        if (entry->d_name[0] != '.' && fstatat(maildir->new_fd, entry->d_name, &st, 0) == 0)
            sum += (guint64)st.st_size;
    }
    rewinddir(maildir->dir);
    return sum;
}
