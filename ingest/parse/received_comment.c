/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in the comments of a trace field: the peer's address and name, and who it was. */
#include "ingest/parse/received_reader.h"

#include <string.h>

/* A comment is read word by word; a word may tell that the next one means something. */
typedef enum {
    NEXT_NOTHING,
    NEXT_HELO,
    NEXT_ACCOUNT,
    NEXT_ACCOUNT_AS, /* "authenticated as X", "authenticated user X" */
    NEXT_SENDER,
    NEXT_UID,
    NEXT_MECHANISM, /* "AUTH: LOGIN bob" */
    NEXT_DETAIL,    /* an answer of no interest: "port=1234" */
} Next;

typedef enum {
    DO_NEXT, /* only says what the next word is */
    DO_AUTH, /* and the client is known */
    DO_HELO, /* a value of "helo=" */
    DO_IDENT,
    DO_SENDER,
    DO_ACCOUNT,
    DO_PORT,
    DO_VERIFIED,
    DO_DOUBTED,
    DO_LOCAL,
    DO_SOCKET,
    DO_HTTP,
} Deed;

/* clang-format off */
static const struct {
    const char *word; /* ends with '=' or ':' : a prefix, else the whole word */
    Deed deed;
    Next next;
} words[] = {
    {"HELO",            DO_HELO,     NEXT_HELO},
    {"EHLO",            DO_HELO,     NEXT_HELO},
    {"LHLO",            DO_HELO,     NEXT_HELO},
    {"helo=",           DO_HELO,     NEXT_NOTHING},
    {"ident=",          DO_IDENT,    NEXT_NOTHING},
    {"port=",           DO_PORT,     NEXT_NOTHING},
    {"envelope-from",   DO_NEXT,     NEXT_SENDER},
    {"envelope-sender", DO_NEXT,     NEXT_SENDER},
    {"envelope-from=",  DO_SENDER,   NEXT_NOTHING},
    {"account",         DO_AUTH,     NEXT_ACCOUNT},
    {"sender:",         DO_NEXT,     NEXT_ACCOUNT},
    {"user=",           DO_ACCOUNT,  NEXT_NOTHING},
    {"smtp-auth",       DO_AUTH,     NEXT_ACCOUNT_AS},
    {"authenticated",   DO_AUTH,     NEXT_ACCOUNT_AS},
    {"AUTH:",           DO_AUTH,     NEXT_MECHANISM},
    {"userid",          DO_NEXT,     NEXT_UID},
    {"uid",             DO_NEXT,     NEXT_UID},
    {"verified",        DO_VERIFIED, NEXT_NOTHING},
    {"forged",          DO_DOUBTED,  NEXT_NOTHING},
    {"[local]",         DO_LOCAL,    NEXT_NOTHING},
    {"[unix",           DO_SOCKET,   NEXT_DETAIL},
    {"[[UNIX:",         DO_SOCKET,   NEXT_DETAIL},
};
static const char *const mechanisms[] = {
    "LOGIN", "PLAIN", "CRAM-MD5", "DIGEST-MD5", "CRAM-SHA1", "CRAM-SHA256", "NTLM", "GSSAPI",
    "XOAUTH2", "OAUTHBEARER", "EXTERNAL", "SCRAM-SHA-1", "SCRAM-SHA-256",
};
static const char *const fillers[] = {"as", "user", "username", "id", "by", "with", "sender:", "sender"};
/* clang-format on */

static bool
is_one_of(Slice word, const char *const *list, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        if (slice_is(word, list[i]))
            return true;
    }
    return false;
}

static bool
may_be_addr(Slice slice)
{
    bool dots = false, colons = false;

    for (guint i = 0; i < slice.len; i++) {
        if (slice.at[i] == '.')
            dots = true;
        else if (slice.at[i] == ':')
            colons = true;
        else if (slice.at[i] == '%')
            return colons;
        else if (!g_ascii_isxdigit(slice.at[i]))
            return false;
    }
    return dots || colons;
}

/* "192.0.2.1:25" and old Exim's "192.0.2.1.25": cuts a fifth number off. */
static bool
cut_port(Slice *slice, guint *ret_port)
{
    guint dots = 0;

    for (guint i = 0; i < slice->len; i++) {
        if (slice->at[i] == '.')
            dots++;
        if (slice->at[i] != ':' && dots < 4)
            continue;
        guint port = 0;

        if (dots < 3)
            return false;
        for (guint k = i + 1; k < slice->len && port < 65536; k++)
            port = port * 10 + (guint)g_ascii_digit_value(slice->at[k]);
        *ret_port = port < 65536 ? port : 0;
        slice->len = i;
        return true;
    }
    return false;
}

