/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.h - untrusted bytes become text that is safe to keep, show and compare. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Valid UTF-8 of at most max bytes (cut at a character): invalid bytes become U+FFFD, NUL and
 * control characters (C0, DEL, C1) a space, bidirectional overrides are dropped. Runs of blanks are
 * kept. len -1: NUL-terminated. (transfer full), never NULL. */
char *text_clean(const char *bytes, gssize len, gsize max);

/* As text_clean, but tab and newline stay (CRLF and bare CR become newline): for bodies. */
char *text_clean_lines(const char *bytes, gssize len, gsize max);

/* For messages: 'text', cleaned, at most 80 characters, "…" where cut, quotes and backslashes
 * escaped. (transfer full), never NULL; NULL in gives "(none)". */
char *text_quote(const char *text);

/* Interns cleaned text in chunk: the form every string of a Complaint has. NULL for NULL or empty
 * (after trimming blanks at both ends). The returned string lives as long as chunk. */
const char *text_keep(GStringChunk *chunk, const char *bytes, gssize len, gsize max);

bool text_is_empty(const char *text); /* NULL or "" */

/* ASCII-only, locale-free. */
bool text_equal_fold(const char *a, const char *b); /* both may be NULL; NULL equals NULL only */
bool text_has_prefix_fold(const char *text, const char *prefix);
bool text_has_suffix_fold(const char *text, const char *suffix);
/* len -1: NUL-terminated. NULL: not there. */
const char *text_find_fold(const char *text, gssize len, const char *needle);

/* Lower case, accents stripped, blanks collapsed: the form that is compared and searched. UTF-8 in.
 * (transfer full) */
char *text_fold(const char *text);

/* Of rows of names, the one nearest to `word` (edit distance at most 2, or a third of its length),
 * else NULL: for "did you mean". names is NULL-terminated. */
const char *text_nearest(const char *word, const char *const *names);

/* "no state 'opne', did you mean 'open'?", or with none near "no state 'x', only new, open": for a
 * message. names: n of them, some may be NULL; n -1: they end with a NULL. (transfer full) */
char *text_no_such(const char *what, const char *word, const char *const *names, int n);

/* Enumerations and their names: names[i] is the name of value i, n of them. */
int text_name_find(const char *const *names, int n, const char *name); /* -1: none */
