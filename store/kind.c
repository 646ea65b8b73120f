/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/kind.h"

#include <string.h>

#include "base/text.h"

const char *const kind_names[N_KINDS] = {
    [KIND_MAIL] = "mail",           [KIND_INTRUSION] = "intrusion", [KIND_CONTENT] = "content",
    [KIND_COPYRIGHT] = "copyright", [KIND_LISTING] = "listing",
};

const char *const filing_names[N_FILINGS] = {
    [FILING_FILE] = "file",
    [FILING_ATTACH] = "attach",
    [FILING_TICKET] = "ticket",
};

enum { ANY = -1, NO = 0, YES = 1 };

/* What an incident must be for a row to apply; the first row that applies decides. ANY is any. */
typedef struct {
    int format;                             /* ComplaintFormat */
    int ours;                               /* YES, NO */
    int cause;                              /* Cause */
    int category;                           /* Category */
    const char *feedback;                   /* feedback_type; NULL: any */
    bool (*when)(const Incident *incident); /* NULL: always */
    Filing filing;
    TicketKind kind;
    const char *why;
} KindRow;

static bool
is_refused(const Incident *incident)
{
    return incident->blocked_by != NULL;
}

/* Events that are not mail: the report's own word says so, or its category. */
static bool
is_intrusion(const Incident *incident)
{
    static const char *const words[] = {"login",     "attack",       "scan",    "brute",
                                        "bot",       "ddos",         "exploit", "hack",
                                        "intrusion", "open-service", "infect"};

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        if (incident->type && text_find_fold(incident->type, strlen(incident->type), words[i]))
            return true;
    }
    return false;
}

/* About something we host: no machine took part. */
static bool
is_content(const Incident *incident)
{
    Addr machine = kind_machine(incident);

    return incident->domain && !incident->account && addr_is_none(&machine);
}

/* Of a DMARC summary: neither check passed. */
static bool
fails_both(const Incident *incident)
{
    return text_equal_fold(incident->type, "auth-failure");
}

/* A machine's report of a page: it names links, and neither a message nor its sender. */
static bool
is_page(const Incident *incident)
{
    return incident->urls && incident->urls->len > 0 && !incident->has_evidence && !incident->from;
}

