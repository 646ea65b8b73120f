/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what a trace field has told to a hop, by the rules of its dialect. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/received_reader.h"

/* Fields without a signature: by the shape of the client's part. */
static const Dialect *
refine_dialect(const Reader *reader, const Dialect *dialect)
{
    if (dialect || !reader->has_from)
        return dialect;
    if (reader->told_by_key)
        return dialect_by_name("exim");
    if (slice_find(reader->start, "(EHLO "))
        return dialect_by_name("yahoo");
    if (slice_has_prefix(reader->start, "from ") && slice_find(reader->start, "::ffff:"))
        return dialect_by_name("courier");
    if (reader->id.at)
        return NULL;
    if (reader->bare &&
        (slice_has_suffix(reader->with, "SMTP") || slice_has_suffix(reader->with, "SMTPA") ||
         slice_has_suffix(reader->with, "SMTPSA")))
        return dialect_by_name("qmail");
    if (reader->n_comments > 0 && slice_has_prefix(reader->comments[0], "version=TLS") &&
        slice_has_prefix(reader->with, "ESMTP"))
        return dialect_by_name("hmailserver");
    return NULL;
}

/* Cleaned and kept; plain ASCII, the rule, is kept as it is. */
static const char *
keep(GStringChunk *chunk, Slice slice, const Limits *limits)
{
    slice = slice_trim(slice);
    if (!slice.at || slice.len == 0)
        return NULL;
    slice.len = (guint)MIN(slice.len, limits->field_bytes);
    for (guint i = 0; i < slice.len; i++) {
        if (slice.at[i] < ' ' || slice.at[i] == 0x7f)
            return text_keep(chunk, slice.at, slice.len, limits->field_bytes);
    }
    return g_string_chunk_insert_len(chunk, slice.at, slice.len);
}

/* A host name: without a final dot or quotes. */
static Slice
host(Slice slice)
{
    slice = slice_strip(slice_trim(slice), "\"", "\"");
    if (slice.len > 1 && slice.at[slice.len - 1] == '.')
        slice.len--;
    return slice;
}

/* Where the dialect puts the client's names, and whether the word after "from" is the peer. */
static void
place_names(Reader *reader, guint flags)
{
    Slice name = reader->name;
    bool literal = false;
    Addr addr = ADDR_NONE;

    literal = name.len > 0 && slice_addr(name, &addr, &reader->port);
    if (reader->lone.at && !reader->helo_told && (reader->loose_peer || literal)) /* Exim 3 */
        reader->helo = reader->lone;
    else if (!reader->rdns.at && reader->lone.at)
        reader->rdns = reader->lone;
    if (literal && (addr_is_none(&reader->peer) || (reader->bare && flags & DIALECT_WEBMAIL)) &&
        !(flags & DIALECT_LITERAL_IS_HELO) && !reader->user_at_local.at && reader->by.at) {
        reader->peer = addr;
        name.at = NULL;
    } else if (name.len > 0 && !literal && addr_is_none(&reader->peer)) {
        reader->munged |= slice_is_munged_addr(name);
    }
    if (literal && flags & DIALECT_LITERAL_IS_PEER)
        name.at = NULL;
    if (flags & DIALECT_WEBMAIL) {
        reader->helo = (Slice){NULL, 0};
        return;
    }
    if (!name.at || dialect_is_no_name(name)) {
        if (name.at && !reader->helo_told && !reader->bare && !(flags & DIALECT_NAME_IS_RDNS))
            reader->helo = name; /* a client that calls itself "unknown" */
        return;
    }
    if (reader->helo_told) {
        if (!reader->rdns.at &&
            (!literal || (addr_equal(&addr, &reader->peer) && name.at[0] != '[')))
            reader->rdns = name;
    } else if (reader->helo.at) { /* told by an older Exim */
        if (!reader->rdns.at && !literal)
            reader->rdns = name;
    } else if (reader->rdns.at) {
        reader->helo = name;
    } else {
        bool looked_up = flags & DIALECT_NAME_IS_RDNS || reader->verified ||
                         (reader->bare && !(flags & DIALECT_BARE_IS_HELO));

        reader->helo = name;
        if (looked_up && !literal && !addr_is_none(&reader->peer))
            reader->rdns = name;
    }
}

