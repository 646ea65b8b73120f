/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/site.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* Host names are looked up in hash tables: "mx1.example.net" as it is, and "*.example.net" under
 * "example.net", so that a look-up costs one probe for each label, whatever the number of patterns.
 */
typedef struct {
    GHashTable *exact; /* lower-case name -> anything */
    GHashTable *below; /* what stands after "*." */
} HostSet;

struct SiteMap {
    GPtrArray *relays;       /* SiteRelay */
    HostSet relay_names;     /* to SiteRelay */
    GHashTable *relay_addrs; /* single addresses -> SiteRelay; wider networks are searched */
    GHashTable *domains;
    NetmaskSet *networks; /* own, relays' addresses included */
    NetmaskSet *receivers;
    HostSet receiver_hosts;
    HostSet reporters;
    NetmaskSet *forwarders;
    HostSet forwarder_hosts;
    bool has_wide_relay;
};

enum { HOST_MAX = 256 };

static void
host_set_init(HostSet *set)
{
    set->exact = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    set->below = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void
host_set_clear(HostSet *set)
{
    g_hash_table_unref(set->exact);
    g_hash_table_unref(set->below);
}

static void
host_set_add(HostSet *set, const char *pattern, gpointer value)
{
    bool below = g_str_has_prefix(pattern, "*.");
    char *name = g_ascii_strdown(below ? pattern + 2 : pattern, -1);
    gsize n = strlen(name);

    if (n > 1 && name[n - 1] == '.')
        name[n - 1] = '\0';
    g_hash_table_insert(below ? set->below : set->exact, name, value);
}

/* Lower case, without a final dot. Returns false for what is too long to be a host name. */
static bool
fold_host(const char *host, char *buffer)
{
    gsize n = 0;

    if (!host)
        return false;
    for (; host[n] && n < HOST_MAX; n++)
        buffer[n] = g_ascii_tolower(host[n]);
    if (n == 0 || n == HOST_MAX)
        return false;
    if (buffer[n - 1] == '.')
        n--;
    buffer[n] = '\0';
    return true;
}

static gpointer
host_set_find(const HostSet *set, const char *host)
{
    char name[HOST_MAX];
    gpointer value;

    if ((g_hash_table_size(set->exact) == 0 && g_hash_table_size(set->below) == 0) ||
        !fold_host(host, name))
        return NULL;
    value = g_hash_table_lookup(set->exact, name);
    if (g_hash_table_size(set->below) == 0)
        return value;
    for (const char *dot = strchr(name, '.'); dot && !value; dot = strchr(dot + 1, '.'))
        value = g_hash_table_lookup(set->below, dot + 1);
    return value;
}

static guint
addr_hash(gconstpointer key)
{
    const guint8 *b = ((const Addr *)key)->b;
    guint hash = 2166136261u;

    for (int i = 0; i < 16; i++)
        hash = (hash ^ b[i]) * 16777619u;
    return hash;
}

static gboolean
addr_same(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(Addr)) == 0;
}

static void
relay_free(gpointer data)
{
    SiteRelay *relay = data;

    g_free((char *)relay->name);
    g_clear_pointer(&relay->names, g_ptr_array_unref);
    netmask_set_free(relay->addresses);
    g_free(relay);
}

SiteMap *
site_map_new(void)
{
    SiteMap *site = g_new0(SiteMap, 1);

    site->relays = g_ptr_array_new_with_free_func(relay_free);
    site->relay_addrs = g_hash_table_new_full(addr_hash, addr_same, g_free, NULL);
    site->domains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    site->networks = netmask_set_new();
    site->receivers = netmask_set_new();
    site->forwarders = netmask_set_new();
    host_set_init(&site->relay_names);
    host_set_init(&site->receiver_hosts);
    host_set_init(&site->reporters);
    host_set_init(&site->forwarder_hosts);
    return site;
}

void
site_map_free(SiteMap *site)
{
    if (!site)
        return;
    g_hash_table_unref(site->relay_addrs);
    g_hash_table_unref(site->domains);
    netmask_set_free(site->networks);
    netmask_set_free(site->receivers);
    netmask_set_free(site->forwarders);
    host_set_clear(&site->relay_names);
    host_set_clear(&site->receiver_hosts);
    host_set_clear(&site->reporters);
    host_set_clear(&site->forwarder_hosts);
    g_ptr_array_unref(site->relays);
    g_free(site);
}

static bool
add_networks(NetmaskSet *set, const char *const *list, GError **error)
{
    for (; *list; list++) {
        Netmask mask;

        if (!netmask_parse(*list, &mask, error))
            return false;
        netmask_set_add(set, &mask);
    }
    return true;
}

static void
add_hosts(HostSet *set, const char *const *list, gpointer value)
{
    for (; *list; list++)
        host_set_add(set, *list, value);
}

/* clang-format off */
static const struct {
    const char *word;
    SiteRole role;
} roles[] = {
    {"mx",     ROLE_MX},  {"backup-mx", ROLE_BACKUP_MX}, {"smarthost", ROLE_SMARTHOST},
    {"msa",    ROLE_MSA}, {"webmail",   ROLE_WEBMAIL},   {"list",      ROLE_LIST},
};
/* clang-format on */

