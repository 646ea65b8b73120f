/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Header blocks in text: the fields found, what stands before and after. */
#include "ingest/parse/paste.h"

#include <gmime/gmime.h>
#include <string.h>

typedef struct {
    const char *name, *text;
    const char *want; /* "Name|value\n…"; NULL: nothing is found */
    const char *before, *after;
} Case;

/* clang-format off */
static const Case traces[] = {
    {"plain", "hi\n\nReceived: by a\nFrom: x@y\n\nbody\n", "Received|by a\nFrom|x@y\n", "hi\n\n", "body\n"},
    {"fields-above", "Return-Path: <x@y>\nReceived: by a\n\nb", "Return-Path|<x@y>\nReceived|by a\n", "", "b"},
    {"folded", "Received: by a\n  id 1\nTo: b\n\n", "Received|by a id 1\nTo|b\n", "", ""},
    {"folding-lost", "Received: from a\nby b with SMTP\nTo: c\n\n", "Received|from a by b with SMTP\nTo|c\n", "", ""},
    {"quoted", "> Received: by a\n>  id 1\n> To: b\n>\n> body\n", "Received|by a id 1\nTo|b\n", "", "> body\n"},
    {"quoted-twice", ">> Received: by a\n>> To: b\n", "Received|by a\nTo|b\n", "", ""},
    {"bar", "| Received: by a\n| To: b\n", "Received|by a\nTo|b\n", "", ""},
    {"indented", "    Received: by a\n        id 1\n    To: b\n\n", "Received|by a id 1\nTo|b\n", "", ""},
    {"blank-before-colon", "Received : by a\nTo : b\n\n", "Received|by a\nTo|b\n", "", ""},
    {"double-spaced", "Received: by a\n\nTo: b\n\nSubject: c\n\nprose here\n", "Received|by a\nTo|b\nSubject|c\n", "", "prose here\n"},
    {"glued", "x\nReceived: from a by b; date From: x@y Subject: two words To: z\n", "Received|from a by b; date\nFrom|x@y\nSubject|two words\nTo|z\n", "x\n", ""},
    {"time-is-no-field", "Received: from a by b;\n 10:11:12 +0100\nTo: b\n\n", "Received|from a by b; 10:11:12 +0100\nTo|b\n", "", ""},
    {"prose-after-subject", "Received: by a\nSubject: hi\nthis is the text\n", "Received|by a\nSubject|hi\n", "", "this is the text\n"},
    {"prose-before-is-not-a-field", "look here: below\nReceived: by a\nTo: b\n", "Received|by a\nTo|b\n", "look here: below\n", ""},
    {"soft-break", "Received: from a by exam=\nple.org\nTo: b\n\n", "Received|from a by example.org\nTo|b\n", "", ""},
    {"defanged", "Received: from a ([192[.]0[.]2[.]1])\nTo: b\n\n", "Received|from a ([192.0.2.1])\nTo|b\n", "", ""},
    {"wide-blanks", "Received: from\xC2\xA0""a\n\xE2\x80\x83""by b\xE2\x80\x8B\nTo: b\n\n", "Received|from a by b\nTo|b\n", "", ""},
    {"whole-line-alone", "Received: from a by b; Tue, 4 Mar 2025 10:11:12 +0100\n\n", "Received|from a by b; Tue, 4 Mar 2025 10:11:12 +0100\n", "", ""},
    {"no-whole-line-alone", "Received: from a by b; soon\n\n", NULL, NULL, NULL},
    {"received-alone", "Received: by a\n\n", NULL, NULL, NULL},
    {"word-in-a-sentence", "I have received: nothing\nTo: b\n", NULL, NULL, NULL},
    {"nothing", "hello\n", NULL, NULL, NULL},
    {"empty", "", NULL, NULL, NULL},
};

static const Case forwards[] = {
    {"gmail", "hi\n---------- Forwarded message ---------\nFrom: A <a@b>\nDate: x\nSubject: S\nTo: <c@d>\n\nbody\n",
     "From|A <a@b>\nDate|x\nSubject|S\nTo|<c@d>\n", "hi\n", "body\n"},
    {"french", "Sujet : S\nDate : x\nDe : a@b\nPour : c@d\n\nbody\n", "Subject|S\nDate|x\nFrom|a@b\nTo|c@d\n", "", "body\n"},
    {"german", "Von: a@b\nGesendet: x\nAn: c@d\nBetreff: S\n\nbody\n", "From|a@b\nDate|x\nTo|c@d\nSubject|S\n", "", "body\n"},
    {"italian", "Da: a@b\nInviato: x\nA: c@d\nOggetto: S\n\n", "From|a@b\nDate|x\nTo|c@d\nSubject|S\n", "", ""},
    {"spanish", "De: a@b\nEnviado: x\nPara: c@d\nAsunto: S\n\n", "From|a@b\nDate|x\nTo|c@d\nSubject|S\n", "", ""},
    {"no-break-space", "De\xC2\xA0: a@b\nEnvoy\xC3\xA9\xC2\xA0: x\nObjet\xC2\xA0: S\n\n", "From|a@b\nDate|x\nSubject|S\n", "", ""},
    {"bold", "*From:* a@b\n*Sent:* x\n*Subject:* S\n\n", "From|a@b\nDate|x\nSubject|S\n", "", ""},
    {"quoted", "> From: a@b\n> Date: x\n> Subject: S\n>\n> body\n", "From|a@b\nDate|x\nSubject|S\n", "", "> body\n"},
    {"glued", "----- Forwarded Message ----- From: A <a@b>To: c@dSent: x 1Subject: S\nbody\n", "From|A <a@b>\nTo|c@d\nDate|x 1\nSubject|S\n", "", "body\n"},
    {"no-date-no-separator", "From: a@b\nSubject: S\n\n", NULL, NULL, NULL},
    {"sender-alone", "From: a@b\n\n", NULL, NULL, NULL},
    {"prose", "To: whom it may concern\nhello\n", NULL, NULL, NULL},
};
/* clang-format on */

static void
compare(const Case *c, bool found, const Paste *paste)
{
    g_autoptr(GString) got = g_string_new(NULL);

    g_assert_true(found == (c->want != NULL));
    if (!found)
        return;
    g_assert_true(paste->block->pasted);
    for (guint i = 0; i < paste->block->fields->len; i++) {
        const Header *field = &g_array_index(paste->block->fields, Header, i);
        g_string_append_printf(got, "%s|%s\n", field->name, field->value);
    }
    g_assert_cmpstr(got->str, ==, c->want);
    g_assert_cmpint(paste->start - c->text, ==, (gssize)strlen(c->before));
    g_assert_cmpstr(paste->body, ==, c->after);
}

static void
check_trace(gconstpointer data)
{
    const Case *c = data;
    g_auto(Paste) paste = {0};
    bool found = paste_find_trace(c->text, &limits_default, &paste);

    compare(c, found, &paste);
}

static void
check_forward(gconstpointer data)
{
    const Case *c = data;
    g_auto(Paste) paste = {0};
    bool found = paste_find_forward(c->text, false, &paste);

    compare(c, found, &paste);
}

#define ADD(what, cases, check)                                                                    \
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {                                              \
        g_autofree char *path = g_strdup_printf("/parse/paste/%s/%s", what, cases[i].name);        \
        g_test_add_data_func(path, &cases[i], check);                                              \
    }

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_mime_init();
    ADD("trace", traces, check_trace)
    ADD("forward", forwards, check_forward)
    return g_test_run();
}
