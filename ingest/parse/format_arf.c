/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Abuse Reporting Format (RFC 5965, 6430, 6591, 6692), and what generators make of it. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/claim.h"
#include "ingest/parse/evidence.h"
#include "ingest/parse/format.h"
#include "ingest/parse/prose.h"
#include "ingest/parse/recipient.h"

static bool
is_report_part(const Entity *entity)
{
    return strcmp(entity->type, "message/feedback-report") == 0;
}

static bool
says_report(const Message *message, guint index)
{
    return index < message->entities->len &&
           text_equal_fold(message_entity(message, index)->report_type, "feedback-report");
}

/* The part's fields; its text may be base64 and begin with blank lines. (transfer full) */
static HeaderBlock *
part_fields(Parsing *parsing, guint index)
{
    gsize len;
    const char *bytes = g_bytes_get_data(message_content(parsing->message, index), &len);
    HeaderBlock *block, *more;
    gsize used;

    while (len > 0 && g_ascii_isspace(*bytes)) {
        bytes++;
        len--;
    }
    block = header_block_parse(bytes ? bytes : "", len, G_MAXUINT32, parsing->limits, &used);
    if (header_has(block, "Feedback-Type") || used >= len)
        return block;
    /* A blank line after the first fields: some generators group them as a DSN does. */
    more = header_block_parse(bytes + used, len - used, G_MAXUINT32, parsing->limits, NULL);
    for (guint i = 0; i < more->fields->len; i++) {
        const Header *field = &g_array_index(more->fields, Header, i);
        header_block_add(block, field->name, -1, field->value, -1);
    }
    header_block_free(more);
    return block;
}

static bool
has_report_fields(Parsing *parsing, guint index)
{
    g_autoptr(HeaderBlock) fields = part_fields(parsing, index);

    return header_has(fields, "Feedback-Type") ||
           (header_has(fields, "User-Agent") && header_has(fields, "Version"));
}

/* The report's part. A mislabelled one counts where the mail says that it is a report; one in an
 * enclosed mail where that says so: a ticket system or a colleague passed it on. -1: none */
static gint
find_report(Parsing *parsing)
{
    const Message *message = parsing->message;
    const char *path = header_get(message->header, "Return-Path");
    bool is_bounce = (path && strcmp(path, "<>") == 0) ||
                     (message->entities->len > 0 && message_entity(message, 0)->report_type);

    for (guint i = 0; i < message->entities->len; i++)
        if (is_report_part(message_entity(message, i)) && !message_is_enclosed(message, i))
            return (gint)i;
    for (guint i = 1; i < message->entities->len; i++) {
        const Entity *entity = message_entity(message, i);
        if (is_report_part(entity) && !is_bounce && entity->parent > 0 &&
            says_report(message, (guint)entity->parent))
            return (gint)i;
        if (says_report(message, 0) && g_str_has_prefix(entity->type, "text/") &&
            !message_is_enclosed(message, i) && has_report_fields(parsing, i))
            return (gint)i;
    }
    return -1;
}

/* … and those of its twins beside it: the first word counts, the others fill gaps. */
static HeaderBlock *
report_fields(Parsing *parsing, guint index)
{
    const Message *message = parsing->message;
    const Entity *report = message_entity(message, index);
    HeaderBlock *block = part_fields(parsing, index);

    for (guint i = index + 1; i < message->entities->len; i++) {
        g_autoptr(HeaderBlock) more = NULL;
        if (!is_report_part(message_entity(message, i)) ||
            message_entity(message, i)->parent != report->parent)
            continue;
        more = part_fields(parsing, i);
        for (guint k = 0; k < more->fields->len; k++) {
            const Header *field = &g_array_index(more->fields, Header, k);
            header_block_add(block, field->name, -1, field->value, -1);
        }
        break; /* no generator makes three */
    }
    return block;
}

static bool
arf_probe(Parsing *parsing)
{
    gint report = find_report(parsing);

    if (report < 0)
        return false;
    if (says_report(parsing->message, 0))
        return true;
    return has_report_fields(parsing, (guint)report);
}

/* "Email Feedback Report for IP 192.0.2.1" in the subject, else an address in the sentence of the
 * first part: "received from IP address 192.0.2.1". */
static void
claim_from_text(Parsing *parsing, Incident *incident)
{
    const char *text = format_outer_text(parsing), *subject = parsing->complaint->subject;

    if (!subject || !prose_next_addr(&subject, &incident->claimed_ip))
        (void)prose_next_addr(&text, &incident->claimed_ip);
}

/* Fields that are read above or below, that every report has, or that the mail itself repeats. */
static const char *const read_fields[] = {
    "Feedback-Type",
    "User-Agent",
    "Version",
    "Source-IP",
    "Source-Port",
    "Incidents",
    "Arrival-Date",
    "Received-Date",
    "Original-Rcpt-To",
    "Removal-Recipient",
    "Redacted-Address",
    "Original-Mail-From",
    "Reported-URI",
    "Reported-Domain",
    "Reporting-MTA",
    "Original-Envelope-Id",
    "Authentication-Results",
    "DKIM-Canonicalized-Header",
    "DKIM-Canonicalized-Body",
};

