/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/bounce.h"

#include <string.h>

#include "base/text.h"
#include "ingest/parse/blocked.h"
#include "ingest/parse/org.h"
#include "ingest/parse/paste.h"
#include "ingest/parse/prose.h"

enum { MAX_LINES = 400, MAX_ADDRESSES = 20, MAX_DIAGNOSTIC = 1000, MAX_FOLDED = 3000 };
enum { REPLY_LEAD = 100 }; /* bytes before a reply that may announce it */

/* clang-format off */
/* Words in front of a reply that is quoted, in lower case. */
static const char *const reply_marks[] = {
    "said:", "host ", "smtp", "response", "returned", "replied", "error", "<<<", "reply", "reason", "diagnos",
    "antwort", "meldung", "fehler", "reponse", "erreur", "#",
};
/* … in front of the name of the host that gave it. */
static const char *const host_leads[] = {
    "host ", "while talking to ", "connected to ", "server at ", "remote server ", "server ", "serveur ",
};
/* A refusal that names no list but says why; the provider is then the host's. */
static const char *const blocking[] = {
    "blacklist", "blocklist", "block list", "black list", "blocked", "poor reputation", "bad reputation",
    "low reputation", "liste noire", "bloque", "gesperrt", "gelistet", "sperrliste",
};
/* … but these say that the sender could not be proven, which is no matter of reputation. */
static const char *const unproven[] = {"unauthenticated", "dmarc", "dkim", "spf "};
static const char *const challenges[] = { /* folded */
    "confirm that you", "confirm your message", "confirm your email", "verify that you are", "verify your message",
    "prove that you are", "requires verification", "not a spammer", "you are human", "you are a human",
    "you are a real person", "awaiting your confirmation", "waiting for your confirmation", "to release your message",
    "to have your message delivered", "confirmez que vous", "confirmer votre message", "confirmer votre envoi",
    "etes un humain", "etes une personne", "bestatigen sie, dass sie", "ihre nachricht bestatigen",
    "bestatigen sie ihre nachricht", "kein spammer",
};
/* clang-format on */

/* -- codes ----------------------------------------------------------------------------------------
 */

/* Length of an enhanced code ("5.7.1") at p, or 0. RFC 3463 */
static gsize
enhanced_length(const char *p)
{
    gsize len = 1;

    if (*p != '2' && *p != '4' && *p != '5')
        return 0;
    for (int part = 0; part < 2; part++) {
        gsize digits = strspn(p + len + (p[len] == '.'), "0123456789");
        if (p[len] != '.' || digits == 0 || digits > 3)
            return 0;
        len += 1 + digits;
    }
    return p[len] == '.' && g_ascii_isdigit(p[len + 1]) ? 0 : len; /* an address has four */
}

static bool
is_inside(const char *text, const char *p)
{
    return p > text && (g_ascii_isalnum(p[-1]) || strchr(".-_@/", p[-1]));
}

static const char *
find_enhanced(const char *text, gsize *ret_len)
{
    for (const char *p = text; *p; p++)
        if (!is_inside(text, p) && (*ret_len = enhanced_length(p)) > 0)
            return p;
    return NULL;
}

static bool
is_reply_code(const char *p)
{
    return (*p == '4' || *p == '5') && p[1] >= '0' && p[1] <= '7' && g_ascii_isdigit(p[2]) &&
           (p[3] == '\0' || strchr(" -\n#:;", p[3]));
}

/* The number that tells most: a status of "x.0.0" says nothing. */
static const char *
status_of(Complaint *complaint, const char *field, const char *diagnostic)
{
    gsize len = 0;
    const char *told = field ? find_enhanced(field, &len) : NULL, *inner;
    gsize told_len = len;

    if (told && !(told_len >= 4 && strncmp(told + told_len - 4, ".0.0", 4) == 0))
        return complaint_keep(complaint, told, (gssize)told_len);
    inner = diagnostic ? find_enhanced(diagnostic, &len) : NULL;
    if (inner)
        return complaint_keep(complaint, inner, (gssize)len);
    for (const char *p = diagnostic; !told && p && *p; p++)
        if (!is_inside(diagnostic, p) && is_reply_code(p))
            return complaint_keep(complaint, p, 3);
    return told ? complaint_keep(complaint, told, (gssize)told_len) : NULL;
}

/* -- reputation -----------------------------------------------------------------------------------
 */

/* The address that is refused: one of ours, else the first that is named. */
static Addr
named_address(const Parsing *parsing, const char *text, bool *ret_ours)
{
    Addr addr, first = ADDR_NONE;

    *ret_ours = false;
    for (guint n = 0; n < MAX_ADDRESSES && prose_next_addr(&text, &addr); n++) {
        if (site_owns(parsing->site, &addr)) {
            *ret_ours = true;
            return addr;
        }
        if (addr_is_none(&first))
            first = addr;
    }
    return first;
}