bool
slice_addr(Slice slice, Addr *ret_addr, guint *ret_port)
{
    guint port = 0;

    if (slice.len >= 2 && slice.at[0] == '[') {
        const char *close = memchr(slice.at, ']', slice.len);

        if (close && close + 1 < slice.at + slice.len && close[1] == ':') /* "[192.0.2.1]:25" */
            port = (guint)g_ascii_strtoull(close + 2, NULL, 10);
        if (close)
            slice = (Slice){slice.at + 1, (guint)(close - slice.at - 1)};
        else
            slice = slice_from(slice, 1);
    }
    if (slice_has_prefix(slice, "IPv6:"))
        slice = slice_from(slice, 5);
    if (slice.len < 2 || slice.len > 60 || !may_be_addr(slice))
        return false;
    if (!addr_parse(slice.at, slice.len, ret_addr)) {
        if (!cut_port(&slice, &port) || !addr_parse(slice.at, slice.len, ret_addr))
            return false;
    }
    if (port > 0 && port < 65536)
        *ret_port = port;
    return true;
}

bool
slice_is_munged_addr(Slice slice)
{
    guint dots = 0, digits = 0;

    slice = slice_strip(slice, "[", "]");
    for (guint i = 0; i < slice.len; i++) {
        char c = slice.at[i];

        if (c == '.')
            dots++;
        else if (g_ascii_isdigit(c))
            digits++;
        else if (c != 'x' && c != 'X' && c != '?' && c != '*')
            return false;
    }
    return dots == 3 && digits > 0 && slice.len <= 24;
}

static Slice
value_of(Slice word, const char *prefix)
{
    return slice_strip(slice_from(word, (guint)strlen(prefix)), "<[\"", ">]\"");
}

static void
take_account(Reader *reader, Slice account)
{
    if (!reader->account.at && account.len > 0)
        reader->account = slice_strip(account, "<\"", ">\"");
}

/* What the word before asked for. Returns what is asked for next. */
static Next
answer(Reader *reader, Next asked, Slice word)
{
    switch (asked) {
    case NEXT_HELO:
        if (!reader->helo.at)
            reader->helo = word;
        return NEXT_NOTHING;
    case NEXT_MECHANISM:
        if (is_one_of(word, mechanisms, G_N_ELEMENTS(mechanisms)))
            return NEXT_ACCOUNT;
        take_account(reader, word);
        return NEXT_NOTHING;
    case NEXT_ACCOUNT_AS:
        if (is_one_of(word, fillers, G_N_ELEMENTS(fillers)))
            return NEXT_ACCOUNT;
        if (slice_has_prefix(word, "id=") || slice_has_prefix(word, "user="))
            take_account(reader, slice_from(word, word.at[0] == 'i' || word.at[0] == 'I' ? 3 : 5));
        return NEXT_NOTHING;
    case NEXT_ACCOUNT:
        take_account(reader, word);
        return NEXT_NOTHING;
    case NEXT_SENDER:
        if (!reader->sender.at)
            reader->sender = word;
        return NEXT_NOTHING;
    case NEXT_UID:
        reader->uid = (Slice){word.at, 0};
        while (reader->uid.len < word.len && g_ascii_isdigit(word.at[reader->uid.len]))
            reader->uid.len++;
        return NEXT_NOTHING;
    case NEXT_NOTHING:
    case NEXT_DETAIL:
        break;
    }
    return NEXT_NOTHING;
}

static bool
key_matches(Slice word, const char *key)
{
    gsize n;

    if (slice_begins_otherwise(word, key))
        return false;
    n = strlen(key);
    return key[n - 1] == '=' ? slice_has_prefix(word, key) : slice_is(word, key);
}

/* A word with a meaning of its own. Returns false when it has none. */
static bool
do_word(Reader *reader, Slice word, Next *ret_next)
{
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!key_matches(word, words[i].word))
            continue;
        *ret_next = words[i].next;
        switch (words[i].deed) {
        case DO_NEXT:
            break;
        case DO_AUTH:
            reader->authenticated = true;
            break;
        case DO_HELO:
            reader->helo_told = true;
            reader->told_by_key |= words[i].next == NEXT_NOTHING;
            if (words[i].next == NEXT_NOTHING && !reader->helo.at)
                reader->helo = slice_from(word, 5);
            break;
        case DO_IDENT:
            reader->ident = value_of(word, words[i].word);
            break;
        case DO_SENDER:
            reader->sender = slice_from(word, 14);
            break;
        case DO_ACCOUNT:
            take_account(reader, value_of(word, words[i].word));
            break;
        case DO_PORT:
            if (reader->port == 0)
                reader->port = (guint)MIN(g_ascii_strtoull(word.at + 5, NULL, 10), 65535);
            break;
        case DO_VERIFIED:
            reader->verified = true;
            break;
        case DO_DOUBTED:
            reader->doubted = true;
            break;
        case DO_LOCAL:
            reader->local = true;
            break;
        case DO_SOCKET:
            reader->socket = true;
            break;
        case DO_HTTP:
            reader->via_http = true;
            break;
        }
        return true;
    }
    return false;
}

