/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One mail, one digest, however it was delivered. */
#include <string.h>

#include "base/config.h"
#include "ingest/intake/digest.h"

static const char config_text_site[] = "[relay mx1]\n"
                                       "names=mx1.example.net\n"
                                       "addresses=192.0.2.25\n"
                                       "roles=mx\n"
                                       "[relay mx2]\n"
                                       "names=mx2.example.net\n"
                                       "addresses=192.0.2.26\n"
                                       "roles=backup-mx\n";

#define TRACE_OUTSIDE                                                                              \
    "Received: from a.example (a.example [203.0.113.5]) by out.example; Thu, 1 Jan 2026 00:00:00 " \
    "+0000\n"
#define HEAD "From: a@a.example\nSubject: report\n"
#define MAIL TRACE_OUTSIDE HEAD "\nline one\nFrom here on\n"
#define MX1                                                                                        \
    "Received: from out.example (out.example [203.0.113.9])\n\tby mx1.example.net (Postfix) with " \
    "ESMTP id 1\n\tfor <abuse@example.net>; Thu, 1 Jan 2026 00:00:01 +0000\n"
#define MX1_OTHER                                                                                  \
    "Received: from out.example by mx1.example.net with ESMTP id 2 for <postmaster@example.net>; " \
    "Thu, 1 Jan 2026 00:00:03 +0000\n"
#define MX2                                                                                        \
    "Received: from out.example by mx2.example.net with ESMTP id 3; Thu, 1 Jan 2026 00:00:02 "     \
    "+0000\n"
#define LOCAL                                                                                      \
    "Received: by store.internal.example (Postfix, from userid 8) id 4; Thu, 1 Jan 2026 00:00:04 " \
    "+0000\n"

static const struct {
    const char *name, *a, *b;
    bool same;
} cases[] = {
    /* clang-format off */
    {"itself",              MX1 MAIL, MX1 MAIL, true},
    {"other-id-and-rcpt",   MX1 MAIL, MX1_OTHER MAIL, true},
    {"backup-mx-between",   MX1 MAIL, MX1_OTHER MX2 MAIL, true},
    {"local-line-on-top",   MX1 MAIL, LOCAL MX1 MAIL, true},
    {"not-our-line-counts", MX1 MAIL, MX1 HEAD "\nline one\nFrom here on\n", false},
    {"second-foreign-line", MX1 MAIL, MX1 TRACE_OUTSIDE MAIL, false},
    {"return-path",         MX1 MAIL, "Return-Path: <x@y.example>\n" MX1 MAIL, true},
    {"delivered-to",        MX1 MAIL, "Delivered-To: abuse@example.net\n" MX1 MAIL, true},
    {"x-original-to",       MX1 MAIL, "X-Original-To: abuse@example.net\n" MX1 MAIL, true},
    {"envelope-to",         MX1 MAIL, "Envelope-to: abuse@example.net\n" MX1 MAIL, true},
    {"delivery-date",       MX1 MAIL, "Delivery-date: Thu, 1 Jan 2026\n 00:00:00 +0000\n" MX1 MAIL, true},
    {"delivery-field-case", MX1 MAIL, "DELIVERED-TO : abuse@example.net\n" MX1 MAIL, true},
    {"other-field-counts",  MX1 MAIL, "X-Other: abuse@example.net\n" MX1 MAIL, false},
    {"from-line",           MX1 MAIL, "From x@y.example Thu Jan  1 00:00:00 2026\n" MX1 MAIL, true},
    {"quoted-from-line",    MX1 MAIL, ">From x@y.example Thu Jan  1 00:00:00 2026\n" MX1 MAIL, true},
    {"from-quoted-in-body", MX1 MAIL, MX1 TRACE_OUTSIDE HEAD "\nline one\n>From here on\n", true},
    {"from-quoted-twice",   MX1 MAIL, MX1 TRACE_OUTSIDE HEAD "\nline one\n>>From here on\n", true},
    {"quoted-else-counts",  "S: a\n\nx\n", "S: a\n\n>x\n", false},
    {"crlf",                "A: b\n c\n\nbody\n\nend\n", "A: b\r\n c\r\n\r\nbody\r\n\r\nend\r\n", true},
    {"blank-line-at-end",   "A: b\n\nbody\n", "A: b\n\nbody\n\n\n", true},
    {"no-newline-at-end",   "A: b\n\nbody\n", "A: b\n\nbody", true},
    {"blank-line-inside",   "A: b\n\nbody\nend\n", "A: b\n\nbody\n\nend\n", false},
    {"bare-cr-counts",      "A: b\n\nbo\rdy\n", "A: b\n\nbody\n", false},
    {"body-counts",         MX1 MAIL, MX1 MAIL "x", false},
    {"header-or-body",      "A: b\n\nReturn-Path: x\n", "A: b\n\n", false},
    {"received-in-body",    "A: b\n\n" MX1 "x\n", "A: b\n\nx\n", false},
    {"empty",               "", "\n\n", true},
    {"nul-bytes-count",     "A: b\n\nx\n", "A: b\n\nx \n", false},
    /* clang-format on */
};

