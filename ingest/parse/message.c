/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/message.h"

#include <string.h>

#include "base/text.h"
#include "ingest/parse/charset.h"
#include "ingest/parse/gmime_auto.h"
#include "ingest/parse/html.h"

enum { MAX_CHILDREN = 32 }; /* mails found in encoded parts */

static void
entity_clear(gpointer data)
{
    Entity *entity = data;

    g_clear_pointer(&entity->content, g_bytes_unref);
    g_clear_pointer(&entity->text, g_free);
}

static char *
keep_lower(Message *message, const char *text)
{
    char *kept = g_string_chunk_insert(message->names, text);

    for (char *p = kept; *p; p++)
        *p = g_ascii_tolower(*p);
    return kept;
}

static void
describe(Message *message, GMimeObject *object, Entity *entity)
{
    GMimeContentType *type = g_mime_object_get_content_type(object);
    const char *disposition = g_mime_object_get_disposition(object);
    const char *charset = type ? g_mime_content_type_get_parameter(type, "charset") : NULL;
    const char *report = type ? g_mime_content_type_get_parameter(type, "report-type") : NULL;
    char name[200] = "text/plain";

    if (type && g_mime_content_type_get_media_type(type))
        g_snprintf(name, sizeof name, "%s/%s", g_mime_content_type_get_media_type(type),
                   g_mime_content_type_get_media_subtype(type));
    entity->type = keep_lower(message, name);
    entity->charset = charset ? text_keep(message->names, charset, -1, 100) : NULL;
    entity->report_type = report ? keep_lower(message, report) : NULL;
    entity->is_attachment = disposition && text_equal_fold(disposition, "attachment");
}

/* The bytes of a leaf lie in ours, as GMime keeps substreams of its source. */
static void
locate_leaf(Message *message, GMimePart *part, Entity *entity)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    GMimeStream *stream = content ? g_mime_data_wrapper_get_stream(content) : NULL;
    const char *filename = g_mime_part_get_filename(part);
    gsize len;
    const char *bytes = g_bytes_get_data(message->scan.view, &len);

    entity->filename = filename ? text_keep(message->names, filename, -1, 255) : NULL;
    entity->raw = "";
    if (!stream)
        return;
    entity->encoding = (int)g_mime_data_wrapper_get_encoding(content);
    if (stream->bound_start >= 0 && (gsize)stream->bound_start <= len) {
        gint64 end = stream->bound_end < 0 ? (gint64)len : stream->bound_end;
        entity->raw = bytes + stream->bound_start;
        entity->raw_len = (gsize)(MIN(end, (gint64)len) - stream->bound_start);
    }
}

/* Where the header of an enclosed message begins: at its first field. */
static void
locate_header(Message *message, GMimeMessage *inner, Entity *entity)
{
    GMimeHeaderList *lists[2] = {g_mime_object_get_header_list(GMIME_OBJECT(inner)), NULL};
    GMimeObject *body = g_mime_message_get_mime_part(inner);
    gint64 first = -1;
    gsize len, at;
    const char *bytes = g_bytes_get_data(message->scan.mail, &len);

    if (body)
        lists[1] = g_mime_object_get_header_list(body);
    for (int i = 0; i < 2; i++) {
        if (!lists[i] || g_mime_header_list_get_count(lists[i]) == 0)
            continue;
        gint64 offset = g_mime_header_get_offset(g_mime_header_list_get_header_at(lists[i], 0));
        if (offset >= 0 && (first < 0 || offset < first))
            first = offset;
    }
    entity->raw = "";
    if (first < 0)
        return;
    at = prescan_offset(&message->scan, (gsize)first);
    if (at <= len) {
        entity->raw = bytes + at;
        entity->raw_len = len - at;
    }
}

static void
add_object(Message *message, GMimeObject *object, gint parent, guint depth)
{
    Entity entity = {.parent = parent, .depth = depth};
    guint index = message->entities->len;
    GMimeMessage *inner = NULL;

    describe(message, object, &entity);
    if (GMIME_IS_MESSAGE_PART(object))
        inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
    entity.is_message = inner != NULL;
    entity.is_container = inner || GMIME_IS_MULTIPART(object);
    if (inner)
        locate_header(message, inner, &entity);
    else if (GMIME_IS_PART(object))
        locate_leaf(message, GMIME_PART(object), &entity);
    else
        entity.raw = "";
    g_array_append_val(message->entities, entity);
    if (inner && g_mime_message_get_mime_part(inner)) {
        add_object(message, g_mime_message_get_mime_part(inner), (gint)index, depth + 1);
    } else if (GMIME_IS_MULTIPART(object)) {
        GMimeMultipart *multipart = GMIME_MULTIPART(object);
        int count = g_mime_multipart_get_count(multipart);
        for (int i = 0; i < count; i++)
            add_object(message, g_mime_multipart_get_part(multipart, i), (gint)index, depth + 1);
    }
    message_entity(message, index)->end = message->entities->len;
}

