/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parent's side: many mails on their way, deaths among them, answers in the order of sending.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ingest/intake/parser.h"

#define NOW G_GINT64_CONSTANT(1800000000)

static GBytes *
mail_new(guint n, const char *hook)
{
    char *text =
        g_strdup_printf("X-Plaint-Test: %s\nFrom: a@example.org\nMessage-ID: <%u@example.org>\n"
                        "Subject: number %u\n\nsome words\n",
                        hook, n, n);

    return g_bytes_new_take(text, strlen(text));
}

static void
check_answer(const Complaint *complaint, guint n, bool died)
{
    g_autofree char *id = g_strdup_printf("%u@example.org", n);

    g_assert_nonnull(complaint);
    g_assert_cmpint(complaint_has_problem(complaint, "parser-died"), ==, died);
    g_assert_cmpint(complaint->format, ==, FORMAT_MESSAGE);
    g_assert_cmpstr(complaint->message_id, ==, died ? NULL : id);
}

static void
check_one_after_the_other(void)
{
    g_autoptr(SiteMap) site = site_map_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Parser) parser = parser_new(site, &error);

    g_assert_no_error(error);
    for (guint n = 0; n < 50; n++) {
        bool dies = n % 10 == 3;
        g_autoptr(GBytes) mail = mail_new(n, dies ? "die" : "-");
        g_autoptr(Complaint) complaint = parser_run(parser, mail, PARSE_COMPLAINT, NOW, &error);

        g_assert_no_error(error);
        check_answer(complaint, n, dies);
    }
}

static void
check_many_at_once(void)
{
    static const char *const hooks[] = {"-", "die", "syscall", "smash", "open"};
    g_autoptr(SiteMap) site = site_map_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Parser) parser = parser_new(site, &error);
    guint received = 0;

    for (guint n = 0; n < 300; n++) {
        g_autoptr(GBytes) mail = mail_new(n, n % 20 == 7 ? hooks[n / 20 % 5] : "-");

        parser_send(parser, mail, PARSE_COMPLAINT, NOW);
        while (parser_pending(parser) > (n < 299 ? 32 : 0)) {
            g_autoptr(Complaint) complaint = parser_receive(parser, &error);

            g_assert_no_error(error);
            check_answer(complaint, received, received % 20 == 7 && received / 20 % 5 != 0);
            received++;
        }
    }
    g_assert_cmpuint(received, ==, 300);
}

/* Who is there when a child dies need not be who made it so: only a mail that kills a child which
 * has read nothing before is to blame. */
static void
check_innocent(void)
{
    static const char *const hooks[] = {"-",   "taint", "-", "-",     "taint",
                                        "die", "die",   "-", "taint", "-"};
    g_autoptr(SiteMap) site = site_map_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Parser) parser = parser_new(site, &error);

    for (guint n = 0; n < G_N_ELEMENTS(hooks); n++) {
        g_autoptr(GBytes) mail = mail_new(n, hooks[n]);

        parser_send(parser, mail, PARSE_COMPLAINT, NOW);
    }
    for (guint n = 0; n < G_N_ELEMENTS(hooks); n++) {
        g_autoptr(Complaint) complaint = parser_receive(parser, &error);

        g_assert_no_error(error);
        check_answer(complaint, n, strcmp(hooks[n], "die") == 0);
    }
}

/* Whoever holds a lock must not be told that there will be no wait when a mail is to be tried
 * again. */
static void
check_wait(void)
{
    g_autoptr(SiteMap) site = site_map_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Parser) parser = parser_new(site, &error);

    for (guint n = 0; n < 4; n++) {
        g_autoptr(GBytes) mail = mail_new(n, n == 2 ? "die" : "-");

        parser_send(parser, mail, PARSE_COMPLAINT, NOW);
    }
    for (guint n = 0; n < 4; n++) {
        g_autoptr(Complaint) complaint = NULL;

        g_assert_cmpint(parser_wait(parser, 1000), ==, n == 1); /* 0 and 3: no child yet */
        complaint = parser_receive(parser, &error);
        g_assert_no_error(error);
        check_answer(complaint, n, n == 2);
    }
}

