/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person pasted the header into the text, or forwarded the message inline. Forwards carry no
 * trace fields: they give sender, date, subject and links, and the reporter is to be asked for the
 * rest. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/content.h"
#include "ingest/parse/evidence.h"
#include "ingest/parse/format.h"
#include "ingest/parse/org.h"
#include "ingest/parse/paste.h"
#include "ingest/parse/prose.h"

/* clang-format off */
static const char *const forward_prefixes[] = {
    "fwd:", "fw:", "tr:", "wg:", "rv:", "i:", "enc:", "vs:", "vb:", "pd:", "doorst:", "ilt:", "fwd :",
    "tr :", "tr.:", "fw :", "fs:", "videresendt:", "yonlendir:", "yml:", "trans:", "reenv:", "inoltra:",
    "vl:", "tov:", "továbbítás:", "trs:", "πρθ:", "ΠΡΘ:", "Πρθ:", "转发:", "转发：", "轉寄:", "轉寄：", "転送:", "전달:",
    "[fwd", "(fwd", "İLT:", "edasi:", "persiųsti:",
};
static const char *const answer_prefixes[] = {
    "re:", "aw:", "antw:", "r:", "sv:", "vs:", "odp:", "re :", "rif:", "res:", "ynt:", "ha:", "на:", "回复:", "回复：", "回覆:", "답장:", "απ:", "ΑΠ:", "Απ:", "返信:",
};
/* clang-format on */

static bool
has_prefix(const char *subject, const char *const *prefixes, gsize n)
{
    for (gsize i = 0; subject && i < n; i++)
        if (text_has_prefix_fold(subject, prefixes[i]))
            return true;
    return false;
}

enum { MOST_TEXTS = 8, MOST_FORWARDS = 4 };

typedef struct {
    const char *text; /* where it was found */
    Paste trace, forward;
    bool has_trace, has_forward;
} Found;

static void
found_free(gpointer data)
{
    Found *found = data;

    paste_clear(&found->trace);
    paste_clear(&found->forward);
    g_free(found);
}

/* A ticket system's second part, or HTML beside a text that says nothing. The word is looked for
 * first: turning HTML into text costs more. */
static bool
find_trace_elsewhere(Parsing *parsing, Found *found)
{
    Message *message = parsing->message;
    guint texts = 0;

    for (guint i = 0; i < message->entities->len && texts < MOST_TEXTS;) {
        const Entity *entity = message_entity(message, i);
        if (!entity->is_container && g_str_has_prefix(entity->type, "text/")) {
            gsize len;
            const char *bytes = g_bytes_get_data(message_content(message, i), &len);
            texts++;
            if (bytes && text_find_fold(bytes, (gssize)len, "received")) {
                found->text = message_text(message, i);
                if (paste_find_trace(found->text, parsing->limits, &found->trace))
                    return true;
            }
        }
        i = entity->is_message ? entity->end : i + 1;
    }
    return false;
}

/* A colleague forwarded it to the reporter, who forwards it to us: the sender is further down. */
static void
enter_forwards(const Parsing *parsing, Paste *forward)
{
    for (guint n = 0; n < MOST_FORWARDS; n++) {
        g_autofree char *from = header_address(header_get(forward->block, "From"));
        const char *at = from ? strrchr(from, '@') : NULL;
        g_auto(Paste) inner = {0};
        if (!at || !text_equal_fold(at + 1, parsing->complaint->reporter) ||
            !paste_find_forward(forward->body, true, &inner))
            return;
        header_block_free(forward->block);
        forward->block = g_steal_pointer(&inner.block);
        forward->body = inner.body;
    }
}

/* The same of a forward: in another text, not in the HTML that says the same again. */
static bool
find_forward_elsewhere(Parsing *parsing, Found *found)
{
    Message *message = parsing->message;
    guint texts = 0;

    for (guint i = 0; i < message->entities->len && texts < MOST_TEXTS;) {
        const Entity *entity = message_entity(message, i);
        if (!entity->is_container && !entity->is_attachment &&
            strcmp(entity->type, "text/plain") == 0) {
            const char *text = message_text(message, i);
            texts++;
            if (paste_find_forward(text, false, &found->forward)) {
                found->text = text;
                return true;
            }
        }
        i = entity->is_message ? entity->end : i + 1;
    }
    return false;
}

/* Is the quoted sender neither the reporter, nor we, nor anybody whom the mail is addressed to? */
static bool
quotes_a_stranger(const Parsing *parsing, const HeaderBlock *quoted)
{
    static const char *const readers[] = {"To", "Cc", "Reply-To"};
    const HeaderBlock *header = parsing->message->header;
    g_autofree char *from = header_address(header_get(quoted, "From"));
    const char *at = from ? strrchr(from, '@') : NULL;

    if (!at || org_hosts_same(at + 1, parsing->complaint->reporter) ||
        site_hosts_domain(parsing->site, at + 1) || header_has(header, "Precedence") ||
        header_has(header, "List-Id") || header_has(header, "List-Post") ||
        !(header_has(header, "In-Reply-To") || header_has(header, "References")))
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(readers); i++) {
        g_autofree char *reader = header_address(header_get(header, readers[i]));
        if (reader && strchr(reader, '@') && org_hosts_same(at + 1, strrchr(reader, '@') + 1))
            return false;
    }
    return true;
}

