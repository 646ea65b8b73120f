/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/gen_scene.h"

#include <string.h>

void
scene_date(gint64 time, GString *out)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    g_autoptr(GDateTime) d = g_date_time_new_from_unix_utc(time);

    g_string_append_printf(out, "%s, %d %s %d %02d:%02d:%02d +0000",
                           days[g_date_time_get_day_of_week(d) - 1],
                           g_date_time_get_day_of_month(d), months[g_date_time_get_month(d) - 1],
                           g_date_time_get_year(d), g_date_time_get_hour(d),
                           g_date_time_get_minute(d), g_date_time_get_second(d));
}

static char *
letters(Gen *gen, const char *alphabet, guint n)
{
    GString *out = g_string_sized_new(n);

    gen_letters(gen, out, alphabet, n);
    return g_string_free(out, FALSE);
}

static char *
make_subject(Gen *gen)
{
    g_autoptr(GString) words = g_string_new(NULL);

    for (guint i = 4 + gen_below(gen, 4); i > 0; i--)
        g_string_append_printf(words, "%s%s", words->len ? " " : "", gen_word(gen));
    if (gen_below(gen, 2)) {
        g_autofree char *encoded = g_base64_encode((const guchar *)words->str, MIN(words->len, 45));
        return g_strdup_printf("=?UTF-8?B?%s?=", encoded);
    }
    g_strdelimit(words->str, " ", '_');
    return g_strdup_printf("=?utf-8?Q?%s_=C3=A9t=C3=A9_=E2=82=AC%u?=", words->str,
                           gen_below(gen, 500));
}

void
scene_make(Gen *gen, gint64 time, Scene *ret_scene)
{
    static const guint shares[] = {45, 25, 10, 20}; /* percent of each SceneKind */
    guint kind = 0, percent = gen_below(gen, 100);
    Scene *s = ret_scene;

    while (kind + 1 < N_SCENES && percent >= shares[kind])
        percent -= shares[kind++];
    gen_topic(gen);
    s->kind = (SceneKind)kind;
    s->time = time;
    s->client = g_strdup_printf("203.0.113.%u", gen_below(gen, 255));
    if (kind == SCENE_ACCOUNT || kind == SCENE_OPEN_RELAY) {
        guint n = 1 + gen_below(gen, 3);
        s->machine = g_strdup_printf("192.0.2.%u", 24 + n);
        s->host = g_strdup_printf("out%u.example.net", n);
    } else {
        guint n = 64 + gen_uneven(gen, 190);
        s->machine = g_strdup_printf(kind == SCENE_CUSTOMER ? "192.0.2.%u" : "203.0.113.%u", n);
        s->host = g_strdup_printf("host-%u.%s.example.org", n, gen_word(gen));
    }
    s->account = g_strdup_printf("%s%u@example.net", gen_name(gen), gen_uneven(gen, 120));
    s->sender = g_strdup_printf("%s.%s@%s.example", gen_word(gen), gen_name(gen), gen_word(gen));
    s->receiver = g_strdup_printf("provider%u.example.com", gen_below(gen, 40));
    s->rcpt = g_strdup_printf("%s.%s%u@%s", gen_name(gen), gen_word(gen), gen_below(gen, 1000),
                              s->receiver);
    s->subject = make_subject(gen);
    g_autofree char *id = letters(gen, gen_alnum, 22);
    s->message_id =
        g_strdup_printf("%s.%u@%s", id, gen_below(gen, 100000), strchr(s->sender, '@') + 1);
}

void
scene_clear(Scene *s)
{
    char **owned[] = {&s->machine, &s->host,     &s->client,  &s->account,   &s->sender,
                      &s->rcpt,    &s->receiver, &s->subject, &s->message_id};

    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_clear_pointer(owned[i], g_free);
}

