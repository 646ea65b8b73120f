/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/sandbox.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "ingest/intake/sandbox_filter.h" /* made: ingest/filter_main.c */

/* The kernel's struct landlock_ruleset_attr as of ABI 6; Debian 12's header knows only the first
 * member, and the call takes a size. */
typedef struct {
    guint64 handled_access_fs;
    guint64 handled_access_net;
    guint64 scoped;
} LandlockRuleset;

/* What each ABI adds; asking for a right that the kernel does not know fails. */
/* clang-format off */
static const struct {
    int abi;
    LandlockRuleset rights;
} landlock_abis[] = {
    {1, {0x1fff, 0, 0}},                      /* execute … make symlink */
    {2, {LANDLOCK_ACCESS_FS_REFER, 0, 0}},
    {3, {1ULL << 14, 0, 0}},                  /* truncate */
    {4, {0, 0x3, 0}},                         /* TCP bind, connect */
    {5, {1ULL << 15, 0, 0}},                  /* ioctl on devices */
    {6, {0, 0, 0x3}},                         /* abstract sockets, signals */
};
/* clang-format on */

static bool
fail(GError **error, const char *what, int errnum)
{
    return plaint_fail(error, PLAINT_ERROR_INTERNAL, "cannot close the parser's sandbox: %s: %s",
                       what, g_strerror(errnum));
}

static bool
set_limits(const Sandbox *sandbox, GError **error)
{
    /* clang-format off */
    const struct {
        __rlimit_resource_t resource;
        rlim_t value;
        bool wanted;
        const char *name;
    } limits[] = {
        {RLIMIT_AS,     sandbox->memory_bytes, sandbox->memory_bytes > 0, "memory"},
        {RLIMIT_CPU,    sandbox->cpu_seconds,  sandbox->cpu_seconds > 0,  "CPU time"},
        {RLIMIT_FSIZE,  0,                     !sandbox->may_grow_files,  "file size"},
        {RLIMIT_CORE,   0,                     true,                      "core"},
        {RLIMIT_NPROC,  0,                     true,                      "processes"},
        {RLIMIT_NOFILE, 0,                     !SANDBOX_SANITIZED,        "open files"},
    };
    /* clang-format on */

    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
        struct rlimit now;
        struct rlimit limit = {limits[i].value, limits[i].value};

        if (!limits[i].wanted)
            continue;
        if (getrlimit(limits[i].resource, &now) != 0)
            return fail(error, limits[i].name, errno);
        /* Never a raise: a lower one is somebody's wish. CPU: the hard limit is a second later, so
         * that SIGXCPU comes first and says what happened. */
        if (limits[i].resource == RLIMIT_CPU)
            limit.rlim_max++;
        limit.rlim_max = MIN(limit.rlim_max, now.rlim_max);
        limit.rlim_cur = MIN(limit.rlim_cur, MIN(now.rlim_cur, limit.rlim_max));
        if (setrlimit(limits[i].resource, &limit) != 0)
            return fail(error, limits[i].name, errno);
    }
    return true;
}

static bool
close_file_system(GError **error)
{
    LandlockRuleset wanted = {0};
    g_auto(AutoFd) ruleset = -1;
    gsize size = sizeof wanted.handled_access_fs;
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

    if (abi < 0 && (errno == ENOSYS || errno == EOPNOTSUPP))
        return true;
    for (gsize i = 0; i < G_N_ELEMENTS(landlock_abis) && landlock_abis[i].abi <= abi; i++) {
        const LandlockRuleset *rights = &landlock_abis[i].rights;

        wanted.handled_access_fs |= rights->handled_access_fs;
        wanted.handled_access_net |= rights->handled_access_net;
        wanted.scoped |= rights->scoped;
    }
    if (abi >= 4)
        size = G_STRUCT_OFFSET(LandlockRuleset, scoped);
    if (abi >= 6)
        size = sizeof wanted;
    ruleset = (int)syscall(SYS_landlock_create_ruleset, &wanted, size, 0);
    if (ruleset < 0)
        return fail(error, "Landlock", errno);
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) /* no rule added: nothing allowed */
        return fail(error, "Landlock", errno);
    return true;
}

/* The filters are compiled when plaint is (ingest/filter_main.c). */
static bool
close_system_calls(bool kill, GError **error)
{
    const struct sock_filter *filter = kill ? filter_kill : filter_refuse;
    gsize n = kill ? G_N_ELEMENTS(filter_kill) : G_N_ELEMENTS(filter_refuse);
    const struct sock_fprog program = {(unsigned short)n, (struct sock_filter *)filter};

    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0 ||
           fail(error, "seccomp", errno);
}

bool
sandbox_enter(const Sandbox *sandbox, GError **error)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail(error, "privileges", errno);
    /* Nobody of the same user may look into it or steer it. */
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return fail(error, "privileges", errno);
    return close_file_system(error) && set_limits(sandbox, error) &&
           close_system_calls(sandbox->kill, error);
}
