/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delist/site_check.h"

#include <string.h>

#include "base/text.h"
#include "delist/site_check_impl.h"
#include "delist/spf.h"
#include "store/finding.h"

bool
site_put(const SiteCheck *site, const char *subject, FindingOutcome outcome, char *text,
         GError **error)
{
    g_autofree char *owned = text;
    const Finding finding = {site->row->kind, subject, outcome, owned};

    return finding_put(site->store, &finding, site->now, error);
}

/* -- our relays --------------------------------------------------------------------------------
 */

bool
site_each_relay(const SiteCheck *site, SiteRelayCheck check, GError **error)
{
    const char *const *groups = config_groups(site->config, "relay");

    for (gsize i = 0; groups[i]; i++) {
        g_autofree char *group = g_strconcat("relay ", groups[i], NULL);
        const char *const *addresses = config_list(site->config, group, "addresses");
        SiteRelay relay = {.group = groups[i],
                           .names = config_list(site->config, group, "names"),
                           .roles = config_list(site->config, group, "roles")};

        for (gsize j = 0; addresses[j]; j++) {
            if (!addr_parse(addresses[j], -1, &relay.addr))
                continue;
            addr_text(&relay.addr, relay.text);
            if (!check(site, &relay, error))
                return false;
        }
    }
    return true;
}

/* A yes or a no. */
static bool
is_said(const DnsAnswer *answer)
{
    return answer->outcome == DNS_FOUND || answer->outcome == DNS_NO_NAME ||
           answer->outcome == DNS_NO_DATA;
}

/* -- reverse names -----------------------------------------------------------------------------
 */

/* Does the name lead back to the address? UNKNOWN: DNS did not say. */
static bool
leads_back(const SiteCheck *site, const SiteRelay *relay, const char *name,
           FindingOutcome *ret_leads, GError **error)
{
    g_auto(DnsAnswer) answer = {0};
    DnsType type = addr_is_ipv4(&relay->addr) ? DNS_A : DNS_AAAA;

    if (!dns_answer(site->dns, site->lane, name, type, &answer, error))
        return false;
    *ret_leads = is_said(&answer) ? FINDING_BAD : FINDING_UNKNOWN;
    for (guint i = 0; i < answer.records->len; i++) {
        Addr addr = ADDR_NONE;

        if (addr_parse(g_ptr_array_index(answer.records, i), -1, &addr) &&
            addr_equal(&addr, &relay->addr))
            *ret_leads = FINDING_GOOD;
    }
    return true;
}

static bool
is_named(const SiteRelay *relay, const char *name)
{
    for (gsize i = 0; relay->names[i]; i++)
        if (g_ascii_strcasecmp(relay->names[i], name) == 0)
            return true;
    return false;
}

/* Receivers want one name for an address, that leads back to it and is what the host calls itself.
 */
static bool
check_ptr(const SiteCheck *site, const SiteRelay *relay, GError **error)
{
    char reverse[DNS_REVERSE_SIZE];
    g_auto(DnsAnswer) answer = {0};
    const char *name = NULL;
    FindingOutcome leads = FINDING_UNKNOWN;

    dns_reverse_name(&relay->addr, reverse);
    if (!dns_answer(site->dns, site->lane, reverse, DNS_PTR, &answer, error))
        return false;
    if (answer.outcome == DNS_NO_NAME || answer.outcome == DNS_NO_DATA)
        return site_put(
            site, relay->text, FINDING_BAD,
            g_strdup_printf("has no reverse name: many receivers refuse its mail; ask whoever "
                            "holds the network for a PTR record to %s",
                            relay->names[0] ? relay->names[0] : "the host's name"),
            error);
    if (answer.outcome != DNS_FOUND)
        return site_put(site, relay->text, FINDING_UNKNOWN,
                        g_strdup_printf("its reverse name: %s", dns_outcome_names[answer.outcome]),
                        error);
    name = g_ptr_array_index(answer.records, 0);
    if (!leads_back(site, relay, name, &leads, error))
        return false;
    if (leads != FINDING_GOOD)
        return site_put(site, relay->text, leads,
                        g_strdup_printf("its reverse name %s does not lead back to it", name),
                        error);
    if (relay->names[0] && !is_named(relay, name))
        return site_put(
            site, relay->text, FINDING_BAD,
            g_strdup_printf("its reverse name %s is none of its names (%s)", name, relay->names[0]),
            error);
    return site_put(site, relay->text, FINDING_GOOD, g_strdup_printf("is %s, both ways", name),
                    error);
}

static bool
run_ptr(const SiteCheck *site, GError **error)
{
    return site_each_relay(site, check_ptr, error);
}

/* -- HELO --------------------------------------------------------------------------------------
 */

