/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/json_load.h"
#include "ingest/parse/xarf.h"

/* Names that stand in every report of one kind, versions and broken ones included. */
static const char *const marks[][2] = {
    {"\"xarf_version\"", "\"source_identifier\""},
    {"\"xarf_version\"", "\"report_id\""},
    {"\"xarf_version\"", "\"category\""},
    {"\"source_identifier\"", "\"report_id\""},
    {"\"Report\"", "\"ReporterInfo\""},
    {"\"Report\"", "\"ReportType\""},
};

bool
xarf_may_be_json(Parsing *parsing, guint index)
{
    static const char *const types[] = {"application/json", "text/json", "application/x-json"};
    const Entity *entity = message_entity(parsing->message, index);

    if (entity->is_container || message_is_enclosed(parsing->message, index))
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (strcmp(entity->type, types[i]) == 0)
            return true;
    return g_str_has_suffix(entity->type, "+json") ||
           (entity->filename && text_has_suffix_fold(entity->filename, ".json")) ||
           (strcmp(entity->type, "text/plain") == 0 &&
            message_body(parsing->message, 0) == (gint)index);
}

/* The entity's bytes from its first brace on; NULL when something else stands before it. */
static const char *
object_of(Parsing *parsing, guint index, gsize *ret_len)
{
    gsize len;
    const char *bytes = g_bytes_get_data(message_content(parsing->message, index), &len);
    const char *end = bytes + len;

    if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        bytes += 3;
    while (bytes < end && g_ascii_isspace(*bytes))
        bytes++;
    *ret_len = (gsize)(end - bytes);
    return bytes < end && *bytes == '{' ? bytes : NULL;
}

gint
xarf_find(Parsing *parsing, guint from)
{
    for (guint i = from; i < parsing->message->entities->len; i++) {
        gsize len;
        const char *bytes = xarf_may_be_json(parsing, i) ? object_of(parsing, i, &len) : NULL;
        for (gsize k = 0; bytes && k < G_N_ELEMENTS(marks); k++)
            if (memmem(bytes, len, marks[k][0], strlen(marks[k][0])) &&
                memmem(bytes, len, marks[k][1], strlen(marks[k][1])))
                return (gint)i;
    }
    return -1;
}

json_t *
xarf_load(Parsing *parsing, guint index, const char **ret_why)
{
    gsize len = 0;
    const char *bytes = object_of(parsing, index, &len);

    return json_object_load(bytes ? bytes : "", len, parsing->limits, ret_why);
}