static bool
relay_add_roles(SiteRelay *relay, const char *const *list, GError **error)
{
    for (; *list; list++) {
        bool known = false;

        for (gsize i = 0; i < G_N_ELEMENTS(roles); i++) {
            if (text_equal_fold(*list, roles[i].word)) {
                relay->roles |= roles[i].role;
                known = true;
            }
        }
        if (!known)
            return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "no role '%s' in [relay %s]", *list,
                               relay->name);
    }
    return true;
}

static bool
relay_add_addresses(SiteMap *site, SiteRelay *relay, const char *const *list, GError **error)
{
    for (; *list; list++) {
        Netmask mask;

        if (!netmask_parse(*list, &mask, error))
            return false;
        netmask_set_add(relay->addresses, &mask);
        netmask_set_add(site->networks, &mask); /* a relay's address is ours without saying */
        if (addr_equal(&mask.first, &mask.last))
            g_hash_table_insert(site->relay_addrs, g_memdup2(&mask.first, sizeof mask.first),
                                relay);
        else
            site->has_wide_relay = true;
    }
    return true;
}

static bool
load_relay(SiteMap *site, const Config *config, const char *name, GError **error)
{
    g_autofree char *group = g_strconcat("relay ", name, NULL);
    SiteRelay *relay = g_new0(SiteRelay, 1);
    const char *const *names = config_list(config, group, "names");

    g_ptr_array_add(site->relays, relay);
    relay->name = g_strdup(name);
    relay->names = g_ptr_array_new_with_free_func(g_free);
    relay->addresses = netmask_set_new();
    for (; *names; names++) {
        g_ptr_array_add(relay->names, g_ascii_strdown(*names, -1));
        host_set_add(&site->relay_names, *names, relay);
    }
    return relay_add_addresses(site, relay, config_list(config, group, "addresses"), error) &&
           relay_add_roles(relay, config_list(config, group, "roles"), error);
}

SiteMap *
site_map_load(const Config *config, GError **error)
{
    g_autoptr(SiteMap) site = site_map_new();
    const char *const *list;

    for (list = config_list(config, "site", "domains"); *list; list++) {
        char name[HOST_MAX];

        if (fold_host(g_str_has_prefix(*list, "*.") ? *list + 2 : *list, name))
            g_hash_table_add(site->domains, g_strdup(name));
    }
    if (!add_networks(site->networks, config_list(config, "site", "networks"), error) ||
        !add_networks(site->receivers, config_list(config, "receivers", "networks"), error) ||
        !add_networks(site->forwarders, config_list(config, "forwarders", "networks"), error))
        return NULL;
    add_hosts(&site->receiver_hosts, config_list(config, "receivers", "hosts"), site);
    add_hosts(&site->reporters, config_list(config, "reporters", "known"), site);
    add_hosts(&site->forwarder_hosts, config_list(config, "forwarders", "hosts"), site);
    for (list = config_groups(config, "relay"); *list; list++) {
        if (!load_relay(site, config, *list, error))
            return NULL;
    }
    return g_steal_pointer(&site);
}

bool
site_is_empty(const SiteMap *site)
{
    return site->relays->len == 0 && netmask_set_is_empty(site->networks) &&
           g_hash_table_size(site->domains) == 0;
}

bool
site_owns(const SiteMap *site, const Addr *addr)
{
    return !addr_is_none(addr) && netmask_set_contains(site->networks, addr);
}

const SiteRelay *
site_relay_by_addr(const SiteMap *site, const Addr *addr)
{
    const SiteRelay *relay = g_hash_table_lookup(site->relay_addrs, addr);

    for (guint i = 0; !relay && site->has_wide_relay && i < site->relays->len; i++) {
        const SiteRelay *one = g_ptr_array_index(site->relays, i);

        if (netmask_set_contains(one->addresses, addr))
            relay = one;
    }
    return relay;
}

const SiteRelay *
site_relay_by_name(const SiteMap *site, const char *host)
{
    return host_set_find(&site->relay_names, host);
}

bool
site_hosts_domain(const SiteMap *site, const char *domain)
{
    char name[HOST_MAX];

    if (g_hash_table_size(site->domains) == 0 || !fold_host(domain, name))
        return false;
    if (g_hash_table_contains(site->domains, name))
        return true;
    for (const char *dot = strchr(name, '.'); dot; dot = strchr(dot + 1, '.')) {
        if (g_hash_table_contains(site->domains, dot + 1))
            return true;
    }
    return false;
}

bool
site_hosts_address(const SiteMap *site, const char *mailbox)
{
    const char *at = mailbox ? strrchr(mailbox, '@') : NULL;

    return at && site_hosts_domain(site, at + 1);
}

bool
site_is_receiver(const SiteMap *site, const Addr *addr, const char *host)
{
    return (addr && !addr_is_none(addr) && netmask_set_contains(site->receivers, addr)) ||
           host_set_find(&site->receiver_hosts, host) != NULL;
}

bool
site_is_forwarder(const SiteMap *site, const Addr *addr, const char *host)
{
    return (addr && !addr_is_none(addr) && netmask_set_contains(site->forwarders, addr)) ||
           host_set_find(&site->forwarder_hosts, host) != NULL;
}

bool
site_lists_reporter(const SiteMap *site, const char *domain)
{
    return host_set_find(&site->reporters, domain) != NULL;
}