Message *
message_new(Prescan *scan, const Limits *limits, Complaint *complaint)
{
    Message *message = g_new0(Message, 1);
    gsize len, mail_len;
    const char *data = g_bytes_get_data(scan->view, &len);
    const char *mail = g_bytes_get_data(scan->mail, &mail_len);
    GByteArray view = {.data = (guint8 *)(gsize)data, .len = (guint)len};
    g_autoptr(GMimeStream) stream = g_mime_stream_mem_new();
    g_autoptr(GMimeParser) parser = NULL;
    g_autoptr(GMimeMessage) tree = NULL;

    *message = (Message){.scan = *scan,
                         .limits = limits,
                         .complaint = complaint,
                         .names = g_string_chunk_new(1024),
                         .entities = g_array_sized_new(FALSE, TRUE, sizeof(Entity), 8),
                         .children = g_ptr_array_new_with_free_func((GDestroyNotify)message_free)};
    g_array_set_clear_func(message->entities, entity_clear);
    *scan = (Prescan){0};
    message->header =
        header_block_parse(mail ? mail : "", mail_len, message->scan.base, limits, NULL);
    /* The stream reads the view, which it does not own; the tree does not outlive this function. */
    g_mime_stream_mem_set_byte_array(GMIME_STREAM_MEM(stream), &view);
    parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_persist_stream(parser, TRUE);
    tree = g_mime_parser_construct_message(parser, NULL);
    if (tree && g_mime_message_get_mime_part(tree))
        add_object(message, g_mime_message_get_mime_part(tree), -1, 0);
    return message;
}

void
message_free(Message *message)
{
    if (!message)
        return;
    prescan_clear(&message->scan);
    header_block_free(message->header);
    g_array_unref(message->entities);
    g_string_chunk_free(message->names);
    g_ptr_array_unref(message->children);
    g_free(message);
}

Entity *
message_entity(const Message *message, guint index)
{
    return &g_array_index(message->entities, Entity, index);
}

const char *
message_type(const Message *message)
{
    return message->entities->len > 0 ? message_entity(message, 0)->type : "text/plain";
}

/* -- contents -------------------------------------------------------------------------------------
 */

/* Bytes that cannot be in base64 (RFC 2045, section 6.8), a few stray ones being usual. */
static bool
is_broken_base64(const char *raw, gsize len)
{
    gsize bad = 0, good = 0;

    for (gsize i = 0; i < len; i++) {
        if (g_ascii_isalnum(raw[i]) || raw[i] == '+' || raw[i] == '/')
            good++;
        else if (!g_ascii_isspace(raw[i]) && raw[i] != '=')
            bad++;
    }
    return bad > 0 || good % 4 == 1;
}

static GBytes *
decode(Message *message, const Entity *entity)
{
    GMimeEncoding state;
    gsize raw_len = entity->raw_len, room, len;
    char *out;

    if (entity->encoding == GMIME_CONTENT_ENCODING_BASE64 &&
        is_broken_base64(entity->raw, MIN(raw_len, message->limits->part_bytes)))
        complaint_add_problem(message->complaint, "broken-base64",
                              "a part of type %s has bytes that are not base64", entity->type);
    raw_len = MIN(raw_len, message->limits->part_bytes / 3 * 4);
    g_mime_encoding_init_decode(&state, (GMimeContentEncoding)entity->encoding);
    room = g_mime_encoding_outlen(&state, raw_len);
    out = g_malloc(room + 1);
    len = g_mime_encoding_flush(&state, entity->raw, raw_len, out);
    return g_bytes_new_take(out, MIN(len, message->limits->part_bytes));
}

GBytes *
message_content(Message *message, guint index)
{
    Entity *entity = message_entity(message, index);

    if (entity->content)
        return entity->content;
    switch (entity->encoding) {
    case GMIME_CONTENT_ENCODING_BASE64:
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
    case GMIME_CONTENT_ENCODING_UUENCODE:
        entity->content = entity->is_container ? g_bytes_new(NULL, 0) : decode(message, entity);
        break;
    default: {
        gsize len = entity->is_container ? 0 : MIN(entity->raw_len, message->limits->part_bytes);
        entity->content = g_bytes_new_static(entity->raw, len); /* inside the view */
    }
    }
    if (entity->raw_len > message->limits->part_bytes / 3 * 4)
        complaint_add_problem(message->complaint, "part-too-long",
                              "only the first part of a %s of %" G_GSIZE_FORMAT " bytes was read",
                              entity->type, entity->raw_len);
    return entity->content;
}

