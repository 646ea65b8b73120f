/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The site map: what is ours, whom we know, and what a configuration may not say. */
#include <string.h>

#include "ingest/parse/site.h"

#define SITE                                                                                       \
    "[site]\ndomains=shop.example;Example.ORG\nnetworks=192.0.2.0/24;2001:db8:a::/48\n"            \
    "[relay mx1]\nnames=mx1.isp.example;smtp.isp.example\naddresses=192.0.2.10;2001:db8:a::10\n"   \
    "roles=mx;msa\n"                                                                               \
    "[relay farm]\nnames=*.out.isp.example\naddresses=198.51.100.64/28\nroles=smarthost\n"         \
    "[receivers]\nnetworks=203.0.113.0/24\nhosts=*.protection.example;mx.big.example\n"            \
    "[forwarders]\nnetworks=203.0.113.200\nhosts=lists.uni.example\n"                              \
    "[reporters]\nknown=fbl.example;*.fbl.example\n"

static SiteMap *
load(const char *text, GError **error)
{
    g_autoptr(Config) config = config_parse(text, "test", error);

    return config ? site_map_load(config, error) : NULL;
}

static SiteMap *
load_ok(const char *text)
{
    g_autoptr(GError) error = NULL;
    SiteMap *site = load(text, &error);

    g_assert_no_error(error);
    g_assert_nonnull(site);
    return site;
}

static Addr
addr(const char *text)
{
    Addr parsed = ADDR_NONE;

    if (text)
        g_assert_true(addr_parse(text, -1, &parsed));
    return parsed;
}

typedef enum {
    OWNS,
    RELAY_ADDR,
    RELAY_NAME,
    HOSTS,
    HOSTS_MAILBOX,
    RECEIVER,
    FORWARDER,
    REPORTER,
} Question;

typedef struct {
    const char *name;
    Question question;
    const char *address, *host;
    const char *want; /* "yes", NULL, or the relay's name */
} Case;

/* clang-format off */
static const Case cases[] = {
    {"reporter/listed",         REPORTER, NULL, "FBL.example", "yes"},
    {"reporter/below",          REPORTER, NULL, "eu.fbl.example", "yes"},
    {"reporter/another",        REPORTER, NULL, "xfbl.example", NULL},
    {"reporter/none",           REPORTER, NULL, NULL, NULL},
    {"owns/network",            OWNS, "192.0.2.77", NULL, "yes"},
    {"owns/network-mapped",     OWNS, "::ffff:192.0.2.77", NULL, "yes"},
    {"owns/network-v6",         OWNS, "2001:db8:a:9::5", NULL, "yes"},
    {"owns/relay-elsewhere",    OWNS, "198.51.100.65", NULL, "yes"},
    {"owns/neighbour",          OWNS, "192.0.3.1", NULL, NULL},
    {"owns/below-the-network",  OWNS, "192.0.1.255", NULL, NULL},
    {"owns/other-v6",           OWNS, "2001:db8:b::1", NULL, NULL},
    {"owns/none",               OWNS, NULL, NULL, NULL},
    {"relay/address",           RELAY_ADDR, "192.0.2.10", NULL, "mx1"},
    {"relay/address-v6",        RELAY_ADDR, "2001:db8:a::10", NULL, "mx1"},
    {"relay/address-in-range",  RELAY_ADDR, "198.51.100.70", NULL, "farm"},
    {"relay/own-but-none",      RELAY_ADDR, "192.0.2.11", NULL, NULL},
    {"relay/name",              RELAY_NAME, NULL, "mx1.isp.example", "mx1"},
    {"relay/name-other-case",   RELAY_NAME, NULL, "SMTP.isp.Example", "mx1"},
    {"relay/name-final-dot",    RELAY_NAME, NULL, "mx1.isp.example.", "mx1"},
    {"relay/name-pattern",      RELAY_NAME, NULL, "a.b.out.isp.example", "farm"},
    {"relay/name-pattern-itself", RELAY_NAME, NULL, "out.isp.example", NULL},
    {"relay/name-suffix-only",  RELAY_NAME, NULL, "evilmx1.isp.example", NULL},
    {"relay/name-glued",        RELAY_NAME, NULL, "xout.isp.example", NULL},
    {"relay/name-null",         RELAY_NAME, NULL, NULL, NULL},
    {"domain/hosted",           HOSTS, NULL, "shop.example", "yes"},
    {"domain/other-case",       HOSTS, NULL, "EXAMPLE.org", "yes"},
    {"domain/subdomain",        HOSTS, NULL, "mail.shop.example", "yes"},
    {"domain/suffix-only",      HOSTS, NULL, "workshop.example", NULL},
    {"domain/parent",           HOSTS, NULL, "example", NULL},
    {"mailbox/hosted",          HOSTS_MAILBOX, NULL, "Bob@Shop.example", "yes"},
    {"mailbox/two-ats",         HOSTS_MAILBOX, NULL, "a@shop.example@evil.example", NULL},
    {"mailbox/no-at",           HOSTS_MAILBOX, NULL, "shop.example", NULL},
    {"mailbox/null",            HOSTS_MAILBOX, NULL, NULL, NULL},
    {"receiver/network",        RECEIVER, "203.0.113.9", NULL, "yes"},
    {"receiver/host",           RECEIVER, "8.8.8.8", "mx.big.example", "yes"},
    {"receiver/pattern",        RECEIVER, NULL, "eu1.mail.protection.example", "yes"},
    {"receiver/neither",        RECEIVER, "8.8.8.8", "big.example", NULL},
    {"forwarder/address",       FORWARDER, "203.0.113.200", NULL, "yes"},
    {"forwarder/host",          FORWARDER, NULL, "lists.uni.example", "yes"},
    {"forwarder/neither",       FORWARDER, "203.0.113.201", "uni.example", NULL},
};
/* clang-format on */

