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
    gsize len;
    const uint8_t *bytes;

    prescan_run(mail, &small, complaint, &scan);
    bytes = g_bytes_get_data(scan.bytes, &len);
    g_assert_cmpuint(len, <=, MIN(size, small.mail_bytes));
    if (scan.base != G_MAXUINT32 && !complaint_has_problem(complaint, "bare-cr") && len > 0)
        g_assert_true(memcmp(bytes, data + scan.base, len) == 0);
    prescan_run(scan.bytes, &small, second, &again);
    return 0;
}
