/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/mails.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "ingest/intake/mail_read.h"
#include "ingest/intake/mbox.h"

struct Mails {
    AutoFd fd; /* of a file that was opened; -1: stdin */
    Mbox *mbox;
    char *name;       /* for messages */
    guint n;          /* mails so far */
    bool ended;       /* no more is read */
    guint64 mails_at; /* bytes read when the last mail was complete */
};

void
mails_close(Mails *mails)
{
    if (!mails)
        return;
    g_clear_pointer(&mails->mbox, mbox_free);
    autofd_clear(&mails->fd);
    g_free(mails->name);
    g_free(mails);
}

/* A file; or standard input by another name, or a shell's <(command). A named pipe or a device
 * could keep us waiting for ever. */
static bool
is_readable(int fd, const struct stat *st)
{
    struct stat in = {0};
    struct statfs fs = {0};

    return S_ISREG(st->st_mode) ||
           (fstat(STDIN_FILENO, &in) == 0 && in.st_dev == st->st_dev && in.st_ino == st->st_ino) ||
           (fstatfs(fd, &fs) == 0 && fs.f_type == PIPEFS_MAGIC);
}

static bool
open_file(Mails *mails, const char *file, GError **error)
{
    struct stat st = {0};
    int number = 0;

    mails->fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    number = errno;
    if (mails->fd < 0 || fstat(mails->fd, &st) != 0)
        return plaint_fail(error, plaint_error_of_errno(number), "cannot read %s: %s", mails->name,
                           g_strerror(number));
    if (S_ISDIR(st.st_mode))
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "%s is a folder: name the files in it",
                           mails->name);
    if (!is_readable(mails->fd, &st))
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "%s is a pipe or a device: send it to standard input, and name -",
                           mails->name);
    (void)fcntl(mails->fd, F_SETFL, fcntl(mails->fd, F_GETFL) & ~O_NONBLOCK);
    return true;
}

/* A file has an end to skip to; what else is too long may have none. */
static bool
check_stream(int fd, gpointer data, GError **error)
{
    const Mails *mails = data;
    struct stat st = {0};

    return mbox_bytes_read(mails->mbox) - mails->mails_at <= LIMIT_MAIL_READ_BYTES ||
           (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) ||
           plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                       "mail %u is longer than %d MB: no more is read", mails->n + 1,
                       LIMIT_MAIL_READ_BYTES / 1024 / 1024);
}

Mails *
mails_open(const char *file, GError **error)
{
    g_autoptr(Mails) mails = g_new0(Mails, 1);

    mails->fd = -1;
    mails->name = text_quote(file);
    if (strcmp(file, "-") != 0 && !open_file(mails, file, error))
        return NULL;
    mails->mbox = mbox_new(mails->fd >= 0 ? mails->fd : STDIN_FILENO, LIMIT_MAIL_READ_BYTES);
    mbox_before_read(mails->mbox, check_stream, mails);
    return g_steal_pointer(&mails);
}

bool
mails_next(Mails *mails, GBytes **ret_mail, GError **error)
{
    g_autoptr(GBytes) mail = NULL;
    MboxItem item = mails->ended ? MBOX_END : mbox_next(mails->mbox, &mail, error);

    mails->mails_at = mbox_bytes_read(mails->mbox);
    switch (item) {
    case MBOX_MAIL:
        mails->n++;
        *ret_mail = mail_without_from_line(mail);
        return true;
    case MBOX_TOO_LARGE:
        mails->n++;
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "mail %u of %s is longer than %d MB",
                           mails->n, mails->name, LIMIT_MAIL_READ_BYTES / 1024 / 1024);
    case MBOX_END:
        *ret_mail = mails->n++ == 0 && !mails->ended ? g_bytes_new_static("", 0) : NULL;
        mails->ended = true;
        return true;
    case MBOX_ERROR:
        mails->ended = true;
        g_prefix_error(error, "%s: ", mails->name);
        return false;
    }
    return false;
}