/* clang-format off */
static const KindRow rows[] = {
    {FORMAT_AUTO_REPLY,  ANY, ANY, ANY, NULL, NULL, FILING_FILE, KIND_MAIL, "an automatic answer"},
    {FORMAT_UNSOLICITED, ANY, ANY, ANY, NULL, NULL, FILING_FILE, KIND_MAIL, "spam sent to the desk itself"},
    {FORMAT_DMARC,       YES, ANY, ANY, NULL, fails_both, FILING_TICKET, KIND_MAIL, "mail from here fails DKIM and SPF"},
    {FORMAT_DMARC,       ANY, ANY, ANY, NULL, NULL, FILING_FILE, KIND_MAIL, "a DMARC summary"},
    {FORMAT_TLS_RPT,     ANY, ANY, ANY, NULL, NULL, FILING_FILE, KIND_MAIL, "a TLS summary"},
    {ANY, ANY, ANY, ANY, "not-spam",          NULL, FILING_FILE, KIND_MAIL, "the reporter says it is not spam"},

    /* Before "not ours", which it is, too: who reads why it was filed learns that we were framed. */
    {ANY, ANY, CAUSE_FORGED,   ANY, NULL,     NULL, FILING_FILE, KIND_MAIL, "forged: it only claims to come from us"},
    {ANY, NO,  ANY,            ANY, NULL,     NULL, FILING_FILE, KIND_MAIL, "not ours"},
    {ANY, YES, CAUSE_NOT_OURS, ANY, NULL,     NULL, FILING_FILE, KIND_MAIL, "not ours"},

    {ANY, YES, ANY, CATEGORY_CSAM,      NULL, NULL,         FILING_TICKET, KIND_CONTENT,   "content"},
    {ANY, YES, ANY, CATEGORY_COPYRIGHT, NULL, NULL,         FILING_TICKET, KIND_COPYRIGHT, "copyright"},
    {ANY, YES, ANY, CATEGORY_INTRUSION, NULL, NULL,         FILING_TICKET, KIND_INTRUSION, "an attack"},
    {ANY, YES, ANY, ANY,                NULL, is_intrusion, FILING_TICKET, KIND_INTRUSION, "an attack"},
    /* It tells about a failed check, not of abuse. */
    {ANY, YES, ANY, ANY, "auth-failure",      NULL, FILING_ATTACH, KIND_MAIL, "an authentication failure"},
    {ANY, YES, ANY, ANY,                NULL, is_content,   FILING_TICKET, KIND_CONTENT,   "content"},
    {FORMAT_XARF,        YES, ANY, ANY, NULL, is_page,      FILING_TICKET, KIND_CONTENT,   "content"},
    {FORMAT_XARF_LEGACY, YES, ANY, ANY, NULL, is_page,      FILING_TICKET, KIND_CONTENT,   "content"},
    {FORMAT_SPAMCOP,     YES, ANY, ANY, NULL, is_page,      FILING_TICKET, KIND_CONTENT,   "content"},
    {ANY, YES, ANY, ANY,                NULL, is_refused,   FILING_TICKET, KIND_LISTING,   "a receiver refuses our machine"},
    /* A notice about a page names its machine. */
    {FORMAT_VENDOR, YES, ANY, CATEGORY_PHISHING, NULL, NULL, FILING_TICKET, KIND_CONTENT, "content"},
    {FORMAT_VENDOR, YES, ANY, CATEGORY_MALWARE,  NULL, NULL, FILING_TICKET, KIND_CONTENT, "content"},

    /* A bounce that came to postmaster@: the spam behind it is ours, but nobody complained. */
    {FORMAT_DSN, YES, CAUSE_BACKSCATTER, ANY, NULL, NULL, FILING_TICKET, KIND_MAIL, "we send bounces to strangers"},
    {FORMAT_DSN, YES, ANY,               ANY, NULL, NULL, FILING_ATTACH, KIND_MAIL, "a bounce of mail from here"},

    {ANY, YES, ANY, ANY, NULL, NULL, FILING_TICKET, KIND_MAIL, "abusive mail from here"},
};
/* clang-format on */

static bool
applies(const KindRow *row, const Complaint *complaint, const Incident *incident)
{
    return (row->format == ANY || row->format == (int)complaint->format) &&
           (row->ours == ANY || row->ours == (incident->ours ? YES : NO)) &&
           (row->cause == ANY || row->cause == (int)incident->cause) &&
           (row->category == ANY || row->category == (int)incident->category) &&
           (!row->feedback || text_equal_fold(row->feedback, complaint->feedback_type)) &&
           (!row->when || row->when(incident));
}

Filing
kind_decide(const Complaint *complaint, const Incident *incident, TicketKind *ret_kind,
            const char **ret_why)
{
    const KindRow *row = rows;

    while (row < &rows[G_N_ELEMENTS(rows) - 1] && !applies(row, complaint, incident))
        row++; /* the last row, and "not ours" for the rest, leave nothing out */
    *ret_kind = row->kind;
    *ret_why = row->why;
    return row->filing;
}

Addr
kind_machine(const Incident *incident)
{
    return addr_is_none(&incident->exit_ip) ? incident->source_ip : incident->exit_ip;
}

char *
kind_key(TicketKind kind, const char *account, const Addr *machine, const char *domain)
{
    char text[ADDR_TEXT_SIZE];
    g_autofree char *folded = NULL;

    if (account) {
        folded = g_utf8_strdown(account, -1);
        return g_strconcat(kind_names[kind], " account ", folded, NULL);
    }
    if (machine && !addr_is_none(machine))
        return g_strconcat(kind_names[kind], " relay ", addr_text(machine, text), NULL);
    if (domain) {
        folded = g_utf8_strdown(domain, -1);
        return g_strconcat(kind_names[kind], " domain ", folded, NULL);
    }
    return NULL;
}
