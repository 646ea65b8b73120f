/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/child_hook.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"
#include "ingest/intake/envelope.h"

static void
die(void)
{
    abort();
}

static void
hang(void)
{
    for (;;)
        (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){.tv_sec = 3600}, NULL);
}

static void
spin(void)
{
    for (volatile unsigned i = 0;; i = i + 1)
        ;
}

/* Bounded, because a build with sanitizers has no limit on memory. */
static void
eat(void)
{
    for (gsize i = 0; i < 1024; i++) {
        char *bytes = malloc(1024 * 1024);

        if (!bytes)
            abort();
        memset(bytes, 1, 1024 * 1024);
    }
    abort();
}

static void
smash(void)
{
    static const char constant = 1;

    *(volatile char *)(gsize)&constant = 2;
}

/* Does no harm to this mail, but to the next one in the same child. */
static bool tainted;

static void
taint(void)
{
    tainted = true;
}

/* The forbidden calls fail, or kill; the mail must never get to see that one worked. */
static void
deny(long result)
{
    if (result >= 0)
        for (;;) /* so that a test sees neither an answer nor a death */
            hang();
}

static void
call_open(void)
{
    deny(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static void
call_create(void)
{
    deny(open("/tmp/plaint-sandbox-test", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static void
call_socket(void)
{
    deny(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static void
call_exec(void)
{
    char *const argv[] = {(char[]){"true"}, NULL};

    deny(execv("/bin/true", argv));
}

static void
call_fork(void)
{
    deny(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

static void
call_kill(void)
{
    deny(kill(getppid(), 0));
}

static void
call_ptrace(void)
{
    deny(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static void
call_write_code(void)
{
    deny(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                 MAP_FAILED
             ? -1
             : 0);
}

static void
call_unlink(void)
{
    deny(unlink("/tmp/plaint-sandbox-test"));
}

/* clang-format off */
static const struct {
    const char *word;
    void (*act)(void);
    bool is_call; /* a forbidden system call */
} hooks[] = {
    {"die",     die,             false},
    {"hang",    hang,            false},
    {"spin",    spin,            false},
    {"eat",     eat,             false},
    {"smash",   smash,           false},
    {"taint",   taint,           false},
    {"open",    call_open,       true},
    {"syscall", call_socket,     true},
    {"create",  call_create,     true},
    {"exec",    call_exec,       true},
    {"fork",    call_fork,       true},
    {"kill",    call_kill,       true},
    {"ptrace",  call_ptrace,     true},
    {"code",    call_write_code, true},
    {"unlink",  call_unlink,     true},
};
/* clang-format on */

const char *
child_hook_word(gsize n)
{
    return n < G_N_ELEMENTS(hooks) ? hooks[n].word : NULL;
}

bool
child_hook_is_call(gsize n)
{
    return hooks[n].is_call;
}

void
child_hook_obey(GBytes *mail)
{
    g_autofree char *word = envelope_field(mail, "X-Plaint-Test");

    if (tainted)
        die();
    for (gsize i = 0; i < G_N_ELEMENTS(hooks); i++) {
        if (text_equal_fold(word, hooks[i].word))
            hooks[i].act();
    }
}
