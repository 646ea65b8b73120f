/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "ingest/intake/envelope.h"

#define NOW G_GINT64_CONSTANT(1800000000)

static const struct {
    const char *name, *mail;
    EnvelopeHints hints;
    const char *sender, *recipient;
} cases[] = {
    /* clang-format off */
    {"arguments",       "Return-Path: <r@a.example>\n\n", {"f@a.example", "t@b.example", "e@a.example", "e@b.example"}, "f@a.example", "t@b.example"},
    {"environment",     "Return-Path: <r@a.example>\n\n", {NULL, NULL, "e@a.example", "e@b.example"}, "e@a.example", "e@b.example"},
    {"mail",            "Return-Path: <r@a.example>\nX-Original-To: abuse@b.example\nDelivered-To: x@b.example\n\n", {0}, "r@a.example", "abuse@b.example"},
    {"delivered-to",    "Delivered-To: x@b.example\n\n", {0}, NULL, "x@b.example"},
    {"mixed",           "Return-Path: <r@a.example>\nX-Original-To: abuse@b.example\n\n", {"f@a.example", NULL, NULL, NULL}, "f@a.example", "abuse@b.example"},
    {"null-argument",   "Return-Path: <r@a.example>\n\n", {"", "t@b.example", NULL, NULL}, "", "t@b.example"},
    {"null-brackets",   "A: b\n\n", {"<>", NULL, NULL, NULL}, "", NULL},
    {"mailer-daemon",   "A: b\n\n", {"MAILER-DAEMON", NULL, NULL, NULL}, "", NULL},
    {"null-in-mail",    "Return-Path: <>\n\n", {0}, "", NULL},
    {"mailer-daemon-of-a-host", "A: b\n\n", {"MAILER-DAEMON@a.example", NULL, NULL, NULL}, "MAILER-DAEMON@a.example", NULL},
    {"unknown",         "A: b\n\n", {0}, NULL, NULL},
    {"in-the-body",     "A: b\n\nReturn-Path: <r@a.example>\n", {0}, NULL, NULL},
    {"after-from-line", "From x Thu Jan  1 00:00:00 2026\nReturn-Path: <r@a.example>\n\n", {0}, "r@a.example", NULL},
    {"folded-crlf",     "Return-Path:\r\n <r@a.example>\r\n\r\n", {0}, "r@a.example", NULL},
    {"control-bytes",   "A: b\n\n", {"a\001b@a.example", "\377@b.example", NULL, NULL}, "a b@a.example", "\xef\xbf\xbd@b.example"},
    {"empty-mail",      "", {0}, NULL, NULL},
    /* clang-format on */
};

static const struct {
    const char *name, *mail;
    gint64 time;
} times[] = {
    /* clang-format off */
    {"from-line",   "From x@y.example Fri Jan  2 03:04:05 2026\nDate: Fri, 2 Jan 2026 01:00:00 +0000\n\n", 1767323045},
    {"received",    "Received: by a;\n\tFri, 2 Jan 2026 03:04:05 +0000\nDate: Fri, 2 Jan 2026 01:00:00 +0000\n\n", 1767323045},
    {"date",        "Date: Fri, 2 Jan 2026 04:04:05 +0100\n\n", 1767323045},
    {"nothing",     "A: b\n\n", NOW},
    {"broken",      "Date: yesterday\n\n", NOW},
    {"from-future", "Date: Fri, 2 Jan 2099 04:04:05 +0100\n\n", NOW},
    /* clang-format on */
};

static void
check_case(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(GBytes) mail = g_bytes_new(cases[i].mail, strlen(cases[i].mail));
    g_auto(Envelope) envelope = {0};

    envelope_find(mail, &cases[i].hints, &envelope);
    g_assert_cmpstr(envelope.sender, ==, cases[i].sender);
    g_assert_cmpstr(envelope.recipient, ==, cases[i].recipient);
}

static void
check_time(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(GBytes) mail = g_bytes_new(times[i].mail, strlen(times[i].mail));

    g_assert_cmpint(envelope_received_at(mail, NOW), ==, times[i].time);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/intake/envelope/%s", cases[i].name);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), check_case);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autofree char *path = g_strdup_printf("/intake/received-at/%s", times[i].name);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), check_time);
    }
    return g_test_run();
}
