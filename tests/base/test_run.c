/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs that do what they should not: none of them holds its caller up for long. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/run.h"

typedef struct {
    const char *name, *script; /* of sh */
    const char *in;
    const char *out; /* NULL: it fails … */
    const char *why; /* … and this is in the message */
    const char *said;
    PlaintError code;
} Case;

/* clang-format off */
static const Case cases[] = {
    {.name = "prints", .script = "echo one; echo two", .out = "one\ntwo\n"},
    {.name = "prints-nothing", .script = ":", .out = ""},
    {.name = "arguments", .script = "echo \"$#:$1:$2\"", .out = "2:--:4Xa0; rm -rf /\n"},
    {.name = "environment", .script = "env | grep -v '^\\(PWD\\|SHLVL\\|_\\)='", .out = "A=b\n"},
    {.name = "folder", .script = "pwd", .out = "/\n"},
    {.name = "no-input", .script = "cat", .out = ""},
    {.name = "input", .script = "cat", .in = "one\ntwo", .out = "one\ntwo"},
    {.name = "input-not-read", .script = "echo x", .in = "one", .out = "x\n"},
    {.name = "no-descriptor", .script = "ls /proc/$$/fd | tr '\\n' ' '; exec ls /proc/self/fd/7", .why = "status 2", .said = "ls: ", .code = PLAINT_ERROR_BAD_INPUT},
    {.name = "complains", .script = "printf 'a\\033[31mb\\nc' >&2; echo x", .out = "x\n", .said = "a [31mb c"},
    {.name = "complains-for-ever", .script = "yes >&2", .why = "took more than", .said = "y y", .code = PLAINT_ERROR_BUSY},
    {.name = "fails", .script = "echo x; exit 3", .why = "status 3", .code = PLAINT_ERROR_BAD_INPUT},
    {.name = "kills-itself", .script = "echo x; kill -9 $$", .why = "signal 9", .code = PLAINT_ERROR_BAD_INPUT},
    {.name = "hangs", .script = "sleep 100", .why = "took more than", .code = PLAINT_ERROR_BUSY},
    {.name = "hangs-deaf", .script = "trap '' TERM INT HUP; while :; do sleep 100; done", .why = "took more than", .code = PLAINT_ERROR_BUSY},
    {.name = "prints-a-gigabyte", .script = "head -c 1000000000 /dev/zero", .why = "more than 1000 bytes", .code = PLAINT_ERROR_BAD_INPUT},
    {.name = "prints-the-limit", .script = "head -c 1000 /dev/zero | tr '\\0' x >/dev/null; echo x", .out = "x\n"},
    {.name = "child-stays", .script = "sleep 100 & echo x", .out = "x\n"},
    {.name = "child-holds-no-pipe", .script = "sleep 100 >/dev/null 2>&1 & echo x", .out = "x\n"},
    {.name = "child-that-prints-stays", .script = "(sleep 0.1; yes) & echo x", .out = "x\n"},
};
/* clang-format on */

static void
test_case(gconstpointer data)
{
    const Case *c = data;
    const char *argv[] = {"/bin/sh", "-c", c->script, "sh", "--", "4Xa0; rm -rf /", NULL};
    const char *env[] = {"A=b", NULL};
    g_autoptr(GBytes) in = c->in ? g_bytes_new_static(c->in, strlen(c->in)) : NULL;
    const Run run = {.argv = argv, .env = env, .milliseconds = 700, .max_bytes = 1000, .input = in};
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;
    gint64 begun = g_get_monotonic_time();
    g_autoptr(GBytes) out = run_program(&run, &said, &error);
    g_autoptr(GBytes) want = NULL;

    g_assert_cmpint(g_get_monotonic_time() - begun, <, 20 * G_USEC_PER_SEC);
    if (c->said)
        g_assert_true(g_str_has_prefix(said, c->said));
    else
        g_assert_null(said);
    if (c->out) {
        g_assert_no_error(error);
        want = g_bytes_new_static(c->out, strlen(c->out));
        g_assert_true(g_bytes_equal(out, want));
        return;
    }
    g_assert_null(out);
    g_assert_error(error, PLAINT_ERROR, (int)c->code);
    g_assert_nonnull(strstr(error->message, c->why));
}

/* What it started is gone when it has ended. */
static void
test_children_are_killed(void)
{
    const char *argv[] = {"/bin/sh", "-c", "sleep 100 & echo $!", NULL};
    const char *env[] = {NULL};
    const Run run = {.argv = argv, .env = env, .milliseconds = 5000, .max_bytes = 1000};
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;
    g_autoptr(GBytes) out = run_program(&run, &said, &error);
    g_autofree char *text = NULL, *stat = NULL, *path = NULL;
    bool gone = false;

    g_assert_no_error(error);
    text = g_strndup(g_bytes_get_data(out, NULL), g_bytes_get_size(out));
    path = g_strdup_printf("/proc/%d/stat", atoi(text));
    for (int i = 0; i < 100 && !gone; i++) { /* gone, or a zombie that nobody waits for */
        g_clear_pointer(&stat, g_free);
        gone = !g_file_get_contents(path, &stat, NULL, NULL) || strstr(stat, ") Z ");
        if (!gone)
            g_usleep(20 * 1000);
    }
    g_assert_true(gone);
}

static void
test_cannot_start(void)
{
    static const char *const programs[] = {"/nowhere/program", "/etc/passwd", "/", "sh", ""};
    const char *env[] = {NULL};

    for (gsize i = 0; i < G_N_ELEMENTS(programs); i++) {
        const char *argv[] = {programs[i], NULL};
        const Run run = {.argv = argv, .env = env, .milliseconds = 700, .max_bytes = 1000};
        g_autoptr(GError) error = NULL;
        g_autofree char *said = NULL;

        g_assert_null(run_program(&run, &said, &error));
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFIG);
        g_assert_null(said);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/run/", cases[i].name, NULL);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/run/children-are-killed", test_children_are_killed);
    g_test_add_func("/run/cannot-start", test_cannot_start);
    return g_test_run();
}