/* More than sockets hold in both directions: neither side may wait for the other for ever. */
static void
check_large(void)
{
    g_autoptr(SiteMap) site = site_map_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Parser) parser = parser_new(site, &error);

    for (guint n = 0; n < 8; n++) {
        g_autoptr(GString) text = g_string_new(NULL);

        g_string_append_printf(text, "From: a@example.org\nMessage-ID: <%u@example.org>\n\n", n);
        for (guint i = 0; i < 100000; i++)
            g_string_append(text, "words and words\n");
        g_autoptr(GBytes) mail = g_bytes_new(text->str, text->len);
        parser_send(parser, mail, PARSE_COMPLAINT, NOW);
    }
    for (guint n = 0; n < 8; n++) {
        g_autoptr(Complaint) complaint = parser_receive(parser, &error);

        g_assert_no_error(error);
        check_answer(complaint, n, false);
    }
}

static void
check_hang(void)
{
    g_autoptr(SiteMap) site = site_map_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Parser) parser = parser_new(site, &error);

    for (guint n = 0; n < 3; n++) {
        g_autoptr(GBytes) mail = mail_new(n, n == 1 ? "hang" : "-");

        parser_send(parser, mail, PARSE_COMPLAINT, NOW);
    }
    for (guint n = 0; n < 3; n++) {
        g_autoptr(Complaint) complaint = parser_receive(parser, &error);

        g_assert_no_error(error);
        check_answer(complaint, n, n == 1);
    }
}

static void
check_once(void)
{
    static const char *const hooks[] = {"-", "die", "syscall", "hang"};

    for (guint n = 0; n < G_N_ELEMENTS(hooks); n++) {
        g_autoptr(SiteMap) site = site_map_new();
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) mail = mail_new(n, hooks[n]);
        g_autoptr(Parser) parser = parser_new_once(site, mail, PARSE_COMPLAINT, NOW, &error);
        g_autoptr(Complaint) complaint = parser_receive(parser, &error);

        g_assert_no_error(error);
        check_answer(complaint, n, n > 0);
    }
}

/* A child for one mail loads only the converters that this mail names: none must be missing. */
static void
check_charsets(void)
{
    static const struct {
        const char *mail, *subject;
        bool unknown;
    } rows[] = {
        {"Subject: =?koi8-r?Q?=C1?=\n\nx\n", "а", false},
        {"Subject: =?KOI8-R?b?wQ==?=\nContent-Transfer-Encoding: base64\n\neA==\n", "а", false},
        {"Subject: =?windows-1251?Q?=E0?=\n\nx\n", "а", false},
        {"Subject: =?iso-8859-7?Q?=E1?=\n\nx\n", "α", false},
        {"Subject: =?shift_jis?Q?=82=A0?=\n\nx\n", "あ", false},
        {"Subject: =?gb2312?Q?=D6=D0?=\n\nx\n", "中", false},
        {"Subject: =?iso-8859-1?Q?=E9?=\n\nx\n", "é", false},
        {"Subject: =?windows-874?Q?=A1?=\n\nx\n", "ก", false},
        {"Subject: =?cp1251?Q?=E0?=\n\nx\n", "а", false},
        {"Subject: =?windows-31j?Q?=87=40?=\n\nx\n", "①", false},
        /* unknown names: Windows-1252, or UTF-8 */
        {"Subject: =?klingon?Q?=93=E9?=\n\nx\n", "“é", true},
        {"Subject: =?utf-32*en?Q?=C3=A9?=\n\nx\n", "é", true},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(SiteMap) site = site_map_new();
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) mail = g_bytes_new_static(rows[i].mail, strlen(rows[i].mail));
        g_autoptr(Parser) parser = parser_new_once(site, mail, PARSE_COMPLAINT, NOW, &error);
        g_autoptr(Complaint) complaint = parser_receive(parser, &error);

        g_assert_no_error(error);
        g_assert_cmpstr(complaint->subject, ==, rows[i].subject);
        g_assert_cmpint(complaint_has_problem(complaint, "unknown-charset"), ==, rows[i].unknown);
    }
}