static const char *
first_url(Parsing *parsing, const char *text)
{
    g_autoptr(GPtrArray) urls = g_ptr_array_new();

    prose_urls(text, parsing->complaint->text, urls, 1);
    return urls->len > 0 ? g_ptr_array_index(urls, 0) : NULL;
}

static void
judge_reputation(Parsing *parsing, const char *text, Refusal *refusal)
{
    bool is_ours;
    Addr addr;

    if (text_is_empty(text) || refusal->blocked_by)
        return;
    addr = named_address(parsing, text, &is_ours);
    refusal->blocked_by = blocked_by(parsing->complaint, text);
    for (gsize i = 0; is_ours && i < G_N_ELEMENTS(unproven); i++)
        is_ours = !text_find_fold(text, -1, unproven[i]);
    for (gsize i = 0; is_ours && !refusal->blocked_by && i < G_N_ELEMENTS(blocking); i++)
        if (text_find_fold(text, -1, blocking[i]))
            refusal->blocked_by = org_of(refusal->remote_mta);
    if (!refusal->blocked_by)
        return;
    refusal->blocked_ip = addr;
    refusal->blocked_url = first_url(parsing, text);
}

/* "host mx.far.example[198.51.100.9] said:"; an address alone will do. */
static const char *
find_host(Complaint *complaint, const char *paragraph, const char *end)
{
    g_autofree char *text = g_strndup(paragraph, (gsize)(end - paragraph));
    const char *at = text;
    char addr_words[ADDR_TEXT_SIZE];
    Addr addr;

    for (gsize i = 0; i < G_N_ELEMENTS(host_leads); i++) {
        const char *p = text_find_fold(text, -1, host_leads[i]);
        gsize len;
        if (!p)
            continue;
        p += strlen(host_leads[i]);
        len = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
        while (len > 0 && p[len - 1] == '.')
            len--;
        if (len > 3 && memchr(p, '.', len))
            return complaint_keep(complaint, p, (gssize)len);
    }
    return prose_next_addr(&at, &addr) ? complaint_keep(complaint, addr_text(&addr, addr_words), -1)
                                       : NULL;
}

/* -- RFC 3464 -------------------------------------------------------------------------------------
 */

/* What follows "rfc822;", "dns;", "smtp;". */
static const char *
typed_value(const HeaderBlock *group, const char *name)
{
    const char *value = header_get(group, name), *semicolon = value ? strchr(value, ';') : NULL;

    if (!semicolon || strcspn(value, " ") < (gsize)(semicolon - value))
        return value;
    return semicolon + 1 + strspn(semicolon + 1, " ");
}

void
refusal_from_group(Parsing *parsing, const HeaderBlock *group, Refusal *ret_refusal)
{
    Complaint *complaint = parsing->complaint;
    const char *diagnostic = typed_value(group, "Diagnostic-Code"),
               *remote = typed_value(group, "Remote-MTA"),
               *recipient = typed_value(group, "Final-Recipient");
    g_autofree char *address = NULL;
    Refusal refusal = {0};

    if (!recipient)
        recipient = typed_value(group, "Original-Recipient");
    address = header_address(recipient);
    refusal.recipient = address ? complaint_keep(complaint, address, -1) : NULL;
    refusal.remote_mta =
        remote ? complaint_keep(complaint, remote, (gssize)strcspn(remote, " (")) : NULL;
    if (!remote && diagnostic && text_has_prefix_fold(diagnostic, "host ")) /* Postfix */
        refusal.remote_mta =
            find_host(complaint, diagnostic, diagnostic + strcspn(diagnostic, "[("));
    refusal.diagnostic = diagnostic ? complaint_keep(complaint, diagnostic, -1) : NULL;
    refusal.status = status_of(complaint, header_get(group, "Status"), diagnostic);
    judge_reputation(parsing, diagnostic, &refusal);
    *ret_refusal = refusal;
}

/* -- sentences ------------------------------------------------------------------------------------
 */

/* Does a server's reply begin at p, in a line that begins at line? */
static bool
is_reply(const char *line, const char *p)
{
    const char *from = p - line > REPLY_LEAD ? p - REPLY_LEAD : line;
    g_autofree char *before = NULL;

    if (!is_reply_code(p) || is_inside(line, p))
        return false;
    if (p == line || (p[3] && enhanced_length(p + 4 + strspn(p + 4, " -")) > 0))
        return true;
    before = g_ascii_strdown(from, p - from);
    for (gsize i = 0; i < G_N_ELEMENTS(reply_marks); i++)
        if (strstr(before, reply_marks[i]))
            return true;
    return false;
}