/* The rest: RFC 5965, section 3.3, lets reports be extended, as RFC 6591 does. */
static void
take_other_fields(Complaint *complaint, const HeaderBlock *fields, Incident *incident)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < fields->fields->len && text->len < limits_default.field_bytes; i++) {
        const Header *field = &g_array_index(fields->fields, Header, i);
        bool is_read = text_is_empty(field->value);

        for (gsize k = 0; !is_read && k < G_N_ELEMENTS(read_fields); k++)
            is_read = text_equal_fold(field->name, read_fields[k]);
        if (!is_read)
            g_string_append_printf(text, "%s%s: %s", text->len > 0 ? "; " : "", field->name,
                                   field->value);
    }
    incident->report_fields = complaint_keep(complaint, text->str, (gssize)text->len);
}

static void
take_fields(Parsing *parsing, const HeaderBlock *fields, Incident *incident)
{
    Complaint *complaint = parsing->complaint;
    const Header *field;

    for (guint i = 0; !incident->claimed_in_field && (field = header_find(fields, "Source-IP", i));
         i++) /* the first that is one: some say "x.x.x.x" */
        incident->claimed_in_field = prose_addr(field->value, &incident->claimed_ip);
    incident->source_port = claim_port(header_get(fields, "Source-Port"));
    incident->count = claim_count(header_get(fields, "Incidents"));
    if (!header_date_parse(header_get(fields, "Arrival-Date"), &incident->time))
        (void)header_date_parse(header_get(fields, "Received-Date"), &incident->time);
    recipient_take(complaint, incident, header_get(fields, "Original-Rcpt-To"));
    recipient_take(complaint, incident, header_get(fields, "Removal-Recipient"));
    recipient_take(complaint, incident, header_get(fields, "Redacted-Address"));
    incident->from = claim_address(complaint, header_get(fields, "Original-Mail-From"));
    for (guint i = 0; (field = header_find(fields, "Reported-URI", i)) != NULL; i++)
        prose_urls(field->value, complaint->text, incident->urls, parsing->limits->urls);
    for (guint i = 0; !incident->domain && (field = header_find(fields, "Reported-Domain", i)); i++)
        if (site_hosts_domain(parsing->site, field->value))
            incident->domain = complaint_keep(complaint, field->value, -1);
    take_other_fields(complaint, fields, incident);
}

/* Our word for a registered type; an unknown one counts as "other" and stays in feedback_type. */
static const char *
incident_type(const char *feedback_type)
{
    static const char *const kept[] = {"fraud",   "virus",        "other", "auth-failure",
                                       "opt-out", "opt-out-list", "xarf"};

    if (!feedback_type || strcmp(feedback_type, "abuse") == 0)
        return "spam";
    for (gsize i = 0; i < G_N_ELEMENTS(kept); i++)
        if (strcmp(kept[i], feedback_type) == 0)
            return kept[i];
    return "other";
}

static bool
take_evidence(Parsing *parsing, guint index, Evidence *ret_evidence)
{
    const Entity *entity = message_entity(parsing->message, index);
    bool is_mislabelled = g_str_has_prefix(entity->type, "text/") && !is_report_part(entity) &&
                          evidence_looks_like_mail(parsing, index);

    return (is_mislabelled || evidence_is_candidate(parsing, index)) &&
           evidence_from_entity(parsing, index, ret_evidence);
}

/* The reported message: the first part after the report that can be one; any other will do. */
static bool
find_evidence(Parsing *parsing, guint report, Evidence *ret_evidence)
{
    Message *message = parsing->message;

    for (guint i = message_entity(message, report)->end; i < message->entities->len;
         i = message_entity(message, i)->end)
        if (take_evidence(parsing, i, ret_evidence))
            return true;
    for (guint i = 0; i < report;) {
        const Entity *entity = message_entity(message, i);
        bool holds_report = entity->end > report;
        if (!holds_report && take_evidence(parsing, i, ret_evidence))
            return true;
        i = entity->is_message && !holds_report ? entity->end : i + 1;
    }
    return false;
}

static void
arf_parse(Parsing *parsing)
{
    Complaint *complaint = parsing->complaint;
    guint report = (guint)find_report(parsing);
    g_autoptr(HeaderBlock) fields = report_fields(parsing, report);
    const char *type = header_get(fields, "Feedback-Type");
    g_auto(Evidence) evidence = {0};
    Incident *incident;
    bool has_evidence;

    format_keep_words(parsing, format_outer_text(parsing), NULL);
    if (!text_is_empty(type)) {
        g_autofree char *lower = g_ascii_strdown(type, (gssize)strcspn(type, ";("));
        complaint->feedback_type = complaint_keep(complaint, lower, -1);
    } else {
        complaint_add_problem(complaint, "no-feedback-type", "the report names no Feedback-Type");
    }
    if (text_equal_fold(complaint->feedback_type, "not-spam")) /* RFC 6430: it speaks for us */
        return;
    incident = complaint_add_incident(complaint);
    incident->type = incident_type(complaint->feedback_type);
    take_fields(parsing, fields, incident);
    has_evidence = find_evidence(parsing, report, &evidence);
    if (!has_evidence)
        complaint_add_problem(complaint, "no-evidence",
                              "the report encloses neither the message nor its header");
    if (!incident->claimed_in_field && !(has_evidence && evidence.block->received > 0))
        claim_from_text(parsing, incident);
    evidence_apply(parsing, incident, has_evidence ? &evidence : NULL);
}

const Format format_arf = {.format = FORMAT_ARF, .probe = arf_probe, .parse = arf_parse};
