/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SpamCop: reports of a mail or of an advertised web site, as text or as ARF, and its lists of
 * machines (summary, alert), one incident a line. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ingest/parse/claim.h"
#include "ingest/parse/evidence.h"
#include "ingest/parse/paste.h"
#include "ingest/parse/prose.h"

#define OFFENDING "[ Offending message ]"

enum { ENOUGH_MARKS = 2, MAX_TAG = 500 };

/* The first line up to `end` that begins with the words, after blanks; quoted lines do not. */
static const char *
find_line(const char *text, const char *end, const char *words)
{
    const char *p = text;

    while ((p = text_find_fold(p, end - p, words)) != NULL) {
        const char *start = p;
        while (start > text && (start[-1] == ' ' || start[-1] == '\t'))
            start--;
        if (start == text || start[-1] == '\n')
            return p;
        p += strlen(words);
    }
    return NULL;
}

/* What follows "[SpamCop" in the subject, whatever a ticket system has put before it; in an answer
 * it is no mark. */
static const char *
subject_tag(const Complaint *complaint)
{
    const char *subject = complaint->subject, *tag;

    tag = subject && !text_has_prefix_fold(subject, "re:") && !text_has_prefix_fold(subject, "aw:")
              ? text_find_fold(subject, -1, "[spamcop")
              : NULL;
    return tag ? tag + strlen("[spamcop") : NULL;
}

static bool
is_list(const char *tag)
{
    return tag && *tag == ']' &&
           (text_find_fold(tag, -1, "summary") || text_find_fold(tag, -1, "alert"));
}

/* The address at the start of a line, with nothing but a blank behind it. */
static bool
line_addr(const char *line, Addr *ret_addr, const char **ret_rest)
{
    gsize len;

    line += strspn(line, " \t");
    len = strcspn(line, " \t\n");
    *ret_rest = line + len;
    return len < ADDR_TEXT_SIZE && addr_parse(line, (gssize)len, ret_addr);
}

static const char *
next_line(const char *line)
{
    const char *end = strchr(line, '\n');

    return end ? end + 1 : line + strlen(line);
}

static bool
has_listed(const char *text)
{
    const char *rest;
    Addr addr;

    for (; *text; text = next_line(text))
        if (line_addr(text, &addr, &rest))
            return true;
    return false;
}

/* The sender is one mark among others, never enough. */
static bool
spamcop_probe(Parsing *parsing)
{
    static const char *const lines[] = {"[ SpamCop V",
                                        OFFENDING,
                                        "Email from ",
                                        "Spamvertised ",
                                        "http://www.spamcop.net/w3m?i=",
                                        "http://spamcop.net/w3m?i=",
                                        "https://www.spamcop.net/w3m?i="};
    const Complaint *complaint = parsing->complaint;
    const char *text = format_outer_text(parsing), *end = text + strlen(text);
    const char *tag = subject_tag(complaint);
    const char *from = complaint->from;
    guint marks = 0;

    if (!tag)
        return false;
    if (is_list(tag))
        return has_listed(text);
    marks += 1 + (from && text_has_suffix_fold(from, ".spamcop.net"));
    marks += header_has(parsing->message->header, "X-SpamCop-sourceip");
    for (gsize i = 0; i < G_N_ELEMENTS(lines) && marks < ENOUGH_MARKS; i++)
        marks += find_line(text, end, lines[i]) != NULL;
    return marks >= ENOUGH_MARKS;
}

/* -- lists ----------------------------------------------------------------------------------------
 */

/* "Nov 21 13h/3": the hour in the year of the mail, or the one before. */
static gint64
list_time(const Complaint *complaint, const char *rest)
{
    char month[4];
    guint day, hour;

    if (complaint->date == TIME_NONE ||
        sscanf(rest, " %3[A-Za-z] %2u %2uh", month, &day, &hour) != 3)
        return TIME_NONE;
    for (gint64 at = complaint->date, tries = 0; tries < 2; at -= (gint64)365 * 86400, tries++) {
        char now[TIME_TEXT_SIZE], date[48];
        gint64 time;
        g_snprintf(date, sizeof date, "%u %s %.4s %02u:00:00 +0000", day, month, time_text(at, now),
                   hour);
        if (header_date_parse(date, &time) && time <= complaint->date + 86400)
            return time;
    }
    return TIME_NONE;
}

/* The numbers behind the duration, "13h/3 5 1 0 0 …": how often trapped and reported. */
static guint
list_count(const char *rest)
{
    const char *end = next_line(rest), *p = text_find_fold(rest, end - rest, "h/");
    guint64 sum = 0;

    if (!p)
        return 1;
    for (p += strcspn(p, " \t\n"); p < end; p += strspn(p, "0123456789")) {
        p += strspn(p, " \t");
        if (!g_ascii_isdigit(*p))
            break;
        sum += MIN(g_ascii_strtoull(p, NULL, 10), 1000000);
    }
    return (guint)CLAMP(sum, 1, 1000000);
}

