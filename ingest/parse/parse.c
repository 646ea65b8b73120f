/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/parse.h"

#include <gmime/gmime.h>
#include <jansson.h>
#include <string.h>

#include "base/text.h"
#include "ingest/parse/archive.h"
#include "ingest/parse/authenticity.h"
#include "ingest/parse/charset.h"
#include "ingest/parse/evidence.h"
#include "ingest/parse/format.h"
#include "ingest/parse/html.h"
#include "ingest/parse/message.h"
#include "ingest/parse/ole.h"
#include "ingest/parse/prescan.h"
#include "ingest/parse/tnef.h"

enum { MAX_BOUNDARY = 76 }; /* RFC 2046: 70, the hyphens and the line's end */
#include "ingest/parse/xml.h"

void
parse_init(void)
{
    g_mime_init();
    json_object_seed(0); /* it opens /dev/urandom, which behind a sandbox cannot be done */
    (void)html_init();   /* html_to_text() says so */
    (void)archive_init();
    (void)tnef_init();
    charset_init();
}

void
parse_init_for(GBytes *mail)
{
    gsize len = 0;
    const char *bytes = g_bytes_get_data(mail, &len);

    g_mime_init();
    json_object_seed(0);
    if (archive_init_for(bytes, len) || xml_possible(bytes, len))
        (void)html_init();
    ole_init_for(bytes, len);
    tnef_init_for(bytes, len);
    (void)html_init_for(bytes, len);
    charset_init_for(bytes, len);
}

static const char *
keep_and_free(Complaint *complaint, char *text)
{
    g_autofree char *owned = text;

    return owned ? complaint_keep(complaint, owned, -1) : NULL;
}

/* The id that the mail answers: the last one it names. */
static const char *
answered_id(Complaint *complaint, const HeaderBlock *header)
{
    const char *value = header_get(header, "In-Reply-To"), *last;

    if (text_is_empty(value))
        value = header_get(header, "References");
    if (text_is_empty(value))
        return NULL;
    last = strrchr(value, '<');
    return keep_and_free(complaint, header_message_id(last ? last : value));
}

static void
take_outer_header(Complaint *complaint, const HeaderBlock *header)
{
    const char *sign;

    complaint->from = keep_and_free(complaint, header_address(header_get(header, "From")));
    sign = complaint->from ? strrchr(complaint->from, '@') : NULL;
    complaint->reporter = sign ? complaint_keep(complaint, sign + 1, -1) : NULL;
    complaint->subject = evidence_subject(complaint, header);
    complaint->message_id =
        keep_and_free(complaint, header_message_id(header_get(header, "Message-ID")));
    complaint->in_reply_to = answered_id(complaint, header);
    (void)header_date_parse(header_get(header, "Date"), &complaint->date);
    if (header->fields->len == 0)
        complaint_add_problem(complaint, "no-header", "it begins with no header fields");
}

/* Of a mail that begins with a MIME boundary the header is lost: the line says how the rest is
 * built. Marks: a field of a part follows, and the boundary comes again. (transfer full) or NULL */
static GBytes *
lend_header(GBytes *mail)
{
    gsize len = 0, line = 0;
    const char *bytes = g_bytes_get_data(mail, &len);
    g_autofree char *boundary = NULL, *again = NULL;
    GString *whole = NULL;

    while (line < MIN(len, MAX_BOUNDARY) && bytes[line] != '\n')
        line++;
    if (line < 3 || len - line < 10 || bytes[line] != '\n' || bytes[0] != '-' || bytes[1] != '-' ||
        g_ascii_strncasecmp(bytes + line + 1, "Content-", 8) != 0)
        return NULL;
    boundary = g_strchomp(g_strndup(bytes + 2, line - 2));
    again = g_strconcat("\n--", boundary, NULL);
    if (!*boundary || strpbrk(boundary, "\"\\ ") ||
        !text_find_fold(bytes + line, (gssize)(len - line), again))
        return NULL;
    whole = g_string_sized_new(len + 200);
    g_string_printf(whole, "Content-Type: multipart/mixed; boundary=\"%s\"\n\n", boundary);
    g_string_append_len(whole, bytes, (gssize)len);
    return g_string_free_to_bytes(whole);
}

/* only: the row that is to take it, NULL: the first that will. NULL when that row will not. */
static Complaint *
parse(GBytes *mail, const SiteMap *site, const Limits *limits, gint64 received_at,
      const Format *only)
{
    g_autoptr(Complaint) complaint = complaint_new();
    g_autoptr(GBytes) lent = lend_header(mail);
    g_auto(Prescan) scan = {0};
    g_autoptr(Message) message = NULL;
    Parsing parsing = {
        .site = site, .limits = limits, .complaint = complaint, .received_at = received_at};

    prescan_run(lent ? lent : mail, limits, complaint, &scan);
    if (lent) {
        scan.base = G_MAXUINT32;
        complaint_add_problem(complaint, "no-header", "it begins with a part of a message");
    }
    parsing.message = message = message_new(&scan, limits, complaint);
    take_outer_header(complaint, message->header);
    if (only && !only->probe(&parsing))
        return NULL;
    if (only)
        format_apply(only, &parsing);
    else
        format_recognise(&parsing);
    authenticity_judge(&parsing);
    complaint->automatic = authenticity_is_automatic(&parsing);
    return g_steal_pointer(&complaint);
}

Complaint *
complaint_parse(GBytes *mail, const SiteMap *site, const Limits *limits, gint64 received_at)
{
    return parse(mail, site, limits, received_at, NULL);
}

Complaint *
complaint_parse_as(const Format *format, GBytes *mail, const SiteMap *site, const Limits *limits,
                   gint64 received_at)
{
    return parse(mail, site, limits, received_at, format);
}

Complaint *
complaint_parse_spam(GBytes *mail, const SiteMap *site, const Limits *limits, gint64 received_at)
{
    Complaint *complaint = complaint_new();
    g_auto(Prescan) scan = {0};
    g_autoptr(Message) message = NULL;
    g_auto(Evidence) evidence = {0};
    Parsing parsing = {
        .site = site, .limits = limits, .complaint = complaint, .received_at = received_at};
    const char *bytes;
    gsize len;
    gint body;

    prescan_run(mail, limits, complaint, &scan);
    parsing.message = message = message_new(&scan, limits, complaint);
    take_outer_header(complaint, message->header);
    bytes = g_bytes_get_data(message->scan.mail, &len);
    evidence.block = header_block_parse(bytes, len, message->scan.base, limits, NULL);
    body = message_body(message, 0);
    evidence.text = body < 0 ? NULL : message_text(message, (guint)body);
    evidence_apply(&parsing, complaint_add_incident(complaint), &evidence);
    authenticity_judge(&parsing);
    complaint->automatic = true; /* nobody complained: there is nobody to answer */
    return complaint;
}
