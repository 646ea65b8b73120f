/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_run once PROGRAM ARG...: runs it; prints wall and CPU seconds and, sampled every 10 ms, the
 *   peak memory of it and all its descendants: the sum of their resident sets (pages that they
 *   share count once for each) and the sum of their proportional sets (shared pages are divided).
 * bench_run each MBOX FROM COUNT PROGRAM ARG...: runs it COUNT times, one after the other, with
 *   mails of the mbox on standard input; prints seconds of all.
 *
 * posix_spawn (vfork), and no interpreter around it: what is added to both sides is small. */
#include <errno.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/mails.h"

extern char **environ;

typedef struct {
    gint64 rss, pss; /* KB */
} Memory;

static pid_t
start(char **argv, int input)
{
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;
    int rc;

    posix_spawn_file_actions_init(&actions);
    if (input >= 0)
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", 1 /* O_WRONLY */, 0);
    rc = posix_spawn(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (rc != 0)
        g_error("%s: %s", argv[0], g_strerror(rc));
    return pid;
}

static void
must_be_ok(int status, const char *program)
{
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        g_error("%s failed, status 0x%x", program, (unsigned)status);
}

/* "Rss:  123 kB" and "Pss:  45 kB" of smaps_rollup. */
static void
add_process(pid_t pid, Memory *now)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/smaps_rollup", (int)pid);
    g_autofree char *text = NULL;
    const char *rss, *pss;

    if (!g_file_get_contents(path, &text, NULL, NULL)) /* gone */
        return;
    rss = strstr(text, "\nRss:");
    pss = strstr(text, "\nPss:");
    now->rss += rss ? g_ascii_strtoll(rss + 5, NULL, 10) : 0;
    now->pss += pss ? g_ascii_strtoll(pss + 5, NULL, 10) : 0;
}

static void
add_tree(pid_t pid, Memory *now)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task/%d/children", (int)pid, (int)pid);
    g_autofree char *text = NULL;
    const char *at;

    add_process(pid, now);
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return;
    at = text;
    while (*at) {
        char *end = NULL;
        pid_t child = (pid_t)strtol(at, &end, 10);
        if (end == at)
            return;
        add_tree(child, now);
        at = end + strspn(end, " ");
    }
}

static int
once(char **argv)
{
    double began = seconds_now();
    pid_t pid = start(argv, -1);
    Memory most = {0, 0};
    struct rusage used;
    int status;

    while (wait4(pid, &status, WNOHANG, &used) == 0) {
        Memory now = {0, 0};
        add_tree(pid, &now);
        most.rss = MAX(most.rss, now.rss);
        most.pss = MAX(most.pss, now.pss);
        g_usleep(10000);
    }
    must_be_ok(status, argv[0]);
    printf("seconds=%f cpu=%f rss_kb=%" G_GINT64_FORMAT " pss_kb=%" G_GINT64_FORMAT "\n",
           seconds_now() - began,
           (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
               (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
           most.rss, most.pss);
    return EXIT_SUCCESS;
}

static int
mail_as_file(GBytes *mail)
{
    gsize len;
    const char *bytes = g_bytes_get_data(mail, &len);
    int fd = memfd_create("mail", MFD_CLOEXEC);

    if (fd < 0 || write(fd, bytes, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)
        g_error("memfd: %s", g_strerror(errno));
    return fd;
}

static int
each(const Mails *mails, guint from, char **argv)
{
    double seconds = 0;

    for (guint i = from; i < mails->list->len; i++) {
        int fd = mail_as_file(mails->list->pdata[i]), status = 0;
        double began = seconds_now();
        pid_t pid = start(argv, fd);
        (void)waitpid(pid, &status, 0);
        seconds += seconds_now() - began;
        must_be_ok(status, argv[0]);
        close(fd);
    }
    printf("seconds=%f mails=%u\n", seconds, mails->list->len - from);
    return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
    Mails mails;

    if (argc > 2 && strcmp(argv[1], "once") == 0)
        return once(argv + 2);
    if (argc > 5 && strcmp(argv[1], "each") == 0) {
        guint from = (guint)strtoul(argv[3], NULL, 10), count = (guint)strtoul(argv[4], NULL, 10);
        mails_open(argv[2], from + count, &mails);
        return each(&mails, from, argv + 5);
    }
    fputs("usage: bench_run once|each …\n", stderr);
    return EXIT_FAILURE;
}
