/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/format.h"

#include <string.h>

#include "base/text.h"
#include "ingest/parse/evidence.h"

const Format *const formats[] = {
    &format_xarf,        /* may come inside ARF */
    &format_spamcop,     /* so may this */
    &format_arf,         /* its generators set Auto-Submitted too, so before auto-reply */
    &format_xarf_legacy, /* so do these; its evidence is no attachment of a person's */
    &format_dmarc,       /* */
    &format_tls_rpt,     /* a multipart/report, as is a DSN */
    &format_dsn,         /* */
    &format_vendor,      /* a machine's notice may look like its answer, or have a mail's header */
    &format_auto_reply,  /* only without evidence */
    &format_attached,    /* */
    &format_inline,      /* */
    &format_unsolicited, /* */
    &format_message,     /* anything else */
    NULL,
};

void
format_leave(Parsing *parsing, gpointer seen, GDestroyNotify seen_free)
{
    if (parsing->seen)
        parsing->seen_free(parsing->seen);
    parsing->seen = seen;
    parsing->seen_free = seen_free;
}

void
format_apply(const Format *row, Parsing *parsing)
{
    parsing->complaint->format = row->format;
    row->parse(parsing);
    format_leave(parsing, NULL, NULL);
}

void
format_recognise(Parsing *parsing)
{
    for (const Format *const *row = formats; *row; row++)
        if ((*row)->probe(parsing)) {
            format_apply(*row, parsing);
            return;
        }
}

const char *
format_outer_text(Parsing *parsing)
{
    gint body = message_body(parsing->message, 0);

    return body < 0 ? "" : message_text(parsing->message, (guint)body);
}

const char *
format_bare_subject(const Parsing *parsing)
{
    const char *subject = parsing->complaint->subject ? parsing->complaint->subject : "", *at;
    gsize end;

    for (guint tags = 0; tags < 3; tags++, subject = at) {
        at = subject + strspn(subject, "*[{(!#-_? ");
        if (at == subject || !text_has_prefix_fold(at, "spam"))
            return subject;
        at += strlen("spam");
        end = strspn(at, " 0123456789.+*?!])}#_:");
        while (end > 0 && !strchr("*])}!?#_:", at[end - 1]))
            end--;
        if (end == 0) /* "- spam 2 days ago" */
            return subject;
        at += end;
        at += strspn(at, " ");
    }
    return subject;
}

void
format_keep_words(Parsing *parsing, const char *text, const char *end)
{
    gsize len = end ? (gsize)(end - text) : strlen(text);
    g_autofree char *words = text_clean_lines(text, (gssize)len, parsing->limits->words_bytes);

    g_strstrip(words);
    if (*words)
        parsing->complaint->words = g_string_chunk_insert(parsing->complaint->text, words);
}

Incident *
format_add_incident(Parsing *parsing)
{
    Complaint *complaint = parsing->complaint;

    if (complaint->incidents->len < parsing->limits->incidents)
        return complaint_add_incident(complaint);
    complaint_add_problem(complaint, "too-many-incidents",
                          "more than %u incidents: the rest was left out",
                          parsing->limits->incidents);
    return NULL;
}

void
format_apply_claim(Parsing *parsing, Incident *incident)
{
    incident->claimed_in_field = true;
    evidence_apply(parsing, incident, NULL);
}