static void
look_for(Parsing *parsing, Found *ret_found)
{
    const char *text = format_outer_text(parsing);
    const char *subject = format_bare_subject(parsing);
    bool is_forward = has_prefix(subject, forward_prefixes, G_N_ELEMENTS(forward_prefixes));
    bool is_answer =
        has_prefix(subject, answer_prefixes, G_N_ELEMENTS(answer_prefixes)) && !is_forward;

    ret_found->has_trace = paste_find_trace(text, parsing->limits, &ret_found->trace) ||
                           find_trace_elsewhere(parsing, ret_found);
    text = ret_found->has_trace && ret_found->text ? ret_found->text : text;
    ret_found->text = text;
    ret_found->has_forward =
        paste_find_forward(text, is_forward || is_answer, &ret_found->forward) ||
        (!is_answer && !ret_found->has_trace && find_forward_elsewhere(parsing, ret_found));
    /* An answer quotes us, or whom it answers, in the same form. */
    if (is_answer && !ret_found->has_trace && ret_found->has_forward &&
        !quotes_a_stranger(parsing, ret_found->forward.block)) {
        paste_clear(&ret_found->forward);
        ret_found->has_forward = false;
    }
    if (ret_found->has_forward)
        enter_forwards(parsing, &ret_found->forward);
}

static bool
inline_probe(Parsing *parsing)
{
    Found *found = g_new0(Found, 1);

    look_for(parsing, found);
    if (found->has_trace || found->has_forward) {
        format_leave(parsing, found, found_free);
        return true;
    }
    found_free(found);
    return false;
}

/* What a forward's lines say and the trace block does not. */
static void
complete(HeaderBlock *block, const HeaderBlock *other)
{
    for (guint i = 0; i < other->fields->len; i++) {
        const Header *field = &g_array_index(other->fields, Header, i);
        if (!header_has(block, field->name))
            header_block_add(block, field->name, -1, field->value, -1);
    }
}

static void
take_claim(Incident *incident, const char *words)
{
    if (words && prose_addr(words, &incident->claimed_ip))
        incident->claimed_in_field = true;
}

/* Who wrote the topmost trace field, up to a blank, or NULL. (transfer full) */
static char *
top_writer(const HeaderBlock *block)
{
    const char *value = header_get(block, "Received"),
               *by = value ? text_find_fold(value, -1, " by ") : NULL;

    return by ? g_strndup(by + 4, strcspn(by + 4, " ;\t")) : NULL;
}

/* The next header below that the same mail system wrote: another message, not what the one above
 * encloses. */
static bool
find_next(Parsing *parsing, const HeaderBlock *first, const char *text, Paste *ret_next)
{
    g_autofree char *ours = top_writer(first);

    for (guint n = 0; ours && text && n < MOST_TEXTS; n++) {
        g_auto(Paste) next = {0};
        g_autofree char *writer = NULL;
        if (!paste_find_trace(text, parsing->limits, &next))
            return false;
        writer = top_writer(next.block);
        if (org_hosts_same(ours, writer) && header_has(next.block, "From") &&
            g_strcmp0(header_get(first, "Message-ID"), header_get(next.block, "Message-ID")) != 0) {
            *ret_next = next;
            next.block = NULL;
            return true;
        }
        text = next.body;
    }
    return false;
}

/* One header below the other: each is an incident, its message ends where the next begins. */
static void
apply_all(Parsing *parsing, Incident *incident, Evidence *evidence)
{
    while (incident) {
        g_auto(Paste) next = {0};
        g_autofree char *own = NULL;
        if (evidence->text && find_next(parsing, evidence->block, evidence->text, &next))
            evidence->text = own = g_strndup(evidence->text, (gsize)(next.start - evidence->text));
        evidence_apply(parsing, incident, evidence);
        if (!next.block)
            return;
        evidence_clear(evidence);
        *evidence = (Evidence){.block = g_steal_pointer(&next.block), .text = next.body};
        incident = format_add_incident(parsing);
    }
}

static void
inline_parse(Parsing *parsing)
{
    Complaint *complaint = parsing->complaint;
    const char *text = format_outer_text(parsing), *words_end, *prose = text;
    Found *found = parsing->seen;
    g_auto(Evidence) evidence = {0};
    Incident *incident = complaint_add_incident(complaint);
    Addr addr;

    if (found->has_trace) {
        evidence.block = g_steal_pointer(&found->trace.block);
        evidence.text = found->trace.body;
        words_end = found->trace.start;
        if (found->has_forward) {
            complete(evidence.block, found->forward.block);
            if (found->forward.start < words_end) {
                words_end = found->forward.start;
                if (strlen(found->trace.body) < 20) /* the header stands below the message */
                    evidence.text = found->forward.body;
            }
        }
    } else {
        evidence.block = g_steal_pointer(&found->forward.block);
        evidence.text = found->forward.body;
        words_end = found->forward.start;
        take_claim(incident, header_get(evidence.block, "Received-SPF"));
        complaint_add_problem(complaint, "no-trace-headers",
                              "forwarded inline: the message came without its header");
    }
    if (found->text != text)
        words_end = text + strlen(text);
    format_keep_words(parsing, text, words_end);
    take_claim(incident, complaint->subject); /* "Spam from 192.0.2.1" */
    while (!incident->claimed_in_field && prose_next_addr(&prose, &addr) && prose <= words_end)
        if (addr_is_none(&incident->claimed_ip) || site_owns(parsing->site, &addr))
            incident->claimed_ip = addr;
    if (found->has_trace) {
        apply_all(parsing, incident, &evidence);
        return;
    }
    evidence_apply(parsing, incident, &evidence);
    if (!incident->ours) /* what the forwarded message links to */
        incident->domain = content_url_domain(parsing, incident->urls);
}

const Format format_inline = {
    .format = FORMAT_INLINE, .probe = inline_probe, .parse = inline_parse};