/* The complainant's side: two hops of its own, then the one that met the machine. */
static void
add_receiver_side(Gen *gen, const Scene *s, GString *out)
{
    g_autofree char *id1 = letters(gen, gen_upper, 11);
    g_autofree char *id2 = letters(gen, gen_alnum, 16);
    g_autofree char *id3 = letters(gen, gen_upper, 10);
    guint mx = 1 + gen_below(gen, 9), store = gen_below(gen, 200);

    g_string_append_printf(out,
                           "Received: from scan%u.%s (localhost [127.0.0.1])\n"
                           "\tby store%u.%s (Postfix) with LMTP id %s\n\tfor <%s>; ",
                           mx, s->receiver, store, s->receiver, id1, s->rcpt);
    scene_date(s->time + 4, out);
    g_string_append_printf(
        out,
        "\nReceived: from mx%u.%s ([198.51.100.%u])\n"
        "\tby scan%u.%s with LMTP\n\tid %s\n\t(envelope-from <%s>)\n\tfor <%s>; ",
        mx, s->receiver, 10 + mx, mx, s->receiver, id2, s->sender, s->rcpt);
    scene_date(s->time + 3, out);
    g_string_append_printf(out,
                           "\nReceived: from %s (%s [%s])\n"
                           "\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\n"
                           "\t key-exchange X25519 server-signature RSA-PSS (2048 bits))\n"
                           "\t(No client certificate requested)\n"
                           "\tby mx%u.%s (Postfix) with ESMTPS id %s\n\tfor <%s>; ",
                           s->host, s->host, s->machine, mx, s->receiver, id3, s->rcpt);
    scene_date(s->time + 2, out);
    g_string_append_c(out, '\n');
}

/* What the machine wrote: a submission with a login, a relayed mail, or nothing of ours. */
static void
add_sender_side(Gen *gen, const Scene *s, GString *out)
{
    g_autofree char *exim = letters(gen, gen_alnum, 6);
    g_autofree char *id = letters(gen, gen_upper, 12);

    if (s->kind == SCENE_ACCOUNT)
        g_string_append_printf(
            out,
            "Received: from [%s] (unknown [%s])\n"
            "\t(Authenticated sender: %s)\n\tby %s (Postfix) with ESMTPSA id %s\n"
            "\tfor <%s>; ",
            s->client, s->client, s->account, s->host, id, s->rcpt);
    else
        g_string_append_printf(out,
                               "Received: from %s ([%s] helo=%s)\n\tby %s with esmtp (Exim 4.96)\n"
                               "\t(envelope-from <%s>)\n\tid 1r%s-000%02u-%c%c\n\tfor %s; ",
                               gen_word(gen), s->client, gen_word(gen), s->host, s->sender, exim,
                               gen_below(gen, 90), 'A' + (int)gen_below(gen, 26),
                               'A' + (int)gen_below(gen, 26), s->rcpt);
    scene_date(s->time, out);
    g_string_append_c(out, '\n');
}

/* Decoration below the first line that can be believed. */
static void
add_tail(Gen *gen, const Scene *s, GString *out)
{
    g_autofree char *id = letters(gen, gen_alnum, 14);

    g_string_append_printf(out,
                           "Received: from %s.example (HELO %s) (%s@203.0.113.%u)\n"
                           "  by %s.example with SMTP; ",
                           gen_word(gen), gen_word(gen), gen_name(gen), gen_below(gen, 255),
                           gen_word(gen));
    scene_date(s->time - 60, out);
    g_string_append_printf(out,
                           "\nReceived: from %s ([10.%u.%u.%u])\n"
                           "\tby %s.example (8.17.1/8.17.1) with ESMTP id %s\n\tfor <%s>; ",
                           gen_word(gen), gen_below(gen, 255), gen_below(gen, 255),
                           gen_below(gen, 255), gen_word(gen), id, s->rcpt);
    scene_date(s->time - 90, out);
    g_string_append_c(out, '\n');
}

/* A value of n letters, folded as signers fold it. */
static void
add_signature(Gen *gen, GString *out, guint n)
{
    for (; n > 64; n -= 64) {
        gen_base64(gen, out, 64);
        g_string_append(out, "\n\t ");
    }
    gen_base64(gen, out, n);
    g_string_append(out, "==\n");
}

