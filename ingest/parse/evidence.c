/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/evidence.h"

#include <string.h>

#include "base/text.h"
#include "ingest/parse/attribution.h"
#include "ingest/parse/category.h"
#include "ingest/parse/charset.h"
#include "ingest/parse/ole.h"
#include "ingest/parse/prescan.h"
#include "ingest/parse/prose.h"
#include "ingest/parse/recipient.h"
#include "ingest/parse/tnef.h"

enum { SNIFF_BYTES = 16 * 1024, MAX_CHILDREN = 32 };

void
evidence_clear(Evidence *evidence)
{
    g_clear_pointer(&evidence->block, header_block_free);
}

/* -- where it is ----------------------------------------------------------------------------------
 */

typedef enum { CARRIER_NONE, CARRIER_MAIL, CARRIER_HEADERS, CARRIER_MAYBE } Carrier;

/* clang-format off */
static const struct { const char *type; Carrier carrier; } carriers[] = {
    {"message/rfc822", CARRIER_MAIL}, {"message/global", CARRIER_MAIL},
    {"message/rfc2822", CARRIER_MAIL}, {"message/news", CARRIER_MAIL},
    {"text/rfc822", CARRIER_MAIL},
    {"text/rfc822-headers", CARRIER_HEADERS}, {"text/rfc822-header", CARRIER_HEADERS},
    {"message/global-headers", CARRIER_HEADERS}, {"message/rfc822-headers", CARRIER_HEADERS},
    {"application/octet-stream", CARRIER_MAYBE}, {"application/x-eml", CARRIER_MAYBE},
    {"application/eml", CARRIER_MAYBE}, {"text/x-eml", CARRIER_MAYBE}, {"text/plain", CARRIER_MAYBE},
    {"text/x-mail", CARRIER_MAYBE}, {"application/x-email", CARRIER_MAYBE},
    {"application/vnd.ms-outlook", CARRIER_MAYBE}, {"application/msoutlook", CARRIER_MAYBE},
    {"application/ms-tnef", CARRIER_MAYBE}, {"application/vnd.ms-tnef", CARRIER_MAYBE},
};
/* clang-format on */

static Carrier
carrier_of(const Entity *entity)
{
    if (entity->is_message)
        return CARRIER_MAIL;
    for (gsize i = 0; i < G_N_ELEMENTS(carriers); i++)
        if (strcmp(carriers[i].type, entity->type) == 0)
            return carriers[i].carrier;
    if (entity->filename && (text_has_suffix_fold(entity->filename, ".eml") ||
                             text_has_suffix_fold(entity->filename, ".msg")))
        return CARRIER_MAYBE;
    return CARRIER_NONE;
}

static bool
looks_like_mail(const Parsing *parsing, GBytes *content, const char *filename)
{
    g_autoptr(GBytes) converted = charset_from_utf16(content, SNIFF_BYTES);
    gsize len;
    const char *bytes = g_bytes_get_data(converted ? converted : content, &len);
    g_autoptr(HeaderBlock) block = NULL;

    if (ole_is_message(content, filename))
        return true;
    for (; len > 0 && g_ascii_isspace(*bytes); len--)
        bytes++;
    if (!bytes || !memchr(bytes, ':', MIN(len, 200)))
        return false;
    block = header_block_parse(bytes, MIN(len, SNIFF_BYTES), G_MAXUINT32, parsing->limits, NULL);
    if (block->fields->len < 3)
        return false;
    return block->received > 0 || header_has(block, "Return-Path") ||
           (header_has(block, "From") && header_has(block, "Date")) ||
           (header_has(block, "From") && header_has(block, "Message-ID"));
}

/* Outlook's other wrapper: with a mail in it, or with the text of this one once more. */
static bool
is_tnef(GBytes *content, const Entity *entity)
{
    return tnef_is(content) && (g_str_has_suffix(entity->type, "ms-tnef") ||
                                text_equal_fold(entity->filename, "winmail.dat"));
}

