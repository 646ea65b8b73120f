/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The splitter, fed through a pipe in small and large pieces. */
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/autofd.h"
#include "ingest/intake/mbox.h"

#define F1 "From a@b.example Thu Jan  1 00:00:00 2026\n"
#define F2 "From MAILER-DAEMON Thu Jan  1 00:00:01 2026 +0100\n"

static const struct {
    const char *name, *text;
    const char *mails[4];
} cases[] = {
    /* clang-format off */
    {"single-message",     "A: b\n\nFrom me\n\nFrom x Thu Jan  1 00:00:00 2026\n", {"A: b\n\nFrom me\n\nFrom x Thu Jan  1 00:00:00 2026\n"}},
    {"one-mail",           F1 "A: b\n\nx\n", {F1 "A: b\n\nx\n"}},
    {"two-mails",          F1 "A: b\n\nx\n\n" F2 "C: d\n\ny\n\n", {F1 "A: b\n\nx\n", F2 "C: d\n\ny\n\n"}},
    {"crlf",               "From a Thu Jan  1 00:00:00 2026\r\nA: b\r\n\r\nx\r\n\r\nFrom c Thu Jan  1 00:00:00 2026\r\nD: e\r\n",
                           {"From a Thu Jan  1 00:00:00 2026\r\nA: b\r\n\r\nx\r\n", "From c Thu Jan  1 00:00:00 2026\r\nD: e\r\n"}},
    {"no-empty-line",      F1 "A: b\n\nx\n" F2 "y\n", {F1 "A: b\n\nx\n" F2 "y\n"}},
    {"prose",              F1 "A: b\n\nx\n\nFrom here on it is 10:30 at best\n", {F1 "A: b\n\nx\n\nFrom here on it is 10:30 at best\n"}},
    {"prose-with-year",    F1 "A: b\n\nx\n\nFrom 2026 on\n", {F1 "A: b\n\nx\n\nFrom 2026 on\n"}},
    {"quoted",             F1 "A: b\n\nx\n\n>" F2 "\n", {F1 "A: b\n\nx\n\n>" F2 "\n"}},
    {"mail-without-body",  F1 "A: b\n\n" F2 "C: d\n\n", {F1 "A: b\n", F2 "C: d\n\n"}},
    {"from-line-at-end",   F1 "A: b\n\n" "From a Thu Jan  1 00:00:00 2026", {F1 "A: b\n\n" "From a Thu Jan  1 00:00:00 2026"}},
    {"empty",              "", {NULL}},
    /* clang-format on */
};

static int
file_of(const char *bytes, gsize len)
{
    g_auto(AutoFd) fd = memfd_create("mbox", MFD_CLOEXEC);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, bytes, len), ==, (gssize)len);
    g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
    return autofd_steal(&fd);
}

static void
check_case(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_auto(AutoFd) fd = file_of(cases[i].text, strlen(cases[i].text));
    g_autoptr(Mbox) mbox = mbox_new(fd, 1000000);
    g_autoptr(GError) error = NULL;

    for (gsize n = 0; cases[i].mails[n]; n++) {
        g_autoptr(GBytes) mail = NULL;

        g_assert_cmpint(mbox_next(mbox, &mail, &error), ==, MBOX_MAIL);
        g_assert_cmpuint(g_bytes_get_size(mail), ==, strlen(cases[i].mails[n]));
        g_assert_cmpint(
            memcmp(g_bytes_get_data(mail, NULL), cases[i].mails[n], g_bytes_get_size(mail)), ==, 0);
    }
    for (int again = 0; again < 2; again++) {
        g_autoptr(GBytes) mail = NULL;

        g_assert_cmpint(mbox_next(mbox, &mail, &error), ==, MBOX_END);
    }
    g_assert_cmpuint(mbox_bytes_read(mbox), ==, strlen(cases[i].text));
}

/* Mails of every size around the reader's buffer, and one that is too large between them. */
static void
check_sizes(void)
{
    static const gsize sizes[] = {10,     131000, 131072, 131080, 262144, 20,
                                  700000, 30,     300000, 131071, 1,      999};
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(Mbox) mbox = NULL;
    g_auto(AutoFd) fd = -1;
    guint64 offset = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_string_append(text, F1);
        for (gsize n = 0; n < sizes[i]; n++)
            g_string_append_c(text, n % 60 == 59 ? '\n' : 'x');
        g_string_append(text, "\n\n");
    }
    fd = file_of(text->str, text->len);
    mbox = mbox_new(fd, 400000);
    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GBytes) mail = NULL;
        MboxItem item = mbox_next(mbox, &mail, NULL);

        g_assert_cmpint(item, ==, sizes[i] > 400000 ? MBOX_TOO_LARGE : MBOX_MAIL);
        g_assert_cmpuint(mbox_mail_offset(mbox), ==, offset);
        g_assert_cmpuint(mbox_mail_size(mbox), ==,
                         strlen(F1) + sizes[i] + 1 + (i + 1 == G_N_ELEMENTS(sizes)));
        offset += strlen(F1) + sizes[i] + 2;
        if (item == MBOX_MAIL)
            g_assert_cmpuint(g_bytes_get_size(mail), ==,
                             strlen(F1) + sizes[i] + 1 + (i + 1 == G_N_ELEMENTS(sizes)));
    }
    g_autoptr(GBytes) none = NULL;
    g_assert_cmpint(mbox_next(mbox, &none, NULL), ==, MBOX_END);
}

static void
check_read_error(void)
{
    g_auto(AutoFd) fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    g_autoptr(Mbox) mbox = mbox_new(fd, 1000);
    g_autoptr(GBytes) mail = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(mbox_next(mbox, &mail, &error), ==, MBOX_ERROR);
    g_assert_nonnull(error);
    g_assert_null(mail);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/intake/mbox/%s", cases[i].name);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), check_case);
    }
    g_test_add_func("/intake/mbox/sizes", check_sizes);
    g_test_add_func("/intake/mbox/read-error", check_read_error);
    return g_test_run();
}
