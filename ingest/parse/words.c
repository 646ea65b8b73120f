/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/words.h"

#include <stdio.h>
#include <string.h>

static void
add_bytes(Words *words, const char *bytes, gsize len)
{
    len = MIN(len, sizeof words->text - 1 - words->n);
    while (len > 0 && ((guchar)bytes[len] & 0xc0) == 0x80) /* not inside a character */
        len--;
    memcpy(words->text + words->n, bytes, len);
    words->n += (guint)len;
    words->text[words->n] = '\0';
}

void
words_add(Words *words, const char *piece)
{
    if (piece)
        add_bytes(words, piece, strlen(piece));
}

void
words_add_name(Words *words, const char *name)
{
    gsize n = name ? strlen(name) : 0;

    if (n <= 80) {
        words_add(words, name);
        return;
    }
    add_bytes(words, name, 80);
    words_add(words, "…");
}

void
words_add_addr(Words *words, const Addr *addr)
{
    char text[ADDR_TEXT_SIZE];

    words_add(words, addr_text(addr, text));
}

void
words_add_number(Words *words, guint number)
{
    char text[12];

    (void)snprintf(text, sizeof text, "%u", number);
    words_add(words, text);
}

const char *
words_keep(const Words *words, GStringChunk *chunk)
{
    return g_string_chunk_insert_len(chunk, words->text, words->n);
}
