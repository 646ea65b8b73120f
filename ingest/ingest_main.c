/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plaint-ingest - the program that an MTA runs. Static and without libraries, it only starts
 * plaint-intake, which does the work, and answers for it.
 *
 * MTAs bounce a complaint to its author for any exit status but 0 and 75 (and some for a signal),
 * so whatever becomes of plaint-intake - a crash, a signal, no memory, a library that is missing
 * during an upgrade - becomes 75 here, with no word that a stranger should not read. Only a person
 * (caller.h) is given its own status. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "ingest/intake/caller.h"

#define NAME   "plaint-ingest"
#define WORKER "plaint-intake"

enum { WORDS_BYTES = 4096 }; /* of the worker's standard error that are passed on */

/* The worker's standard error, when ours is not a terminal: only its own lines are passed on. */
typedef struct {
    char bytes[WORDS_BYTES];
    size_t len;
} Words;

/* Where the worker is looked for after our own directory: from the Makefile, separated by ':'. */
static const char worker_dirs[] = PLAINT_WORKER_DIRS;

static int
fail(const char *why)
{
    (void)dprintf(STDERR_FILENO, NAME ": %s; please try again later\n", why);
    return EX_TEMPFAIL;
}

/* Descriptors 0, 1 and 2 exist, and no other. A missing one cannot be read or written: a closed
 * standard input is a failure, not an empty mail. */
static bool
tidy_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_WRONLY) != fd)
            return false;
    }
    (void)close_range(STDERR_FILENO + 1, ~0U, 0);
    return true;
}

/* Our own directory could be one where a stranger hard-linked this program while it is setgid; so
 * directory and worker must belong to root or to this program's owner, and nobody else may write.
 */
static bool
is_trusted(const struct stat *st, uid_t owner)
{
    return (st->st_uid == 0 || st->st_uid == owner) && !(st->st_mode & S_IWOTH) &&
           (!(st->st_mode & S_IWGRP) || st->st_gid == 0);
}

static bool
find_in(const char *dir, size_t dir_len, bool secure, char *ret_path)
{
    struct stat self, dir_st, file_st;

    if (snprintf(ret_path, PATH_MAX, "%.*s/" WORKER, (int)dir_len, dir) >= PATH_MAX)
        return false;
    if (access(ret_path, X_OK) != 0)
        return false;
    if (!secure)
        return true;
    ret_path[dir_len] = '\0';
    if (stat("/proc/self/exe", &self) != 0 || stat(ret_path, &dir_st) != 0)
        return false;
    ret_path[dir_len] = '/';
    return stat(ret_path, &file_st) == 0 && is_trusted(&dir_st, self.st_uid) &&
           is_trusted(&file_st, self.st_uid);
}

static bool
find_worker(bool secure, char *ret_path)
{
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);

    while (len > 0 && self[len - 1] != '/')
        len--;
    if (len > 1 && find_in(self, (size_t)len - 1, secure, ret_path))
        return true;
    for (const char *dir = worker_dirs; *dir != '\0';) {
        size_t dir_len = strcspn(dir, ":");

        if (dir_len > 0 && find_in(dir, dir_len, secure, ret_path))
            return true;
        dir += dir_len + (dir[dir_len] == ':');
    }
    return false;
}

/* A setgid program believes nothing of its environment but who wrote to whom. */
static char **
clean_environment(bool secure)
{
    static const char *const kept[] = {"SENDER=", "RECIPIENT="};
    static char path[] = "PATH=/usr/bin:/bin";
    static char *clean[sizeof kept / sizeof *kept + 2];
    size_t n = 0;

    if (!secure)
        return environ;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        for (char **at = environ; *at; at++) {
            if (strncmp(*at, kept[i], strlen(kept[i])) == 0) {
                clean[n++] = *at;
                break;
            }
        }
    }
    clean[n++] = path;
    clean[n] = NULL;
    return clean;
}

/* Starts the worker with the signal mask we were started with. error_fd becomes its standard error
 * unless it is -1. */
