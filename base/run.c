/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "base/text.h"

#define SAID_BYTES 500

/* One stream of the program's: what is kept of it, and how much may come. */
typedef struct {
    AutoFd fd;
    GByteArray *bytes;
    gsize keep, max; /* max 0: the rest is read and dropped */
} Stream;

typedef struct {
    pid_t pid;
    AutoFd pidfd;
    Stream out, err;
    gint64 deadline; /* monotonic, microseconds */
} Running;

static void
running_clear(Running *running)
{
    if (running->pid > 0) { /* a dead leader holds the group's number until it is waited for */
        (void)kill(-running->pid, SIGKILL);
        while (waitpid(running->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    running->pid = 0;
    autofd_clear(&running->pidfd);
    autofd_clear(&running->out.fd);
    autofd_clear(&running->err.fd);
    g_clear_pointer(&running->out.bytes, g_byte_array_unref);
    g_clear_pointer(&running->err.bytes, g_byte_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Running, running_clear)

/* -- starting --------------------------------------------------------------------------------- */

/* 0, or why not. */
static int
spawn_with(const Run *run, int in, int out, int err, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int wrong = posix_spawn_file_actions_init(&actions);

    if (wrong != 0)
        return wrong;
    wrong = posix_spawnattr_init(&attributes);
    if (wrong == 0) {
        (void)sigemptyset(&none);
        (void)sigfillset(&all);
        (void)posix_spawnattr_setpgroup(&attributes, 0);
        (void)posix_spawnattr_setsigmask(&attributes, &none);
        (void)posix_spawnattr_setsigdefault(&attributes, &all);
        (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                        POSIX_SPAWN_SETSIGDEF);
        wrong = in >= 0 ? posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO)
                        : posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
                                                           O_RDONLY, 0);
        wrong = wrong ? wrong : posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
        wrong = wrong ? wrong : posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
        wrong = wrong ? wrong : posix_spawn_file_actions_addclosefrom_np(&actions, 3);
        wrong = wrong ? wrong : posix_spawn_file_actions_addchdir_np(&actions, "/");
        wrong = wrong ? wrong
                      : posix_spawn(ret_pid, run->argv[0], &actions, &attributes,
                                    (char *const *)run->argv, (char *const *)run->env);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return wrong;
}

/* A file without a name: it needs nobody to write while the program reads, and no SIGPIPE comes
 * when it does not. */
static bool
make_input(GBytes *input, AutoFd *ret_fd)
{
    gsize len = 0, done = 0;
    const char *bytes = g_bytes_get_data(input, &len);

    *ret_fd = memfd_create("input", MFD_CLOEXEC);
    while (*ret_fd >= 0 && done < len) {
        ssize_t n = write(*ret_fd, bytes + done, len - done);

        if (n <= 0)
            return false;
        done += (gsize)n;
    }
    return *ret_fd >= 0 && lseek(*ret_fd, 0, SEEK_SET) == 0;
}

static bool
make_pipe(AutoFd *ours, AutoFd *theirs)
{
    int fds[2];

    if (pipe2(fds, O_CLOEXEC) != 0)
        return false;
    *ours = fds[0];
    *theirs = fds[1];
    return fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0;
}

static bool
start(const Run *run, Running *running, GError **error)
{
    g_auto(AutoFd) in = -1;
    g_auto(AutoFd) out = -1;
    g_auto(AutoFd) err = -1;
    g_autofree char *quoted = text_quote(run->argv[0]);
    int wrong = 0;

    if (!g_path_is_absolute(run->argv[0]))
        return plaint_fail(error, PLAINT_ERROR_CONFIG, "%s is no absolute path", quoted);
    if (!make_pipe(&running->out.fd, &out) || !make_pipe(&running->err.fd, &err))
        return plaint_fail(error, PLAINT_ERROR_BUSY, "no pipe: %s", g_strerror(errno));
    if (run->input && !make_input(run->input, &in))
        return plaint_fail(error, PLAINT_ERROR_BUSY, "no memory for the input: %s",
                           g_strerror(errno));
    wrong = spawn_with(run, in, out, err, &running->pid);
    if (wrong != 0) {
        running->pid = 0;
        return plaint_fail(
            error, wrong == EAGAIN || wrong == ENOMEM ? PLAINT_ERROR_BUSY : PLAINT_ERROR_CONFIG,
            "cannot run %s: %s", quoted, g_strerror(wrong));
    }
    running->pidfd = pidfd_open(running->pid, 0);
    return running->pidfd >= 0 ||
           plaint_fail(error, PLAINT_ERROR_BUSY, "cannot watch %s: %s", quoted, g_strerror(errno));
}

/* -- reading ---------------------------------------------------------------------------------- */

/* Takes what is there; false: more came than may. */
static bool
drain(Stream *stream, bool *ret_more)
{
    guint8 buffer[4096];

    for (;;) {
        ssize_t n = read(stream->fd, buffer, sizeof buffer);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            if (n == 0 || errno != EAGAIN)
                autofd_clear(&stream->fd);
            return true;
        }
        *ret_more = true;
        if (stream->max > 0 && stream->bytes->len + (gsize)n > stream->max)
            return false;
        g_byte_array_append(stream->bytes, buffer,
                            (guint)MIN((gsize)n, stream->keep - stream->bytes->len));
        if (stream->max == 0)
            return true; /* may never end: the deadline is looked at between the reads */
    }
}

/* To the program's end: that of its children, who may hold the pipes, is not waited for. */
static bool
listen_to(const Run *run, Running *running, GError **error)
{
    g_autofree char *quoted = text_quote(run->argv[0]);
    bool ended = false, more = true;

    while (!ended || more) {
        struct pollfd fds[] = {{.fd = running->out.fd, .events = POLLIN},
                               {.fd = running->err.fd, .events = POLLIN},
                               {.fd = ended ? -1 : running->pidfd, .events = POLLIN}};
        gint64 left = running->deadline - g_get_monotonic_time();

        if (left <= 0)
            return plaint_fail(error, PLAINT_ERROR_BUSY, "%s took more than %u ms and was killed",
                               quoted, run->milliseconds);
        more = false;
        if (poll(fds, G_N_ELEMENTS(fds), ended ? 0 : (int)(left / 1000) + 1) < 0 && errno != EINTR)
            return plaint_fail(error, PLAINT_ERROR_BUSY, "poll: %s", g_strerror(errno));
        ended = ended || fds[2].revents != 0;
        if (running->out.fd >= 0 && !drain(&running->out, &more))
            return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                               "%s printed more than %" G_GSIZE_FORMAT " bytes and was killed",
                               quoted, run->max_bytes);
        if (running->err.fd >= 0)
            (void)drain(&running->err, &more);
    }
    return true;
}

static bool
check_end(const Run *run, Running *running, int *ret_status, GError **error)
{
    g_autofree char *quoted = text_quote(run->argv[0]);
    siginfo_t info = {0};

    /* It stays a zombie, lest its number become another's before its group is killed. */
    while (waitid(P_PID, (id_t)running->pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
        ;
    if (info.si_code != CLD_EXITED)
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "%s was ended by signal %d", quoted,
                           info.si_status);
    *ret_status = info.si_status;
    return info.si_status == 0 || plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                                              "%s ended with status %d", quoted, info.si_status);
}

GBytes *
run_program(const Run *run, char **ret_said, GError **error)
{
    int status = -1;

    return run_program_status(run, &status, ret_said, error);
}

GBytes *
run_program_status(const Run *run, int *ret_status, char **ret_said, GError **error)
{
    g_auto(Running) running = {
        .pidfd = -1,
        .out = {.fd = -1,
                .bytes = g_byte_array_new(),
                .keep = run->max_bytes,
                .max = run->max_bytes},
        .err = {.fd = -1, .bytes = g_byte_array_new(), .keep = SAID_BYTES},
        .deadline = g_get_monotonic_time() + (gint64)run->milliseconds * 1000,
    };
    bool good = false;

    *ret_said = NULL;
    *ret_status = -1;
    good = start(run, &running, error) && listen_to(run, &running, error) &&
           check_end(run, &running, ret_status, error);

    if (running.err.bytes->len > 0) {
        *ret_said =
            text_clean((const char *)running.err.bytes->data, running.err.bytes->len, SAID_BYTES);
        g_strchomp(*ret_said);
    }
    return good ? g_byte_array_free_to_bytes(g_steal_pointer(&running.out.bytes)) : NULL;
}
