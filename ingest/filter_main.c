/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter: prints the system call filters of the parser's sandbox (ingest/intake/sandbox.h) as C.
 *
 * Run when plaint is built: libseccomp takes a millisecond to write a filter that never changes,
 * and each delivered mail would pay for it.
 */
#include <errno.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ingest/intake/sandbox.h"

/* Memory that is to be executed has a rule of its own below. Nothing here names a file, a socket or
 * another process. */
static const int allowed_calls[] = {
    SCMP_SYS(read),          SCMP_SYS(write),           SCMP_SYS(readv),
    SCMP_SYS(writev),        SCMP_SYS(close),           SCMP_SYS(lseek),
    SCMP_SYS(munmap),        SCMP_SYS(mremap),          SCMP_SYS(madvise),
    SCMP_SYS(brk),           SCMP_SYS(futex),           SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(gettimeofday),
    SCMP_SYS(time),          SCMP_SYS(sched_yield),     SCMP_SYS(sysinfo),
    SCMP_SYS(getpid),        SCMP_SYS(gettid),          SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),  SCMP_SYS(restart_syscall), SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* What AddressSanitizer does on its own besides. */
static const int sanitizer_calls[] = {
    SCMP_SYS(sigaltstack), SCMP_SYS(mprotect), SCMP_SYS(mmap),  SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getrusage),   SCMP_SYS(readlink), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
};

static int
allow(scmp_filter_ctx filter, const int *calls, gsize n)
{
    int rc = 0;

    for (gsize i = 0; i < n && rc == 0; i++)
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
    return rc;
}

/* mmap and mprotect, unless the memory would be executable. */
static int
allow_plain_memory(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp not_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    int rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, not_exec);

    return rc != 0 ? rc : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, not_exec);
}

static int
fill(scmp_filter_ctx filter)
{
    int rc = allow(filter, allowed_calls, G_N_ELEMENTS(allowed_calls));

    if (rc != 0)
        return rc;
    return SANDBOX_SANITIZED ? allow(filter, sanitizer_calls, G_N_ELEMENTS(sanitizer_calls))
                             : allow_plain_memory(filter);
}

static bool
print_filter(const char *name, guint32 refusal)
{
    scmp_filter_ctx filter = seccomp_init(refusal);
    int fd = memfd_create("filter", MFD_CLOEXEC);
    struct sock_filter step;
    bool done = filter && fd >= 0 && fill(filter) == 0 && seccomp_export_bpf(filter, fd) == 0 &&
                lseek(fd, 0, SEEK_SET) == 0;

    (void)printf("static const struct sock_filter %s[] = {\n", name);
    while (done && read(fd, &step, sizeof step) == sizeof step)
        (void)printf("    {0x%x, %u, %u, 0x%x},\n", step.code, step.jt, step.jf, step.k);
    (void)printf("};\n");
    (void)close(fd);
    seccomp_release(filter);
    return done;
}

int
main(void)
{
    bool done = print_filter("filter_kill", SCMP_ACT_KILL_PROCESS) &&
                print_filter("filter_refuse", SCMP_ACT_ERRNO(EPERM));

    return done && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
