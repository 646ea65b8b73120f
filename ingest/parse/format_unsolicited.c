/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Spam that was sent to the desk itself: two marks of spam on a mail that reports nothing. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/category.h"
#include "ingest/parse/format.h"
#include "ingest/parse/prose.h"

enum { MAX_ADDRESSES = 50, ENOUGH = 3, PLENTY = 5 };

/* clang-format off */
/* Words of people who complain, folded: then a person is to look. */
static const char *const complaint_words[] = {
    "abuse", "spam", "complaint", "report", "phishing", "phish", "hacked", "attack", "ticket", "incident",
    "plainte", "signalement", "signaler", "indesirable", "pourriel", "hameconnage", "pirate",
    "beschwerde", "missbrauch", "meldung", "angriff", "unerwunschte", "reclamo", "segnalazione", "denuncia",
    "blacklist", "blocklist", "dmarc", "cert", "copyright", "dmca", "takedown",
};
/* … and in the text: who wants something of a host. */
static const char *const host_words[] = {
    "abuse", "spam", "complain", "phishing", "fraud", "your server", "your network", "your customer", "your client",
    "your host", "your ip", "votre client", "votre serveur", "votre reseau", "votre hebergement", "signale",
    "ihr server", "ihrem server", "ihrem netz", "ihr kunde", "ihres kunden", "ihrer kunden", "beschwer",
};
/* clang-format on */

static bool
has_word(const char *text, const char *const *words, gsize n)
{
    g_autofree char *folded = text_fold(text);

    for (gsize i = 0; i < n; i++)
        if (strstr(folded, words[i]))
            return true;
    return false;
}

/* What sells, begs or threatens in so many words needs no other mark, unless one writes about it.
 */
static guint
text_marks(const char *subject, const char *text)
{
    guint weight = category_weight(subject, text);
    g_autofree char *start =
        text_clean_lines(text, (gssize)strnlen(text, CATEGORY_TEXT_BYTES), CATEGORY_TEXT_BYTES);

    if (weight < ENOUGH)
        return 0;
    return weight >= PLENTY && !has_word(start, host_words, G_N_ELEMENTS(host_words)) ? 2 : 1;
}

/* The verdict of the filter in front of the desk: what its field begins with, or holds. */
static guint
filter_marks(const HeaderBlock *header)
{
    /* clang-format off */
    static const struct { const char *name, *value; bool inside; } verdicts[] = {
        {"X-Spam-Flag", "yes", false},         {"X-Spam-Status", "yes", false},
        {"X-Spam", "yes", false},              {"X-Spam-Level", "*****", false},
        {"X-Spam-Level", "+++++", false},      {"X-Spam-Level", "sssss", false},
        {"X-Spam-Bar", "+++++", false},        {"X-Rspamd-Action", "add header", false},
        {"X-Rspamd-Action", "rewrite", false}, {"X-Rspamd-Action", "reject", false},
        {"X-Spamd-Result", ": true", true},    {"X-Bogosity", "spam", false},
        {"X-Bogosity", "yes", false},          {"X-DSPAM-Result", "spam", false},
        {"X-Barracuda-Spam-Flag", "yes", false},
        {"X-Microsoft-Antispam-Mailbox-Delivery", "dest:j", true},
        {"X-Forefront-Antispam-Report", "sfv:spm", true},
        {"X-MS-Exchange-Organization-SCL", "9", false}, {"X-MS-Exchange-Organization-SCL", "6", false},
        {"X-Proofpoint-Spam-Details", "rule=spam", false},
    };
    /* clang-format on */
    guint n = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(verdicts); i++) {
        const char *value = header_get(header, verdicts[i].name);
        n += value && (verdicts[i].inside ? text_find_fold(value, -1, verdicts[i].value) != NULL
                                          : text_has_prefix_fold(value, verdicts[i].value));
    }
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

/* Subject or text name a machine of ours: somebody wants something of us. */
static bool
names_us(Parsing *parsing)
{
    const char *places[] = {format_bare_subject(parsing), format_outer_text(parsing)};
    Addr addr;

    for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
        for (guint n = 0; n < MAX_ADDRESSES && prose_next_addr(&places[i], &addr); n++)
            if (site_owns(parsing->site, &addr))
                return true;
    return false;
}

static bool
unsolicited_probe(Parsing *parsing)
{
    const HeaderBlock *header = parsing->message->header;
    const char *subject = format_bare_subject(parsing);
    guint marks;

    if (has_word(subject, complaint_words, G_N_ELEMENTS(complaint_words)) ||
        header_has(header, "In-Reply-To"))
        return false;
    marks = filter_marks(header) + bulk_marks(header) +
            (parsing->complaint->subject && subject != parsing->complaint->subject);
    if (marks >= 2)
        return !names_us(parsing);
    marks += is_html_only(parsing->message);
    marks += text_marks(subject, format_outer_text(parsing));
    return marks >= 2 && !names_us(parsing);
}

static void
unsolicited_parse(Parsing *parsing)
{
    (void)parsing; /* not an incident of ours, and its words are not a reporter's */
}

const Format format_unsolicited = {
    .format = FORMAT_UNSOLICITED, .probe = unsolicited_probe, .parse = unsolicited_parse};
