/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prescan keeps its promises for any bytes: nothing grows, uncut mail is the same bytes, and what
 * it passes on is within the limits when it is scanned again. */
#include "ingest/parse/prescan.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

static const Limits small = {
    .mail_bytes = 64 * 1024,
    .header_bytes = 256,
    .header_block_bytes = 1024,
    .header_lines = 20,
    .received_lines = 5,
    .parts = 10,
    .depth = 4,
    .part_bytes = 4096,
    .text_bytes = 4096,
    .incidents = 10,
    .urls = 5,
    .field_bytes = 1000,
    .words_bytes = 1000,
    .comments = 8,
    .comment_depth = 4,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) mail = g_bytes_new(data, size);
    g_autoptr(Complaint) complaint = complaint_new(), second = complaint_new();
    g_auto(Prescan) scan = {0};
    g_auto(Prescan) again = {0};
    gsize len, mail_len;
    const uint8_t *view, *kept;

    prescan_run(mail, &small, complaint, &scan);
    view = g_bytes_get_data(scan.view, &len);
    kept = g_bytes_get_data(scan.mail, &mail_len);
    g_assert_cmpuint(len, <=, mail_len);
    g_assert_cmpuint(mail_len, <=, MIN(size, small.mail_bytes));
    if (mail_len > 0 && !complaint_has_problem(complaint, "bare-cr"))
        g_assert_true(memcmp(kept, data + scan.base, mail_len) == 0);
    for (gsize i = 0; i < len; i++) {
        g_assert_cmpuint(prescan_offset(&scan, i), <, mail_len);
        g_assert_cmpint(view[i], ==, kept[prescan_offset(&scan, i)]);
    }
    prescan_run(scan.view, &small, second, &again);
    return 0;
}
