/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the tokens of a trace field to its clauses (RFC 5321, section 4.4), and from those, by the
 * rules of the dialect, to a hop. */
#include "ingest/parse/received.h"

#include <string.h>

#include "base/text.h"
#include "ingest/parse/header.h"
#include "ingest/parse/received_reader.h"

typedef enum {
    CLAUSE_NONE,
    CLAUSE_FROM,
    CLAUSE_BY,
    CLAUSE_VIA,
    CLAUSE_WITH,
    CLAUSE_ID,
    CLAUSE_FOR,
    CLAUSE_SENDER,
    CLAUSE_SECOND_FROM
} Clause;

/* clang-format off */
static const struct {
    const char *word;
    Clause clause;
} keywords[] = {
    {"from", CLAUSE_FROM}, {"by",  CLAUSE_BY}, {"via", CLAUSE_VIA}, {"with", CLAUSE_WITH},
    {"id",   CLAUSE_ID},   {"for", CLAUSE_FOR}, {"envelope-from", CLAUSE_SENDER},
};
/* clang-format on */

static Clause
keyword_of(Slice word)
{
    if (word.len < 2 || word.len > 13)
        return CLAUSE_NONE;
    for (gsize i = 0; i < G_N_ELEMENTS(keywords); i++) {
        if (slice_is(word, keywords[i].word))
            return keywords[i].clause;
    }
    return CLAUSE_NONE;
}

/* Is there a "by" at the top level after token i? A client that greets as "by" is told so. */
static bool
has_by_after(const Tokens *tokens, guint i)
{
    for (i++; i < tokens->n; i++) {
        if (tokens->token[i].kind == TOKEN_WORD && slice_is(tokens->token[i].text, "by"))
            return true;
    }
    return false;
}

static void
extend(Slice *clause, Slice word)
{
    if (!clause->at)
        *clause = word;
    else
        clause->len = (guint)(word.at + word.len - clause->at);
}

static void
take_from_word(Reader *reader, Slice word)
{
    if (!reader->name.at)
        reader->name = word;
    else if (addr_is_none(&reader->peer)) /* "from name [192.0.2.1] by" */
        reader->loose_peer = slice_addr(word, &reader->peer, &reader->port);
    if (slice_has_prefix(word, "user@") && !reader->account.at)
        reader->account = word;
    extend(&reader->from, word);
}

/* OpenSMTPD's "auth=yes user=bob" and their like stand outside of comments. */
static bool
take_loose_word(Reader *reader, Slice word)
{
    if (slice_is(word, "auth=yes"))
        reader->authenticated = true;
    else if (slice_has_prefix(word, "user="))
        reader->account = slice_from(word, 5);
    else
        return false;
    return true;
}

static void
take_word(Reader *reader, Clause clause, Slice word)
{
    switch (clause) {
    case CLAUSE_FROM:
        take_from_word(reader, word);
        break;
    case CLAUSE_BY:
        extend(&reader->by, word);
        break;
    case CLAUSE_VIA:
        extend(&reader->via, word);
        break;
    case CLAUSE_WITH:
        if (!take_loose_word(reader, word))
            extend(&reader->with, word);
        break;
    case CLAUSE_ID:
        if (!reader->id.at)
            reader->id = word;
        else
            (void)take_loose_word(reader, word);
        break;
    case CLAUSE_FOR:
        if (!reader->for_.at ||
            (!memchr(reader->for_.at, '@', reader->for_.len) && memchr(word.at, '@', word.len)))
            reader->for_ = word;
        break;
    case CLAUSE_SENDER:
        if (!reader->sender.at)
            reader->sender = word;
        break;
    case CLAUSE_SECOND_FROM:
        if (!reader->sender.at && memchr(word.at, '@', word.len))
            reader->sender = word;
        break;
    case CLAUSE_NONE:
        break;
    }
}

/* What a keyword opens here, or CLAUSE_NONE when it is an ordinary word. */
static Clause
clause_opened(Reader *reader, Clause now, guint i, Slice word)
{
    Clause clause = keyword_of(word);

    if (clause == CLAUSE_NONE)
        return CLAUSE_NONE;
    if (now == CLAUSE_FROM && !reader->name.at && clause != CLAUSE_NONE) {
        /* "from by by mx.example", "from with ([…]) by": the HELO is a keyword. But "from by mx"
         * has no name at all. */
        bool is_name = has_by_after(&reader->tokens, i) && i > 0 &&
                       reader->tokens.token[i - 1].kind == TOKEN_WORD;

        if (is_name)
            return CLAUSE_NONE;
    }
    if (clause == CLAUSE_FROM && (reader->has_from || reader->has_by))
        return CLAUSE_SECOND_FROM;
    if (clause == CLAUSE_BY && reader->has_by)
        return now == CLAUSE_FROM ? CLAUSE_NONE : CLAUSE_SECOND_FROM; /* the first writer stands */
    return clause;
}

