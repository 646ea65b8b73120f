/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/limits.h"

const Limits limits_default = {
    .mail_bytes = 32 * 1024 * 1024,
    .header_bytes = 64 * 1024,
    .header_block_bytes = 512 * 1024,
    .header_lines = 2000,
    .received_lines = 64,
    .parts = 1000,
    .depth = 32,
    .part_bytes = 8 * 1024 * 1024,
    .text_bytes = 1024 * 1024,
    .incidents = 1000,
    .urls = 50,
    .field_bytes = 1000,
    .words_bytes = 8 * 1024,
    .comments = 64,
    .comment_depth = 16,
    .archive_bytes = 32 * 1024 * 1024,
    .archive_ratio = 100,
    .archive_files = 64,
    .json_depth = 32,
    .json_values = 10000,
};
