/* SPDX-License-Identifier: GPL-3.0-or-later */
/* X-ARF 0.1 and 0.2: a mail with a flat "Key: value" text, report.txt, beside a text for people and
 * the evidence. Several of them, or several mails in one (X-XARF: BULK), are several incidents. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/claim.h"
#include "ingest/parse/evidence.h"
#include "ingest/parse/prose.h"

enum { REPORT_BYTES = 64 * 1024, ENOUGH_KEYS = 4 };

/* "'value'", "\"value\"", "!!tag 'value'": value. */
static void
add_value(HeaderBlock *fields, const char *key, gsize key_len, const char *value, const char *end)
{
    if (end - value > 2 && strncmp(value, "!!", 2) == 0) {
        value += strcspn(value, " \n");
        value += *value == ' ';
    }
    if (end - value >= 2 && (*value == '"' || *value == '\'') && end[-1] == *value) {
        value++;
        end--;
    }
    header_block_add(fields, key, (gssize)key_len, value, MAX(end - value, 0));
}

/* Lines that are no "Key: value" are passed over. (transfer full) */
static HeaderBlock *
flat_fields(const char *text, const Limits *limits)
{
    HeaderBlock *fields = header_block_new();
    const char *stop = text + strnlen(text, REPORT_BYTES), *next;

    for (; text < stop && fields->fields->len < limits->header_lines; text = next) {
        const char *end = memchr(text, '\n', (gsize)(stop - text)), *value;
        gsize key_len = 0;

        end = end ? end : stop;
        next = end + (end < stop);
        while (end > text && g_ascii_isspace(end[-1]))
            end--;
        while (text + key_len < end && (g_ascii_isalnum(text[key_len]) || text[key_len] == '-'))
            key_len++;
        value = text + key_len;
        if (key_len == 0 || value == end || *value != ':')
            continue;
        for (value++; value < end && g_ascii_isspace(*value);)
            value++;
        add_value(fields, text, key_len, value, end);
    }
    return fields;
}

static bool
says_xarf(const HeaderBlock *header)
{
    return header_has(header, "X-ARF") || header_has(header, "X-XARF");
}

static bool
may_be_report(const Entity *entity)
{
    if (entity->is_container)
        return false;
    return strcmp(entity->type, "text/plain") == 0 || g_str_has_suffix(entity->type, "yaml") ||
           (entity->filename && text_has_suffix_fold(entity->filename, ".txt") &&
            strcmp(entity->type, "application/octet-stream") == 0);
}

/* The fields of the entity when it is a report: by its own keys, fewer when the mail's header or
 * its name says so. (transfer full), or NULL */
static HeaderBlock *
read_report(Parsing *parsing, guint index)
{
    static const char *const keys[] = {"Reported-From", "Report-ID",  "Source",   "Source-Type",
                                       "User-Agent",    "Schema-URL", "Category", "Attachment"};
    const Entity *entity = message_entity(parsing->message, index);
    bool is_named =
        text_equal_fold(entity->filename, "report.txt") || says_xarf(parsing->message->header);
    g_autoptr(HeaderBlock) fields = NULL;
    const char *text;
    guint n = 0;

    if (!may_be_report(entity) || !(is_named || entity->filename))
        return NULL;
    text = message_text(parsing->message, index);
    if (!text_find_fold(text, (gssize)strnlen(text, REPORT_BYTES), "report-type:"))
        return NULL;
    fields = flat_fields(text, parsing->limits);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        n += header_has(fields, keys[i]);
    if (!header_has(fields, "Report-Type") || n < (is_named ? 2 : ENOUGH_KEYS))
        return NULL;
    return g_steal_pointer(&fields);
}

/* The next report at or after *index, which is moved to it. In a container of several mails the
 * enclosed ones are entered. (transfer full), or NULL */
static HeaderBlock *
next_report(Parsing *parsing, guint *index)
{
    const char *kind = header_get(parsing->message->header, "X-XARF");
    bool is_bulk = kind && text_has_prefix_fold(kind, "bulk");

    for (; *index < parsing->message->entities->len; (*index)++) {
        HeaderBlock *fields = NULL;
        if (is_bulk || !message_is_enclosed(parsing->message, *index))
            fields = read_report(parsing, *index);
        if (fields)
            return fields;
    }
    return NULL;
}

static bool
xarf_legacy_probe(Parsing *parsing)
{
    guint index = 0;
    g_autoptr(HeaderBlock) fields = next_report(parsing, &index);

    return fields != NULL;
}

static const char *
first_of(const HeaderBlock *fields, const char *const *names)
{
    const char *value = NULL;

    for (; *names && text_is_empty(value); names++)
        value = header_get(fields, *names);
    return value;
}

static void
take_fields(Parsing *parsing, const HeaderBlock *fields, Incident *incident)
{
    static const char *const counts[] = {"Occurrences", "Occurances", "Occurences",
                                         "Occurance",   "Count",      NULL};
    static const char *const addresses[] = {"Source-IP", "IP", "Source-Address", NULL};
    Complaint *complaint = parsing->complaint;
    const char *value = header_get(fields, "Report-Type");

    complaint->feedback_type = claim_word(complaint, value);
    incident->type = claim_type(complaint, value);
    if (!incident->type)
        incident->type = "other";
    if (!claim_source(parsing, incident, header_get(fields, "Source")))
        complaint_add_problem(complaint, "no-source",
                              "the report names no address, link, mailbox or domain as its source");
    if (!incident->claimed_in_field) { /* it names a page or a mailbox: where is that? */
        const char *address = first_of(fields, addresses);
        incident->claimed_in_field = prose_addr(address, &incident->claimed_ip);
        if (!incident->claimed_in_field)
            claim_prose(parsing, incident);
    }
    /* "Port" is the one attacked */
    incident->source_port = claim_port(header_get(fields, "Source-Port"));
    incident->count = claim_count(first_of(fields, counts));
    (void)claim_time(header_get(fields, "Date"), &incident->time);
}

/* What follows the report in the same mail, up to the next report. */
static bool
find_evidence(Parsing *parsing, guint report, guint next, Evidence *ret_evidence)
{
    const Entity *entity = message_entity(parsing->message, report);
    guint end = entity->parent < 0 ? entity->end
                                   : message_entity(parsing->message, (guint)entity->parent)->end;

    return evidence_find(parsing, entity->end, MIN(end, next), ret_evidence);
}

static void
xarf_legacy_parse(Parsing *parsing)
{
    Complaint *complaint = parsing->complaint;
    const char *feedback_type = NULL;
    guint index = 0, next;
    HeaderBlock *fields = next_report(parsing, &index);

    format_keep_words(parsing, format_outer_text(parsing), NULL);
    for (; fields; index = next) {
        g_autoptr(HeaderBlock) own = g_steal_pointer(&fields);
        g_auto(Evidence) evidence = {0};
        Incident *incident = format_add_incident(parsing);
        bool has_evidence;

        if (!incident)
            break;
        next = index + 1;
        fields = next_report(parsing, &next);
        take_fields(parsing, own, incident); /* its category is that of its own type */
        feedback_type = feedback_type ? feedback_type : complaint->feedback_type;
        has_evidence = find_evidence(parsing, index, next, &evidence);
        evidence_apply(parsing, incident, has_evidence ? &evidence : NULL);
    }
    header_block_free(fields);
    complaint->feedback_type = feedback_type;
}

const Format format_xarf_legacy = {
    .format = FORMAT_XARF_LEGACY, .probe = xarf_legacy_probe, .parse = xarf_legacy_parse};
