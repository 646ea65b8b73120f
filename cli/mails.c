/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/mails.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
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
    char *name; /* for messages */
    guint n;    /* mails so far */
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

static bool
open_file(Mails *mails, const char *file, GError **error)
{
    struct stat st = {0};
    int number = 0;

    mails->fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    number = errno;
    if (mails->fd >= 0 && fstat(mails->fd, &st) == 0 && S_ISDIR(st.st_mode))
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "%s is a folder: name the files in it",
                           mails->name);
    if (mails->fd >= 0)
        return true;
    return plaint_fail(error,
                       number == ENOENT   ? PLAINT_ERROR_NOT_FOUND
                       : number == EACCES ? PLAINT_ERROR_DENIED
                                          : PLAINT_ERROR_BAD_INPUT,
                       "cannot read %s: %s", mails->name, g_strerror(number));
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
    return g_steal_pointer(&mails);
}

bool
mails_next(Mails *mails, GBytes **ret_mail, GError **error)
{
    g_autoptr(GBytes) mail = NULL;

    switch (mbox_next(mails->mbox, &mail, error)) {
    case MBOX_MAIL:
        mails->n++;
        *ret_mail = mail_without_from_line(mail);
        return true;
    case MBOX_TOO_LARGE:
        mails->n++;
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "mail %u of %s is longer than %d MB",
                           mails->n, mails->name, LIMIT_MAIL_READ_BYTES / 1024 / 1024);
    case MBOX_END:
        *ret_mail = mails->n++ == 0 ? g_bytes_new_static("", 0) : NULL;
        return true;
    case MBOX_ERROR:
        g_prefix_error(error, "%s: ", mails->name);
        return false;
    }
    return false;
}
