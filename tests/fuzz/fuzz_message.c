/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mail as entities: parents before parts, nested intervals, texts that are clean UTF-8. */
#include "ingest/parse/message.h"

#include "ingest/parse/parse.h"
#include "ingest/parse/prescan.h"
#include "tests/fuzz/fuzz.h"

static void
check_entity(Message *message, guint i)
{
    const Entity *entity = message_entity(message, i);

    g_assert_true(entity->parent < (gint)i);
    g_assert_cmpuint(entity->end, >, i);
    g_assert_cmpuint(entity->end, <=, message->entities->len);
    if (entity->is_message) {
        g_autoptr(HeaderBlock) block = message_enclosed_header(message, i);
        g_assert_nonnull(block);
    } else if (!entity->is_container) {
        g_assert_true(g_utf8_validate(message_text(message, i), -1, NULL));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) mail = g_bytes_new(data, size);
    g_autoptr(Complaint) complaint = complaint_new();
    g_auto(Prescan) scan = {0};
    g_autoptr(Message) message = NULL;

    parse_init();
    prescan_run(mail, &limits_default, complaint, &scan);
    message = message_new(&scan, &limits_default, complaint);
    for (guint i = 0; i < message->entities->len; i++)
        check_entity(message, i);
    return 0;
}
