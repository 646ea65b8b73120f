/* SPDX-License-Identifier: GPL-3.0-or-later */
/* header.h - a block of header fields, wherever it was found: the top of a mail, an attached
 * message, text/rfc822-headers, or pasted into prose.
 *
 * Names and values are cleaned (text.h); a value is unfolded, blanks collapsed, comments untouched,
 * RFC 2047 words not decoded (header_decode does that).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/limits.h"

typedef struct {
    const char *name;
    const char *value;
    guint32 offset, length; /* the field's bytes in the whole mail; 0, 0 when not in it verbatim
                               (encoded parts, pasted text) */
} Header;

typedef struct {
    GStringChunk *text;
    GArray *fields; /* Header, in the order of the block */
    guint received; /* how many of them are Received */
    guint cut;      /* fields dropped at a limit */
    bool pasted;    /* recovered from text: folding and quoting were undone */
} HeaderBlock;

HeaderBlock *header_block_new(void);        /* (transfer full) */
void header_block_free(HeaderBlock *block); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeaderBlock, header_block_free)

/* Splits the RFC 5322 block at the start of bytes (LF, CRLF or CR; a leading From_ or `>From ` line
 * and a BOM are skipped; "name :" is taken) until its blank line or the end. `base` is the offset
 * of bytes in the mail, or G_MAXUINT32 when they are not in it verbatim. Returns: (transfer full),
 * never NULL; a block without fields when there are none. ret_used (may be NULL): bytes up to the
 * body. */
HeaderBlock *header_block_parse(const char *bytes, gsize len, guint32 base, const Limits *limits,
                                gsize *ret_used);
void header_block_add(HeaderBlock *block, const char *name, gssize name_len, const char *value,
                      gssize value_len);

const char *header_get(const HeaderBlock *block,
                       const char *name); /* first of that name, or NULL */
const Header *header_find(const HeaderBlock *block, const char *name, guint nth); /* NULL: none */
bool header_has(const HeaderBlock *block, const char *name);

/* RFC 2047 words decoded, cleaned; NULL in, NULL out. (transfer full) */
char *header_decode(const char *value);
/* The first charset of an RFC 2047 word in value (may be NULL) that is not known, or NULL.
 * (transfer full) */
char *header_unknown_charset(const char *value);
/* The first addr-spec of an address field ("a@b", lower-cased domain), or NULL. (transfer full) */
char *header_address(const char *value);
/* A message id without brackets and blanks, or NULL. (transfer full) */
char *header_message_id(const char *value);
/* An RFC 5322 date, obsolete forms, missing zone (taken as UTC), doubled comments …; false when it
 * is not one. Every form of DOMAIN 2.4 rule 8. */
bool header_date_parse(const char *value, gint64 *ret_time);