static void
take_comment(Reader *reader, Clause clause, guint i, Slice comment)
{
    if (clause == CLAUSE_FROM || (!reader->has_by && clause == CLAUSE_VIA)) {
        reader_from_comment(reader, comment);
        return;
    }
    if (i == 0 &&
        slice_has_prefix(comment, "from ")) { /* "(from www@localhost)", "(from X [ip])" */
        reader->has_from = true;
        if (memchr(comment.at, '[', comment.len)) {
            Slice rest = slice_from(comment, 5);

            (void)slice_next_word(&rest, &reader->name);
            reader_from_comment(reader, rest);
        } else {
            reader->user_at_local = slice_trim(slice_from(comment, 5));
            reader->from = reader->user_at_local;
        }
        return;
    }
    if (reader->n_comments < READER_COMMENTS)
        reader->comments[reader->n_comments++] = comment;
    reader_by_comment(reader, comment,
                      clause == CLAUSE_BY && reader->tokens.token[i - 1].kind == TOKEN_WORD);
}

static void
read_clauses(Reader *reader, guint n_tokens)
{
    Clause clause = CLAUSE_NONE;

    for (guint i = 0; i < n_tokens; i++) {
        const Token *token = &reader->tokens.token[i];
        Clause opened;

        if (token->kind == TOKEN_COMMENT) {
            take_comment(reader, clause, i, token->text);
            continue;
        }
        if (token->kind == TOKEN_SEMICOLON)
            continue;
        opened = clause_opened(reader, clause, i, token->text);
        if (opened == CLAUSE_NONE) {
            take_word(reader, clause, token->text);
            continue;
        }
        if (opened == CLAUSE_WITH && reader->with.at)
            opened = CLAUSE_NONE; /* Mimecast: "with ESMTP with STARTTLS" */
        if (opened == CLAUSE_FOR && reader->for_.at)
            opened = CLAUSE_NONE;
        clause = opened;
        reader->has_from |= clause == CLAUSE_FROM;
        reader->has_by |= clause == CLAUSE_BY;
    }
}

/* The date stands after the last semicolon outside of comments that has one after it. Returns how
 * many tokens belong to the clauses; *ret_rest: the first token after the date's semicolon. */
static guint
read_date(Reader *reader, const char *value, gsize len, gint64 *ret_date)
{
    const Tokens *tokens = &reader->tokens;
    guint tries = 4;

    for (guint i = tokens->n; i-- > 0 && tries > 0;) {
        const char *at = tokens->token[i].text.at;
        char buffer[128];
        gsize n;

        if (tokens->token[i].kind != TOKEN_SEMICOLON)
            continue;
        tries--;
        n = MIN((gsize)(value + len - at - 1), sizeof buffer - 1);
        memcpy(buffer, at + 1, n);
        buffer[n] = '\0';
        if (header_date_parse(buffer, ret_date))
            return i;
        for (guint k = i + 1; k < tokens->n; k++) { /* "; DATE id X", "; DATE (envelope-from x)" */
            gsize cut = (gsize)(tokens->token[k].text.at - at - 1);

            if (keyword_of(tokens->token[k].text) == CLAUSE_NONE &&
                tokens->token[k].kind != TOKEN_COMMENT)
                continue;
            if (cut < sizeof buffer) {
                buffer[tokens->token[k].kind == TOKEN_COMMENT && cut > 0 ? cut - 1 : cut] = '\0';
                if (header_date_parse(buffer, ret_date))
                    return i;
            }
            break;
        }
    }
    return tokens->n;
}

/* "…with SMTP id X 2024-03-15 10:30:00.123456789 +0000 UTC", "…by gateway Fri, 02 Aug 2002 …": no
 * semicolon. The last words are tried, longest first. */
static guint
read_trailing_date(Reader *reader, const char *value, gsize len, gint64 *ret_date)
{
    const Tokens *tokens = &reader->tokens;
    guint first = tokens->n > 9 ? tokens->n - 9 : 1;

    for (guint i = first; i + 2 < tokens->n; i++) {
        char c = tokens->token[i].kind == TOKEN_WORD ? tokens->token[i].text.at[0] : 0;
        char buffer[96];
        gsize n = (gsize)(value + len - tokens->token[i].text.at);

        if (n >= sizeof buffer || !strchr("MTWFS0123456789", c) || c == 0)
            continue;
        memcpy(buffer, tokens->token[i].text.at, n);
        buffer[n] = '\0';
        if (header_date_parse(buffer, ret_date))
            return i;
    }
    return tokens->n;
}