static bool
start(char **argv, const sigset_t *mask, int error_fd, pid_t *ret_pid)
{
    bool secure = getauxval(AT_SECURE) != 0;
    char path[PATH_MAX];
    posix_spawnattr_t attr;
    posix_spawn_file_actions_t actions;
    bool done = false;

    if (!find_worker(secure, path) || posix_spawnattr_init(&attr) != 0)
        return false;
    if (posix_spawn_file_actions_init(&actions) == 0) {
        done = posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK) == 0 &&
               posix_spawnattr_setsigmask(&attr, mask) == 0 &&
               (error_fd < 0 ||
                posix_spawn_file_actions_adddup2(&actions, error_fd, STDERR_FILENO) == 0) &&
               posix_spawn(ret_pid, path, &actions, &attr, argv, clean_environment(secure)) == 0;
        (void)posix_spawn_file_actions_destroy(&actions);
    }
    (void)posix_spawnattr_destroy(&attr);
    return done;
}

/* Passes on the lines of the worker's own; the loader's, the C library's and GLib's name files.
 * Returns whether there was one. */
static bool
pass_on(const Words *words)
{
    bool any = false;

    for (size_t at = 0; at < words->len;) {
        const char *line = words->bytes + at;
        const char *newline = memchr(line, '\n', words->len - at);
        size_t len = newline ? (size_t)(newline - line) : words->len - at;

        if (len > sizeof NAME && memcmp(line, NAME ": ", sizeof NAME + 1) == 0) {
            (void)dprintf(STDERR_FILENO, "%.*s\n", (int)len, line);
            any = true;
        }
        at += len + 1;
    }
    return any;
}

static void
listen_to(int fd, Words *words)
{
    char rest[512];
    ssize_t n = 1;

    while (n > 0) {
        bool room = words->len < sizeof words->bytes;

        n = room ? read(fd, words->bytes + words->len, sizeof words->bytes - words->len)
                 : read(fd, rest, sizeof rest);
        words->len += room && n > 0 ? (size_t)n : 0;
    }
}

/* Waits for the worker's end; what would end us ends it, and then it is seen how it ended. */
static int
wait_for(pid_t pid, int signals, int words_fd, Words *words)
{
    for (;;) {
        struct pollfd pfds[] = {{signals, POLLIN, 0}, {words_fd, POLLIN, 0}};
        struct signalfd_siginfo info;
        int status = 0;

        (void)poll(pfds, 2, -1);
        if (words_fd >= 0)
            listen_to(words_fd, words);
        if (pfds[1].revents & POLLHUP) /* closed early: no reason to spin */
            words_fd = -1;
        if (read(signals, &info, sizeof info) == (ssize_t)sizeof info && info.ssi_signo != SIGCHLD)
            (void)kill(pid, SIGTERM);
        if (waitpid(pid, &status, WNOHANG) != pid)
            continue;
        if (words_fd >= 0)
            listen_to(words_fd, words);
        return WIFEXITED(status) ? WEXITSTATUS(status) : EX_TEMPFAIL;
    }
}

static int
run(char **argv)
{
    static const int stopping[] = {SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT};
    static Words words;
    int words_pipe[2] = {-1, -1};
    int signals = -1;
    int status = EX_TEMPFAIL;
    pid_t pid = -1;
    sigset_t caught, mask;

    (void)signal(SIGCHLD, SIG_DFL);
    (void)sigfillset(&caught);
    for (size_t i = 0; i < sizeof stopping / sizeof *stopping; i++)
        (void)sigdelset(&caught, stopping[i]);
    if (sigprocmask(SIG_BLOCK, &caught, &mask) != 0)
        return fail("cannot start");
    if (!tidy_descriptors())
        return fail("cannot start");
    signals = signalfd(-1, &caught, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signals < 0)
        return fail("cannot start");
    if (!PLAINT_KEEP_STDERR && !isatty(STDERR_FILENO) &&
        pipe2(words_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return fail("cannot start");
    if (!start(argv, &mask, words_pipe[1], &pid))
        return fail("cannot start");
    if (words_pipe[1] >= 0)
        (void)close(words_pipe[1]);
    status = wait_for(pid, signals, words_pipe[0], &words);
    if (status != 0 && !pass_on(&words) && words_pipe[0] >= 0)
        (void)fail("a temporary failure");
    return status;
}

int
main(int argc, char **argv)
{
    int status = EX_TEMPFAIL;

    (void)argc;
    (void)umask(S_IRWXO); /* the store belongs to a user and its group */
    status = run(argv);
    if (caller_is_person(argv) && status >= EX__BASE && status <= EX__MAX)
        return status;
    return status == 0 ? 0 : EX_TEMPFAIL;
}
