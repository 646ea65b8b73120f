/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/walk.h"

static void walk_object(GMimeObject *object, Walked *walked);

static void
walk_headers(GMimeMessage *message, Walked *walked)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
    GDateTime *date = g_mime_message_get_date(message);

    for (int i = 0; i < g_mime_header_list_get_count(list); i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
        if (g_ascii_strcasecmp(g_mime_header_get_name(header), "Received") == 0)
            walked->received += g_mime_header_get_value(header) != NULL;
    }
    walked->headers += g_mime_message_get_subject(message) != NULL;
    walked->headers += internet_address_list_length(g_mime_message_get_from(message)) > 0;
    walked->headers += date != NULL;
}

static void
walk_message(GMimeMessage *message, Walked *walked)
{
    walk_headers(message, walked);
    if (g_mime_message_get_mime_part(message))
        walk_object(g_mime_message_get_mime_part(message), walked);
}

static void
walk_part(GMimePart *part, Walked *walked)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    GMimeStream *out = g_mime_stream_mem_new();

    if (content)
        walked->bytes += (gsize)MAX(g_mime_data_wrapper_write_to_stream(content, out), 0);
    g_object_unref(out);
}

static void
walk_object(GMimeObject *object, Walked *walked)
{
    walked->parts++;
    if (GMIME_IS_MULTIPART(object)) {
        GMimeMultipart *multipart = GMIME_MULTIPART(object);
        for (int i = 0; i < g_mime_multipart_get_count(multipart); i++)
            walk_object(g_mime_multipart_get_part(multipart, i), walked);
    } else if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
        if (inner)
            walk_message(inner, walked);
    } else if (GMIME_IS_PART(object)) {
        walk_part(GMIME_PART(object), walked);
    }
}

void
walk_mail(const void *bytes, gsize len, Walked *walked)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, len);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message;

    g_mime_parser_set_persist_stream(parser, FALSE);
    message = g_mime_parser_construct_message(parser, NULL);
    if (message) {
        walk_message(message, walked);
        g_object_unref(message);
    }
    g_object_unref(parser);
    g_object_unref(stream);
}
