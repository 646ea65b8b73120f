/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XARF: JSON reports, version 4 and the older ones ("3", "2", "1", "alpha" or none), one incident
 * each. What one lacks or spells wrongly is a problem; what it says is taken all the same. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/claim.h"
#include "ingest/parse/evidence.h"
#include "ingest/parse/xarf.h"

typedef enum { DIALECT_NONE = -1, DIALECT_4, DIALECT_OLD, N_DIALECTS } Dialect;

typedef struct {
    Parsing *parsing;
    Dialect dialect;
    const json_t *root;
} Report;

/* What we want of a report. */
typedef enum {
    WANT_SOURCE,
    WANT_PORT,
    WANT_TIME,
    WANT_CLASS,
    WANT_TYPE,
    WANT_SUBTYPE,
    WANT_COUNT,
    WANT_FROM,
    WANT_RCPT,
    WANT_SUBJECT,
    WANT_MESSAGE_ID,
    WANT_WORDS,
    WANT_EVIDENCE,
    N_WANTS,
} Want;

enum { N_PATHS = 5 };

/* clang-format off */
/* Where each dialect keeps it: the first path that is there. "a.b" is b inside the object a. */
static const char *const paths[N_WANTS][N_DIALECTS][N_PATHS] = {
    [WANT_SOURCE]     = {{"source_identifier", "source_ip"},
                         {"Report.SourceIp", "Report.SourceIP", "Report.Source.IP", "Report.SourceUrl", "Report.InfringingUrl"}},
    [WANT_PORT]       = {{"source_port"}, {"Report.SourcePort", "Report.Source.Port"}},
    [WANT_TIME]       = {{"timestamp"}, {"Report.Date", "Report.FirstSeen"}},
    [WANT_CLASS]      = {{"category"}, {"Report.ReportClass"}},
    [WANT_TYPE]       = {{"type"}, {"Report.ReportType"}},
    [WANT_SUBTYPE]    = {{NULL}, {"Report.ReportSubType"}},
    [WANT_COUNT]      = {{NULL}, {"Report.NumberOfIncidents"}},
    [WANT_FROM]       = {{"smtp_from"}, {"Report.SmtpMailFromAddress", "Report.FromAddress", "Report.AdditionalInfo.SMTPFrom"}},
    [WANT_RCPT]       = {{"smtp_to"}, {"Report.SmtpRcptToAddress", "Report.AdditionalInfo.SMTPTo"}},
    [WANT_SUBJECT]    = {{"subject"}, {"Report.AdditionalInfo.Subject"}},
    [WANT_MESSAGE_ID] = {{"message_id"}, {"Report.AdditionalInfo.MessageID"}},
    [WANT_WORDS]      = {{"description"}, {"Report.ReporterNotes"}},
    [WANT_EVIDENCE]   = {{"evidence"}, {"Report.Samples", "Report.Attachment"}},
};
/* Links: a text or a list of texts. */
static const char *const url_paths[N_DIALECTS][N_PATHS] = {
    {"url", "urls", "infringing_url", "infringing_urls", "spam_indicators.suspicious_links"},
    {"Report.SourceUrl", "Report.InfringingUrl", "Report.Url"},
};
/* What the specifications call for. */
static const char *const required[N_DIALECTS][8] = {
    {"xarf_version", "report_id", "timestamp", "reporter", "sender", "category", "type"},
    {"ReporterInfo", "Report.ReportClass", "Report.ReportType", "Report.Date"},
};
/* Of an item of evidence. The older ones say whether the payload is base64, but for "Data". */
static const struct { const char *type, *payload, *flag; } evidence_names[] = {
    {"content_type", "payload", NULL},
    {"ContentType", "Payload", "Base64Encoded"},
    {"ContentType", "Data", NULL},
};
/* clang-format on */

/* -- members --------------------------------------------------------------------------------------
 */

static const json_t *
member(const json_t *object, const char *path)
{
    const char *dot;

    for (; object && (dot = strchr(path, '.')); path = dot + 1)
        object = json_object_getn(object, path, (size_t)(dot - path));
    object = json_object_get(object, path);
    return json_is_null(object) ? NULL : object;
}

static void
name_bad(const Report *report, const char *path)
{
    complaint_add_problem(report->parsing->complaint, "xarf-bad-field",
                          "%s of the report has a value of the wrong kind", path);
}

static const json_t *
wanted(const Report *report, Want want, const char **ret_path)
{
    const json_t *value = NULL;

    for (int i = 0; i < N_PATHS && !value; i++) {
        *ret_path = paths[want][report->dialect][i];
        value = *ret_path ? member(report->root, *ret_path) : NULL;
    }
    return value;
}

