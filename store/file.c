/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/text.h"

static bool
fail_errno(const char *what, const char *path, GError **error)
{
    int number = errno;
    g_autofree char *quoted = text_quote(path);
    bool denied = number == EACCES || number == EPERM;
    bool missing = number == ENOENT || number == ENOTDIR;

    return plaint_fail(error,
                       denied    ? PLAINT_ERROR_DENIED
                       : missing ? PLAINT_ERROR_NOT_FOUND
                                 : PLAINT_ERROR_BUSY,
                       "%s %s: %s%s", what, quoted, g_strerror(number),
                       missing ? ": 'plaint init' makes a store" : "");
}

/* Programs that make the same store at once take turns: the folder itself is the lock, so that no
 * file is left over. (Locking the database would do harm: closing any descriptor of it drops
 * SQLite's own locks.) */
bool
file_lock_folder(const char *path, int busy, AutoFd *ret_fd, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_auto(AutoFd) fd = -1;

    if (g_mkdir_with_parents(folder, 0750) != 0)
        return fail_errno("cannot make folder", folder, error);
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail_errno("cannot open folder", folder, error);
    for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; waited += 10) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return fail_errno("cannot lock folder", folder, error);
        if (waited >= busy)
            return plaint_fail(error, PLAINT_ERROR_BUSY, "the store is being made by another");
        g_usleep(10 * 1000);
    }
    *ret_fd = autofd_steal(&fd);
    return true;
}

/* Not there, or its maker has not come further than the name. */
bool
file_is_unmade(const char *path)
{
    struct stat info = {0};

    return stat(path, &info) != 0 ? errno == ENOENT : S_ISREG(info.st_mode) && info.st_size == 0;
}

/* SQLite would make the file readable to all; the files beside it copy its mode. */
bool
file_make(const char *path, GError **error)
{
    g_auto(AutoFd) fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);

    return fd >= 0 || fail_errno("cannot make", path, error);
}

/* A file system that is read-only for now is not a matter of rights. */
static bool
check_rights(const char *path, const char *suffix, StoreMode mode, GError **error)
{
    g_autofree char *file = g_strconcat(path, suffix, NULL);
    int how = mode == STORE_READ ? R_OK : R_OK | W_OK;

    return faccessat(AT_FDCWD, file, how, AT_EACCESS) == 0 || (suffix[0] && errno == ENOENT) ||
           fail_errno("cannot open", file, error);
}

bool
file_check(const char *path, StoreMode mode, GError **error)
{
    static const char *const beside[] = {"-wal", "-shm"}; /* SQLite would not say which it was */
    struct stat info = {0};

    if (stat(path, &info) != 0)
        return fail_errno("no store at", path, error);
    if (!S_ISREG(info.st_mode)) {
        g_autofree char *quoted = text_quote(path);

        return plaint_fail(error, PLAINT_ERROR_INTERNAL, "no store at %s: not a file", quoted);
    }
    if (!check_rights(path, "", mode, error))
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(beside); i++)
        if (!check_rights(path, beside[i], mode, error))
            return false;
    return true;
}
