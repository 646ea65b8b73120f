/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lists as they were in autumn 2026; what is not published by a list is left out of its row. */
#include "delist/zone.h"

#include <string.h>

#define CODE(n)  0x7f000000U + (n) /* 127.0.0.n */
#define HOURS(n) ((n) * (gint64)3600)
#define DAYS(n)  ((n) * (gint64)86400)

/* clang-format off */
static const ZoneCode spamhaus_codes[] = {
    {CODE(2), "SBL", false}, {CODE(3), "CSS", false}, {CODE(4), "XBL", false}, {CODE(5), "XBL", false},
    {CODE(6), "XBL", false}, {CODE(7), "XBL", false}, {CODE(9), "DROP", false}, {CODE(30), "BCL", false},
    {CODE(10), "PBL", false}, {CODE(11), "PBL", false}, {CODE(20), "AuthBL", false}, {0, NULL, false},
};
static const ZoneCode plain_codes[] = {{CODE(2), "listed", false}, {0, NULL, false}};
static const ZoneCode swinog_codes[] = {{CODE(3), "listed", false}, {0, NULL, false}};
static const ZoneCode abusix_codes[] = {
    {CODE(2), "spam trap", false}, {CODE(3), "heuristic", false}, {CODE(4), "exploit", false},
    {CODE(11), "generic rDNS", false}, {CODE(12), "no rDNS", false}, {CODE(200), "by hand", false},
    {0, NULL, false},
};
static const ZoneCode dronebl_codes[] = {
    {CODE(3), "IRC drone", false}, {CODE(5), "bottler", false}, {CODE(6), "unknown spambot or drone", false},
    {CODE(7), "DDoS drone", false}, {CODE(8), "SOCKS proxy", false}, {CODE(9), "HTTP proxy", false},
    {CODE(10), "proxy chain", false}, {CODE(11), "web proxy", false}, {CODE(12), "open resolver", false},
    {CODE(13), "brute force", false}, {CODE(14), "open wingate", false}, {CODE(15), "compromised router", false},
    {CODE(16), "autorooting worm", false}, {CODE(17), "botnet", false}, {CODE(18), "DNS or MX type", false},
    {CODE(19), "abused VPN", false}, {0, NULL, false},
};
static const ZoneCode spamrats_codes[] = {
    {CODE(36), "Dyna", false}, {CODE(37), "NoPtr", false}, {CODE(38), "Spam", false}, {CODE(43), "Auth", false},
    {0, NULL, false},
};
static const ZoneCode senderscore_codes[] = {
    {1, "bot", false}, {2, "no authentication", false}, {4, "pristine trap", false},
    {8, "suspicious attachment", false}, {16, "score", false}, {0, NULL, false},
};