/* NULL when absent, empty or no text. */
static const char *
wanted_text(const Report *report, Want want)
{
    const char *path;
    const json_t *value = wanted(report, want, &path);

    if (value && !json_is_string(value))
        name_bad(report, path);
    return text_is_empty(json_string_value(value)) ? NULL : json_string_value(value);
}

/* Digits in a text will do. Out of range, or absent: 0. */
static guint
wanted_number(const Report *report, Want want, guint max)
{
    const char *path;
    const json_t *value = wanted(report, want, &path);
    gint64 number = json_is_string(value) ? g_ascii_strtoll(json_string_value(value), NULL, 10)
                                          : json_integer_value(value);
    bool is_good = number >= 1 && number <= max;

    if (value && (!json_is_integer(value) || !is_good))
        name_bad(report, path);
    return is_good ? (guint)number : 0;
}

static Dialect
dialect_of(const json_t *root)
{
    bool has_id = member(root, "report_id") != NULL, has_source = member(root, "source_identifier");

    if (member(root, "xarf_version"))
        return has_id || has_source || member(root, "category") ? DIALECT_4 : DIALECT_NONE;
    if (has_id && has_source && (member(root, "category") || member(root, "type")))
        return DIALECT_4;
    if (json_is_object(member(root, "Report")) &&
        (json_is_object(member(root, "ReporterInfo")) || member(root, "Report.ReportType")))
        return DIALECT_OLD;
    return DIALECT_NONE;
}

/* -- claims ---------------------------------------------------------------------------------------
 */

/* "category/type"; the type alone is the incident's, but for infected clients, which the older
 * versions report as malware seen by a resolver (RPZ). */
static void
take_type(const Report *report, Incident *incident)
{
    Complaint *complaint = report->parsing->complaint;
    const char *class = wanted_text(report, WANT_CLASS), *type = wanted_text(report, WANT_TYPE);
    const char *subtype = wanted_text(report, WANT_SUBTYPE);
    g_autofree char *both = class && type ? g_strconcat(class, "/", type, NULL) : NULL;

    complaint->feedback_type = claim_word(complaint, both ? both : type ? type : class);
    incident->type = claim_type(complaint, type);
    if (!incident->type)
        incident->type = "other";
    if (subtype && text_has_prefix_fold(subtype, "rpz"))
        incident->type = "infected-host";
}

static void
take_urls(const Report *report, Incident *incident)
{
    for (int i = 0; i < N_PATHS && url_paths[report->dialect][i]; i++) {
        const json_t *value = member(report->root, url_paths[report->dialect][i]);
        for (size_t k = 0; k < json_array_size(value); k++)
            claim_urls(report->parsing, incident, json_string_value(json_array_get(value, k)));
        claim_urls(report->parsing, incident, json_string_value(value));
    }
}

static void
take_claims(const Report *report, Incident *incident)
{
    Complaint *complaint = report->parsing->complaint;
    const char *source = wanted_text(report, WANT_SOURCE), *value;
    const char *path;
    g_autofree char *id = NULL;

    take_type(report, incident);
    if (!claim_source(report->parsing, incident, source))
        complaint_add_problem(complaint, "no-source",
                              "the report names no address, link, mailbox or domain as its source");
    incident->source_port = wanted_number(report, WANT_PORT, 65535);
    incident->count = MAX(wanted_number(report, WANT_COUNT, 1000000), 1);
    value = wanted_text(report, WANT_TIME);
    if (value && !claim_time(value, &incident->time))
        name_bad(report, (wanted(report, WANT_TIME, &path), path));
    value = wanted_text(report, WANT_FROM);
    if (value)
        incident->from = claim_address(complaint, value);
    incident->rcpt = claim_address(complaint, wanted_text(report, WANT_RCPT));
    incident->subject = complaint_keep(complaint, wanted_text(report, WANT_SUBJECT), -1);
    id = header_message_id(wanted_text(report, WANT_MESSAGE_ID));
    incident->message_id = complaint_keep(complaint, id, -1);
    take_urls(report, incident);
}

static void
name_missing(const Report *report)
{
    g_autoptr(GString) missing = g_string_new(NULL);

    for (const char *const *path = required[report->dialect]; *path; path++)
        if (!member(report->root, *path))
            g_string_append_printf(missing, "%s%s", missing->len > 0 ? ", " : "", *path);
    if (missing->len > 0)
        complaint_add_problem(report->parsing->complaint, "xarf-missing-field",
                              "the report lacks %s", missing->str);
}

/* -- evidence -------------------------------------------------------------------------------------
 */

