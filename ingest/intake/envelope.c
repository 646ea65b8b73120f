/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/envelope.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "ingest/intake/digest.h"
#include "ingest/parse/header.h"

enum {
    FIELDS_SEARCHED = 200,       /* header fields from the top */
    BYTES_SEARCHED = 256 * 1024, /* of the mail, for them */
    ADDRESS_BYTES = 1000,        /* of an address that is kept */
    FIELD_BYTES = 4096,          /* of a field that is kept */
};

void
envelope_clear(Envelope *envelope)
{
    g_clear_pointer(&envelope->sender, g_free);
    g_clear_pointer(&envelope->recipient, g_free);
}

/* The end of the field that starts at `at`, its folded lines included. */
static const char *
field_end(const char *at, const char *end)
{
    for (;;) {
        const char *newline = memchr(at, '\n', (gsize)(end - at));

        if (!newline)
            return end;
        at = newline + 1;
        if (at == end || (*at != ' ' && *at != '\t'))
            return at;
    }
}

char *
envelope_field(GBytes *mail, const char *name)
{
    gsize len = 0;
    gsize name_len = strlen(name);
    const char *bytes = g_bytes_get_data(mail, &len);
    const char *at = bytes;
    const char *end = NULL;

    if (len == 0)
        return NULL;
    at += mail_from_line_length(bytes, len);
    end = bytes + MIN(len, BYTES_SEARCHED);
    for (guint i = 0; i < FIELDS_SEARCHED && at < end && *at != '\n' && *at != '\r'; i++) {
        const char *next = field_end(at, end);

        if ((gsize)(next - at) > name_len && at[name_len] == ':' &&
            g_ascii_strncasecmp(at, name, name_len) == 0) {
            at += name_len + 1;
            return g_strstrip(text_clean(at, next - at, FIELD_BYTES));
        }
        at = next;
    }
    return NULL;
}

/* An address as given by an MTA: cleaned, without brackets. NULL in, NULL out. */
static char *
address_dup(const char *text)
{
    g_autofree char *clean = NULL;
    gsize len = 0;

    if (!text)
        return NULL;
    clean = g_strstrip(text_clean(text, -1, ADDRESS_BYTES));
    len = strlen(clean);
    if (len >= 2 && clean[0] == '<' && clean[len - 1] == '>')
        return g_strndup(clean + 1, len - 2);
    return g_steal_pointer(&clean);
}

void
envelope_find(GBytes *mail, const EnvelopeHints *hints, Envelope *ret_envelope)
{
    static const char *const recipient_fields[] = {"X-Original-To", "Delivered-To", "Envelope-To"};
    const char *recipient = hints->recipient;

    ret_envelope->sender = address_dup(hints->sender ? hints->sender : hints->env_sender);
    if (!ret_envelope->sender) {
        g_autofree char *field = envelope_field(mail, "Return-Path");

        ret_envelope->sender = address_dup(field);
    }
    /* Postfix hands the null sender to a pipe as MAILER-DAEMON. */
    if (text_equal_fold(ret_envelope->sender, "MAILER-DAEMON"))
        ret_envelope->sender[0] = '\0';

    if (text_is_empty(recipient))
        recipient = hints->env_recipient;
    ret_envelope->recipient = address_dup(recipient);
    for (gsize i = 0; i < G_N_ELEMENTS(recipient_fields); i++) {
        g_autofree char *field = NULL;

        if (!text_is_empty(ret_envelope->recipient))
            return;
        field = envelope_field(mail, recipient_fields[i]);
        g_free(ret_envelope->recipient);
        ret_envelope->recipient = address_dup(field);
    }
    if (text_is_empty(ret_envelope->recipient))
        g_clear_pointer(&ret_envelope->recipient, g_free);
}

/* "From who Tue Jan  2 03:04:05 2026": the date is that of the delivery, taken as UTC. */
static bool
from_line_time(GBytes *mail, gint64 *ret_time)
{
    gsize len = 0;
    const char *bytes = g_bytes_get_data(mail, &len);
    gsize used = len > 0 ? mail_from_line_length(bytes, MIN(len, FIELD_BYTES)) : 0;
    g_autofree char *line = used > 0 ? text_clean(bytes, (gssize)used, FIELD_BYTES) : NULL;
    const char *date = line ? strchr(line + 5, ' ') : NULL;
    struct tm tm = {0};

    if (!date || line[0] == '>' || !strptime(date, " %a %b %d %H:%M:%S %Y", &tm))
        return false;
    *ret_time = timegm(&tm);
    return true;
}

gint64
envelope_received_at(GBytes *mail, gint64 now)
{
    g_autofree char *received = NULL;
    g_autofree char *date = NULL;
    gint64 time = now;

    if (from_line_time(mail, &time))
        return CLAMP(time, 0, now);
    received = envelope_field(mail, "Received");
    if (received && strrchr(received, ';') && header_date_parse(strrchr(received, ';') + 1, &time))
        return CLAMP(time, 0, now);
    date = envelope_field(mail, "Date");
    if (date && header_date_parse(date, &time))
        return CLAMP(time, 0, now);
    return now;
}