static const char *
find_reply(const char *text, const char **ret_paragraph)
{
    PasteLine line;
    guint n = 0;

    *ret_paragraph = text;
    for (const char *at = text; n++ < MAX_LINES && paste_line(at, &line); at = line.next) {
        if (paste_line_is_empty(&line))
            *ret_paragraph = line.next;
        for (const char *p = line.at; p < line.end; p++)
            if (is_reply(line.at, p))
                return p;
    }
    return NULL;
}

/* The paragraph from p on, in one line. */
static const char *
keep_reply(Complaint *complaint, const char *p)
{
    const char *end = strstr(p, "\n\n");
    g_autofree char *part =
        g_strndup(p, MIN(end ? (gsize)(end - p) : strlen(p), (gsize)MAX_DIAGNOSTIC));
    g_auto(GStrv) words = g_strsplit_set(part, " \t\n", -1);
    GString *line = g_string_sized_new(256);

    for (char **word = words; *word; word++)
        if (**word)
            g_string_append_printf(line, "%s%s", line->len ? " " : "", *word);
    g_free(part);
    part = g_string_free(line, FALSE);
    return complaint_keep(complaint, part, -1);
}

/* A line that begins with "<ann@victim.example>", or is an address and no more. */
static const char *
find_recipient(Parsing *parsing, const char *text)
{
    const char *failed = header_get(parsing->message->header, "X-Failed-Recipients"); /* Exim */
    g_autofree char *listed = header_address(failed);
    PasteLine line;
    guint n = 0;

    if (listed)
        return complaint_keep(parsing->complaint, listed, -1);
    for (const char *at = text; n++ < MAX_LINES && paste_line(at, &line); at = line.next) {
        g_autofree char *words = g_strndup(line.at, (gsize)(line.end - line.at)), *address = NULL;
        gsize len = strlen(words);
        if (!strchr(words, '@') || (words[0] != '<' && strcspn(words, " ") < len))
            continue;
        words[words[0] == '<' ? strcspn(words, ">") + (strchr(words, '>') ? 1 : 0)
                              : strcspn(words, ":")] = '\0';
        address = header_address(words);
        if (address)
            return complaint_keep(parsing->complaint, address, -1);
    }
    return NULL;
}

void
refusal_from_text(Parsing *parsing, const char *text, Refusal *refusal)
{
    const char *paragraph, *reply = text ? find_reply(text, &paragraph) : NULL;

    if (!text)
        return;
    if (!refusal->recipient)
        refusal->recipient = find_recipient(parsing, text);
    if (reply && !refusal->diagnostic) {
        refusal->diagnostic = keep_reply(parsing->complaint, reply);
        if (!refusal->remote_mta)
            refusal->remote_mta = find_host(parsing->complaint, paragraph, reply);
        if (!refusal->status)
            refusal->status = status_of(parsing->complaint, NULL, refusal->diagnostic);
    }
    judge_reputation(parsing, refusal->diagnostic, refusal);
    judge_reputation(parsing, text, refusal);
}

void
refusal_apply(const Refusal *refusal, Incident *incident)
{
    incident->rcpt = refusal->recipient;
    incident->remote_mta = refusal->remote_mta;
    incident->status = refusal->status;
    incident->diagnostic = refusal->diagnostic;
    incident->blocked_by = refusal->blocked_by;
    incident->blocked_url = refusal->blocked_url;
    incident->blocked_ip = incident->claimed_ip = refusal->blocked_ip;
    incident->claimed_in_field = !addr_is_none(&refusal->blocked_ip);
}

/* -- challenges -----------------------------------------------------------------------------------
 */

bool
bounce_is_challenge(Parsing *parsing)
{
    const HeaderBlock *header = parsing->message->header;
    const char *path = header_get(header, "Return-Path"),
               *automatic = header_get(header, "Auto-Submitted"), *text;
    const Message *message = parsing->message;
    bool is_machine = (path && strcmp(path, "<>") == 0) ||
                      (automatic && text_has_prefix_fold(automatic, "auto-"));
    g_autofree char *start = NULL, *folded = NULL;

    is_machine =
        is_machine || (message->entities->len > 0 &&
                       text_equal_fold(message_entity(message, 0)->report_type, "delivery-status"));
    if (!is_machine)
        return false;
    text = format_outer_text(parsing);
    start = text_clean(text, (gssize)MIN(strlen(text), MAX_FOLDED), MAX_FOLDED);
    folded = text_fold(start);
    for (gsize i = 0; i < G_N_ELEMENTS(challenges); i++)
        if (strstr(folded, challenges[i]))
            return true;
    return false;
}
