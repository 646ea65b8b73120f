/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the tokens of a trace field to its clauses (RFC 5321, section 4.4), and from those, by the
 * rules of the dialect, to a hop. */
#include "ingest/parse/received.h"

#include <string.h>

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
    if (reader->from.at && slice_has_suffix(reader->from, "as user") && !reader->account.at)
        reader->account = word; /* "as user bob@localhost" */
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

/* "; Thu, 21 Mar 2019 23:45:46 -0300 : <junk>": the first six words are tried by themselves. */
static bool
read_date_words(const Tokens *tokens, guint semicolon, gint64 *ret_date)
{
    const char *start;
    char buffer[64];
    gsize n;

    if (semicolon + 7 >= tokens->n)
        return false;
    start = tokens->token[semicolon + 1].text.at;
    n = (gsize)(tokens->token[semicolon + 6].text.at + tokens->token[semicolon + 6].text.len -
                start);
    if (n >= sizeof buffer)
        return false;
    memcpy(buffer, start, n);
    buffer[n] = '\0';
    return header_date_parse(buffer, ret_date);
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
        if (header_date_parse(buffer, ret_date) || read_date_words(tokens, i, ret_date))
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

void
received_parse(const char *value, const Limits *limits, GStringChunk *chunk, Received *ret_received)
{
    Reader reader;
    gsize len = strlen(value);
    guint n;

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

    reader_to_hop(&reader, limits, chunk, ret_received);
}