void
scene_header(Gen *gen, const Scene *s, GString *out)
{
    const char *domain = strchr(s->sender, '@') + 1;

    g_string_append_printf(out, "Return-Path: <%s>\nDelivered-To: %s\n", s->sender, s->rcpt);
    add_receiver_side(gen, s, out);
    g_string_append_printf(
        out,
        "Authentication-Results: mx.%s;\n\tdkim=%s header.d=%s header.s=%s header.b=%.8s;\n"
        "\tspf=%s smtp.mailfrom=%s;\n\tdmarc=%s (p=none) header.from=%s\n",
        s->receiver, gen_below(gen, 2) ? "pass" : "fail", domain, gen_word(gen), s->message_id,
        gen_below(gen, 3) ? "softfail" : "pass", s->sender, gen_below(gen, 2) ? "fail" : "none",
        domain);
    add_sender_side(gen, s, out);
    add_tail(gen, s, out);
    g_string_append_printf(out,
                           "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s;\n"
                           "\ts=%s; t=%" G_GINT64_FORMAT ";\n"
                           "\th=From:To:Subject:Date:Message-ID:List-Unsubscribe;\n\tbh=",
                           domain, gen_word(gen), s->time);
    gen_base64(gen, out, 43);
    g_string_append(out, "=;\n\tb=");
    add_signature(gen, out, 170 + gen_below(gen, 170));
    g_string_append_printf(out,
                           "From: \"%s %s\" <%s>\nTo: <%s>\nSubject: %s\nDate: ", gen_name(gen),
                           gen_word(gen), s->sender, s->rcpt, s->subject);
    scene_date(s->time - 5, out);
    g_string_append_printf(out, "\nMessage-ID: <%s>\nMIME-Version: 1.0\n", s->message_id);
    if (gen_below(gen, 3) == 0)
        g_string_append_printf(out, "List-Unsubscribe: <https://%s/u/%u>\nX-Mailer: %s %u.%u\n",
                               domain, gen_below(gen, 1000000), gen_word(gen), gen_below(gen, 20),
                               gen_below(gen, 20));
}

/* Quoted-printable of prose: lines are short and ASCII, so only '=' needs it. */
static void
add_encoded(const char *prose, GString *out)
{
    for (; *prose; prose++)
        g_string_append(out, *prose == '=' ? "=3D" : (char[]){*prose, '\0'});
}

static void
add_html(const char *prose, GString *out)
{
    g_auto(GStrv) lines = g_strsplit(prose, "\n", -1);

    g_string_append(out, "<html><body style=3D\"font-family:sans-serif\">\n");
    for (char **line = lines; *line; line++) {
        g_string_append(out, "<p>");
        add_encoded(*line, out);
        g_string_append(out, "</p>\n");
    }
    g_string_append(out, "</body></html>\n");
}

void
scene_message(Gen *gen, const Scene *s, GString *out)
{
    guint shape = gen_below(gen, 100);
    g_autoptr(GString) prose = g_string_new(NULL);

    scene_header(gen, s, out);
    gen_prose(gen, prose, 1200 + gen_below(gen, 1200));
    if (shape < 60) {
        g_string_append_printf(out,
                               "Content-Type: text/plain; charset=utf-8\n"
                               "Content-Transfer-Encoding: %s\n\n",
                               shape < 30 ? "quoted-printable" : "7bit");
        if (shape < 30)
            add_encoded(prose->str, out);
        else
            g_string_append_len(out, prose->str, (gssize)prose->len);
    } else if (shape < 85) {
        g_string_append(out, "Content-Type: text/html; charset=utf-8\n"
                             "Content-Transfer-Encoding: quoted-printable\n\n");
        add_html(prose->str, out);
    } else {
        g_autofree char *encoded = g_base64_encode((const guchar *)prose->str, prose->len);
        g_string_append(out, "Content-Type: text/plain; charset=\"utf-8\"\n"
                             "Content-Transfer-Encoding: base64\n\n");
        for (gsize i = 0, n = strlen(encoded); i < n; i += 76)
            g_string_append_printf(out, "%.76s\n", encoded + i);
    }
}
