/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chain_file.h - chains as data, tests/fixtures/chain/NAME.txt:
 *
 *     === name
 *     --- genuine cause=open-relay exit=192.0.2.10
 *     Received: …
 *     *Received: the field that decides, without the star
 *
 * A line of '#' is a comment; blank lines do not count. Each "---" is one chain of the name above
 * it. It travels inside a report in ARF, so that what is judged is a whole mail.
 */
#pragma once

#include <string.h>

#include "ingest/parse/attribution.h"
#include "ingest/parse/parse.h"
#include "tests/parse/chain_fixture.h"

#define CHAIN_FOLDER "tests/fixtures/chain/"

typedef struct {
    char *name, *label;
    char **keys;    /* "cause=open-relay" */
    GString *text;  /* the reported message's headers, LF */
    gssize decides; /* where the deciding field begins in text; -1: none was marked */
    gsize length;   /* of that field, its line end included */
} ChainRow;

static inline void
chain_row_clear(gpointer data)
{
    ChainRow *row = data;

    g_free(row->name);
    g_free(row->label);
    g_strfreev(row->keys);
    g_string_free(row->text, TRUE);
}

static inline void
chain_row_add_line(ChainRow *row, const char *line)
{
    bool folded = line[0] == ' ' || line[0] == '\t';
    bool marked = line[0] == '*';
    bool open = row->decides >= 0 && (gsize)row->decides + row->length == row->text->len;

    if (marked)
        row->decides = (gssize)row->text->len;
    g_string_append_printf(row->text, "%s\n", line + marked);
    if (marked || (folded && open))
        row->length = row->text->len - (gsize)row->decides;
}

static inline GArray *
chain_file_read(const char *file)
{
    g_autofree char *path = g_strconcat(CHAIN_FOLDER, file, NULL), *text = NULL;
    GArray *rows = g_array_new(FALSE, TRUE, sizeof(ChainRow));
    g_auto(GStrv) lines = NULL;
    const char *name = "";

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", -1);
    g_array_set_clear_func(rows, chain_row_clear);
    for (char **line = lines; *line; line++) {
        if (g_str_has_prefix(*line, "=== ")) {
            name = *line + 4;
        } else if (g_str_has_prefix(*line, "--- ")) {
            ChainRow row = {.name = g_strdup(name), .decides = -1, .text = g_string_new(NULL)};

            row.keys = g_strsplit(*line + 4, " ", -1);
            row.label = g_strdup(row.keys[0]);
            g_array_append_val(rows, row);
        } else if (**line && **line != '#') {
            g_assert_cmpuint(rows->len, >, 0);
            chain_row_add_line(&g_array_index(rows, ChainRow, rows->len - 1), *line);
        }
    }
    return rows;
}

/* The value of key=, or NULL. */
static inline const char *
chain_row_get(const ChainRow *row, const char *key)
{
    gsize n = strlen(key);

    for (char **word = row->keys; *word; word++) {
        if (strncmp(*word, key, n) == 0 && (*word)[n] == '=')
            return *word + n + 1;
    }
    return NULL;
}

/* The report that carries the chain; *ret_start: where its headers begin. */
static inline GBytes *
chain_row_mail(const ChainRow *row, gsize *ret_start)
{
    const char *source = chain_row_get(row, "source");
    GString *mail = g_string_new("From: fbl@report.example\nTo: abuse@isp.example\n"
                                 "Subject: complaint\nMIME-Version: 1.0\n"
                                 "Content-Type: multipart/report; report-type=feedback-report; "
                                 "boundary=b\n\n--b\n\nA report.\n--b\n"
                                 "Content-Type: message/feedback-report\n\n"
                                 "Feedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\n");

    if (source)
        g_string_append_printf(mail, "Source-IP: %s\n", source);
    g_string_append(mail, "\n--b\nContent-Type: message/rfc822\n\n");
    *ret_start = mail->len;
    g_string_append_printf(mail, "%s\nhello\n\n--b--\n", row->text->str);
    return g_string_free_to_bytes(mail);
}

/* (transfer full) the complaint; its one incident is what the chain came to. */
static inline Complaint *
chain_row_run(const ChainRow *row, const SiteMap *site, gsize *ret_start)
{
    g_autoptr(GBytes) mail = chain_row_mail(row, ret_start);
    Complaint *complaint = complaint_parse(mail, site, &limits_default, 1741080700);

    g_assert_cmpuint(complaint->incidents->len, ==, 1);
    return complaint;
}

/* Adds "exit: want x got y" when they differ; NULL is none. */
static inline void
chain_want(GString *wrong, const char *what, const char *want, const char *got)
{
    if (g_strcmp0(want ? want : "", got ? got : "") != 0)
        g_string_append_printf(wrong, " %s: want %s got %s;", what, want ? want : "none",
                               got ? got : "none");
}

static inline void
chain_want_addr(GString *wrong, const char *what, const char *want, const Addr *got)
{
    char text[ADDR_TEXT_SIZE];

    chain_want(wrong, what, want, addr_text(got, text));
}

/* The verdicts, a letter each: Trusted Border eXit eNtry Claimed Forged Skipped. */
static inline char *
chain_letters(const Incident *incident)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < incident->hops->len; i++)
        g_string_append_c(text, "TBXNCFS"[g_array_index(incident->hops, Hop, i).verdict]);
    return g_string_free(text, FALSE);
}

static inline void
chain_tell_hops(const Incident *incident)
{
    for (guint i = 0; i < incident->hops->len; i++) {
        const Hop *hop = &g_array_index(incident->hops, Hop, i);

        g_test_message("  %s: %s", verdict_names[hop->verdict], hop->why);
    }
}
