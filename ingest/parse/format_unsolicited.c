/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Spam that was sent to the desk itself: two marks of spam on a mail that reports nothing. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/category.h"
#include "ingest/parse/format.h"
#include "ingest/parse/prose.h"

/* clang-format off */
/* Words of people who complain, folded: then a person is to look. */
static const char *const complaint_words[] = {
    "abuse", "spam", "complaint", "report", "phishing", "phish", "hacked", "attack", "ticket", "incident",
    "plainte", "signalement", "signaler", "indesirable", "pourriel", "hameconnage", "pirate",
    "beschwerde", "missbrauch", "meldung", "angriff", "unerwunschte", "reclamo", "segnalazione", "denuncia",
    "blacklist", "blocklist", "dmarc", "cert", "copyright", "dmca", "takedown",
};
/* clang-format on */

static bool
speaks_of_abuse(const char *subject)
{
    g_autofree char *folded = subject ? text_fold(subject) : g_strdup("");

    for (gsize i = 0; i < G_N_ELEMENTS(complaint_words); i++)
        if (strstr(folded, complaint_words[i]))
            return true;
    return false;
}

/* The verdict of the filter in front of the desk. */
static guint
filter_marks(const HeaderBlock *header)
{
    const char *flag = header_get(header, "X-Spam-Flag"),
               *status = header_get(header, "X-Spam-Status");
    const char *level = header_get(header, "X-Spam-Level"), *rspamd = header_get(header, "X-Spam");
    guint n = 0;

    n += flag && text_has_prefix_fold(flag, "yes");
    n += status && text_has_prefix_fold(status, "yes");
    n += level && strlen(level) >= 5 && strspn(level, "*+sx") >= 5;
    n += rspamd && text_has_prefix_fold(rspamd, "yes");
    return n;
}

static guint
bulk_marks(const HeaderBlock *header)
{
    const char *precedence = header_get(header, "Precedence");
    guint n = 0;

    n += header_has(header, "List-Unsubscribe");
    n += header_has(header, "Feedback-ID") || header_has(header, "X-CSA-Complaints") ||
         header_has(header, "X-Campaign") || header_has(header, "X-CampaignID");
    n += precedence && (text_equal_fold(precedence, "bulk") || text_equal_fold(precedence, "junk"));
    return n;
}

static bool
is_html_only(const Message *message)
{
    gint body = message_body(message, 0);

    return body >= 0 && strcmp(message_entity(message, (guint)body)->type, "text/html") == 0;
}

static bool
unsolicited_probe(Parsing *parsing)
{
    const HeaderBlock *header = parsing->message->header;
    const char *subject = parsing->complaint->subject;
    guint marks;

    if (speaks_of_abuse(subject) || header_has(header, "In-Reply-To"))
        return false;
    marks = filter_marks(header) + bulk_marks(header);
    if (marks >= 2)
        return true;
    marks += is_html_only(parsing->message);
    marks += category_weight(subject, format_outer_text(parsing)) >= 3;
    return marks >= 2;
}

static void
unsolicited_parse(Parsing *parsing)
{
    (void)parsing; /* not an incident of ours, and its words are not a reporter's */
}

const Format format_unsolicited = {
    .format = FORMAT_UNSOLICITED, .probe = unsolicited_probe, .parse = unsolicited_parse};
