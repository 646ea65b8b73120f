/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DMARC aggregate reports (RFC 9990): what a receiver saw of mail that claims our domains. An
 * incident for each source address of which mail failed both checks, with how many; the rest is a
 * line of words. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/archive.h"
#include "ingest/parse/format.h"
#include "ingest/parse/prose.h"
#include "ingest/parse/xml.h"

enum { ROOT_BYTES = 2000 };

/* -- where it is ----------------------------------------------------------------------------------
 */

static bool
may_be_report(const Entity *entity)
{
    static const char *const types[] = {"application/gzip",         "application/x-gzip",
                                        "application/zip",          "application/x-zip-compressed",
                                        "application/octet-stream", "text/xml",
                                        "application/xml"};

    if (entity->is_container || entity->is_message)
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (strcmp(types[i], entity->type) == 0)
            return true;
    return entity->filename && (text_has_suffix_fold(entity->filename, ".xml.gz") ||
                                text_has_suffix_fold(entity->filename, ".xml"));
}

/* The part of the mail that may be a report, or -1. */
static gint
find_part(const Message *message)
{
    for (guint i = 0; i < message->entities->len; i++)
        if (may_be_report(message_entity(message, i)) && !message_is_enclosed(message, i))
            return (gint)i;
    return -1;
}

/* "receiver.example!domain.example!1700000000!1700086400.xml.gz" */
static bool
has_report_name(const char *filename)
{
    const char *first = filename ? strchr(filename, '!') : NULL;
    const char *second = first ? strchr(first + 1, '!') : NULL;

    return second && g_ascii_isdigit(second[1]) && !text_find_fold(second, -1, "json");
}

/* "Report Domain: example.org Submitter: receiver.example Report-ID: <1>" */
static bool
has_report_subject(const char *subject)
{
    return subject && text_find_fold(subject, -1, "report domain:") &&
           text_find_fold(subject, -1, "submitter:");
}

static bool
is_report(GBytes *bytes)
{
    gsize len;
    const char *data = g_bytes_get_data(bytes, &len);
    gsize most = MIN(len, ROOT_BYTES);

    return data && memmem(data, most, "feedback", 8) && memmem(data, most, "report_metadata", 15);
}

/* The report itself, unpacked, or NULL. (transfer full) */
static GBytes *
find_report(Parsing *parsing, guint index)
{
    GBytes *content = message_content(parsing->message, index);
    g_autoptr(GPtrArray) files = NULL;

    if (!archive_is(content))
        return is_report(content) ? g_bytes_ref(content) : NULL;
    files = archive_read(content, parsing->limits, parsing->complaint);
    for (guint i = 0; i < files->len; i++) {
        const ArchiveFile *file = g_ptr_array_index(files, i);
        if (is_report(file->bytes))
            return g_bytes_ref(file->bytes);
    }
    return NULL;
}

static bool
dmarc_probe(Parsing *parsing)
{
    gint part = find_part(parsing->message);
    guint marks = 0;
    g_autoptr(GBytes) report = NULL;

    if (part < 0)
        return false;
    marks += has_report_name(message_entity(parsing->message, (guint)part)->filename);
    marks += has_report_subject(parsing->complaint->subject);
    if (marks != 1)
        return marks > 1;
    report = find_report(parsing, (guint)part);
    return report != NULL;
}

/* -- what it says ---------------------------------------------------------------------------------
 */

typedef struct {
    Parsing *parsing;
    GHashTable *sources; /* address as text: index of its incident, plus one */
    gint64 begin;
    guint64 seen, failed;
    const char *org, *domain, *id;
    /* the record being read */
    Addr ip;
    guint64 count;
    bool dkim, spf;
} Report;

static void
count_source(Report *r)
{
    GArray *incidents = r->parsing->complaint->incidents;
    char *key = addr_dup_text(&r->ip);
    guint at = GPOINTER_TO_UINT(g_hash_table_lookup(r->sources, key));
    Incident *incident;

    if (at > 0) {
        incident = &g_array_index(incidents, Incident, at - 1);
        incident->count = (guint)MIN(incident->count + r->count, G_MAXINT32);
        g_free(key);
        return;
    }
    incident = format_add_incident(r->parsing);
    if (!incident) {
        g_free(key);
        return;
    }
    g_hash_table_insert(r->sources, key, GUINT_TO_POINTER(incidents->len));
    incident->claimed_ip = r->ip;
    incident->count = (guint)r->count;
    incident->type = "auth-failure";
    incident->time = r->begin;
    format_apply_claim(r->parsing, incident);
}

static void
end_record(Report *r)
{
    guint64 count = CLAMP(r->count, 1, G_MAXINT32);

    r->seen += count;
    if (!r->dkim && !r->spf) {
        r->failed += count;
        r->count = count;
        if (!addr_is_none(&r->ip))
            count_source(r);
    }
    r->ip = ADDR_NONE;
    r->count = 0;
    r->dkim = r->spf = false;
}

static void
on_element(void *data, const char *path, const char *text)
{
    Report *r = data;
    Complaint *complaint = r->parsing->complaint;

    if (strcmp(path, "feedback/record/row/source_ip") == 0)
        (void)prose_addr(text, &r->ip);
    else if (strcmp(path, "feedback/record/row/count") == 0)
        r->count = g_ascii_strtoull(text, NULL, 10);
    else if (strcmp(path, "feedback/record/row/policy_evaluated/dkim") == 0)
        r->dkim = text_equal_fold(text, "pass");
    else if (strcmp(path, "feedback/record/row/policy_evaluated/spf") == 0)
        r->spf = text_equal_fold(text, "pass");
    else if (strcmp(path, "feedback/record") == 0)
        end_record(r);
    else if (strcmp(path, "feedback/report_metadata/date_range/begin") == 0 && *text)
        r->begin = (gint64)MIN(g_ascii_strtoull(text, NULL, 10), G_MAXUINT32);
    else if (strcmp(path, "feedback/report_metadata/org_name") == 0)
        r->org = complaint_keep(complaint, text, -1);
    else if (strcmp(path, "feedback/report_metadata/report_id") == 0)
        r->id = complaint_keep(complaint, text, -1);
    else if (strcmp(path, "feedback/policy_published/domain") == 0)
        r->domain = complaint_keep(complaint, text, -1);
}

static void
tell(Report *r)
{
    g_autofree char *words = g_strdup_printf(
        "%s on %s, report %s: %" G_GUINT64_FORMAT " messages, %" G_GUINT64_FORMAT " failed",
        r->org ? r->org : "somebody", r->domain ? r->domain : "a domain", r->id ? r->id : "unnamed",
        r->seen, r->failed);

    format_keep_words(r->parsing, words, NULL);
}

static void
dmarc_parse(Parsing *parsing)
{
    g_autoptr(GBytes) bytes = find_report(parsing, (guint)find_part(parsing->message));
    g_autoptr(GHashTable) sources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Report r = {.parsing = parsing, .sources = sources, .begin = TIME_NONE};
    const char *data;
    gsize len;

    parsing->complaint->feedback_type = "dmarc";
    if (!bytes) {
        complaint_add_problem(parsing->complaint, "no-evidence", "the report itself is not there");
        return;
    }
    data = g_bytes_get_data(bytes, &len);
    if (xml_read(data, len, on_element, &r) != XML_READ)
        complaint_add_problem(parsing->complaint, "xml-not-read",
                              "a DMARC report could not be read to its end");
    tell(&r);
}

const Format format_dmarc = {.format = FORMAT_DMARC, .probe = dmarc_probe, .parse = dmarc_parse};
