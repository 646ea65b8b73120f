/* SPDX-License-Identifier: GPL-3.0-or-later */
/* received_dialect.h - which software writes trace fields how (internal to received*.c, forgery.c).
 * Samples of each: docs/in-the-wild.md. */
#pragma once

#include "ingest/parse/received_tokens.h"

/* How a dialect places what it knows of its client. */
typedef enum {
    DIALECT_NAME_IS_RDNS = 1 << 0, /* the word after "from" is the looked-up name, HELO elsewhere */
    DIALECT_BARE_IS_HELO = 1 << 1, /* in `name (192.0.2.1)` the name is the HELO only */
    DIALECT_LITERAL_IS_HELO = 1 << 2, /* an address right after "from" is the client's word */
    DIALECT_AUTHENTICATES = 1 << 3,   /* written by hosts that serve known users only */
    DIALECT_WEBMAIL = 1 << 4,         /* the client is a browser: no HELO */
    DIALECT_LITERAL_IS_PEER = 1 << 5, /* an address right after "from" is never the HELO */
} DialectFlag;

typedef struct {
    const char *name; /* "postfix" */
    guint flags;      /* DialectFlag */
} Dialect;

/* What a field is recognised by. */
typedef enum {
    MARK_COMMENT,   /* a comment after "by" begins so */
    MARK_VERSIONS,  /* a comment after "by" like 8.17.1/8.17.1 */
    MARK_WITH,      /* the words after "with" begin so */
    MARK_WITH_HAS,  /* … contain it */
    MARK_VIA,       /* the words after "via" begin so */
    MARK_BY_PREFIX, /* the writing host begins so */
    MARK_BY_SUFFIX, /* … ends so */
    MARK_FROM,      /* the words after "from" begin so */
    MARK_START,     /* the field begins so */
} MarkKind;

/* The parts that marks are looked for in. */
typedef struct {
    Slice start, from, by, with, via;
    const Slice *comments; /* after "by" (or anywhere when there is no "by") */
    guint n_comments;
} DialectMarks;

const Dialect *dialect_find(const DialectMarks *marks); /* NULL: unknown */
const Dialect *dialect_by_name(const char *name);       /* NULL: none */

/* What is no SMTP hand-over, and what it is instead. */
typedef enum {
    SKIP_LOCAL = 1 << 0,     /* submitted on the writing host */
    SKIP_RETRIEVAL = 1 << 1, /* POP or IMAP pick-up */
} SkipFlag;

typedef struct {
    MarkKind mark;
    const char *text;
    const char *why;
    guint flags; /* SkipFlag */
} SkipRule;

const SkipRule *skip_find(const DialectMarks *marks); /* NULL: a hand-over, as far as words tell */

/* The protocol word of a "with" clause of several words: "Microsoft SMTP Server" is SMTP. */
Slice dialect_protocol(Slice with);
/* The word says that the writer knew its client: ESMTPSA, asmtp (RFC 3848), HTTP … */
bool protocol_is_authenticated(Slice protocol);
bool protocol_is_http(Slice protocol);
/* "unknown", "softdnserr" …: the writer found no name. */
bool dialect_is_no_name(Slice name);

/* For tests: every row. */
guint dialect_n_marks(void);
void dialect_mark(guint nth, const char **ret_text, const char **ret_name);
guint skip_n_rules(void);
const SkipRule *skip_rule(guint nth);