bool
evidence_looks_like_mail(Parsing *parsing, guint index)
{
    const Entity *entity = message_entity(parsing->message, index);
    GBytes *content = message_content(parsing->message, index);
    g_autoptr(GBytes) mail = NULL;

    if (!is_tnef(content, entity))
        return looks_like_mail(parsing, content, entity->filename);
    mail = tnef_read(content, parsing->limits, parsing->complaint);
    return mail != NULL;
}

bool
evidence_is_candidate(Parsing *parsing, guint index)
{
    const Entity *entity = message_entity(parsing->message, index);
    Carrier carrier = carrier_of(entity);

    if (carrier != CARRIER_MAYBE || (entity->is_container && !entity->is_message))
        return carrier != CARRIER_NONE && carrier != CARRIER_MAYBE;
    if (strcmp(entity->type, "text/plain") == 0 && !entity->is_attachment && !entity->filename)
        return false; /* the text itself: what is pasted there is another format's */
    return evidence_looks_like_mail(parsing, index);
}

/* -- reading it -----------------------------------------------------------------------------------
 */

static const char *
runnable_in(const Message *message, guint from, guint end)
{
    for (guint i = from; i < end; i++)
        if (category_is_runnable(message_entity(message, i)->filename))
            return message_entity(message, i)->filename;
    return NULL;
}

/* A bounce or report is evidence as it is; what it encloses is not the complaint's matter. */
static bool
is_plain_forward(const Message *message, guint first, guint end)
{
    return first < end && (!message_entity(message, first)->report_type ||
                           strcmp(message_entity(message, first)->type, "multipart/report") != 0);
}

/* The message enclosed deepest that still has trace fields, by way of forwards only. */
static guint
deepest(const Message *message, guint index)
{
    const Entity *entity = message_entity(message, index);

    if (!is_plain_forward(message, index + 1, entity->end))
        return index;
    for (guint i = index + 1; i < entity->end; i++) {
        g_autoptr(HeaderBlock) block = NULL;
        if (!message_entity(message, i)->is_message)
            continue;
        block = message_enclosed_header(message, i);
        if (block->received > 0)
            return deepest(message, i);
    }
    return index;
}

static bool
read_enclosed(Message *message, guint index, Evidence *ret_evidence)
{
    guint at = deepest(message, index);
    gint body = message_body(message, at);
    Evidence evidence = {.block = message_enclosed_header(message, at)};

    if (evidence.block->fields->len == 0) {
        evidence_clear(&evidence);
        return false;
    }
    evidence.text = body < 0 ? NULL : message_text(message, (guint)body);
    evidence.filename = runnable_in(message, at + 1, message_entity(message, at)->end);
    *ret_evidence = evidence;
    return true;
}

/* A mail in an encoded or mislabelled part is read as a mail of its own. */
static bool
read_bytes(Parsing *parsing, GBytes *content, const char *filename, Evidence *ret_evidence)
{
    Message *outer = parsing->message, *inner;
    g_auto(Prescan) scan = {0};
    g_autoptr(GBytes) converted = NULL;
    Evidence evidence = {0};
    gint body;

    if (outer->children->len >= MAX_CHILDREN) {
        complaint_add_problem(parsing->complaint, "too-many-attached-mails",
                              "more than %d attached mails: the rest was not read", MAX_CHILDREN);
        return false;
    }
    if (tnef_is(content))
        content = converted = tnef_read(content, parsing->limits, parsing->complaint);
    else if (ole_is_message(content, filename))
        content = converted = ole_read(content, parsing->limits, parsing->complaint);
    else if ((converted = charset_from_utf16(content, parsing->limits->part_bytes)) != NULL)
        content = converted;
    if (!content)
        return false;
    prescan_run(content, parsing->limits, parsing->complaint, &scan);
    scan.base = G_MAXUINT32;
    inner = message_new(&scan, parsing->limits, parsing->complaint);
    g_ptr_array_add(outer->children, inner);
    for (guint i = 0; i < inner->entities->len; i++)
        if (message_entity(inner, i)->is_message && is_plain_forward(inner, 0, 1)) {
            g_autoptr(HeaderBlock) block = message_enclosed_header(inner, i);
            if (block->received > 0)
                return read_enclosed(inner, i, ret_evidence);
        }
    if (inner->header->fields->len == 0)
        return false;
    evidence.block = g_steal_pointer(&inner->header);
    inner->header = header_block_new();
    body = message_body(inner, 0);
    evidence.text = body < 0 ? NULL : message_text(inner, (guint)body);
    evidence.filename = runnable_in(inner, 0, inner->entities->len);
    *ret_evidence = evidence;
    return true;
}