/* Wherever GMime reads a charset's name, a converter that is not loaded is none: looking for it
 * would be a forbidden call, and kill. */
static void
check_foreign_charsets(void)
{
    static const char *const names[] = {"windows-874",     "utf-32",  "ucs-4le",   "ebcdic-us",
                                        "iso-2022-kr",     "viscii",  "hp-roman8", "klingon",
                                        "utf-8//translit", "us-ascii"};
    static const char *const places[] = {
        "Subject: =?%s?Q?=C1?=\n\nx\n",
        "From: =?%s?B?wQ==?= <a@example.org>\n\nx\n",
        "To: =?%s?Q?=C1?=: a@example.org;\n\nx\n",
        "Content-Type: text/plain; charset=%s\nContent-Transfer-Encoding: "
        "quoted-printable\n\n=C1\n",
        "Content-Type: text/plain; name*=%s''%C1\n\nx\n",
        "Content-Disposition: attachment; filename=\"=?%s?Q?=C1?=\"\n\nx\n",
        "Content-Type: message/rfc822\n\nReceived: by a\nSubject: =?%s?Q?=C1?=\n\nx\n",
    };
    g_autoptr(SiteMap) site = site_map_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Parser) parser = parser_new(site, &error);

    for (gsize i = 0; i < G_N_ELEMENTS(names) * G_N_ELEMENTS(places); i++) {
        const char *place = places[i % G_N_ELEMENTS(places)];
        char **halves = g_strsplit(place, "%s", 2);
        char *text = g_strconcat(halves[0], names[i / G_N_ELEMENTS(places)], halves[1], NULL);
        g_autoptr(GBytes) mail = g_bytes_new_take(text, strlen(text));
        g_autoptr(Parser) once = parser_new_once(site, mail, PARSE_COMPLAINT, NOW, &error);
        g_autoptr(Complaint) alone = parser_receive(once, &error);
        g_autoptr(Complaint) shared = parser_run(parser, mail, PARSE_COMPLAINT, NOW, &error);

        g_assert_no_error(error);
        g_test_message("%s in %s", names[i / G_N_ELEMENTS(places)], place);
        g_assert_false(complaint_has_problem(alone, "parser-died"));
        g_assert_false(complaint_has_problem(shared, "parser-died"));
        g_strfreev(halves);
    }
}

static void
check_spam(void)
{
    g_autoptr(SiteMap) site = site_map_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Parser) parser = parser_new(site, &error);
    g_autoptr(GBytes) mail = mail_new(1, "-");
    g_autoptr(Complaint) complaint = parser_run(parser, mail, PARSE_SPAM, NOW, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(complaint->incidents->len, ==, 1);
}

int
main(int argc, char **argv)
{
    g_assert_true(g_setenv("PLAINT_TEST_HOOKS", "1", TRUE));
    g_assert_true(g_setenv("PLAINT_TEST_WALL_SECONDS", "3", TRUE));
    g_test_init(&argc, &argv, NULL);
    (void)alarm(120);
    g_test_add_func("/intake/parser/one-after-the-other", check_one_after_the_other);
    g_test_add_func("/intake/parser/many-at-once", check_many_at_once);
    g_test_add_func("/intake/parser/innocent", check_innocent);
    g_test_add_func("/intake/parser/wait", check_wait);
    g_test_add_func("/intake/parser/large", check_large);
    g_test_add_func("/intake/parser/hang", check_hang);
    g_test_add_func("/intake/parser/once", check_once);
    g_test_add_func("/intake/parser/charsets", check_charsets);
    g_test_add_func("/intake/parser/foreign-charsets", check_foreign_charsets);
    g_test_add_func("/intake/parser/spam", check_spam);
    return g_test_run();
}