static void
digest(const char *text, gsize len, guint8 *ret_digest)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_parse(config_text_site, "test", &error);
    g_autoptr(SiteMap) site = config ? site_map_load(config, &error) : NULL;
    g_autoptr(GBytes) mail = g_bytes_new(text, len);

    g_assert_no_error(error);
    mail_digest(mail, site, ret_digest);
}

static void
check_case(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    guint8 a[MAIL_DIGEST_BYTES], b[MAIL_DIGEST_BYTES];

    digest(cases[i].a, strlen(cases[i].a), a);
    digest(cases[i].b, strlen(cases[i].b), b);
    g_assert_cmpint(memcmp(a, b, sizeof a) == 0, ==, cases[i].same);
}

/* The canonical form of a plain mail is the mail: anybody can compute the digest. */
static void
check_known(void)
{
    static const char mail[] = "Return-Path: <>\r\nReceived: by x\r\nA: b\r\n\r\nbody\0x\r\n";
    static const char canonical[] = "A: b\n\nbody\0x";
    g_autofree char *expected = NULL;
    GString *hex = g_string_new(NULL);
    guint8 got[MAIL_DIGEST_BYTES];

    expected = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guint8 *)canonical,
                                           sizeof canonical - 1);
    digest(mail, sizeof mail - 1, got);
    for (gsize i = 0; i < sizeof got; i++)
        g_string_append_printf(hex, "%02x", got[i]);
    g_assert_cmpstr(hex->str, ==, expected);
    g_string_free(hex, TRUE);
}

/* Long lines and many lines pass the digester's buffer in every way. */
static void
check_sizes(void)
{
    for (gsize line = 1; line < 10000; line = line * 3 + 1) {
        g_autoptr(GString) lf = g_string_new("A: b\n\n");
        g_autoptr(GString) crlf = g_string_new("A: b\r\n\r\n");
        guint8 a[MAIL_DIGEST_BYTES], b[MAIL_DIGEST_BYTES];

        for (gsize n = 0; n < 20000; n += line) {
            for (gsize i = 0; i < line; i++) {
                g_string_append_c(lf, (char)('a' + i % 26));
                g_string_append_c(crlf, (char)('a' + i % 26));
            }
            g_string_append(lf, "\n");
            g_string_append(crlf, "\r\n");
        }
        digest(lf->str, lf->len, a);
        digest(crlf->str, crlf->len, b);
        g_assert_cmpmem(a, sizeof a, b, sizeof b);
        digest(lf->str, lf->len - 2, b); /* one letter less */
        g_assert_cmpint(memcmp(a, b, sizeof a), !=, 0);
    }
}

static void
check_from_line(void)
{
    static const struct {
        const char *text;
        gsize length;
    } rows[] = {
        {"From a\nB: c\n", 7}, {">From a\nB: c\n", 8}, {"From a\n>From b\nC: d\n", 15},
        {"From: a\n", 0},      {"From ", 0},           {"", 0},
        {"X\nFrom a\n", 0},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpuint(mail_from_line_length(rows[i].text, strlen(rows[i].text)), ==,
                         rows[i].length);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/intake/digest/%s", cases[i].name);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), check_case);
    }
    g_test_add_func("/intake/digest/known-value", check_known);
    g_test_add_func("/intake/digest/sizes", check_sizes);
    g_test_add_func("/intake/digest/from-line-length", check_from_line);
    return g_test_run();
}
