/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "ingest/intake/child_hook.h"
#include "ingest/intake/sandbox.h"
#include "ingest/parse/complaint_pack.h"
#include "ingest/parse/parse.h"

void
child_options_init(ChildOptions *options, const SiteMap *site)
{
    const char *wall = g_getenv("PLAINT_TEST_WALL_SECONDS");
    bool hooks = getauxval(AT_SECURE) == 0 && g_strcmp0(g_getenv("PLAINT_TEST_HOOKS"), "1") == 0;

    *options = (ChildOptions){.site = site, .wall_seconds = LIMIT_CHILD_WALL_SECONDS};
    if (!hooks)
        return;
    options->hooks = true;
    options->no_sandbox = g_strcmp0(g_getenv("PLAINT_TEST_SANDBOX"), "off") == 0;
    if (wall)
        options->wall_seconds = CLAMP(g_ascii_strtoll(wall, NULL, 10), 1, LIMIT_CHILD_WALL_SECONDS);
}

bool
child_read(int fd, void *buffer, gsize len)
{
    char *at = buffer;

    while (len > 0) {
        ssize_t n = read(fd, at, len);

        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        if (n > 0) {
            at += n;
            len -= (gsize)n;
        }
    }
    return true;
}

bool
child_write(int fd, const void *buffer, gsize len)
{
    const char *at = buffer;

    while (len > 0) {
        ssize_t n = write(fd, at, len);

        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0) {
            at += n;
            len -= (gsize)n;
        }
    }
    return true;
}

int
child_detach(int fd, pid_t parent)
{
    int null = -1;

    /* Not killed by what ends a whole process group (^C): its parent decides. */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent)
        _exit(1);
    if (fd <= STDERR_FILENO)
        fd = fcntl(fd, F_DUPFD, STDERR_FILENO + 1);
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (fd < 0 || null < 0)
        _exit(1);
    (void)dup2(null, STDIN_FILENO);
    (void)dup2(null, STDOUT_FILENO);
    if (!SANDBOX_SANITIZED) /* their reports are wanted; GLib's and libxml2's would be bounced */
        (void)dup2(null, STDERR_FILENO);
    if (fd > STDERR_FILENO + 1)
        (void)close_range(STDERR_FILENO + 1, (unsigned)fd - 1, 0);
    (void)close_range((unsigned)fd + 1, ~0U, 0);
    return fd;
}

static bool
reply(int fd, ReplyKind kind, const void *bytes, gsize len)
{
    ChildReply head = {.kind = kind, .length = (guint32)len};

    return child_write(fd, &head, sizeof head) && child_write(fd, bytes, len);
}

static void
enter_sandbox(int fd, const ChildOptions *options, bool once)
{
    /* Of a child that serves many, twice: it retires only after the mail that takes it over
     * LIMIT_CHILD_CPU_SECONDS. */
    const Sandbox sandbox = {
        .memory_bytes = SANDBOX_SANITIZED ? 0 : LIMIT_CHILD_MEMORY_BYTES,
        .cpu_seconds = (once ? 1 : 2) * LIMIT_CHILD_CPU_SECONDS,
        .kill = options->hooks,
    };
    g_autoptr(GError) error = NULL;

    if (options->no_sandbox || sandbox_enter(&sandbox, &error))
        return;
    (void)reply(fd, REPLY_NO_SANDBOX, error->message, strlen(error->message));
    _exit(1);
}

void
child_prepare(GBytes *mail)
{
    if (mail)
        parse_init_for(mail);
    else
        parse_init();
    json_object_seed(0); /* would be read from a device when the first object is made */
}

Complaint *
child_complaint(GBytes *mail, ParseMode mode, gint64 received_at, const ChildOptions *options)
{
    static Complaint *(*const parsers[PARSE_N_MODES])(GBytes *, const SiteMap *, const Limits *,
                                                      gint64) = {
        [PARSE_COMPLAINT] = complaint_parse,
        [PARSE_SPAM] = complaint_parse_spam,
    };

    if (options->hooks)
        child_hook_obey(mail);
    return parsers[mode](mail, options->site, &limits_default, received_at);
}

static bool
answer(int fd, const ChildOptions *options, const ChildRequest *request, GBytes *mail)
{
    g_autoptr(Complaint) complaint =
        child_complaint(mail, (ParseMode)request->mode, request->received_at, options);
    g_autoptr(GBytes) packed = complaint_pack(complaint);

    return reply(fd, REPLY_COMPLAINT, g_bytes_get_data(packed, NULL), g_bytes_get_size(packed));
}

static bool
is_tired(void)
{
    struct timespec used = {0};

    return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0 &&
           used.tv_sec >= LIMIT_CHILD_CPU_SECONDS;
}

void
child_serve(int fd, const ChildOptions *options, const ChildRequest *first, GBytes *mail)
{
    ChildRequest request;

    enter_sandbox(fd, options, first != NULL);
    if (!reply(fd, REPLY_READY, NULL, 0))
        _exit(1);
    if (first)
        _exit(answer(fd, options, first, mail) ? 0 : 1);
    while (child_read(fd, &request, sizeof request)) {
        g_autofree char *bytes = NULL;
        g_autoptr(GBytes) received = NULL;

        if (request.mode >= PARSE_N_MODES || request.length > LIMIT_MAIL_READ_BYTES)
            _exit(1);
        if (is_tired()) {
            (void)reply(fd, REPLY_RETIRED, NULL, 0);
            _exit(0);
        }
        bytes = g_malloc(request.length + 1);
        if (!child_read(fd, bytes, request.length))
            _exit(1);
        received = g_bytes_new_take(g_steal_pointer(&bytes), request.length);
        if (!answer(fd, options, &request, received))
            _exit(1);
    }
    _exit(0);
}
