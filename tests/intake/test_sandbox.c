/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every forbidden call from inside: fails with EPERM, or kills when tests ask for it. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ingest/intake/child_hook.h"
#include "ingest/intake/sandbox.h"

enum { SURVIVED = 42 };

/* What a process in the sandbox comes to that obeys the hook's word. */
static int
fate(const char *word, const Sandbox *sandbox)
{
    g_autofree char *text = g_strdup_printf("X-Plaint-Test: %s\n\n", word);
    g_autoptr(GBytes) mail = g_bytes_new(text, strlen(text));
    int status = 0;
    pid_t pid = fork();

    g_assert_cmpint(pid, >=, 0);
    if (pid == 0) {
        if (!sandbox_enter(sandbox, NULL))
            _exit(1);
        child_hook_obey(mail);
        _exit(SURVIVED);
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    return status;
}

static void
check_killed(gconstpointer word)
{
    const Sandbox sandbox = {.cpu_seconds = 10, .kill = true};
    int status = fate(word, &sandbox);

    g_assert_true(WIFSIGNALED(status));
    g_assert_cmpint(WTERMSIG(status), ==, SIGSYS);
}

static void
check_denied(gconstpointer word)
{
    const Sandbox sandbox = {.cpu_seconds = 10};
    int status = fate(word, &sandbox);

    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, SURVIVED);
}

static void
check_cpu(void)
{
    const Sandbox sandbox = {.cpu_seconds = 1};
    int status = fate("spin", &sandbox);

    g_assert_true(WIFSIGNALED(status));
    g_assert_cmpint(WTERMSIG(status), ==, SIGXCPU);
}

static void
check_memory(void)
{
    const Sandbox sandbox = {.memory_bytes = 256 * 1024 * 1024, .cpu_seconds = 10};
    gint64 begun = g_get_monotonic_time();
    int status = 0;

    if (SANDBOX_SANITIZED) {
        g_test_skip("sanitizers need more address space than any limit");
        return;
    }
    status = fate("eat", &sandbox);
    g_assert_true(WIFSIGNALED(status));
    g_assert_cmpint(g_get_monotonic_time() - begun, <, 10 * G_USEC_PER_SEC);
}

int
main(int argc, char **argv)
{
    const char *word = NULL;

    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; (word = child_hook_word(i)) != NULL; i++) {
        g_autofree char *kill_path = g_strdup_printf("/intake/sandbox/kills/%s", word);
        g_autofree char *deny_path = g_strdup_printf("/intake/sandbox/denies/%s", word);

        if (!child_hook_is_call(i) || (SANDBOX_SANITIZED && strcmp(word, "code") == 0))
            continue;
        g_test_add_data_func(kill_path, word, check_killed);
        g_test_add_data_func(deny_path, word, check_denied);
    }
    g_test_add_func("/intake/sandbox/cpu", check_cpu);
    g_test_add_func("/intake/sandbox/memory", check_memory);
    return g_test_run();
}
