/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/hidden.h"

#include <string.h>

#include "base/text.h"

enum {
    BLOCK_BYTES = 4096, /* of header around the word, either way; more of it counts as "possible" */
    MOST_HITS = 200,
};

/* The header block that holds `at`: from the empty line before it to the one after. False when it
 * is longer than is looked at. */
static bool
block_around(const char *mail, gsize len, const char *at, const char **ret_start, gsize *ret_len)
{
    const char *least = at - MIN((gsize)(at - mail), BLOCK_BYTES);
    const char *most = at + MIN((gsize)(mail + len - at), BLOCK_BYTES);
    const char *start = at, *end = at;

    while (start > least && !(start[-1] == '\n' && (start[0] == '\n' || start[0] == '\r')))
        start--;
    while (end < most && !(end[0] == '\n' && end + 1 < most && (end[1] == '\n' || end[1] == '\r')))
        end++;
    *ret_start = start;
    *ret_len = (gsize)(end - start);
    return (start > least || least == mail) && (end < most || most == mail + len);
}

static bool
is_harmless(const char *block, gsize len)
{
    bool text = text_find_fold(block, (gssize)len, "text/") != NULL;
    bool image = text_find_fold(block, (gssize)len, "image/") != NULL;

    return (image || (text && !text_find_fold(block, (gssize)len, "name"))) &&
           !text_find_fold(block, (gssize)len, "message/") &&
           !text_find_fold(block, (gssize)len, "application/");
}

bool
hidden_headers_possible(const char *mail, gsize len)
{
    const char *at = mail, *end = mail + len;
    guint hits = 0;

    while ((at = text_find_fold(at, end - at, "base64")) != NULL) {
        const char *block = NULL;
        gsize block_len = 0;

        if (++hits > MOST_HITS || !block_around(mail, len, at, &block, &block_len) ||
            !is_harmless(block, block_len))
            return true;
        at += strlen("base64");
    }
    return false;
}