/* "user@[192.0.2.1]", "user@192.0.2.1", "user@rdns": the part before the '@' is RFC 1413's answer.
 * Returns the part after it. */
static Slice
split_ident(Reader *reader, Slice word)
{
    const char *at = word.len ? memrchr(word.at, '@', word.len) : NULL;
    Slice user;

    if (!at)
        return word;
    user = (Slice){word.at, (guint)(at - word.at)};
    if (slice_has_prefix(user, "IDENT:"))
        user = slice_from(user, 6);
    if (user.len > 0)
        reader->ident = user;
    return (Slice){at + 1, (guint)(word.at + word.len - at - 1)};
}

/* A word that may be the peer: "[192.0.2.1]", "rdns[192.0.2.1]", "user@192.0.2.1", "192.0.2.1". */
static bool
take_peer(Reader *reader, Slice word, Slice before)
{
    const char *bracket = word.len ? memchr(word.at, '[', word.len) : NULL;
    Slice host = word, rest = word;

    const char *at = word.len ? memrchr(word.at, '@', word.len) : NULL;

    if (bracket && at > bracket)
        bracket = NULL; /* what stands before the '@' is the client's own answer */
    if (bracket && bracket > word.at && bracket[-1] != '@') { /* glued: "unknown[192.0.2.1]" */
        before = (Slice){word.at, (guint)(bracket - word.at)};
        rest = slice_from(word, (guint)(bracket - word.at));
    } else if (!bracket || bracket > word.at) {
        Slice ident = reader->ident;

        rest = split_ident(reader, word);
        if (!slice_addr(rest, &reader->peer, &reader->port)) {
            reader->ident = ident;
            return false;
        }
        reader->bare = rest.at[0] != '[';
        return true;
    }
    if (!slice_addr(rest, &reader->peer, &reader->port)) {
        reader->munged |= slice_is_munged_addr(rest);
        return false;
    }
    host = before;
    if (host.at) {
        host = split_ident(reader, host);
        if (slice_has_prefix(host, "IDENT:"))
            host = slice_from(host, 6);
        if (!dialect_is_no_name(host))
            reader->rdns = host;
    }
    return true;
}

/* "name [192.0.2.1]" and no more: what a writer saw, whatever stands before it. */
static bool
is_client(Slice comment)
{
    Slice word, more;
    Addr addr;
    guint port = 0;

    return slice_next_word(&comment, &word) && slice_next_word(&comment, &word) &&
           word.at[0] == '[' && slice_addr(word, &addr, &port) && !slice_next_word(&comment, &more);
}

void
reader_from_comment(Reader *reader, Slice comment)
{
    Slice rest = comment, word, before = {NULL, 0};
    Next asked = NEXT_NOTHING;
    guint n = 0;
    bool had_peer = !addr_is_none(&reader->peer);

    if (had_peer && is_client(comment)) { /* the client greeted with the one before */
        reader->peer = ADDR_NONE;
        reader->rdns = (Slice){NULL, 0};
        had_peer = false;
    }
    while (n < 48 && slice_next_word(&rest, &word)) {
        n++;
        if (asked != NEXT_NOTHING) {
            asked = answer(reader, asked, word);
            continue;
        }
        if (do_word(reader, word, &asked))
            continue;
        if (!had_peer && addr_is_none(&reader->peer))
            (void)take_peer(reader, word, n == 2 ? before : (Slice){NULL, 0});
        if (slice_is(word, "with") && n == 2 && reader->bare) { /* "(bob@192.0.2.1 with plain)" */
            reader->authenticated = true;
            break;
        }
        before = word;
    }
    if (n == 1 && addr_is_none(&reader->peer) && !reader->helo_told) {
        if (memchr(word.at, '@', word.len) && slice_has_suffix(word, "@localhost"))
            reader->user_at_local = word;
        else if (slice_is_munged_addr(word))
            reader->munged = true;
        else if (memchr(word.at, '.', word.len) && !memchr(word.at, '@', word.len))
            reader->lone = word;
    }
    if (slice_find(comment, "via HTTP"))
        reader->via_http = true;
}

void
reader_by_comment(Reader *reader, Slice comment, bool beside_by)
{
    Slice rest = comment, word;
    Next asked = NEXT_NOTHING;
    guint n = 0, port = 0;
    Addr addr;

    if (slice_find(comment, "/Submit") || slice_find(comment, "from userid"))
        reader->submit = true;
    if (slice_find(comment, "via HTTP"))
        reader->via_http = true;
    while (n < 24 && slice_next_word(&rest, &word)) {
        n++;
        if (asked != NEXT_NOTHING)
            asked = answer(reader, asked, word);
        else if (beside_by && n <= 2 && addr_is_none(&reader->by_ip) &&
                 (word.at[0] == '[' || word.len == comment.len) && /* not "(NAVGW 2.5.2.12)" */
                 slice_addr(word, &addr, &port))
            reader->by_ip = addr;
        else
            (void)do_word(reader, word, &asked);
    }
}