static bool
check_helo(const SiteCheck *site, const SiteRelay *relay, GError **error)
{
    FindingOutcome worst = FINDING_BAD;

    for (gsize i = 0; relay->names[i]; i++) {
        FindingOutcome leads = FINDING_UNKNOWN;

        if (!leads_back(site, relay, relay->names[i], &leads, error))
            return false;
        if (leads == FINDING_GOOD)
            return site_put(site, relay->text, FINDING_GOOD,
                            g_strdup_printf("%s leads to it", relay->names[i]), error);
        worst = leads == FINDING_UNKNOWN ? leads : worst;
    }
    if (!relay->names[0])
        return site_put(site, relay->text, FINDING_UNKNOWN,
                        g_strdup_printf("[relay %s] has no names", relay->group), error);
    return site_put(
        site, relay->text, worst,
        worst == FINDING_UNKNOWN
            ? g_strdup_printf("DNS does not tell where the names of [relay %s] lead", relay->group)
            : g_strdup_printf(
                  "no name of [relay %s] leads to it: what it says in HELO looks forged",
                  relay->group),
        error);
}

static bool
run_helo(const SiteCheck *site, GError **error)
{
    return site_each_relay(site, check_helo, error);
}

/* -- SPF ---------------------------------------------------------------------------------------
 */

static FindingOutcome
spf_outcome(SpfResult result)
{
    return result == SPF_PASS                                 ? FINDING_GOOD
           : result == SPF_TEMPERROR || result == SPF_UNKNOWN ? FINDING_UNKNOWN
                                                              : FINDING_BAD;
}

static bool
check_spf(const SiteCheck *site, const SiteRelay *relay, GError **error)
{
    const char *const *domains = config_list(site->config, "site", "domains");

    if (relay->roles[0] && !g_strv_contains(relay->roles, "smarthost") &&
        !g_strv_contains(relay->roles, "msa") && !g_strv_contains(relay->roles, "webmail") &&
        !g_strv_contains(relay->roles, "list"))
        return true; /* it sends nothing in these names */
    for (gsize i = 0; domains[i]; i++) {
        g_autofree char *subject = g_strdup_printf("%s %s", domains[i], relay->text);
        g_autofree char *why = NULL;
        SpfResult result = SPF_NONE;

        if (!spf_check(site->dns, site->lane, &relay->addr, domains[i], &result, &why, error) ||
            !site_put(site, subject, spf_outcome(result),
                      g_strdup_printf("%s: %s", spf_result_names[result], why ? why : "no reason"),
                      error))
            return false;
    }
    return true;
}

static bool
run_spf(const SiteCheck *site, GError **error)
{
    return site_each_relay(site, check_spf, error);
}

/* -- lists -------------------------------------------------------------------------------------
 */

enum { LOOKED_SECONDS = 2 * 86400 /* relays are looked up every half day */ };

static bool
check_listed(const SiteCheck *site, const SiteRelay *relay, GError **error)
{
    g_autofree char *zones = NULL;
    gint64 looked_at = 0;

    if (!finding_listings(site->store, &relay->addr, &zones, error) ||
        !finding_looked(site->store, &relay->addr, &looked_at, error))
        return false;
    if (zones)
        return site_put(site, relay->text, FINDING_BAD,
                        g_strdup_printf("is on %s: see 'plaint listing list'", zones), error);
    if (site->now - looked_at > LOOKED_SECONDS)
        return site_put(site, relay->text, FINDING_UNKNOWN,
                        g_strdup("no list was heard about it for two days: run 'plaint listing "
                                 "check' from cron, or plaint-watch; 'plaint zone test' says which "
                                 "lists answer"),
                        error);
    return site_put(site, relay->text, FINDING_GOOD, g_strdup("is on no list"), error);
}

static bool
run_listed(const SiteCheck *site, GError **error)
{
    return site_each_relay(site, check_listed, error);
}

/* ---------------------------------------------------------------------------------------------- */

const SiteCheckRow site_checks[] = {
    {"listed", "no relay is on a list", run_listed},
    {"relay", "no relay passes on mail of strangers", site_check_relays},
    {"backup-mx", "each backup MX knows its recipients", site_check_backups},
    {"mailbox", "postmaster and abuse of each domain take mail", site_check_mailboxes},
    {"ptr", "each relay has a reverse name that is its own", run_ptr},
    {"helo", "each relay's name leads to it", run_helo},
    {"spf", "each domain's SPF record names the relays that send", run_spf},
    {NULL, NULL, NULL},
};

bool
site_check_run(const SiteCheck *site, GError **error)
{
    SiteCheck run = *site;

    run.lane = dns_lane(site->dns, 0);
    for (const SiteCheckRow *row = site_checks; row->kind; row++) {
        run.row = row;
        if (!row->run(&run, error) || !finding_forget(site->store, row->kind, site->now, error))
            return false;
    }
    return true;
}
