/* SPDX-License-Identifier: GPL-3.0-or-later */
/* charset.h - bytes in a declared charset become UTF-8; what was declared is not believed. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    CHARSET_OK,
    CHARSET_LIES,    /* the bytes are not in the charset they are said to be in */
    CHARSET_UNKNOWN, /* a name that we do not know; read as UTF-8 or Windows-1252 */
} CharsetResult;

/* Loads every converter and holds it (parse_init). From then on the process has no others: behind a
 * sandbox they could not be loaded, and iconv_open() says that there is no such charset. */
void charset_init(void);

/* The same for a process that reads this mail and no other: loading all takes longer than parsing
 * one. All, too, when the mail may hide names (base64) or is large. */
void charset_init_for(const char *bytes, gsize len);

bool charset_is_known(const char *name, gsize len);

/* Appends to out; charset NULL: none declared. Control characters are the caller's. */
CharsetResult charset_to_utf8(const char *charset, const char *bytes, gsize len, GString *out);

/* "Unicode" as Windows editors save it: UTF-16 behind a byte order mark. At most max bytes of
 * it. NULL: it is none. (transfer full) */
GBytes *charset_from_utf16(GBytes *content, gsize max);