static bool
read_headers(Parsing *parsing, guint index, Evidence *ret_evidence)
{
    const Entity *entity = message_entity(parsing->message, index);
    GBytes *content = message_content(parsing->message, index);
    gsize len;
    const char *bytes = g_bytes_get_data(content, &len);
    guint32 base = G_MAXUINT32;
    Evidence evidence = {0};

    if (bytes == entity->raw) /* not encoded */
        base = message_offset(parsing->message, entity);
    while (len > 0 && (*bytes == '\n' || *bytes == '\r')) {
        bytes++;
        len--;
        base += base == G_MAXUINT32 ? 0 : 1;
    }
    evidence.block = header_block_parse(bytes ? bytes : "", len, base, parsing->limits, NULL);
    if (evidence.block->fields->len == 0) {
        evidence_clear(&evidence);
        return false;
    }
    *ret_evidence = evidence;
    return true;
}

bool
evidence_from_entity(Parsing *parsing, guint index, Evidence *ret_evidence)
{
    const Entity *entity = message_entity(parsing->message, index);

    if (entity->is_message)
        return read_enclosed(parsing->message, index, ret_evidence);
    if (carrier_of(entity) == CARRIER_HEADERS)
        return read_headers(parsing, index, ret_evidence);
    return read_bytes(parsing, message_content(parsing->message, index), entity->filename,
                      ret_evidence);
}

bool
evidence_from_bytes(Parsing *parsing, GBytes *bytes, const char *filename, Evidence *ret_evidence)
{
    return looks_like_mail(parsing, bytes, filename) &&
           read_bytes(parsing, bytes, filename, ret_evidence);
}

bool
evidence_from_message(Parsing *parsing, GBytes *bytes, Evidence *ret_evidence)
{
    return read_bytes(parsing, bytes, NULL, ret_evidence);
}

bool
evidence_find(Parsing *parsing, guint from, guint end, Evidence *ret_evidence)
{
    for (guint i = from; i < end;) {
        const Entity *entity = message_entity(parsing->message, i);
        if (evidence_is_candidate(parsing, i) && evidence_from_entity(parsing, i, ret_evidence))
            return true;
        i = entity->is_message ? entity->end : i + 1;
    }
    return false;
}

/* -- what it says ---------------------------------------------------------------------------------
 */

/* When the abuse happened: as the complainant's side stamped it, else as the message claims. */
static gint64
event_time(const Parsing *parsing, const Incident *incident)
{
    gint64 top = TIME_NONE;

    for (guint i = 0; i < incident->hops->len; i++) {
        const Hop *hop = &g_array_index(incident->hops, Hop, i);
        if (hop->verdict == VERDICT_BORDER && hop->date != TIME_NONE)
            return hop->date;
        if (top == TIME_NONE)
            top = hop->date;
    }
    if (top != TIME_NONE)
        return top;
    if (incident->date != TIME_NONE)
        return incident->date;
    return parsing->complaint->date != TIME_NONE ? parsing->complaint->date : parsing->received_at;
}

static const char *
keep_and_free(Complaint *complaint, char *text)
{
    g_autofree char *owned = text;

    return owned ? complaint_keep(complaint, owned, -1) : NULL;
}

