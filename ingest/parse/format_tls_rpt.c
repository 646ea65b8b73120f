/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TLS reports (RFC 8460): sessions that failed, an incident for each address that sent, with how
 * many. They are filed, whatever they say. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/archive.h"
#include "ingest/parse/format.h"
#include "ingest/parse/json_load.h"
#include "ingest/parse/prose.h"

static gint
find_part(const Message *message)
{
    for (guint i = 0; i < message->entities->len; i++) {
        const Entity *entity = message_entity(message, i);
        const char *name = entity->filename;
        if (!entity->is_container && !message_is_enclosed(message, i) &&
            (g_str_has_prefix(entity->type, "application/tlsrpt") ||
             (name && strchr(name, '!') &&
              (text_has_suffix_fold(name, ".json") || text_has_suffix_fold(name, ".json.gz")))))
            return (gint)i;
    }
    return -1;
}

static bool
tls_rpt_probe(Parsing *parsing)
{
    const Message *message = parsing->message;
    guint marks = 0;

    if (message->entities->len == 0)
        return false;
    marks += text_equal_fold(message_entity(message, 0)->report_type, "tlsrpt");
    marks += header_has(message->header, "TLS-Report-Domain");
    return marks > 0 && find_part(message) >= 0;
}

static json_t *
load(Parsing *parsing, guint index)
{
    GBytes *content = message_content(parsing->message, index);
    g_autoptr(GPtrArray) files = NULL;
    const char *data, *why = NULL;
    json_t *report;
    gsize len;

    if (archive_is(content)) {
        files = archive_read(content, parsing->limits, parsing->complaint);
        if (files->len == 0)
            return NULL;
        content = ((ArchiveFile *)g_ptr_array_index(files, 0))->bytes;
    }
    data = g_bytes_get_data(content, &len);
    while (len > 0 && *data != '{') { /* a byte order mark, blanks */
        data++;
        len--;
    }
    report = json_object_load(data ? data : "", len, parsing->limits, &why);
    if (!report)
        complaint_add_problem(parsing->complaint, "json-not-read",
                              "a TLS report could not be read: %s", why);
    return report;
}

/* One failure detail: sessions of the same sender are one incident. */
static void
add_failure(Parsing *parsing, GHashTable *senders, gint64 time, json_t *detail)
{
    GArray *incidents = parsing->complaint->incidents;
    const char *ip = json_string_value(json_object_get(detail, "sending-mta-ip"));
    json_int_t count = json_integer_value(json_object_get(detail, "failed-session-count"));
    Incident *incident;
    Addr addr;
    char *key;
    guint at;

    if (!prose_addr(ip, &addr))
        return;
    count = CLAMP(count, 1, G_MAXINT32);
    key = addr_dup_text(&addr);
    at = GPOINTER_TO_UINT(g_hash_table_lookup(senders, key));
    if (at > 0) {
        g_free(key);
        incident = &g_array_index(incidents, Incident, at - 1);
        incident->count = (guint)MIN((guint64)incident->count + (guint64)count, G_MAXINT32);
        return;
    }
    incident = format_add_incident(parsing);
    if (!incident) {
        g_free(key);
        return;
    }
    g_hash_table_insert(senders, key, GUINT_TO_POINTER(incidents->len));
    incident->claimed_ip = addr;
    incident->count = (guint)count;
    incident->type = "tls-failure";
    incident->time = time;
    format_apply_claim(parsing, incident);
}

static void
tls_rpt_parse(Parsing *parsing)
{
    g_autoptr(GHashTable) senders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    json_auto_t *report = load(parsing, (guint)find_part(parsing->message));
    json_t *policies = json_object_get(report, "policies"), *policy, *detail;
    gint64 time = TIME_NONE;
    size_t i, k;

    parsing->complaint->feedback_type = "tls-rpt";
    format_keep_words(parsing, format_outer_text(parsing), NULL);
    if (!report && parsing->complaint->problems->len == 0)
        complaint_add_problem(parsing->complaint, "no-evidence", "the report itself is not there");
    (void)header_date_parse(
        json_string_value(json_object_get(json_object_get(report, "date-range"), "start-datetime")),
        &time);
    json_array_foreach(policies, i, policy)
    {
        json_t *details = json_object_get(policy, "failure-details");
        json_array_foreach(details, k, detail) add_failure(parsing, senders, time, detail);
    }
}

const Format format_tls_rpt = {
    .format = FORMAT_TLS_RPT, .probe = tls_rpt_probe, .parse = tls_rpt_parse};
