/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/config_check.h"

#include <string.h>

#include "base/addr.h"
#include "base/text.h"
#include "notify/mail.h"

const char *const finding_names[N_FINDINGS] = {"good", "hint", "odd", "wrong"};

static void
finding_clear(gpointer data)
{
    Finding *finding = data;

    g_free(finding->about);
    g_free(finding->text);
}

static void add(GArray *findings, FindingLevel level, const char *about, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static void
add(GArray *findings, FindingLevel level, const char *about, const char *format, ...)
{
    Finding finding = {.level = level, .about = g_strdup(about)};
    va_list args;

    va_start(args, format);
    finding.text = g_strdup_vprintf(format, args);
    va_end(args);
    g_array_append_val(findings, finding);
}

/* One network of the file, and where it stands. */
typedef struct {
    Netmask mask;
    const char *text;
    char *about;
    bool own; /* [site] or a relay: ours */
} Net;

static void
net_clear(gpointer data)
{
    Net *net = data;

    g_free(net->about);
}

static void
collect(GArray *nets, const Config *config, const char *group, const char *key)
{
    for (const char *const *text = config_list(config, group, key); *text; text++) {
        Net net = {.text = *text, .own = strcmp(group, "site") == 0};

        if (!netmask_parse(*text, &net.mask, NULL))
            continue; /* config_load has refused it */
        net.about = g_strdup_printf("[%s] %s", group, key);
        g_array_append_val(nets, net);
    }
}

static char *
relay_group(const char *name)
{
    return g_strconcat("relay ", name, NULL);
}

static GArray *
all_networks(const Config *config)
{
    GArray *nets = g_array_new(FALSE, TRUE, sizeof(Net));

    g_array_set_clear_func(nets, net_clear);
    collect(nets, config, "site", "networks");
    for (const char *const *name = config_groups(config, "relay"); *name; name++) {
        g_autofree char *group = relay_group(*name);

        collect(nets, config, group, "addresses");
    }
    collect(nets, config, "receivers", "networks");
    collect(nets, config, "forwarders", "networks");
    return nets;
}

static bool
is_private(const Netmask *mask)
{
    return addr_kind(&mask->first) == ADDR_PRIVATE && addr_kind(&mask->last) == ADDR_PRIVATE;
}

/* IPv4 is ::ffff:0:0/96, which a short IPv6 prefix can take in whole. */
static bool
is_too_wide(const Netmask *mask)
{
    bool ipv4 = addr_is_ipv4(&mask->first);
    Addr lowest = {{[10] = 0xff, [11] = 0xff}};

    if (is_private(mask))
        return false;
    return mask->bits < (ipv4 ? 96 + WIDEST_IPV4 : WIDEST_IPV6) ||
           (!ipv4 && netmask_contains(mask, &lowest));
}

static bool
overlap(const Netmask *a, const Netmask *b)
{
    return netmask_contains(a, &b->first) || netmask_contains(b, &a->first);
}

/* Relays lie in the own networks, so that pair is meant; every other overlap is a slip. */
static void
check_overlaps(GArray *findings, const GArray *nets)
{
    for (guint i = 0; i < nets->len; i++)
        for (guint j = i + 1; j < nets->len; j++) {
            const Net *a = &g_array_index(nets, Net, i);
            const Net *b = &g_array_index(nets, Net, j);
            bool relay = a->own && g_str_has_prefix(b->about, "[relay ");

            if (relay || is_too_wide(&a->mask) || is_too_wide(&b->mask) ||
                !overlap(&a->mask, &b->mask))
                continue;
            if (strcmp(a->about, b->about) == 0)
                add(findings, FINDING_ODD, a->about, "%s and %s overlap: one of them is enough",
                    a->text, b->text);
            else
                add(findings, FINDING_ODD, b->about,
                    "%s overlaps %s of %s: the same host cannot be both", b->text, a->text,
                    a->about);
        }
}

static void
check_kinds(GArray *findings, const GArray *nets)
{
    for (guint i = 0; i < nets->len; i++) {
        const Net *net = &g_array_index(nets, Net, i);
        AddrKind kind = addr_kind(&net->mask.first);

        if (is_too_wide(&net->mask))
            add(findings, FINDING_WRONG, net->about,
                "%s is too wide: at most an IPv4 /%d or an IPv6 /%d, else strangers' hosts pass "
                "for these",
                net->text, WIDEST_IPV4, WIDEST_IPV6);
        else if (kind != ADDR_PUBLIC && kind != ADDR_DOCUMENTATION &&
                 !g_str_has_prefix(net->about, "[forwarders"))
            add(findings, FINDING_ODD, net->about,
                "%s is %s space, which other networks use inside, too: their hops would pass for "
                "these hosts",
                net->text, addr_kind_name(kind));
    }
}

static bool
in_own_networks(const GArray *nets, const Netmask *mask)
{
    for (guint i = 0; i < nets->len; i++) {
        const Net *net = &g_array_index(nets, Net, i);

        if (net->own && netmask_contains(&net->mask, &mask->first) &&
            netmask_contains(&net->mask, &mask->last))
            return true;
    }
    return false;
}

static void
check_relay(GArray *findings, const Config *config, const char *name, const GArray *nets)
{
    g_autofree char *group = relay_group(name);
    g_autofree char *title = g_strdup_printf("[%s]", group);
    const char *const *names = config_list(config, group, "names");
    const char *const *addresses = config_list(config, group, "addresses");
    g_autofree char *roles = g_strjoinv(" ", (char **)config_list(config, group, "roles"));
    g_autofree char *all = g_strjoinv(" ", (char **)addresses);

    if (!names[0])
        add(findings, FINDING_ODD, title,
            "no names=: its own trace lines cannot be told from forged ones");
    if (!addresses[0])
        add(findings, FINDING_ODD, title, "no addresses=: complaints about it cannot be matched");
    if (!roles[0])
        add(findings, FINDING_HINT, title,
            "no roles=: mx, smarthost and so on tell causes apart better");
    for (; *addresses; addresses++) {
        Netmask mask;

        if (netmask_parse(*addresses, &mask, NULL) && !in_own_networks(nets, &mask))
            add(findings, FINDING_HINT, title,
                "%s is not in [site] networks: it counts as ours all the same", *addresses);
    }
    if (names[0] && all[0])
        add(findings, FINDING_GOOD, title, "%s at %s%s%s", names[0], all, roles[0] ? ", " : "",
            roles);
}

static void
check_names(GArray *findings, const Config *config)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (const char *const *name = config_groups(config, "relay"); *name; name++) {
        g_autofree char *group = relay_group(*name);
        g_autofree char *title = g_strdup_printf("[%s] names", group);

        for (const char *const *host = config_list(config, group, "names"); *host; host++) {
            const char *other = g_hash_table_lookup(seen, *host);

            if (other)
                add(findings, FINDING_ODD, title, "%s is a name of [relay %s], too", *host, other);
            if (!strchr(*host, '.'))
                add(findings, FINDING_ODD, title,
                    "'%s' has no dot: trace lines carry the whole host name", *host);
            g_hash_table_replace(seen, (gpointer)*host, (gpointer)*name);
        }
    }
}

