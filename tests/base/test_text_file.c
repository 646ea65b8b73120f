/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that somebody wrote: regular ones of bounded size, and nothing that could be waited for. */
#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text_file.h"

enum { MOST = 1024 * 1024 };

static void
expect(const char *path, int code, const char *says)
{
    g_autoptr(GError) error = NULL;

    alarm(20); /* ends a test that waits */
    g_assert_null(text_file_read(path, MOST, &error));
    alarm(0);
    g_assert_error(error, PLAINT_ERROR, code);
    g_assert_nonnull(strstr(error->message, says));
}

static void
check_no_files(void)
{
    g_autofree char *folder = g_dir_make_tmp("plaint-file-XXXXXX", NULL);
    g_autofree char *fifo = g_build_filename(folder, "fifo", NULL);
    g_autofree char *below = g_build_filename(fifo, "x", NULL);
    g_autofree char *absent = g_build_filename(folder, "absent", NULL);
    g_autofree char *letters = g_strnfill(5000, 'n');

    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    expect(fifo, PLAINT_ERROR_BAD_INPUT, "not a regular file");
    expect("/dev/zero", PLAINT_ERROR_BAD_INPUT, "not a regular file");
    expect(folder, PLAINT_ERROR_BAD_INPUT, "not a regular file");
    expect(absent, PLAINT_ERROR_NOT_FOUND, "No such file");
    expect(below, PLAINT_ERROR_NOT_FOUND, "Not a directory");
    expect("", PLAINT_ERROR_NOT_FOUND, "No such file");
    expect(letters, PLAINT_ERROR_BAD_INPUT, "too long");
    g_unlink(fifo);
    g_rmdir(folder);
}

static void
check_sizes(void)
{
    g_autofree char *path = NULL;
    g_autofree char *text = g_strnfill(MOST, 'x');
    g_autofree char *more = g_strnfill(MOST + 1, 'x');
    int fd = g_file_open_tmp("plaint-file-XXXXXX", &path, NULL);
    g_autofree char *read_in = NULL;
    g_autofree char *empty = text_file_read(path, MOST, NULL);

    g_assert_cmpint(close(fd), ==, 0);
    g_assert_cmpstr(empty, ==, "");
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    read_in = text_file_read(path, MOST, NULL);
    g_assert_cmpstr(read_in, ==, text);
    g_assert_true(g_file_set_contents(path, more, -1, NULL));
    expect(path, PLAINT_ERROR_BAD_INPUT, "larger than 1 MB");
    g_assert_cmpint(truncate(path, G_GINT64_CONSTANT(1) << 40), ==, 0); /* is not read through */
    expect(path, PLAINT_ERROR_BAD_INPUT, "larger than 1 MB");
    g_assert_true(g_file_set_contents(path, "a\0b", 3, NULL));
    expect(path, PLAINT_ERROR_BAD_INPUT, "NUL");
    g_unlink(path);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/text-file/no-files", check_no_files);
    g_test_add_func("/base/text-file/sizes", check_sizes);
    return g_test_run();
}