static void
check(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(SiteMap) site = load_ok(SITE);
    Addr a = addr(c->address);
    const SiteRelay *relay = NULL;
    bool yes = false;

    switch (c->question) {
    case OWNS:
        yes = site_owns(site, &a);
        break;
    case RELAY_ADDR:
        relay = site_relay_by_addr(site, &a);
        break;
    case RELAY_NAME:
        relay = site_relay_by_name(site, c->host);
        break;
    case HOSTS:
        yes = site_hosts_domain(site, c->host);
        break;
    case HOSTS_MAILBOX:
        yes = site_hosts_address(site, c->host);
        break;
    case RECEIVER:
        yes = site_is_receiver(site, &a, c->host);
        break;
    case FORWARDER:
        yes = site_is_forwarder(site, &a, c->host);
        break;
    case REPORTER:
        yes = site_lists_reporter(site, c->host);
        break;
    }
    g_assert_cmpstr(relay ? relay->name : yes ? "yes" : NULL, ==, c->want);
}

static void
check_empty(void)
{
    g_autoptr(SiteMap) none = site_map_new();
    g_autoptr(SiteMap) loaded = load_ok("");
    g_autoptr(SiteMap) known = load_ok("[receivers]\nhosts=*.example.org\n");
    g_autoptr(SiteMap) ours = load_ok(SITE);
    Addr a = addr("192.0.2.1");

    g_assert_true(site_is_empty(none));
    g_assert_true(site_is_empty(loaded));
    g_assert_true(site_is_empty(known)); /* knowing others makes nothing ours */
    g_assert_false(site_is_empty(ours));
    g_assert_false(site_owns(none, &a));
    g_assert_null(site_relay_by_name(none, "mx1.isp.example"));
    g_assert_null(site_relay_by_addr(none, &a));
    g_assert_false(site_is_receiver(none, &a, "x.example"));
    site_map_free(NULL);
}

static void
check_roles(void)
{
    g_autoptr(SiteMap) site = load_ok(SITE);

    g_assert_cmpuint(site_relay_by_name(site, "mx1.isp.example")->roles, ==, ROLE_MX | ROLE_MSA);
    g_assert_cmpuint(site_relay_by_name(site, "x.out.isp.example")->roles, ==, ROLE_SMARTHOST);
}

/* What is wrong is refused with words that name it. */
static void
check_refused(gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SiteMap) site = load(data, &error);

    g_assert_null(site);
    g_assert_nonnull(error);
    g_assert_cmpuint(strlen(error->message), >, 10);
}

/* Look-ups do not grow with the number of relays, names and networks. */
static void
check_many(void)
{
    GString *text = g_string_new("[site]\nnetworks=192.0.2.0/24\n");
    g_autoptr(SiteMap) site = NULL;
    gint64 start;

    for (int i = 0; i < 2000; i++)
        g_string_append_printf(text, "[relay r%d]\nnames=h%d.isp.example\naddresses=10.%d.%d.1\n",
                               i, i, i / 250, i % 250);
    site = load_ok(text->str);
    g_string_free(text, TRUE);
    start = g_get_monotonic_time();
    for (int i = 0; i < 100000; i++) {
        Addr a = addr("10.7.249.1");

        g_assert_nonnull(site_relay_by_addr(site, &a));
        g_assert_nonnull(site_relay_by_name(site, "h1999.isp.example"));
    }
    g_assert_cmpint(g_get_monotonic_time() - start, <, 2 * G_USEC_PER_SEC);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/parse/site/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], check);
    }
    g_test_add_func("/parse/site/empty", check_empty);
    g_test_add_func("/parse/site/roles", check_roles);
    g_test_add_func("/parse/site/many", check_many);
    g_test_add_data_func("/parse/site/refused/host-bits", "[site]\nnetworks=192.0.2.1/24\n",
                         check_refused);
    g_test_add_data_func("/parse/site/refused/role", "[relay a]\nnames=a.example\nroles=mail\n",
                         check_refused);
    g_test_add_data_func("/parse/site/refused/address", "[relay a]\naddresses=mx1.example\n",
                         check_refused);
    g_test_add_data_func("/parse/site/refused/forwarder", "[forwarders]\nnetworks=300.1.2.3\n",
                         check_refused);
    return g_test_run();
}
