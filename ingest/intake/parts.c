/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/parts.h"

#include "ingest/parse/message.h"
#include "ingest/parse/prescan.h"

static json_t *
text_json(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *
headers_json(const HeaderBlock *block)
{
    json_t *list = json_array();

    for (guint i = 0; i < block->fields->len; i++) {
        const Header *field = &g_array_index(block->fields, Header, i);

        (void)json_array_append_new(list,
                                    json_pack("[s, o]", field->name, text_json(field->value)));
    }
    return list;
}

static json_t *
part_json(Message *message, guint n)
{
    const Entity *entity = message_entity(message, n);
    g_autoptr(HeaderBlock) enclosed =
        entity->is_message ? message_enclosed_header(message, n) : NULL;
    json_t *part = json_pack("{s:i, s:o, s:i, s:s, s:o, s:b}", "n", (int)n, "parent",
                             entity->parent < 0 ? json_null() : json_integer(entity->parent),
                             "depth", (int)entity->depth, "type", entity->type, "name",
                             text_json(entity->filename), "attachment", (int)entity->is_attachment);

    if (entity->is_container) {
        (void)json_object_set_new(part, "size", json_null());
        (void)json_object_set_new(part, "sha256", json_null());
        (void)json_object_set_new(part, "text", json_null());
    } else {
        GBytes *content = message_content(message, n);
        g_autofree char *sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, content);

        (void)json_object_set_new(part, "size",
                                  json_integer((json_int_t)g_bytes_get_size(content)));
        (void)json_object_set_new(part, "sha256", json_string(sha256));
        (void)json_object_set_new(part, "text",
                                  g_str_has_prefix(entity->type, "text/")
                                      ? text_json(message_text(message, n))
                                      : json_null());
    }
    (void)json_object_set_new(part, "headers", enclosed ? headers_json(enclosed) : json_null());
    return part;
}

static json_t *
problems_json(const Complaint *complaint)
{
    json_t *list = json_array();

    for (guint i = 0; i < complaint->problems->len; i++) {
        const Problem *problem = &g_array_index(complaint->problems, Problem, i);

        (void)json_array_append_new(
            list, json_pack("{s:s, s:o}", "name", problem->name, "why", text_json(problem->why)));
    }
    return list;
}

json_t *
mail_parts(GBytes *mail, const Limits *limits)
{
    g_autoptr(Complaint) complaint = complaint_new();
    g_auto(Prescan) scan = {0};
    g_autoptr(Message) message = NULL;
    json_t *parts = json_array();
    json_t *headers = NULL;

    prescan_run(mail, limits, complaint, &scan);
    message = message_new(&scan, limits, complaint);
    headers = headers_json(message->header);
    for (guint n = 0; n < message->entities->len; n++)
        (void)json_array_append_new(parts, part_json(message, n));
    return json_pack("{s:o, s:o, s:o}", "headers", headers, "parts", parts, "problems",
                     problems_json(complaint));
}