const Zone zone_table[] = {
    {.name = "zen.spamhaus.org", .title = "Spamhaus ZEN", .families = ZONE_V4 | ZONE_V6, .codes = spamhaus_codes,
     .removal = REMOVAL_FORM, .url = "https://check.spamhaus.org/", .per_second = 5,
     .procedure = "XBL and CSS: the form, once the cause is gone. SBL: the abuse contact of the network. PBL: "
                  "exclusion of a single static mail server; leave dynamic ranges there"},
    {.name = "zen.dq.spamhaus.net", .title = "Spamhaus ZEN by key", .query = "%s.zen.dq.spamhaus.net",
     .families = ZONE_V4 | ZONE_V6, .codes = spamhaus_codes, .removal = REMOVAL_FORM,
     .url = "https://check.spamhaus.org/", .per_second = 5, .procedure = "as zen.spamhaus.org"},
    {.name = "bl.spamcop.net", .title = "SpamCop", .families = ZONE_V4, .codes = plain_codes,
     .removal = REMOVAL_AUTOMATIC, .url = "https://www.spamcop.net/bl.shtml", .wait = HOURS(28), .per_second = 5,
     .procedure = "by itself, 24 hours after the last report, and up to 4 until it is seen"},
    {.name = "b.barracudacentral.org", .title = "Barracuda", .families = ZONE_V4, .codes = plain_codes,
     .removal = REMOVAL_FORM, .url = "https://www.barracudacentral.org/rbl/removal-request", .wait = HOURS(24),
     .per_second = 5, .procedure = "the form, once, with address, e-mail, telephone and reason; the resolver's "
     "address must be registered"},
    {.name = "dnsbl-1.uceprotect.net", .title = "UCEPROTECT 1", .families = ZONE_V4, .codes = plain_codes,
     .removal = REMOVAL_AUTOMATIC, .url = "https://www.uceprotect.net/en/rblcheck.php", .wait = DAYS(7),
     .per_second = 5, .procedure = "by itself, 7 days after the last impact; do not pay"},
    {.name = "dnsbl-2.uceprotect.net", .title = "UCEPROTECT 2", .families = ZONE_V4, .codes = plain_codes,
     .removal = REMOVAL_PROVIDER, .per_second = 5, .is_network_wide = true,
     .url = "https://www.uceprotect.net/en/rblcheck.php",
     .procedure = "falls when the allocation has fewer listings: tell the network's owner"},
    {.name = "dnsbl-3.uceprotect.net", .title = "UCEPROTECT 3", .families = ZONE_V4, .codes = plain_codes,
     .removal = REMOVAL_PROVIDER, .per_second = 5, .is_network_wide = true,
     .url = "https://www.uceprotect.net/en/rblcheck.php",
     .procedure = "falls when the provider's whole network has fewer listings: tell its owner"},
    {.name = "ips.backscatterer.org", .title = "Backscatterer", .families = ZONE_V4, .codes = plain_codes,
     .removal = REMOVAL_AUTOMATIC, .url = "https://www.backscatterer.org/", .wait = DAYS(28), .per_second = 5,
     .procedure = "by itself, 4 weeks after the last bounce or callout; do not pay"},
    {.name = "psbl.surriel.com", .title = "PSBL", .families = ZONE_V4, .codes = plain_codes,
     .removal = REMOVAL_FORM, .url = "https://psbl.org/", .per_second = 5,
     .procedure = "the form, by anyone; otherwise by itself"},
    {.name = "bl.mailspike.net", .title = "Mailspike", .families = ZONE_V4, .codes = plain_codes,
     .removal = REMOVAL_FORM, .url = "https://mailspike.org/", .wait = HOURS(36), .per_second = 5,
     .procedure = "the form of the look-up page; otherwise by itself, soon"},
    {.name = "all.s5h.net", .title = "s5h", .families = ZONE_V4 | ZONE_V6, .codes = plain_codes,
     .removal = REMOVAL_FORM, .url = "https://www.usenix.org.uk/content/rbl.html", .per_second = 5,
     .procedure = "a web request from the listed address itself"},
    {.name = "dnsbl.dronebl.org", .title = "DroneBL", .families = ZONE_V4 | ZONE_V6, .codes = dronebl_codes,
     .removal = REMOVAL_FORM, .url = "https://dronebl.org/lookup", .per_second = 5,
     .procedure = "the form of the look-up page, by the address's main user"},
    {.name = "bl.0spam.org", .title = "0spam", .families = ZONE_V4, .codes = plain_codes,
     .removal = REMOVAL_FORM, .url = "https://0spam.org/", .per_second = 5,
     .procedure = "an account, then one address in 3 hours"},
    {.name = "combined.mail.abusix.zone", .title = "Abusix", .query = "%s.combined.mail.abusix.zone",
     .families = ZONE_V4 | ZONE_V6, .codes = abusix_codes, .removal = REMOVAL_FORM,
     .url = "https://lookup.abusix.com/", .per_second = 5, .wait = DAYS(5),
     .procedure = "the form of the look-up page, with an account; otherwise by itself after about five days"},
    {.name = "bl.spameatingmonkey.net", .title = "SEM-BLACK", .families = ZONE_V4, .codes = plain_codes,
     .removal = REMOVAL_FORM, .url = "https://spameatingmonkey.com/lookup", .wait = HOURS(24), .per_second = 5,
     .procedure = "the form of the look-up page; otherwise by itself"},
    {.name = "bl.ipv6.spameatingmonkey.net", .title = "SEM-IPv6", .families = ZONE_V6, .codes = plain_codes,
     .removal = REMOVAL_FORM, .url = "https://spameatingmonkey.com/lookup", .wait = HOURS(24), .per_second = 5,
     .procedure = "the form of the look-up page; otherwise by itself"},
    {.name = "all.spamrats.com", .title = "SpamRATS", .families = ZONE_V4, .codes = spamrats_codes,
     .removal = REMOVAL_FORM, .url = "https://www.spamrats.com/removal.php", .per_second = 5,
     .procedure = "the form, after the address has a mail-like name that leads back to it"},
    {.name = "dnsrbl.swinog.ch", .title = "SwiNOG", .families = ZONE_V4, .codes = swinog_codes,
     .removal = REMOVAL_FORM, .url = "https://antispam.imp.ch/", .per_second = 5,
     .procedure = "the form at ImproWare"},
    {.name = "bl.score.senderscore.com", .title = "Validity", .families = ZONE_V4, .coding = ZONE_BITS,
     .codes = senderscore_codes, .removal = REMOVAL_FORM, .url = "https://senderscore.org/", .per_second = 5,
     .procedure = "the portal; unregistered resolvers are refused"},
    {.name = "bip.virusfree.cz", .title = "virusfree.cz", .families = ZONE_V4, .codes = plain_codes,
     .removal = REMOVAL_FORM, .per_second = 5,
     .procedure = "see the list's page"},
    {.name = NULL},
};