static void
fill_auth(Reader *reader, Received *out, Slice protocol, const Dialect *dialect)
{
    bool http =
        protocol_is_http(protocol) || slice_has_prefix(reader->via, "HTTP") || reader->via_http;
    bool internal = out->internal || (dialect && strcmp(dialect->name, "yahoo") == 0 &&
                                      addr_kind(&reader->peer) == ADDR_PRIVATE);

    if (http && internal)
        http = false; /* a hand-over between stores of one provider */
    out->internal = internal && !protocol_is_authenticated(protocol) ? true : out->internal;
    out->authenticated = reader->authenticated || reader->account.at || http ||
                         protocol_is_authenticated(protocol) ||
                         (dialect && dialect->flags & DIALECT_AUTHENTICATES && reader->has_from);
}

/* Forms that occur only inside one provider, whatever the addresses. */
static bool
is_internal(const Reader *reader, const Dialect *dialect)
{
    static const guint8 microsoft[] = {0x26, 0x03, 0x10};
    bool outlook = dialect && strcmp(dialect->name, "exchange-online") == 0;

    if (slice_has_prefix(reader->by, "2002:a"))
        return true;
    if (slice_has_prefix(reader->from, "pps.") && /* a greeting, unless it came from inside */
        (addr_is_none(&reader->peer) || addr_kind(&reader->peer) == ADDR_LOOPBACK ||
         addr_kind(&reader->peer) == ADDR_PRIVATE))
        return true;
    if (slice_has_prefix(reader->with, "mapi"))
        return true;
    return outlook && (memcmp(reader->peer.b, microsoft, sizeof microsoft) == 0 ||
                       addr_kind(&reader->peer) == ADDR_LINK_LOCAL);
}

static void
decide_kind(Reader *reader, const DialectMarks *marks, Received *out)
{
    const SkipRule *skip = skip_find(marks);

    out->local = reader->local || reader->submit || (skip && skip->flags & SKIP_LOCAL) ||
                 slice_has_suffix(reader->user_at_local, "@localhost") ||
                 (reader->user_at_local.at && !reader->name.at) ||
                 (slice_has_prefix(reader->start, "(qmail") && reader->uid.len > 0);
    out->retrieval = skip && skip->flags & SKIP_RETRIEVAL;
    if (skip) {
        out->kind = RECEIVED_SKIPPED;
        out->skip_why = skip->why;
    } else if (reader->socket) {
        out->kind = RECEIVED_SKIPPED;
        out->skip_why = "a delivery over a socket of the same host";
    } else if (out->local && addr_is_none(&reader->peer)) {
        out->kind = RECEIVED_SKIPPED;
        out->skip_why = "a submission on the writing host";
    } else if (!reader->has_from && !reader->has_by) {
        out->kind = RECEIVED_UNPARSED;
    } else if (!reader->has_from && addr_is_none(&reader->peer) && !out->authenticated) {
        out->kind = RECEIVED_SKIPPED;
        out->skip_why =
            out->internal ? "a hand-over inside one provider" : "a line that names no client";
    } else {
        out->kind =
            reader->by.at || !addr_is_none(&reader->peer) ? RECEIVED_HOP : RECEIVED_UNPARSED;
    }
}

/* Sendmail's "(from www@localhost)", qmail's "invoked by uid 33", Postfix's "from userid 33",
 * Exim's "from www-data by … with local". */