static void
parse_list(Parsing *parsing, const char *text)
{
    const char *rest;
    Addr addr;

    format_keep_words(parsing, text, NULL);
    for (; *text; text = next_line(text)) {
        Incident *incident;
        if (!line_addr(text, &addr, &rest))
            continue;
        incident = format_add_incident(parsing);
        if (!incident)
            return;
        incident->claimed_ip = addr;
        incident->count = list_count(rest);
        incident->time = list_time(parsing->complaint, rest);
        format_apply_claim(parsing, incident);
    }
}

/* -- one report -----------------------------------------------------------------------------------
 */

/* "[SpamCop (192.0.2.1) id:1]", "[SpamCop (http://shop.example/) id:1]",
 * "[SpamCop:192.0.2.1,id:1]".
 */
static bool
claim_from_tag(Parsing *parsing, Incident *incident, const char *tag)
{
    gsize start = strspn(tag, " (:");
    gsize len = strcspn(tag + start, memchr(tag, '(', start) ? ")" : ",] ");
    g_autofree char *value = g_strndup(tag + start, MIN(len, MAX_TAG));

    return claim_source(parsing, incident, value);
}

/* "Email from 192.0.2.1 / Thu, 19 Jun 2003 17:34:13 -0400" */
static bool
claim_from_line(Incident *incident, const char *text, const char *end)
{
    const char *line = find_line(text, end, "Email from "), *slash;
    g_autofree char *words = NULL;

    if (!line)
        return false;
    words = g_strndup(line + strlen("Email from "),
                      MIN((gsize)(next_line(line) - line) - strlen("Email from "), MAX_TAG));
    slash = strstr(words, " /");
    if (slash)
        (void)header_date_parse(slash + 2, &incident->time);
    incident->claimed_in_field = prose_addr(words, &incident->claimed_ip);
    return incident->claimed_in_field;
}

/* A web site that the spam advertises: the mail's own trace says nothing about it. */
static void
parse_site(Parsing *parsing, Incident *incident, const char *text, const char *end)
{
    g_autofree char *words = g_strndup(text, (gsize)(end - text));
    const char *at = words, *stop = words + strlen(words), *site;

    incident->type = "spamvertised";
    for (site = words; (site = find_line(site, stop, "Spamvertised ")) != NULL;
         site = next_line(site)) {
        g_autofree char *line = g_strndup(site, (gsize)(next_line(site) - site));
        claim_urls(parsing, incident, line);
    }
    if (!incident->claimed_in_field) /* "http://shop.example/ is 192.0.2.1; date" */
        incident->claimed_in_field = prose_next_addr(&at, &incident->claimed_ip);
    evidence_apply(parsing, incident, NULL);
}

static void
parse_mail(Parsing *parsing, Incident *incident, const char *message)
{
    g_auto(Evidence) evidence = {0};
    g_auto(Paste) paste = {0};

    if (!incident->claimed_in_field)
        incident->claimed_in_field = prose_addr(
            header_get(parsing->message->header, "X-SpamCop-sourceip"), &incident->claimed_ip);
    if (!paste_find_trace(message, parsing->limits, &paste)) {
        complaint_add_problem(parsing->complaint, "no-evidence",
                              "the report encloses neither the message nor its header");
        evidence_apply(parsing, incident, NULL);
        return;
    }
    evidence.block = g_steal_pointer(&paste.block);
    evidence.text = paste.body;
    evidence_apply(parsing, incident, &evidence);
}

static void
spamcop_parse(Parsing *parsing)
{
    const char *text = format_outer_text(parsing), *tag = subject_tag(parsing->complaint);
    const char *end = text + strlen(text), *offending = find_line(text, end, OFFENDING);
    Incident *incident;

    if (is_list(tag)) {
        parse_list(parsing, text);
        return;
    }
    if (format_arf.probe(parsing)) {
        format_arf.parse(parsing);
        return;
    }
    end = offending ? offending : end;
    format_keep_words(parsing, text, end);
    incident = complaint_add_incident(parsing->complaint);
    if (!claim_from_line(incident, text, end) && !claim_from_tag(parsing, incident, tag))
        complaint_add_problem(parsing->complaint, "no-source",
                              "the report names no address or link as its source");
    if (incident->urls->len > 0 || find_line(text, end, "Spamvertised "))
        parse_site(parsing, incident, text, end);
    else
        parse_mail(parsing, incident, offending ? offending : text);
}

const Format format_spamcop = {
    .format = FORMAT_SPAMCOP, .probe = spamcop_probe, .parse = spamcop_parse};
