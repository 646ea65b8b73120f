/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gen COUNT SEED >FILE: an mbox of complaints of about 6 KB: 70 % ARF, 15 % attached by a person,
 * 15 % forwarded inline; the same bytes from the same numbers (and the same build: C leaves the
 * order of arguments open). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/gen_scene.h"

static void
add_outer(Gen *gen, const Scene *s, const char *from, const char *subject, GString *out)
{
    g_autoptr(GString) id = g_string_new(NULL);

    gen_letters(gen, id, gen_upper, 11);
    g_string_append_printf(out,
                           "Received: from out%u.%s (out.%s [198.51.100.%u])\n"
                           "\tby mx1.example.net (Postfix) with ESMTPS id %s\n"
                           "\tfor <abuse@example.net>; ",
                           gen_below(gen, 9), s->receiver, s->receiver, 20 + gen_below(gen, 90),
                           id->str);
    scene_date(s->time + 3600, out);
    g_string_append_printf(out, "\nFrom: %s@%s\nTo: abuse@example.net\nSubject: %s\nDate: ", from,
                           s->receiver, subject);
    scene_date(s->time + 3590, out);
    g_string_append(out, "\nMessage-ID: <");
    gen_letters(gen, out, gen_alnum, 26);
    g_string_append_printf(out, "@%s>\nMIME-Version: 1.0\n", s->receiver);
}

/* RFC 5965. */
static void
add_arf(Gen *gen, const Scene *s, GString *out)
{
    g_autoptr(GString) boundary = g_string_new("part-");
    g_autofree char *subject = g_strdup_printf("FW: %s", s->subject);

    gen_letters(gen, boundary, gen_hex, 24);
    add_outer(gen, s, "feedback", subject, out);
    g_string_append_printf(
        out,
        "Content-Type: multipart/report; report-type=feedback-report;\n\tboundary=\"%s\"\n\n"
        "--%s\nContent-Type: text/plain; charset=us-ascii\n\n"
        "This is a report about a message that came from %s.\n"
        "It was received by one of our users, who says: ",
        boundary->str, boundary->str, s->machine);
    gen_prose(gen, out, 80 + gen_below(gen, 200));
    g_string_append_printf(out,
                           "\n--%s\nContent-Type: message/feedback-report\n\n"
                           "Feedback-Type: abuse\nUser-Agent: Loop/%u.%u\nVersion: 1\n"
                           "Original-Mail-From: <%s>\nOriginal-Rcpt-To: <%s>\nArrival-Date: ",
                           boundary->str, gen_below(gen, 9), gen_below(gen, 9), s->sender, s->rcpt);
    scene_date(s->time + 2, out);
    g_string_append_printf(out,
                           "\nReported-Domain: %s\nReporting-MTA: dns; mx.%s\nSource-IP: %s\n"
                           "Incidents: 1\n\n--%s\nContent-Type: message/rfc822\n"
                           "Content-Disposition: inline\n\n",
                           strchr(s->sender, '@') + 1, s->receiver, s->machine, boundary->str);
    scene_message(gen, s, out);
    g_string_append_printf(out, "\n--%s--\n", boundary->str);
}

static void
add_attached(Gen *gen, const Scene *s, GString *out)
{
    g_autoptr(GString) boundary = g_string_new("----=_");
    const char *who = gen_name(gen);

    gen_letters(gen, boundary, gen_alnum, 28);
    add_outer(gen, s, who, "spam from your network", out);
    g_string_append_printf(out,
                           "Content-Type: multipart/mixed; boundary=\"%s\"\n\n--%s\n"
                           "Content-Type: text/plain; charset=utf-8; format=flowed\n\n"
                           "Hello, please stop this. ",
                           boundary->str, boundary->str);
    gen_prose(gen, out, 200 + gen_below(gen, 400));
    g_string_append_printf(out,
                           "%s\n\n--%s\nContent-Type: message/rfc822; name=\"spam.eml\"\n"
                           "Content-Disposition: attachment; filename=\"spam.eml\"\n\n",
                           who, boundary->str);
    scene_message(gen, s, out);
    g_string_append_printf(out, "\n--%s--\n", boundary->str);
}

/* Pasted, half of them quoted by the mail client. */
static void
add_inline(Gen *gen, const Scene *s, GString *out)
{
    g_autoptr(GString) message = g_string_new(NULL);
    const char *quote = gen_below(gen, 2) ? "> " : "";
    const char *who = gen_name(gen);

    add_outer(gen, s, who, "Fwd: unwanted mail", out);
    g_string_append(out, "Content-Type: text/plain; charset=utf-8\n\n"
                         "This came from one of your servers. ");
    gen_prose(gen, out, 100 + gen_below(gen, 300));
    g_string_append_printf(out, "%s\n\n%s", who,
                           *quote ? "" : "-------- Forwarded Message --------\n");
    scene_message(gen, s, message);
    g_auto(GStrv) lines = g_strsplit(message->str, "\n", -1);
    for (char **line = lines; *line; line++)
        g_string_append_printf(out, "%s%s\n", quote, *line);
}

/* mboxrd: a line of the mail that looks like a separator gets a '>'. */
static void
write_mbox(const GString *mail, gint64 time)
{
    g_autoptr(GDateTime) d = g_date_time_new_from_unix_utc(time);
    g_autofree char *when = g_date_time_format(d, "%a %b %e %H:%M:%S %Y");
    const char *line = mail->str, *end = mail->str + mail->len;

    printf("From MAILER-DAEMON %s\n", when);
    while (line < end) {
        const char *newline = memchr(line, '\n', (gsize)(end - line));
        gsize len = newline ? (gsize)(newline - line) + 1 : (gsize)(end - line);
        if (g_str_has_prefix(line + strspn(line, ">"), "From "))
            putchar('>');
        fwrite(line, 1, len, stdout);
        line += len;
    }
    putchar('\n');
}

int
main(int argc, char **argv)
{
    guint count = argc == 3 ? (guint)strtoul(argv[1], NULL, 10) : 0;
    gint64 time = 1767225600; /* 2026-01-01 */
    g_autoptr(GString) mail = g_string_new(NULL);
    Gen gen;

    if (count == 0) {
        fputs("usage: gen COUNT SEED >FILE\n", stderr);
        return EXIT_FAILURE;
    }
    gen_start(&gen, strtoul(argv[2], NULL, 10));
    for (guint i = 0; i < count; i++) {
        Scene scene = {0};
        guint shape = gen_below(&gen, 100);
        time += gen_below(&gen, 120);
        scene_make(&gen, time, &scene);
        g_string_truncate(mail, 0);
        if (shape < 70)
            add_arf(&gen, &scene, mail);
        else if (shape < 85)
            add_attached(&gen, &scene, mail);
        else
            add_inline(&gen, &scene, mail);
        write_mbox(mail, time);
        scene_clear(&scene);
    }
    gen_stop(&gen);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