static const char *
local_user(const Reader *reader, const Received *out, const Limits *limits, GStringChunk *chunk)
{
    char text[64];

    if (reader->uid.len > 0 && reader->uid.len < 20) {
        bool postfix = reader->submit && reader->has_by;
        int n = g_snprintf(text, sizeof text, "%s %.*s", postfix ? "userid" : "uid",
                           (int)reader->uid.len, reader->uid.at);

        return g_string_chunk_insert_len(chunk, text, n);
    }
    if (reader->user_at_local.at) {
        const char *at = memchr(reader->user_at_local.at, '@', reader->user_at_local.len);
        Slice user = reader->user_at_local;

        if (at)
            user.len = (guint)(at - user.at);
        return keep(chunk, user, limits);
    }
    if (out->local && reader->name.at && slice_has_prefix(reader->with, "local"))
        return keep(chunk, reader->name, limits);
    return NULL;
}

/* 1lHqRz-0006DP-3H, 1v7KXY-00000008i49-08Me: nobody else numbers so. */
static bool
is_exim_form(const char *id)
{
    gsize n = strlen(id);

    return (n == 16 && id[6] == '-' && id[13] == '-') || (n == 23 && id[6] == '-' && id[18] == '-');
}

static void
fill_hop(Reader *reader, const Limits *limits, GStringChunk *chunk, Received *out)
{
    Hop *hop = &out->hop;
    Slice protocol = dialect_protocol(reader->with);
    Slice by = reader->by, first = {NULL, 0};
    guint port = 0;

    if (slice_next_word(&by, &first) && first.at[0] == '[')
        (void)slice_addr(first, &out->by_ip, &port);
    else if (first.at && addr_is_none(&out->by_ip))
        (void)slice_addr(first, &out->by_ip, &port);
    if (out->local && addr_is_none(&reader->peer)) { /* the names are those of a user or program */
        reader->rdns = (Slice){NULL, 0};
        reader->helo = reader->helo_told ? reader->helo : (Slice){NULL, 0};
    }
    hop->ip = reader->peer;
    hop->rdns = keep(chunk, host(reader->rdns), limits);
    hop->helo = keep(chunk, host(reader->helo), limits);
    if (first.at && memchr(first.at, '@', first.len))
        first = (Slice){NULL, 0}; /* spamware writes a mailbox there */
    hop->by = keep(chunk, host(slice_strip(first, "[", "]")), limits);
    hop->with = keep(chunk, protocol.at ? protocol : reader->via, limits);
    if (!hop->with && reader->via_http)
        hop->with = "HTTP";
    hop->id = keep(chunk, slice_strip(reader->id, "<", ">"), limits);
    hop->for_ = keep(chunk, slice_strip(reader->for_, "<", ">"), limits);
    hop->ident = keep(chunk, reader->ident, limits);
    if (!hop->ident)
        hop->ident = local_user(reader, out, limits, chunk);
    if (slice_is(reader->sender, "<>"))
        hop->envelope_from = "<>";
    else
        hop->envelope_from = keep(chunk, slice_strip(reader->sender, "<", ">"), limits);
    hop->account = keep(chunk, reader->account, limits);
    if (out->authenticated)
        hop->auth = hop->account ? hop->account : hop->with ? hop->with : "authenticated";
    if (!hop->dialect && hop->id && is_exim_form(hop->id))
        hop->dialect = "exim";
    out->port = reader->port;
    out->munged = reader->munged;
    out->doubted = reader->doubted;
}

void
reader_to_hop(Reader *reader, const Limits *limits, GStringChunk *chunk, Received *out)
{
    Slice by = reader->by, by_host = {NULL, 0};
    DialectMarks marks;
    const Dialect *dialect;

    (void)slice_next_word(&by, &by_host);
    marks = (DialectMarks){reader->start, reader->from,     by_host,           reader->with,
                           reader->via,   reader->comments, reader->n_comments};
    dialect = refine_dialect(reader, dialect_find(&marks));
    out->hop.dialect = dialect ? dialect->name : NULL;
    place_names(reader, dialect ? dialect->flags : 0);
    out->by_ip = reader->by_ip;
    out->internal = is_internal(reader, dialect);
    fill_auth(reader, out, dialect_protocol(reader->with), dialect);
    decide_kind(reader, &marks, out);
    fill_hop(reader, limits, chunk, out);
}