/* The payload, decoded when it is said to be base64 and can be. (transfer full) */
static GBytes *
payload_bytes(const json_t *payload, const json_t *flag, bool is_base64)
{
    const char *text = json_string_value(payload);
    gsize len = json_string_length(payload), decoded_len;
    guchar *decoded;

    if (flag)
        is_base64 = json_is_true(flag) || text_equal_fold(json_string_value(flag), "true");
    for (gsize i = 0; i < len && is_base64; i++)
        is_base64 = g_ascii_isalnum(text[i]) || strchr("+/= \r\n\t", text[i]);
    if (!is_base64)
        return g_bytes_new(text, len);
    decoded = g_base64_decode(text, &decoded_len);
    return g_bytes_new_take(decoded, decoded_len);
}

/* Is the item the reported message, or its header, or a text that is one? */
static bool
read_item(const Report *report, const json_t *item, Evidence *ret_evidence)
{
    for (gsize i = 0; i < G_N_ELEMENTS(evidence_names); i++) {
        const json_t *payload = member(item, evidence_names[i].payload);
        const char *type = json_string_value(member(item, evidence_names[i].type));
        const char *flag = evidence_names[i].flag;
        bool is_message = type && (text_has_prefix_fold(type, "message/") ||
                                   text_has_prefix_fold(type, "text/rfc822"));
        g_autoptr(GBytes) bytes = NULL;

        if (!json_is_string(payload) ||
            !(is_message || !type || text_has_prefix_fold(type, "text/plain")))
            continue;
        bytes = payload_bytes(payload, flag ? member(item, flag) : NULL, !flag);
        return is_message ? evidence_from_message(report->parsing, bytes, ret_evidence)
                          : evidence_from_bytes(report->parsing, bytes, NULL, ret_evidence);
    }
    return false;
}

static bool
find_evidence(const Report *report, Evidence *ret_evidence)
{
    const char *path;
    const json_t *items = wanted(report, WANT_EVIDENCE, &path);

    if (items && !json_is_array(items))
        name_bad(report, path);
    for (size_t i = 0; i < json_array_size(items); i++)
        if (read_item(report, json_array_get(items, i), ret_evidence))
            return true;
    return false;
}

/* -- the format -----------------------------------------------------------------------------------
 */

static bool
xarf_probe(Parsing *parsing)
{
    for (gint i = xarf_find(parsing, 0); i >= 0; i = xarf_find(parsing, (guint)i + 1)) {
        const char *why;
        json_auto_t *root = xarf_load(parsing, (guint)i, &why);
        if (!root || dialect_of(root) != DIALECT_NONE) /* broken, but with the marks */
            return true;
    }
    return false;
}

static void
keep_words(const Report *report)
{
    const char *text = format_outer_text(report->parsing);

    if (*text == '{') /* the report itself */
        text = wanted_text(report, WANT_WORDS);
    if (text)
        format_keep_words(report->parsing, text, NULL);
}

/* is_only: a message attached to the mail is this report's. */
static void
parse_report(const Report *report, Incident *incident, bool is_only)
{
    Parsing *parsing = report->parsing;
    g_auto(Evidence) evidence = {0};
    bool has_evidence;

    take_claims(report, incident);
    name_missing(report);
    has_evidence =
        find_evidence(report, &evidence) ||
        (is_only && evidence_find(parsing, 0, parsing->message->entities->len, &evidence));
    if (!has_evidence && strcmp(incident->type, "spam") == 0)
        complaint_add_problem(parsing->complaint, "no-evidence",
                              "the report encloses neither the message nor its header");
    evidence_apply(parsing, incident, has_evidence ? &evidence : NULL);
}

static void
xarf_parse(Parsing *parsing)
{
    Complaint *complaint = parsing->complaint;
    const char *feedback_type = NULL, *why;
    gint first = xarf_find(parsing, 0);
    bool is_only = xarf_find(parsing, (guint)first + 1) < 0;

    for (gint i = first; i >= 0; i = xarf_find(parsing, (guint)i + 1)) {
        json_auto_t *root = xarf_load(parsing, (guint)i, &why);
        Report report = {parsing, root ? dialect_of(root) : DIALECT_NONE, root};
        Incident *incident;

        if (!root)
            complaint_add_problem(complaint, "xarf-not-read", "a JSON report was not read: %s",
                                  why);
        if (report.dialect == DIALECT_NONE)
            continue;
        incident = format_add_incident(parsing);
        if (!incident)
            break;
        if (!complaint->words)
            keep_words(&report);
        parse_report(&report, incident, is_only); /* its category is that of its own type */
        feedback_type = feedback_type ? feedback_type : complaint->feedback_type;
    }
    complaint->feedback_type = feedback_type;
    if (complaint->incidents->len == 0) { /* none could be read: what a person reads is left */
        Incident *incident = complaint_add_incident(complaint);
        incident->type = "other";
        format_keep_words(parsing, format_outer_text(parsing), NULL);
        claim_prose(parsing, incident);
        evidence_apply(parsing, incident, NULL);
    }
}

const Format format_xarf = {.format = FORMAT_XARF, .probe = xarf_probe, .parse = xarf_parse};