/* "; DATE (envelope-from <x>)", "; DATE id 0000.1234": clauses behind the date. */
static void
read_after_date(Reader *reader, guint first)
{
    for (guint i = first; i < reader->tokens.n; i++) {
        const Token *token = &reader->tokens.token[i];

        if (token->kind == TOKEN_COMMENT)
            reader_by_comment(reader, token->text, false);
        else if (token->kind == TOKEN_WORD && slice_is(token->text, "id") && !reader->id.at &&
                 i + 1 < reader->tokens.n)
            reader->id = reader->tokens.token[i + 1].text;
    }
}

/* Fields without a signature: by the shape of the client's part. */
static const Dialect *
refine_dialect(const Reader *reader, const Dialect *dialect)
{
    if (dialect || !reader->has_from)
        return dialect;
    if (reader->told_by_key)
        return dialect_by_name("exim");
    if (slice_has_prefix(reader->start, "from ") && slice_find(reader->start, "::ffff:"))
        return dialect_by_name("courier");
    if (reader->bare && !reader->id.at && slice_has_suffix(reader->with, "SMTP"))
        return dialect_by_name("qmail");
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
        !(flags & DIALECT_LITERAL_IS_HELO) && !reader->user_at_local.at) {
        reader->peer = addr;
        name.at = NULL;
    } else if (name.len > 0 && !literal && addr_is_none(&reader->peer)) {
        reader->munged |= slice_is_munged_addr(name);
    }
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
        if (!reader->rdns.at && (!literal || addr_equal(&addr, &reader->peer)))
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
                                      addr_kind(&reader->peer) != ADDR_PUBLIC);

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

    if (slice_has_prefix(reader->by, "2002:a") || slice_has_prefix(reader->from, "pps."))
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
                 (slice_has_prefix(reader->start, "(qmail") && reader->uid.at);
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
        out->kind = reader->has_by || reader->has_from ? RECEIVED_HOP : RECEIVED_UNPARSED;
    }
}

/* Sendmail's "(from www@localhost)", qmail's "invoked by uid 33", Postfix's "from userid 33",
 * Exim's "from www-data by … with local". */
static const char *
local_user(const Reader *reader, const Received *out, const Limits *limits, GStringChunk *chunk)
{
    char text[64];

    if (reader->uid.at && reader->uid.len < 20) {
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
    hop->ip = reader->peer;
    hop->rdns = keep(chunk, host(reader->rdns), limits);
    hop->helo = keep(chunk, host(reader->helo), limits);
    hop->by = keep(chunk, host(slice_strip(first, "[", "]")), limits);
    hop->with = keep(chunk, protocol.at ? protocol : reader->via, limits);
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
    out->port = reader->port;
    out->munged = reader->munged;
}

void
received_parse(const char *value, const Limits *limits, GStringChunk *chunk, Received *ret_received)
{
    Reader reader;
    gsize len = strlen(value);
    DialectMarks marks;
    const Dialect *dialect;
    guint n, flags;

    memset(&reader, 0, G_STRUCT_OFFSET(Reader, tokens));
    memset((char *)&reader + G_STRUCT_OFFSET(Reader, start), 0,
           sizeof reader - G_STRUCT_OFFSET(Reader, start));
    memset(ret_received, 0, sizeof *ret_received);
    ret_received->hop.date = TIME_NONE;
    while (*value == '[' || *value == ' ') /* "[from …": a whole field in brackets */
        value++, len--;
    len = MIN(len, limits->header_bytes);
    tokens_read(value, len, limits, &reader.tokens);
    reader.start = (Slice){value, (guint)MIN(len, 64)};
    n = read_date(&reader, value, len, &ret_received->hop.date);
    if (n == reader.tokens.n)
        n = read_trailing_date(&reader, value, len, &ret_received->hop.date);
    read_clauses(&reader, n);
    read_after_date(&reader, n);

    marks = (DialectMarks){reader.start, reader.from,     reader.by,        reader.with,
                           reader.via,   reader.comments, reader.n_comments};
    dialect = dialect_find(&marks);
    dialect = refine_dialect(&reader, dialect);
    flags = dialect ? dialect->flags : 0;
    ret_received->hop.dialect = dialect ? dialect->name : NULL;
    place_names(&reader, flags);
    ret_received->by_ip = reader.by_ip;
    ret_received->internal = is_internal(&reader, dialect);
    fill_auth(&reader, ret_received, dialect_protocol(reader.with), dialect);
    decide_kind(&reader, &marks, ret_received);
    fill_hop(&reader, limits, chunk, ret_received);
}
