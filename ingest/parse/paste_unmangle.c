/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/addr.h"
#include "base/text.h"
#include "ingest/parse/paste.h"

enum { ADDRESS_BYTES = 80 }; /* in brackets, with blanks */

/* clang-format off */
static const struct { const char *from, *to; } replaced[] = {
    {"[.]", "."}, {"(.)", "."}, {"{.}", "."}, {"[dot]", "."}, {"(dot)", "."}, {"[:]", ":"},
    {"=3D", "="}, {"=20", " "},
    {"\xC2\xA0", " "}, {"\xE2\x80\x82", " "}, {"\xE2\x80\x83", " "}, {"\xE2\x80\xAF", " "}, /* U+A0, 2002, 2003, 202F */
    {"\xE3\x80\x80", " "}, {"\xE2\x80\x8B", ""}, {"\xE2\x81\xA0", ""}, {"\xEF\xBB\xBF", ""}, /* U+3000, 200B, 2060, FEFF */
};
/* clang-format on */

/* "[2001: db8:: 9]" is an address once its blanks are gone. */
static void
close_up(GString *value)
{
    char run[ADDRESS_BYTES];

    for (gsize at = 0; at < value->len; at++) {
        const char *open = strchr(value->str + at, '['), *close, *address = run;
        gsize len = 0;
        Addr addr;
        if (!open)
            return;
        at = (gsize)(open - value->str);
        close = memchr(open, ']', MIN(value->len - at, sizeof run));
        if (!close || !memchr(open, ' ', (gsize)(close - open)))
            continue;
        for (const char *p = open + 1; p < close; p++)
            if (*p != ' ')
                run[len++] = *p;
        run[len] = '\0';
        if (text_has_prefix_fold(run, "ipv6:"))
            address += 5;
        if (!addr_parse(address, -1, &addr))
            continue;
        g_string_erase(value, (gssize)at + 1, close - open - 1);
        g_string_insert(value, (gssize)at + 1, run);
    }
}

static gsize
find_replaced(const char *p)
{
    gsize i = 0;

    while (i < G_N_ELEMENTS(replaced) &&
           (*p != *replaced[i].from || !g_str_has_prefix(p, replaced[i].from)))
        i++;
    return i;
}

/* In one pass: replacing one by one would move the rest of a long value each time. */
void
paste_unmangle(GString *value)
{
    static const char firsts[] = "[({=\xC2\xE2\xE3\xEF"; /* of those that are replaced */
    gsize to = 0;

    for (gsize at = 0; at < value->len;) {
        gsize plain = strcspn(value->str + at, firsts), i = 0;

        memmove(value->str + to, value->str + at, plain);
        to += plain;
        at += plain;
        if (at == value->len)
            break;
        i = find_replaced(value->str + at);
        if (i == G_N_ELEMENTS(replaced)) {
            value->str[to++] = value->str[at++];
            continue;
        }
        at += strlen(replaced[i].from);
        for (const char *p = replaced[i].to; *p; p++)
            value->str[to++] = *p;
    }
    g_string_truncate(value, to);
    close_up(value);
}
