/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/received_tokens.h"

#include <string.h>

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Where a pair that opens at text[0] closes, or 0: a word with blanks is believed only when it is
 * closed before anything that cannot stand in it. */
static gsize
pair_length(const char *text, gsize len, char close)
{
    for (gsize i = 1; i < len && i < 300; i++) {
        if (text[i] == close)
            return i + 1;
        if (text[i] == '\\' && close == '"')
            i++;
        else if (close != '"' && (text[i] == ';' || text[i] == '(' || text[i] == ')'))
            return 0;
    }
    return 0;
}

/* The length of the comment that starts at text[0] == '(' (with both parentheses), its end when
 * unclosed. Nesting beyond the limit no longer counts, so that it cannot hide the rest for ever. */
static gsize
comment_length(const char *text, gsize len, guint max_depth)
{
    guint depth = 0;

    for (gsize i = 0; i < len; i++) {
        if (text[i] == '\\' && i + 1 < len)
            i++;
        else if (text[i] == '<' && i + 1 < len && text[i + 1] == '"') /* <"a) b"@c.example> */
            i += pair_length(text + i + 1, len - i - 1, '"');
        else if (text[i] == '(' && depth < max_depth)
            depth++;
        else if (text[i] == ')' && --depth == 0)
            return i + 1;
    }
    /* Unclosed: a client may have greeted with a parenthesis. The writer's own part is saved. */
    for (gsize i = 0; i + 4 < len; i++) {
        if (text[i] == ' ' && (g_ascii_strncasecmp(text + i, " by ", 4) == 0 ||
                               g_ascii_strncasecmp(text + i, " with ", 6) == 0))
            return i;
    }
    return len;
}

static gsize
word_length(const char *text, gsize len)
{
    gsize i = 0;

    while (i < len && !is_blank(text[i]) && text[i] != ';' && text[i] != '(') {
        gsize pair = 0;

        if (text[i] == '"')
            pair = pair_length(text + i, len - i, '"');
        else if (text[i] == '[')
            pair = pair_length(text + i, len - i, ']');
        else if (text[i] == '<' && i == 0)
            pair = pair_length(text + i, len - i, '>');
        i += pair > 0 ? pair : 1;
    }
    return i;
}

static void
add(Tokens *tokens, TokenKind kind, const char *at, gsize len)
{
    if (tokens->n == TOKENS_MAX)
        tokens->cut = true;
    else
        tokens->token[tokens->n++] = (Token){kind, {at, (guint)len}};
}

void
tokens_read(const char *value, gsize len, const Limits *limits, Tokens *ret_tokens)
{
    guint comments = 0;
    gsize i = 0;

    ret_tokens->n = 0;
    ret_tokens->cut = false;
    len = MIN(len, limits->header_bytes);
    while (i < len && !ret_tokens->cut) {
        if (is_blank(value[i]) || value[i] == ')') { /* a stray ')' means nothing */
            i++;
        } else if (value[i] == ';') {
            add(ret_tokens, TOKEN_SEMICOLON, value + i, 1);
            i++;
        } else if (value[i] == '(') {
            gsize n = comment_length(value + i, len - i, limits->comment_depth);
            bool closed = n > 1 && value[i + n - 1] == ')';

            if (comments++ >= limits->comments)
                ret_tokens->cut = true; /* ends the loop: unclosed ones cost a scan each */
            else
                add(ret_tokens, TOKEN_COMMENT, value + i + 1, n - (closed ? 2 : 1));
            i += n;
        } else {
            gsize n = word_length(value + i, len - i);

            add(ret_tokens, TOKEN_WORD, value + i, n);
            i += n;
        }
    }
}

bool
slice_next_word(Slice *rest, Slice *ret_word)
{
    const char *at = rest->at, *end, *start;

    if (!at)
        return false;
    end = at + rest->len;
    while (at < end && (is_blank(*at) || *at == ',' || *at == '(' || *at == ')' || *at == ';'))
        at++;
    if (at == end)
        return false;
    start = at;
    while (at < end && !is_blank(*at) && *at != ',' && *at != '(' && *at != ')' && *at != ';')
        at += MAX(*at == '"' ? pair_length(at, (gsize)(end - at), '"') : 1, 1);
    *ret_word = (Slice){start, (guint)(at - start)};
    *rest = (Slice){at, (guint)(end - at)};
    return true;
}

bool
slice_is(Slice slice, const char *word)
{
    if (slice_begins_otherwise(slice, word))
        return false;
    return slice.at && g_ascii_strncasecmp(slice.at, word, slice.len) == 0 && word[slice.len] == 0;
}

bool
slice_has_prefix(Slice slice, const char *word)
{
    gsize n;

    if (slice.len == 0 || slice_begins_otherwise(slice, word))
        return slice.at && word[0] == '\0';
    n = strlen(word);
    return slice.at && slice.len >= n && g_ascii_strncasecmp(slice.at, word, n) == 0;
}

bool
slice_has_suffix(Slice slice, const char *word)
{
    gsize n = strlen(word);

    if (slice.len < n || n == 0 ||
        slice_begins_otherwise(slice_from(slice, slice.len - 1), word + n - 1))
        return false;
    return slice.at && slice.len >= n &&
           g_ascii_strncasecmp(slice.at + slice.len - n, word, n) == 0;
}

const char *
slice_find(Slice slice, const char *needle)
{
    return slice.at ? memmem(slice.at, slice.len, needle, strlen(needle)) : NULL;
}

Slice
slice_from(Slice slice, guint start)
{
    return (Slice){slice.at + start, slice.len - start};
}

Slice
slice_strip(Slice slice, const char *first, const char *last)
{
    while (slice.len >= 2) {
        const char *found = strchr(first, slice.at[0]);

        if (!slice.at[0] || !found || slice.at[slice.len - 1] != last[found - first])
            break;
        slice = (Slice){slice.at + 1, slice.len - 2};
    }
    return slice;
}

Slice
slice_trim(Slice slice)
{
    while (slice.len > 0 && is_blank(slice.at[0]))
        slice = slice_from(slice, 1);
    while (slice.len > 0 && (is_blank(slice.at[slice.len - 1]) || slice.at[slice.len - 1] == ',' ||
                             slice.at[slice.len - 1] == ';'))
        slice.len--;
    return slice;
}
