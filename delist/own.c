/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delist/own.h"

#include "base/error.h"
#include "base/text.h"

static bool
add_networks(NetmaskSet *set, const char *const *texts, GError **error)
{
    for (gsize i = 0; texts[i]; i++) {
        Netmask mask = {0};

        if (!netmask_parse(texts[i], &mask, error))
            return false;
        netmask_set_add(set, &mask);
    }
    return true;
}

NetmaskSet *
own_networks(const Config *config, GError **error)
{
    g_autoptr(NetmaskSet) own = netmask_set_new();
    const char *const *relays = config_groups(config, "relay");

    if (!add_networks(own, config_list(config, "site", "networks"), error))
        return NULL;
    for (gsize i = 0; relays[i]; i++) {
        g_autofree char *group = g_strconcat("relay ", relays[i], NULL);

        if (!add_networks(own, config_list(config, group, "addresses"), error))
            return NULL;
    }
    return g_steal_pointer(&own);
}

void
own_host_free(OwnHost *host)
{
    if (!host)
        return;
    g_free(host->name);
    g_array_unref(host->addrs);
    g_string_free(host->foreign, TRUE);
    g_free(host);
}

static void
add_addr(OwnHost *host, const NetmaskSet *own, const Addr *addr)
{
    char text[ADDR_TEXT_SIZE];

    if (!netmask_set_contains(own, addr))
        g_string_append_printf(host->foreign, "%s%s", host->foreign->len > 0 ? " " : "",
                               addr_text(addr, text));
    else if (host->addrs->len < OWN_ADDRESSES_MAX)
        g_array_append_val(host->addrs, *addr);
}

/* -- where they come from ---------------------------------------------------------------------- */

/* The group whose NAME or names has the word: "relay mx1". (transfer full) or NULL */
static char *
relay_group(const Config *config, const char *word)
{
    const char *const *relays = config_groups(config, "relay");

    for (gsize i = 0; relays[i]; i++) {
        g_autofree char *group = g_strconcat("relay ", relays[i], NULL);
        const char *const *names = config_list(config, group, "names");
        bool found = text_equal_fold(relays[i], word);

        for (gsize n = 0; names[n] && !found; n++)
            found = text_equal_fold(names[n], word);
        if (found)
            return g_steal_pointer(&group);
    }
    return NULL;
}

/* Its addresses; of a network that is not one host, none. */
static void
add_relay(OwnHost *host, const NetmaskSet *own, const Config *config, const char *group)
{
    const char *const *texts = config_list(config, group, "addresses");

    for (gsize i = 0; texts[i]; i++) {
        Netmask mask = {0};

        if (netmask_parse(texts[i], &mask, NULL) && addr_equal(&mask.first, &mask.last))
            add_addr(host, own, &mask.first);
    }
}

/* The first name of the relay that has the address. (transfer full) or NULL */
static char *
relay_name(const Config *config, const Addr *addr)
{
    const char *const *relays = config_groups(config, "relay");

    for (gsize i = 0; relays[i]; i++) {
        g_autofree char *group = g_strconcat("relay ", relays[i], NULL);
        const char *const *texts = config_list(config, group, "addresses");
        Netmask mask = {0};

        for (gsize n = 0; texts[n]; n++)
            if (netmask_parse(texts[n], &mask, NULL) && netmask_contains(&mask, addr))
                return g_strdup(config_list(config, group, "names")[0]);
    }
    return NULL;
}

typedef struct {
    OwnHost *host;
    const NetmaskSet *own;
    DnsOutcome worst; /* of what is no yes and no clear no */
} Ask;

static void
hear(const DnsAnswer *answer, gpointer data)
{
    Ask *ask = data;

    if (!answer)
        return;
    if (answer->outcome >= DNS_SERVFAIL)
        ask->worst = answer->outcome;
    for (guint i = 0; i < answer->records->len; i++) {
        Addr addr = ADDR_NONE;

        if (addr_parse(g_ptr_array_index(answer->records, i), -1, &addr))
            add_addr(ask->host, ask->own, &addr);
    }
}

static bool
add_named(OwnHost *host, const NetmaskSet *own, Dns *dns, const char *name, GError **error)
{
    Ask ask = {host, own, DNS_FOUND};
    DnsLane *lane = dns_lane(dns, 0);
    g_autofree char *quoted = text_quote(name);

    dns_ask(dns, lane, name, DNS_A, hear, &ask);
    dns_ask(dns, lane, name, DNS_AAAA, hear, &ask);
    if (!dns_run(dns, 0, -1, error))
        return false;
    if (host->addrs->len > 0 || host->foreign->len > 0)
        return true;
    if (ask.worst != DNS_FOUND)
        return plaint_fail(error, PLAINT_ERROR_BUSY, "DNS does not tell the address of %s: %s",
                           quoted, dns_outcome_names[ask.worst]);
    return plaint_fail(error, PLAINT_ERROR_NOT_FOUND,
                       "%s has no address: name a host that DNS knows, an address, or the NAME of "
                       "a [relay NAME]",
                       quoted);
}

OwnHost *
own_host_find(const Config *config, Dns *dns, const char *name, GError **error)
{
    g_autoptr(NetmaskSet) own = own_networks(config, error);
    g_autoptr(OwnHost) host = g_new0(OwnHost, 1);
    g_autofree char *group = relay_group(config, name);
    g_autofree char *quoted = text_quote(name);
    Addr addr = ADDR_NONE;

    host->addrs = g_array_new(FALSE, FALSE, sizeof(Addr));
    host->foreign = g_string_new(NULL);
    if (!own)
        return NULL;
    if (group) {
        const char *const *names = config_list(config, group, "names");

        host->name = g_strdup(names[0]);
        add_relay(host, own, config, group);
    } else if (addr_parse(name, -1, &addr)) {
        host->name = relay_name(config, &addr);
        add_addr(host, own, &addr);
    } else {
        host->name = g_strdup(name);
        if (!add_named(host, own, dns, name, error))
            return NULL;
    }
    if (host->addrs->len > 0)
        return g_steal_pointer(&host);
    if (host->foreign->len > 0)
        plaint_fail(error, PLAINT_ERROR_DENIED,
                    "%s is not ours (%s): only addresses in [site] networks and of a [relay NAME] "
                    "are tested",
                    quoted, host->foreign->str);
    else
        plaint_fail(error, PLAINT_ERROR_NOT_FOUND,
                    "[%s] has no single address: write it into its addresses, or name the host",
                    group);
    return NULL;
}
