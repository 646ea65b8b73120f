/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person attached the message: message/rfc822, headers only, or a file that holds a mail. Several
 * attached messages are several incidents. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/archive.h"
#include "ingest/parse/evidence.h"
#include "ingest/parse/format.h"
#include "ingest/parse/paste.h"
#include "ingest/parse/prose.h"

static bool
is_outer_candidate(Parsing *parsing, guint index)
{
    /* entity 0 is the mail's own body, even when its type is odd */
    return (index > 0 || message_entity(parsing->message, index)->is_message) &&
           evidence_is_candidate(parsing, index);
}

/* What to do with a message that was found; false ends the search. */
typedef bool (*Take)(Parsing *parsing, Evidence *evidence);

/* A zip names its files plainly; one without mails in it is not opened. */
static bool
is_zip_of_mails(GBytes *content)
{
    gsize len;
    const char *bytes = g_bytes_get_data(content, &len);

    return archive_is(content) && (text_find_fold(bytes, (gssize)len, ".eml") ||
                                   text_find_fold(bytes, (gssize)len, ".msg"));
}

static bool
search_zip(Parsing *parsing, GBytes *content, Take take)
{
    g_autoptr(GPtrArray) files = archive_read(content, parsing->limits, parsing->complaint);

    for (guint i = 0; i < files->len; i++) {
        const ArchiveFile *file = g_ptr_array_index(files, i);
        g_auto(Evidence) evidence = {0};
        if (evidence_from_bytes(parsing, file->bytes, file->name, &evidence) &&
            !take(parsing, &evidence))
            return false;
    }
    return true;
}

/* Every attached message, outermost ones only; false when `take` ended it. */
static bool
search(Parsing *parsing, Take take)
{
    Message *message = parsing->message;

    for (guint i = 0; i < message->entities->len;) {
        const Entity *entity = message_entity(message, i);
        guint next = entity->is_message ? entity->end : i + 1;
        g_auto(Evidence) evidence = {0};
        if (is_outer_candidate(parsing, i)) {
            if (evidence_from_entity(parsing, i, &evidence) && !take(parsing, &evidence))
                return false;
        } else if (!entity->is_container && g_str_has_prefix(entity->type, "application/") &&
                   is_zip_of_mails(message_content(message, i)) &&
                   !search_zip(parsing, message_content(message, i), take)) {
            return false;
        }
        i = next;
    }
    return true;
}

static bool
is_no_message(Parsing *parsing, Evidence *evidence)
{
    (void)parsing;
    return evidence->block->received == 0 && !header_has(evidence->block, "From");
}

static bool
attached_probe(Parsing *parsing)
{
    return !search(parsing, is_no_message);
}

/* "complaint about message from 192.0.2.1": the report's own claim when it is its only one. */
static void
claim_from_subject(Parsing *parsing, Incident *incident)
{
    const char *subject = parsing->complaint->subject;

    if (subject && prose_next_addr(&subject, &incident->claimed_ip))
        incident->claimed_in_field = true;
}

/* Is the message inside addressed to the desk, as the mail is? Then it is the complaint, in an
 * envelope of certified mail (PEC) or of a spam filter. */
static bool
is_complaint(const Parsing *parsing, const Evidence *evidence)
{
    g_autofree char *outer = header_address(header_get(parsing->message->header, "To"));
    g_autofree char *inner = header_address(header_get(evidence->block, "To"));

    return outer && inner && text_equal_fold(outer, inner);
}

/* What the complaint in the envelope has pasted is the evidence. */
static void
open_envelope(Parsing *parsing, Evidence *evidence)
{
    g_auto(Paste) paste = {0};

    if (!evidence->text || !is_complaint(parsing, evidence))
        return;
    if (!paste_find_trace(evidence->text, parsing->limits, &paste)) {
        if (!paste_find_forward(evidence->text, true, &paste))
            return;
        complaint_add_problem(parsing->complaint, "no-trace-headers",
                              "forwarded inline: the message came without its header");
    }
    evidence_clear(evidence);
    *evidence = (Evidence){.block = g_steal_pointer(&paste.block), .text = paste.body};
}

/* Microsoft's junk mail reports before they were ARF: the subject's words and the field inside. */
static bool
is_junk_report(const Complaint *complaint, const HeaderBlock *block)
{
    return complaint->subject && header_has(block, "X-HmXmrOriginalRecipient") &&
           text_find_fold(complaint->subject, -1, "complaint about message from");
}

static bool
add_incident(Parsing *parsing, Evidence *evidence)
{
    Incident *incident = format_add_incident(parsing);

    if (!incident)
        return false;
    open_envelope(parsing, evidence);
    if (is_junk_report(parsing->complaint, evidence->block))
        parsing->complaint->feedback_type = "abuse";
    claim_from_subject(parsing, incident);
    evidence_apply(parsing, incident, evidence);
    return true;
}

static void
attached_parse(Parsing *parsing)
{
    format_keep_words(parsing, format_outer_text(parsing), NULL);
    (void)search(parsing, add_incident);
}

const Format format_attached = {
    .format = FORMAT_ATTACHED, .probe = attached_probe, .parse = attached_parse};
