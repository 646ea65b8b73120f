/* SPDX-License-Identifier: GPL-3.0-or-later */
/* paste.h - a header block that a person pasted into text: quoted, indented, refolded, glued.
 *
 * Two things are looked for: trace headers (a block with Received and another known field), and
 * the few lines a mail client puts over a message it forwards, in any of its languages.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/limits.h"
#include "ingest/parse/header.h"

typedef struct {
    HeaderBlock *block; /* owned; its `pasted` is set */
    const char *start;  /* in the text: where the reporter's own words end */
    const char *body;   /* what follows the block */
} Paste;

/* True when found; *ret_paste is then the caller's to clear. */
bool paste_find_trace(const char *text, const Limits *limits, Paste *ret_paste);

/* The client's lines become From, Date, To, Cc, Subject. `is_forward`: the subject of the mail says
 * that it forwards something, so weaker marks do. */
bool paste_find_forward(const char *text, bool is_forward, Paste *ret_paste);

void paste_clear(Paste *paste);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Paste, paste_clear)

/* A line of text without its quote marks ("> ", "| "). Private to paste*.c. */
typedef struct {
    const char *raw, *next; /* start of the line, start of the next one */
    const char *at, *end;   /* its words, blanks trimmed */
    guint indent;           /* blanks before them, after the quote marks */
    guint quotes;           /* quote marks */
} PasteLine;
bool paste_line(const char *at, PasteLine *ret_line); /* false at the end of the text */
bool paste_line_is_empty(const PasteLine *line);

/* A field's value without what defanging, web pages and quoted-printable did to it: "[.]", "(dot)",
 * "=3D", blanks in an address in brackets. Private to paste*.c. */
void paste_unmangle(GString *value);
