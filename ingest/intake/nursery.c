/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/nursery.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"

/* Room for one descriptor beside a message, aligned as the kernel wants it. */
typedef union {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int))];
} FdRoom;

static bool
fail(GError **error, const char *what)
{
    return plaint_fail(error, PLAINT_ERROR_BUSY, "cannot start a parser: %s: %s", what,
                       g_strerror(errno));
}

void
line_close(Line *line)
{
    if (line->pid > 0) {
        (void)kill(line->pid, SIGKILL);
        while (waitpid(line->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    if (line->fd >= 0)
        (void)close(line->fd);
    *line = LINE_NONE;
}

enum { SEND_BYTES = 1024 * 1024 }; /* mails on their way to the child: it is not kept waiting */

static bool
make_ends(AutoFd *ret_ours, AutoFd *ret_theirs, GError **error)
{
    int pair[2] = {-1, -1};

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return fail(error, "socketpair");
    *ret_ours = pair[0];
    *ret_theirs = pair[1];
    (void)setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &(int){SEND_BYTES}, sizeof(int));
    return true;
}

/* Sends one byte with a descriptor. */
static bool
send_fd(int fd, int passed)
{
    char byte = 'c';
    FdRoom room = {0};
    struct iovec iov = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = room.bytes,
        .msg_controllen = sizeof room.bytes,
    };

    room.head.cmsg_level = SOL_SOCKET;
    room.head.cmsg_type = SCM_RIGHTS;
    room.head.cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(&room.head), &passed, sizeof passed);
    return sendmsg(fd, &message, MSG_NOSIGNAL) == 1;
}

/* The descriptor that came with the next byte; -1 at the end. */
static int
receive_fd(int fd)
{
    char byte = 0;
    FdRoom room = {0};
    struct iovec iov = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = room.bytes,
        .msg_controllen = sizeof room.bytes,
    };
    int passed = -1;
    ssize_t n = 0;

    do
        n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n == 1 && room.head.cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(&passed, CMSG_DATA(&room.head), sizeof passed);
    return passed;
}

G_NORETURN static void
nursery_serve(int fd, const ChildOptions *options)
{
    pid_t self = getpid();

    child_prepare(NULL);
    for (;;) {
        g_auto(AutoFd) passed = receive_fd(fd);
        pid_t pid = -1;

        if (passed < 0)
            _exit(0);
        while (waitpid(-1, NULL, WNOHANG) > 0) /* only now: the owner may have killed one by pid */
            ;
        pid = fork();
        if (pid == 0)
            child_serve(child_detach(passed, self), options, NULL, NULL);
        if (!child_write(fd, &pid, sizeof pid))
            _exit(1);
    }
}

bool
nursery_open(const ChildOptions *options, Line *ret_nursery, GError **error)
{
    g_auto(AutoFd) ours = -1;
    g_auto(AutoFd) theirs = -1;
    pid_t self = getpid();
    pid_t pid = -1;

    if (!make_ends(&ours, &theirs, error))
        return false;
    pid = fork();
    if (pid < 0)
        return fail(error, "fork");
    if (pid == 0)
        nursery_serve(child_detach(theirs, self), options);
    *ret_nursery = (Line){pid, autofd_steal(&ours)};
    return true;
}

bool
nursery_fork(const Line *nursery, Line *ret_child, GError **error)
{
    g_auto(AutoFd) ours = -1;
    g_auto(AutoFd) theirs = -1;
    pid_t pid = -1;

    if (!make_ends(&ours, &theirs, error))
        return false;
    if (!send_fd(nursery->fd, theirs) || !child_read(nursery->fd, &pid, sizeof pid))
        return fail(error, "the nursery is gone");
    if (pid < 0)
        return fail(error, "fork");
    *ret_child = (Line){pid, autofd_steal(&ours)};
    return true;
}

bool
nursery_fork_once(const ChildOptions *options, const ChildRequest *request, GBytes *mail,
                  Line *ret_child, GError **error)
{
    g_auto(AutoFd) ours = -1;
    g_auto(AutoFd) theirs = -1;
    pid_t self = getpid();
    pid_t pid = -1;

    if (!make_ends(&ours, &theirs, error))
        return false;
    pid = fork();
    if (pid < 0)
        return fail(error, "fork");
    if (pid == 0) {
        int fd = child_detach(theirs, self);

        child_prepare(mail);
        child_serve(fd, options, request, mail);
    }
    *ret_child = (Line){pid, autofd_steal(&ours)};
    return true;
}
