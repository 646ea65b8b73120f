/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person attached the message: message/rfc822, headers only, or a file that holds a mail. Several
 * attached messages are several incidents. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/evidence.h"
#include "ingest/parse/format.h"
#include "ingest/parse/prose.h"

static bool
is_outer_candidate(Parsing *parsing, guint index)
{
    /* entity 0 is the mail's own body, even when its type is odd */
    return (index > 0 || message_entity(parsing->message, index)->is_message) &&
           evidence_is_candidate(parsing, index);
}

static bool
attached_probe(Parsing *parsing)
{
    Message *message = parsing->message;

    for (guint i = 0; i < message->entities->len;) {
        const Entity *entity = message_entity(message, i);
        if (is_outer_candidate(parsing, i)) {
            g_auto(Evidence) evidence = {0};
            if (evidence_from_entity(parsing, i, &evidence) &&
                (evidence.block->received > 0 || header_has(evidence.block, "From")))
                return true;
        }
        i = entity->is_message ? entity->end : i + 1;
    }
    return false;
}

/* "complaint about message from 192.0.2.1": the report's own claim when it is its only one. */
static void
claim_from_subject(Parsing *parsing, Incident *incident)
{
    const char *subject = parsing->complaint->subject;

    if (subject && prose_next_addr(&subject, &incident->claimed_ip))
        incident->claimed_in_field = true;
}

static void
attached_parse(Parsing *parsing)
{
    Message *message = parsing->message;

    format_keep_words(parsing, format_outer_text(parsing), NULL);
    for (guint i = 0; i < message->entities->len;) {
        const Entity *entity = message_entity(message, i);
        guint next = entity->is_message ? entity->end : i + 1;
        g_auto(Evidence) evidence = {0};
        if (is_outer_candidate(parsing, i) && evidence_from_entity(parsing, i, &evidence)) {
            Incident *incident = format_add_incident(parsing);
            if (!incident)
                return;
            claim_from_subject(parsing, incident);
            evidence_apply(parsing, incident, &evidence);
        }
        i = next;
    }
}

const Format format_attached = {
    .format = FORMAT_ATTACHED, .probe = attached_probe, .parse = attached_parse};
