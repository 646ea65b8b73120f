/* SPDX-License-Identifier: GPL-3.0-or-later */
/* received_reader.h - what one trace field has told so far (internal to received*.c). */
#pragma once

#include "ingest/parse/received.h"
#include "ingest/parse/received_dialect.h"
#include "ingest/parse/received_tokens.h"

enum { READER_COMMENTS = 24 };

typedef struct {
    Tokens tokens;
    Slice start;               /* the beginning of the field */
    Slice from, by, with, via; /* clauses, without their comments */
    Slice name;                /* the first word after "from" */
    Slice id, for_, sender, second_from;
    Slice comments[READER_COMMENTS]; /* after "by" */
    guint n_comments;
    bool has_from, has_by;

    /* From comments and loose words. */
    Slice helo, rdns, ident, account, lone, uid, user_at_local;
    bool helo_told;   /* "(HELO x)" or "helo=x" stood there, even empty */
    bool told_by_key; /* … as "helo=x" */
    bool bare;        /* the peer's address stood without brackets */
    bool loose_peer;  /* … as a word of its own: "from name (helo) [192.0.2.1]" */
    bool verified;    /* the writer checked the name */
    bool doubted;     /* … and it did not lead back: "may be forged" */
    bool authenticated;
    bool local;  /* "[local]", user@localhost */
    bool socket; /* a socket of the same host */
    bool submit; /* Sendmail's Submit, Postfix's pickup */
    bool via_http;
    bool munged; /* something like an address that is none */
    Addr peer, by_ip;
    guint port;
} Reader;

/* A comment before "by", and one after it; beside_by: directly after the writing host's name. */
void reader_from_comment(Reader *reader, Slice comment);
void reader_by_comment(Reader *reader, Slice comment, bool beside_by);

/* The hop, by the rules of the dialect that the field is in. */
void reader_to_hop(Reader *reader, const Limits *limits, GStringChunk *chunk, Received *out);

/* "[192.0.2.1]", "192.0.2.1:25", "IPv6:…", "[fe80::1%6]", "192.0.2.1.4711" (old Exim): false when
 * it is no address. */
bool slice_addr(Slice slice, Addr *ret_addr, guint *ret_port);
/* Looks like a dotted quad, but is no address: octets above 255, "x" in place of digits. */
bool slice_is_munged_addr(Slice slice);
