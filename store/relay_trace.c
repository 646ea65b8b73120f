/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/relay_trace.h"

#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "store/relay_test.h"

/* The length of the header block. */
static gsize
header_length(const char *text, gsize len)
{
    const char *at = text, *end = text + MIN(len, RELAY_HEADER_BYTES);

    while (at < end) {
        const char *newline = memchr(at, '\n', (gsize)(end - at));

        if (!newline)
            return (gsize)(end - text);
        if (newline == at || (newline == at + 1 && *at == '\r'))
            return (gsize)(at - text);
        at = newline + 1;
    }
    return (gsize)(at - text);
}

static bool
is_token_char(char c)
{
    return g_ascii_isalnum(c) || c == '-' || c == '_';
}

char *
relay_trace_nonce(GBytes *raw)
{
    gsize len = 0;
    const char *text = g_bytes_get_data(raw, &len);
    gsize block = header_length(text, len), mark = strlen(RELAY_NONCE_MARK);
    const char *at = block ? memmem(text, block, RELAY_NONCE_MARK, mark) : NULL;

    if (!at || (gsize)(text + block - at) < mark + SECRET_TOKEN_CHARS)
        return NULL;
    at += mark;
    for (gsize i = 0; i < SECRET_TOKEN_CHARS; i++)
        if (!is_token_char(at[i]))
            return NULL;
    return g_strndup(at, SECRET_TOKEN_CHARS);
}

/* The value of the field at *at, unfolded, when it is a Received; *at is moved behind the field.
 * (transfer full) or NULL */
static char *
next_received(const char **at, const char *end)
{
    const char *begin = *at, *next = begin;
    bool is_received = end - begin > 9 && g_ascii_strncasecmp(begin, "Received:", 9) == 0;

    do {
        const char *newline = memchr(next, '\n', (gsize)(end - next));

        next = newline ? newline + 1 : end;
    } while (next < end && (*next == ' ' || *next == '\t'));
    *at = next;
    return is_received ? text_clean(begin + 9, next - begin - 9, RELAY_HEADER_BYTES) : NULL;
}

static bool
has_address(const char *value, const Addr *address)
{
    for (const char *open = strchr(value, '['); open; open = strchr(open + 1, '[')) {
        gsize len = strcspn(open + 1, "]");
        Addr addr = ADDR_NONE;

        if (len < 64 && addr_parse(open + 1, (gssize)len, &addr) && addr_equal(&addr, address))
            return true;
    }
    return false;
}

static bool
is_by(const char *value, const char *host)
{
    gsize len = host ? strlen(host) : 0;

    for (const char *by = text_find_fold(value, -1, "by "); len > 0 && by;
         by = text_find_fold(by + 3, -1, "by "))
        if ((by == value || g_ascii_isspace(by[-1])) &&
            g_ascii_strncasecmp(by + 3, host, len) == 0 &&
            (!by[3 + len] || strchr(" ;(", by[3 + len])))
            return true;
    return false;
}

bool
relay_trace_names(GBytes *raw, const Addr *address, const char *host)
{
    gsize len = 0;
    const char *text = g_bytes_get_data(raw, &len);
    const char *end = text + header_length(text, len);

    for (const char *at = text; at < end;) {
        g_autofree char *value = next_received(&at, end);

        if (value && (has_address(value, address) || is_by(value, host)))
            return true;
    }
    return false;
}