static const struct { const char *name, *why; } dead_zones[] = {
    {"sorbs.net", "SORBS was shut down on 5 June 2024"},
    {"ix.dnsbl.manitu.net", "NiX Spam has been empty since January 2025"},
    {"db.wpbl.info", "WPBL was shut down in 2024"},
    {"dnsbl.inps.de", "it was shut down in 2020"},
    {"njabl.org", "NJABL was shut down in 2013"},
    {"ahbl.org", "AHBL lists the whole world since 2015"},
    {"ordb.org", "ORDB was shut down in 2006 and listed the whole world"},
    {"dul.ru", "it lists the whole world since 2015"},
    {"rbl.megarbl.net", "MegaRBL lists the whole world since 2019"},
    {"bl.emailbasura.org", "it lists the whole world"},
    {"msrbl.net", "MSRBL has lost its domain"},
    {"rbl.webiron.net", "it lists the whole world since 2020"},
    {"dnsbl.burnt-tech.com", "it lists the whole world"},
    {"ubl.unsubscore.com", "LashBack was shut down in 2020"},
    {"cbl.abuseat.org", "CBL is a part of zen.spamhaus.org (XBL)"},
    {"rfc-ignorant.org", "it was shut down in 2012"},
};
/* clang-format on */

const char *const removal_names[N_REMOVALS] = {
    [REMOVAL_AUTOMATIC] = "automatic", [REMOVAL_FORM] = "form", [REMOVAL_MAIL] = "mail",
    [REMOVAL_PROVIDER] = "provider",   [REMOVAL_NONE] = "none",
};

const char *
zone_dead_why(const char *name)
{
    gsize len = strlen(name);

    for (gsize i = 0; i < G_N_ELEMENTS(dead_zones); i++) {
        gsize dead = strlen(dead_zones[i].name);

        if (len >= dead && g_ascii_strcasecmp(name + len - dead, dead_zones[i].name) == 0 &&
            (len == dead || name[len - dead - 1] == '.'))
            return dead_zones[i].why;
    }
    return NULL;
}
