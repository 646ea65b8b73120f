/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/blocked.h"

#include <string.h>

#include "base/text.h"

/* clang-format off */
/* Words in front of a zone's name. */
static const char *const leads[] = {
    "blocked using ", "blocked by ", "listed at ", "listed in ", "listed by ", "listed on ", "found in ",
    "rejected by ", "refused by ", "is in ", "blacklisted by ", "blacklisted at ", "blocklisted by ",
    "block list ", "due to listing in ", "rbl ", "dnsbl ", "using ",
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
    {"gmail.com", "low reputation of the sending"}, {"gmail.com", "unusual rate of unsolicited"},
    {"gmail.com", "gmail&likely unsolicited mail"},
    {"yahoo.com", "[tss04]"}, {"yahoo.com", "[tss09]"}, {"yahoo.com", "[tss11]"},
    {"yahoo.com", "[bl21]"}, {"yahoo.com", "[bl23]"},
    {"yahoo.com", "permanently deferred&yahoo"}, {"yahoo.com", "unexpected volume or user complaints"},
    {"proofpoint.com", "proofpoint.com/dnsbl-lookup"}, {"proofpoint.com", "ipcheck.proofpoint.com"},
    {"icloud.com", "[cs01]"}, {"talosintelligence.com", "mta's poor reputation"},
    {"orange.fr", "ofr_"}, {"orange.fr", "ofr0"}, {"laposte.net", "lpn"},
    {"free.fr", "too many spams from your ip"}, {"free.fr", "550 spam detected"},
    {"sfr.fr", "abus detecte"},
    {"gmx.net", "ip address is block listed"}, {"gmx.net", "postmaster.gmx."}, {"web.de", "postmaster.web.de"},
    {"t-online.de", "rx.t-online.de"}, {"comcast.net", "comcast&bl0"}, {"comcast.net", "postmaster.comcast.net"},
    {"bluewin.ch", "bluewin&block"}, {"mimecast.com", "mimecast.org blocked"},
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
        if (len > 0 && !is_no_zone(p + strlen(leads[i])) && strchr(p + strlen(leads[i]), '.'))
            return complaint_keep(complaint, p + strlen(leads[i]), (gssize)len);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(patterns); i++)
        if (has_all(lower, patterns[i].needles))
            return patterns[i].by;
    return NULL;
}