const char *
evidence_subject(Complaint *complaint, const HeaderBlock *header)
{
    const char *value = header_get(header, "Subject");
    g_autofree char *unknown = header_unknown_charset(value);

    if (unknown) {
        g_autofree char *quoted = text_quote(unknown);

        complaint_add_problem(complaint, "unknown-charset", "a subject is in charset %s", quoted);
    }
    return keep_and_free(complaint, header_decode(value));
}

/* RFC 9477: "fbl@example.com; report=arf", and an id in which white space means nothing. */
static void
take_feedback_address(Complaint *complaint, Incident *incident, const HeaderBlock *block)
{
    const char *address = header_get(block, "CFBL-Address"),
               *id = header_get(block, "CFBL-Feedback-ID");
    g_autofree char *mailbox = NULL;
    g_autoptr(GString) packed = NULL;

    if (address) {
        mailbox = g_strndup(address, strcspn(address, ";"));
        incident->cfbl_address = keep_and_free(complaint, header_address(mailbox));
    }
    if (!id)
        return;
    packed = g_string_new(id);
    g_string_replace(packed, " ", "", 0);
    incident->feedback_id = complaint_keep(complaint, packed->str, -1);
}

/* RFC 2919, "Offers <offers.shop.example>"; else what bulk mailers call a campaign. */
static void
take_list(Complaint *complaint, Incident *incident, const HeaderBlock *block)
{
    static const char *const names[] = {"List-Id", "Feedback-ID", "X-Campaign-Id", "X-CampaignID",
                                        "X-Campaign"};

    for (gsize i = 0; !incident->list_id && i < G_N_ELEMENTS(names); i++) {
        const char *value = header_get(block, names[i]), *open = value ? strrchr(value, '<') : NULL;

        if (open)
            incident->list_id = complaint_keep(complaint, open + 1, (gssize)strcspn(open + 1, ">"));
        else if (value)
            incident->list_id = complaint_keep(complaint, value, -1);
    }
}

static void
take_header(Complaint *complaint, Incident *incident, const HeaderBlock *block)
{
    static const char *const recipients[] = {"X-HmXmrOriginalRecipient",
                                             "X-Original-To",
                                             "Delivered-To",
                                             "To",
                                             "Envelope-To",
                                             "X-Apparently-To",
                                             "Cc"};

    if (!incident->message_id)
        incident->message_id =
            keep_and_free(complaint, header_message_id(header_get(block, "Message-ID")));
    if (header_has(block, "From"))
        incident->from = keep_and_free(complaint, header_address(header_get(block, "From")));
    for (gsize i = 0; i < G_N_ELEMENTS(recipients); i++)
        recipient_take(complaint, incident, header_get(block, recipients[i]));
    take_feedback_address(complaint, incident, block);
    take_list(complaint, incident, block);
    if (!incident->subject)
        incident->subject = evidence_subject(complaint, block);
    if (incident->date == TIME_NONE)
        (void)header_date_parse(header_get(block, "Date"), &incident->date);
}

void
evidence_apply(Parsing *parsing, Incident *incident, const Evidence *evidence)
{
    Complaint *complaint = parsing->complaint;
    const HeaderBlock *block = evidence ? evidence->block : NULL;
    CategoryInput input = {.feedback_type = complaint->feedback_type, .block = block};

    if (block) {
        const char *from = incident->from; /* the envelope's, when the header has none */
        incident->has_evidence = true;
        incident->pasted = block->pasted;
        take_header(complaint, incident, block);
        if (!incident->from)
            incident->from = from;
        input.text = evidence->text;
        input.filename = evidence->filename;
        if (evidence->text)
            prose_urls(evidence->text, complaint->text, incident->urls, parsing->limits->urls);
        if (block->received == 0 && !block->pasted)
            complaint_add_problem(complaint, "no-trace-headers",
                                  "the reported message has no Received fields");
    }
    attribution_run(complaint, incident, block, parsing->site, parsing->limits);
    if (incident->time == TIME_NONE)
        incident->time = event_time(parsing, incident);
    input.subject = incident->subject;
    category_suggest(complaint, incident, &input);
}
