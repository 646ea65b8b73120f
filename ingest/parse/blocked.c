/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/blocked.h"

#include <string.h>

#include "base/text.h"

/* clang-format off */
/* Words in front of a zone's name. */
static const char *const leads[] = {
    "blocked using ", "blocked by ", "listed at ", "listed in ", "listed by ", "listed on ",
    "blacklisted by ", "blacklisted at ", "blocklisted by ", "blocklisted at ", "block list ", "due to listing in ",
    "rbl ", "dnsbl ", "blacklist ", "gelistet bei ", "gelistet in ", "gelistet auf ", "listee dans ", "listee par ",
    "found in ", "rejected by ", "refused by ", "is in ", "using ",
};
enum { N_WEAK_LEADS = 5 }; /* the last ones: any host may refuse, only a list is named so */
static const char *const list_marks[] = {
    "bl.", "bl-", "bl1", "bl2", "rbl", "dnsbl", "blocklist", "blacklist", "list", "spam", "zen.", "rep.", "abus", "block",
};
/* Refusals by provider: all needles ("a&b") must be there, in lower case. */
static const struct { const char *by, *needles; } patterns[] = {
    {"zen.spamhaus.org", "spamhaus.org"}, {"zen.spamhaus.org", "listing in spamhaus"},
    {"bl.spamcop.net", "spamcop.net"},
    {"b.barracudacentral.org", "barracuda&reputation"}, {"b.barracudacentral.org", "barracudacentral.org"},
    {"dnsbl-1.uceprotect.net", "uceprotect"}, {"combined.mail.abusix.zone", "abusix"},
    {"cloudmark.com", "csi.cloudmark.com"}, {"mail-abuse.com", "mail-abuse."},
    {"outlook.com", "our block list&(s31"}, {"outlook.com", "rate limited due to ip reputation"},
    {"outlook.com", "(s775)"},
    {"office365.com", "access denied, banned send"}, {"office365.com", "delist@messaging.microsoft.com"},
    {"office365.com", "customer block list"}, {"office365.com", "bad outbound sender"},
    {"office365.com", "access denied, please try again later"},
    {"gmail.com", "low reputation of the sending"}, {"gmail.com", "unusual rate of unsolicited"}, {"gmail.com", "gmail&unusual rate of mail"},
    {"gmail.com", "gmail&likely unsolicited mail"},
    {"gmail.com", "unsolicited mail originating from your ip"},
    {"yahoo.com", "[tss04]"}, {"yahoo.com", "[tss09]"}, {"yahoo.com", "[tss11]"},
    {"yahoo.com", "[bl21]"}, {"yahoo.com", "[bl23]"},
    {"yahoo.com", "permanently deferred&yahoo"}, {"yahoo.com", "unexpected volume or user complaints"},
    {"yahoo.com", "deferred due to user complaints"},
    {"proofpoint.com", "proofpoint dynamic reputation"}, {"proofpoint.com", "proofpoint.com/dnsbl-lookup"}, {"proofpoint.com", "ipcheck.proofpoint.com"},
    {"icloud.com", "[cs01]"}, {"talosintelligence.com", "mta's poor reputation"},
    {"talosintelligence.com", "senderbase.org"}, {"talosintelligence.com", "talosintelligence.com"},
    {"free.fr", "too many spams from your ip"}, {"free.fr", "550 spam detected"},
    {"sfr.fr", "abus detecte"}, {"sfr.fr", "gu_eib_0"},
    {"gmx.net", "ip address is block listed"}, {"gmx.net", "postmaster.gmx."}, {"web.de", "postmaster.web.de"}, {"ionos.com", "nemesis&postmaster.1and1.com"},
    {"t-online.de", "rx.t-online.de"}, {"comcast.net", "comcast&bl0"}, {"comcast.net", "comcast&es0000"}, {"comcast.net", "postmaster.comcast.net"},
    {"bluewin.ch", "bluewin&block"}, {"mimecast.com", "mimecast.org blocked"}, {"mimecast.com", "csi.mimecast.org"},
    {"mimecast.com", "administrative prohibition&mimecast"},
};
/* Names of hosts that explain and are no zones. */
static const char *const no_zones[] = {"www.", "http", "postmaster.", "support.", "lookup."};
/* clang-format on */

/* A host name of two labels at least at p, its length or 0. */
static gsize
host_length(const char *p)
{
    gsize len = 0, dots = 0;
    bool alpha = false;

    while (g_ascii_isalnum(p[len]) || p[len] == '-' || p[len] == '.') {
        dots += p[len] == '.';
        alpha = alpha || g_ascii_isalpha(p[len]);
        len++;
    }
    while (len > 0 && p[len - 1] == '.') {
        len--;
        dots--;
    }
    return dots >= 1 && alpha && len <= 100 && p[len] != '@' ? len : 0;
}

static bool
is_no_zone(const char *host)
{
    for (gsize i = 0; i < G_N_ELEMENTS(no_zones); i++)
        if (g_str_has_prefix(host, no_zones[i]))
            return true;
    return false;
}

static bool
has_any(const char *text, gsize len, const char *const *words, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (text_find_fold(text, (gssize)len, words[i]))
            return true;
    return false;
}

/* "OFR_102", "LPN007_510": a prefix, at most three digits, the number that counts. Other numbers
 * are of mailboxes and senders. */
static const char *
coded_refusal(const char *lower)
{
    static const struct {
        const char *prefix, *by;
    } codes[] = {{"ofr", "orange.fr"}, {"lpnaaa", "laposte.net"}, {"lpn", "laposte.net"}};
    static const char *const refusals[] = {"101", "102", "103", "104", "506", "510", "999"};

    for (gsize i = 0; i < G_N_ELEMENTS(codes); i++) {
        const char *p = strstr(lower, codes[i].prefix);
        gsize run;
        if (!p || (p > lower && g_ascii_isalnum(p[-1])))
            continue;
        p += strlen(codes[i].prefix);
        run = strspn(p, "0123456789_");
        if (run >= 4 && p[run - 4] == '_' &&
            has_any(p + run - 3, 3, refusals, G_N_ELEMENTS(refusals)))
            return codes[i].by;
    }
    return NULL;
}

static bool
has_all(const char *text, const char *needles)
{
    g_auto(GStrv) words = g_strsplit(needles, "&", -1);

    for (char **word = words; *word; word++)
        if (!strstr(text, *word))
            return false;
    return true;
}

const char *
blocked_by(Complaint *complaint, const char *diagnostic)
{
    g_autofree char *lower = NULL;

    if (text_is_empty(diagnostic))
        return NULL;
    lower = g_ascii_strdown(diagnostic, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(leads); i++) {
        const char *p = strstr(lower, leads[i]);
        gsize len = p ? host_length(p + strlen(leads[i])) : 0;
        bool is_weak = i >= G_N_ELEMENTS(leads) - N_WEAK_LEADS;
        if (len == 0 || is_no_zone(p + strlen(leads[i])))
            continue;
        p += strlen(leads[i]);
        if (!is_weak || has_any(p, len, list_marks, G_N_ELEMENTS(list_marks)))
            return complaint_keep(complaint, p, (gssize)len);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(patterns); i++)
        if (has_all(lower, patterns[i].needles))
            return patterns[i].by;
    return coded_refusal(lower);
}