static void
name_charset(Message *message, const Entity *entity, CharsetResult result)
{
    g_autofree char *quoted = text_quote(entity->charset);

    if (result == CHARSET_UNKNOWN)
        complaint_add_problem(message->complaint, "unknown-charset", "a text is in charset %s",
                              quoted);
    else if (result == CHARSET_LIES)
        complaint_add_problem(message->complaint, "charset-mismatch",
                              "a text is not in the charset it names (%s)", quoted);
}

/* text_clean_lines for the usual case: ASCII of printable characters and plain newlines. NULL when
 * it is anything else. */
static char *
keep_plain_text(const Entity *entity, const char *bytes, gsize len)
{
    if (entity->charset && !text_equal_fold(entity->charset, "utf-8") &&
        !text_equal_fold(entity->charset, "us-ascii") &&
        !text_has_prefix_fold(entity->charset, "iso-8859-"))
        return NULL;
    for (gsize i = 0; i < len; i++) {
        guchar c = (guchar)bytes[i];
        if ((c < ' ' && c != '\n' && c != '\t') || c >= 127)
            return NULL;
    }
    return g_strndup(bytes, len);
}

const char *
message_text(Message *message, guint index)
{
    Entity *entity = message_entity(message, index);
    gsize len, max = message->limits->text_bytes;
    const char *bytes;
    g_autoptr(GString) utf8 = NULL;
    CharsetResult result;

    if (entity->text)
        return entity->text;
    bytes = g_bytes_get_data(message_content(message, index), &len);
    len = MIN(len, max);
    if (bytes && strcmp(entity->type, "text/html") != 0)
        entity->text = keep_plain_text(entity, bytes, len);
    if (entity->text)
        return entity->text;
    utf8 = g_string_sized_new(len + 1);
    result = charset_to_utf8(entity->charset, bytes ? bytes : "", len, utf8);
    if (result != CHARSET_OK)
        name_charset(message, entity, result);
    if (strcmp(entity->type, "text/html") == 0) {
        g_autofree char *clean = text_clean_lines(utf8->str, (gssize)utf8->len, max);
        entity->text = html_to_text(clean, strlen(clean), max);
        if (!entity->text) {
            complaint_add_problem(message->complaint, "html-not-read",
                                  "a text is HTML, and the library that reads it was not at hand");
            entity->text = g_strdup("");
        }
    } else {
        entity->text = text_clean_lines(utf8->str, (gssize)utf8->len, max);
    }
    return entity->text;
}

/* Some programs put nothing into the text that stands beside their HTML. */
static bool
is_empty_leaf(const Entity *entity)
{
    gsize i = 0;

    while (i < entity->raw_len && g_ascii_isspace(entity->raw[i]))
        i++;
    return i == entity->raw_len;
}

gint
message_body(const Message *message, guint index)
{
    gint html = -1, empty = -1;
    guint end;

    if (index >= message->entities->len)
        return -1;
    end = message_entity(message, index)->end;
    if (message_entity(message, index)->is_message)
        index++;
    for (guint i = index; i < end;) {
        const Entity *entity = message_entity(message, i);
        bool is_leaf = !entity->is_container && !entity->is_attachment;
        if (is_leaf && strcmp(entity->type, "text/plain") == 0) {
            if (!is_empty_leaf(entity))
                return (gint)i;
            empty = empty < 0 ? (gint)i : empty;
        }
        if (is_leaf && html < 0 && strcmp(entity->type, "text/html") == 0)
            html = (gint)i;
        i = entity->is_message ? entity->end : i + 1;
    }
    return html < 0 ? empty : html;
}

bool
message_is_enclosed(const Message *message, guint index)
{
    for (gint i = message_entity(message, index)->parent; i >= 0;
         i = message_entity(message, (guint)i)->parent)
        if (message_entity(message, (guint)i)->is_message)
            return true;
    return false;
}

guint32
message_offset(const Message *message, const Entity *entity)
{
    const Prescan *scan = &message->scan;
    const char *mail = g_bytes_get_data(scan->mail, NULL),
               *view = g_bytes_get_data(scan->view, NULL);

    if (scan->base == G_MAXUINT32 || entity->raw_len == 0)
        return G_MAXUINT32;
    if (entity->is_message) /* its header is read from the mail, contents from the view */
        return scan->base + (guint32)(entity->raw - mail);
    return scan->base + (guint32)prescan_offset(scan, (gsize)(entity->raw - view));
}

HeaderBlock *
message_enclosed_header(const Message *message, guint index)
{
    const Entity *entity = message_entity(message, index);

    return header_block_parse(entity->raw, entity->raw_len, message_offset(message, entity),
                              message->limits, NULL);
}
