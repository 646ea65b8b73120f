/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hostile.h - mails built to exhaust their reader, and what must become of each. */
#pragma once

#include <sys/resource.h>

#include "ingest/parse/complaint_pack.h"
#include "ingest/parse/parse.h"

typedef struct {
    const char *name;
    const char *head;             /* what the mail begins with */
    void (*build)(GString *mail); /* appends the rest */
    const char *problem;          /* that must be named */
} Hostile;

static inline void
repeat(GString *mail, guint n, const char *text)
{
    for (guint i = 0; i < n; i++)
        g_string_append(mail, text);
}

static inline double
cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
}

/* A complaint that can be handed back, within the time of the parsing child. */
static inline void
hostile_check(gconstpointer data)
{
    const Hostile *h = data;
    GString *text = g_string_new(h->head);
    g_autoptr(GBytes) mail = NULL, packed = NULL;
    g_autoptr(SiteMap) site = site_map_new();
    g_autoptr(Complaint) complaint = NULL, back = NULL;
    double before;

    h->build(text);
    mail = g_string_free_to_bytes(text);
    before = cpu_seconds();
    complaint = complaint_parse(mail, site, &limits_default, 0);
    g_test_message("%.2f s", cpu_seconds() - before);
    if (!g_getenv("PLAINT_SAN") || !*g_getenv("PLAINT_SAN"))
        g_assert_cmpfloat(cpu_seconds() - before, <, LIMIT_CHILD_CPU_SECONDS);
    for (guint i = 0; i < complaint->problems->len; i++)
        g_test_message("%s", g_array_index(complaint->problems, Problem, i).name);
    g_assert_true(complaint_has_problem(complaint, h->problem));
    packed = complaint_pack(complaint);
    g_assert_cmpuint(g_bytes_get_size(packed), <, LIMIT_CHILD_REPLY_BYTES);
    back = complaint_unpack(packed, NULL);
    g_assert_nonnull(back);
}
