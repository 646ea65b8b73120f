/* SPDX-License-Identifier: GPL-3.0-or-later */
/* received_tokens.h - a trace field cut into words, comments and semicolons (internal to
 * received*.c).
 *
 * Nothing is copied: a token is a slice of the value. A comment is one token whatever is nested in
 * it; a closed quoted string, [literal] or <angle> keeps its blanks. What is unclosed is taken as
 * plain text, but an unclosed comment runs to the end.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/limits.h"

typedef struct {
    const char *at; /* NULL: not there */
    guint len;
} Slice;

typedef enum { TOKEN_WORD, TOKEN_COMMENT, TOKEN_SEMICOLON } TokenKind;

typedef struct {
    TokenKind kind;
    Slice text; /* of a comment: without its own parentheses */
} Token;

enum { TOKENS_MAX = 192 };

typedef struct {
    guint n;
    bool cut; /* there was more than fits */
    Token token[TOKENS_MAX];
} Tokens;

void tokens_read(const char *value, gsize len, const Limits *limits, Tokens *ret_tokens);

/* Words of a comment: blanks, commas and nested parentheses part them. Start with *rest = the
 * comment; returns false at the end. */
bool slice_next_word(Slice *rest, Slice *ret_word);

/* Most words that are looked for are not there, and the first letter says so at once: tables ask
 * this first. False: perhaps. */
static inline bool
slice_begins_otherwise(Slice slice, const char *word)
{
    return slice.len > 0 && ((guchar)(slice.at[0] ^ word[0]) & ~0x20u) != 0;
}

bool slice_is(Slice slice, const char *word);         /* ASCII, without regard to case */
bool slice_has_prefix(Slice slice, const char *word); /* the same */
bool slice_has_suffix(Slice slice, const char *word);
const char *slice_find(Slice slice, const char *needle); /* NULL: not there; exact case */
Slice slice_from(Slice slice, guint start);
Slice slice_strip(Slice slice, const char *first, const char *last); /* outer pairs: "<[", ">]" */
Slice slice_trim(Slice slice); /* blanks, and a comma or semicolon at the end */