/* A relay that passes for a receiver is never the exit. */
static void
check_foreign_hosts(GArray *findings, const Config *config, const char *group, const char *relay)
{
    g_autofree char *title = g_strdup_printf("[%s] hosts", group);
    g_autofree char *own = relay_group(relay);

    for (const char *const *host = config_list(config, group, "hosts"); *host; host++)
        for (const char *const *name = config_list(config, own, "names"); *name; name++) {
            if (text_equal_fold(*host, *name))
                add(findings, FINDING_ODD, title, "%s is a name of [%s], too", *host, own);
            else if (g_str_has_prefix(*host, "*.") && text_has_suffix_fold(*name, *host + 1))
                add(findings, FINDING_ODD, title, "%s takes in %s of [%s]", *host, *name, own);
        }
}

static void
check_site(GArray *findings, const Config *config)
{
    const char *const *networks = config_list(config, "site", "networks");
    const char *const *domains = config_list(config, "site", "domains");
    bool relays = config_groups(config, "relay")[0] != NULL;
    guint n_networks = g_strv_length((char **)networks);
    guint n_domains = g_strv_length((char **)domains);

    if (n_networks > 0)
        add(findings, FINDING_GOOD, "[site] networks", "%u of ours", n_networks);
    else if (!relays)
        add(findings, FINDING_ODD, "[site] networks",
            "neither networks nor relays: nothing is ours, so no complaint opens a ticket");
    if (n_domains > 0)
        add(findings, FINDING_GOOD, "[site] domains", "%u hosted", n_domains);
    else
        add(findings, FINDING_ODD, "[site] domains",
            "none: an open relay cannot be told from mail for our own users");
    if (!relays)
        add(findings, FINDING_HINT, "[relay NAME]",
            "no relay described: every own address counts as a customer's");
    if (!config_is_set(config, "site", "name"))
        add(findings, FINDING_HINT, "[site] name", "not set: what the desk is to call itself");
}

/* A program of the site's that jobs ask. */
static void
check_program(GArray *findings, const Config *config, const char *group, const char *key,
              const char *asks)
{
    const char *program = config_text(config, group, key);
    g_autofree char *quoted = text_quote(program);
    g_autofree char *subject = g_strdup_printf("[%s] %s", group, key);

    if (text_is_empty(program))
        return;
    if (!g_path_is_absolute(program) || !g_file_test(program, G_FILE_TEST_IS_REGULAR) ||
        !g_file_test(program, G_FILE_TEST_IS_EXECUTABLE))
        add(findings, FINDING_ODD, subject, "%s is not the path of a program that can be run here",
            quoted);
    else
        add(findings, FINDING_GOOD, subject, "%s: %s", program, asks);
}

/* What leaves, and from whom. */
static void
check_mail(GArray *findings, const Config *config)
{
    const char *from = config_text(config, "mail", "from");

    if (!text_is_empty(from) && !mail_address_is_good(from))
        add(findings, FINDING_WRONG, "[mail] from", "no address: NAME@DOMAIN");
    if (!config_bool(config, "mail", "send"))
        return;
    if (text_is_empty(from))
        add(findings, FINDING_ODD, "[mail] from", "not set: no letter can be written");
    check_program(findings, config, "mail", "sendmail", "takes the letters");
}

GArray *
config_check(const Config *config)
{
    GArray *findings = g_array_new(FALSE, TRUE, sizeof(Finding));
    g_autoptr(GArray) nets = all_networks(config);

    g_array_set_clear_func(findings, finding_clear);
    check_site(findings, config);
    for (const char *const *name = config_groups(config, "relay"); *name; name++) {
        check_relay(findings, config, *name, nets);
        check_foreign_hosts(findings, config, "receivers", *name);
        check_foreign_hosts(findings, config, "forwarders", *name);
    }
    check_program(findings, config, "mta", "log-query", "'plaint job run' asks it");
    check_program(findings, config, "customers", "lookup", "'plaint job run' asks it");
    check_program(findings, config, "hooks", "on-move", "'plaint job run' runs it after a move");
    check_mail(findings, config);
    check_names(findings, config);
    check_overlaps(findings, nets);
    check_kinds(findings, nets);
    return findings;
}
