/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/digest.h"

#include <string.h>

#include "base/text.h"

enum { BY_SEARCH_BYTES = 4096 }; /* of a Received field, for the name after `by` */

/* Added anew by each delivery (RFC 5321, section 4.4; Postfix, Exim, qmail). */
static const char *const delivery_fields[] = {
    "Return-Path", "Delivered-To", "X-Original-To", "Envelope-To", "Delivery-Date",
};

typedef struct {
    GChecksum *hash;
    guint8 buffer[4096]; /* of the canonical form, not hashed yet */
    gsize used;
    const char *at;
    const char *end;
    const SiteMap *site;
    gsize newlines; /* seen and held back: they may be the last */
    bool received_seen;
    bool received_ended; /* a Received that no delivery to us added was seen */
} Digester;

static void
put(Digester *d, const char *bytes, gsize len)
{
    if (len > sizeof d->buffer - d->used) {
        g_checksum_update(d->hash, d->buffer, (gssize)d->used);
        d->used = 0;
    }
    if (len > sizeof d->buffer) {
        g_checksum_update(d->hash, (const guint8 *)bytes, (gssize)len);
        return;
    }
    memcpy(d->buffer + d->used, bytes, len);
    d->used += len;
}

/* Of the line at `at`, without its line end, and where the next begins. */
static gsize
line_length(const char *at, const char *end, const char **ret_next)
{
    const char *newline = memchr(at, '\n', (gsize)(end - at));
    const char *stop = newline ? newline : end;

    *ret_next = newline ? newline + 1 : end;
    if (newline && stop > at && stop[-1] == '\r')
        stop--;
    return (gsize)(stop - at);
}

/* One line that counts, without the quoting of From_. */
static void
put_line(Digester *d, gsize len, const char *next)
{
    const char *line = d->at;
    gsize quotes = 0;

    if (len == 0) {
        d->newlines += next > line;
        return;
    }
    for (; d->newlines > 0; d->newlines--)
        put(d, "\n", 1);
    while (quotes < len && line[quotes] == '>')
        quotes++;
    if (quotes > 0 && len - quotes >= 5 && memcmp(line + quotes, "From ", 5) == 0) {
        line += quotes;
        len -= quotes;
    }
    put(d, line, len);
    d->newlines = next > line + len;
}

/* The host after `by`, outside of comments, as a C string; NULL when there is none. */
static char *
received_by(const char *value, gsize len)
{
    gsize i = 0;
    guint depth = 0;
    bool word_start = true;

    len = MIN(len, BY_SEARCH_BYTES);
    for (; i + 3 < len; i++) {
        char c = value[i];

        if (depth == 0 && word_start && (c == 'b' || c == 'B') &&
            (value[i + 1] == 'y' || value[i + 1] == 'Y') && g_ascii_isspace(value[i + 2]))
            break;
        depth += c == '(';
        depth -= c == ')' && depth > 0;
        word_start = g_ascii_isspace(c) || c == ')';
    }
    if (i + 3 >= len)
        return NULL;
    for (i += 2; i < len && g_ascii_isspace(value[i]); i++)
        ;
    gsize start = i;
    while (i < len && !g_ascii_isspace(value[i]) && !strchr("();,", value[i]))
        i++;
    return g_ascii_strdown(value + start, (gssize)(i - start));
}

static bool
name_is(const char *field, gsize name_len, const char *name)
{
    return strlen(name) == name_len && g_ascii_strncasecmp(field, name, name_len) == 0;
}

/* Whether a field was added by the delivery to us. */
static bool
is_delivery_field(Digester *d, const char *field, gsize name_len, gsize len)
{
    for (gsize i = 0; i < G_N_ELEMENTS(delivery_fields); i++) {
        if (name_is(field, name_len, delivery_fields[i]))
            return true;
    }
    if (!name_is(field, name_len, "Received") || d->received_ended)
        return false;
    if (d->received_seen) {
        g_autofree char *by = received_by(field + name_len + 1, len - name_len - 1);

        if (!by || !site_relay_by_name(d->site, by))
            d->received_ended = true;
    }
    d->received_seen = true;
    return !d->received_ended;
}

static void
put_lines(Digester *d, const char *end)
{
    while (d->at < end) {
        const char *next = NULL;
        gsize len = line_length(d->at, d->end, &next);

        put_line(d, len, next);
        d->at = next;
    }
}

/* One header field with its folded lines, hashed or left out. False at the end of the block. */
static bool
take_field(Digester *d)
{
    const char *next = NULL;
    const char *field_end = NULL;
    gsize len = line_length(d->at, d->end, &next);
    const char *colon = memchr(d->at, ':', len);
    gsize name_len = 0;

    if (len == 0 || !colon)
        return false;
    for (field_end = next; next < d->end && (*next == ' ' || *next == '\t'); field_end = next)
        (void)line_length(next, d->end, &next);
    for (name_len = (gsize)(colon - d->at); name_len > 0; name_len--) {
        if (d->at[name_len - 1] != ' ' && d->at[name_len - 1] != '\t')
            break;
    }
    if (is_delivery_field(d, d->at, name_len, (gsize)(field_end - d->at)))
        d->at = field_end;
    put_lines(d, field_end);
    return true;
}

gsize
mail_from_line_length(const char *bytes, gsize len)
{
    gsize used = 0;

    for (;;) {
        const char *at = bytes + used;
        gsize left = len - used;
        gsize quote = left > 0 && *at == '>';
        const char *newline = NULL;

        if (left < quote + 5 || memcmp(at + quote, "From ", 5) != 0)
            return used;
        newline = memchr(at, '\n', left);
        if (!newline)
            return used;
        used = (gsize)(newline + 1 - bytes);
    }
}

void
mail_digest(GBytes *mail, const SiteMap *site, guint8 *ret_digest)
{
    gsize len = 0;
    const char *bytes = g_bytes_get_data(mail, &len);
    gsize skip = len > 0 ? mail_from_line_length(bytes, len) : 0;
    Digester d = {.site = site};
    g_autoptr(GChecksum) hash = g_checksum_new(G_CHECKSUM_SHA256);
    gsize size = MAIL_DIGEST_BYTES;

    d.hash = hash;
    if (len > 0) {
        d.at = bytes + skip;
        d.end = bytes + len;
        while (d.at < d.end && take_field(&d))
            ;
        put_lines(&d, d.end);
    }
    g_checksum_update(hash, d.buffer, (gssize)d.used);
    g_checksum_get_digest(hash, ret_digest, &size);
}
