/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delist/relay_setup.h"

#include <string.h>

#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"
#include "delist/own.h"

/* Nobody gets mail there (RFC 2606), and none is sent. */
#define OUTSIDE_USER   "relay-test"
#define OUTSIDE_DOMAIN "example.com"

struct RelaySetup {
    NetmaskSet *own;
    Addr source;
    char *probe, *from, *helo; /* or NULL */
    char *user, *domain;       /* of the outside recipient */
    char *hosted;              /* the first hosted domain, or NULL */
    guint pace;                /* milliseconds */
    RelayStop stop;            /* or NULL */
    gpointer stop_data;
};

void
relay_setup_free(RelaySetup *setup)
{
    if (!setup)
        return;
    netmask_set_free(setup->own);
    g_free(setup->probe);
    g_free(setup->from);
    g_free(setup->helo);
    g_free(setup->user);
    g_free(setup->domain);
    g_free(setup->hosted);
    g_free(setup);
}

/* One address as a command takes it. */
static bool
is_mailbox(const char *text)
{
    const char *at = strrchr(text, '@');

    return at && at > text && at[1] && !strpbrk(text, " <>\",;:\\()") && strchr(text, '@') == at;
}

static bool
read_mailbox(const Config *config, const char *key, char **ret_text, GError **error)
{
    const char *text = config_text(config, "relay-test", key);
    g_autofree char *quoted = text_quote(text);

    if (text_is_empty(text))
        return true;
    if (!is_mailbox(text))
        return plaint_fail(error, PLAINT_ERROR_CONFIG, "[relay-test] %s=%s is no address", key,
                           quoted);
    *ret_text = g_strdup(text);
    return true;
}

/* In a hosted domain, or below one. */
static bool
is_hosted(const Config *config, const char *domain)
{
    const char *const *domains = config_list(config, "site", "domains");

    for (gsize i = 0; domains[i]; i++) {
        g_autofree char *below = g_strconcat(".", domains[i], NULL);

        if (text_equal_fold(domains[i], domain) || text_has_suffix_fold(domain, below))
            return true;
    }
    return false;
}

static bool
check_probe(const Config *config, const RelaySetup *setup, GError **error)
{
    if (!setup->probe)
        return plaint_fail(error, PLAINT_ERROR_CONFIG,
                           "--deliver needs [relay-test] probe: a mailbox at another provider that "
                           "forwards to the desk");
    return !is_hosted(config, strrchr(setup->probe, '@') + 1) ||
           plaint_fail(error, PLAINT_ERROR_CONFIG,
                       "[relay-test] probe is in a domain of [site] domains: mail for it is taken "
                       "by right and proves nothing; name a mailbox at another provider");
}

static void
split_recipient(RelaySetup *setup)
{
    const char *at = setup->probe ? strrchr(setup->probe, '@') : NULL;

    setup->user = at ? g_strndup(setup->probe, (gsize)(at - setup->probe)) : g_strdup(OUTSIDE_USER);
    setup->domain = g_strdup(at ? at + 1 : OUTSIDE_DOMAIN);
}

RelaySetup *
relay_setup_new(const Config *config, bool deliver, GError **error)
{
    g_autoptr(RelaySetup) setup = g_new0(RelaySetup, 1);
    const char *source = config_text(config, "relay-test", "source");

    setup->own = secret_init(error) ? own_networks(config, error) : NULL;
    if (!setup->own || !read_mailbox(config, "probe", &setup->probe, error) ||
        !read_mailbox(config, "from", &setup->from, error) ||
        (deliver && !check_probe(config, setup, error)))
        return NULL;
    if (!text_is_empty(source) && !addr_parse(source, -1, &setup->source)) {
        g_autofree char *quoted = text_quote(source);

        plaint_fail(error, PLAINT_ERROR_CONFIG, "[relay-test] source=%s is no address", quoted);
        return NULL;
    }
    setup->helo = g_strdup(config_text(config, "relay-test", "helo"));
    setup->hosted = g_strdup(config_list(config, "site", "domains")[0]);
    setup->pace = (guint)config_int(config, "relay-test", "pace");
    split_recipient(setup);
    return g_steal_pointer(&setup);
}

bool
relay_setup_may_connect(const RelaySetup *setup, const Addr *addr, GError **error)
{
    char text[ADDR_TEXT_SIZE];

    return netmask_set_contains(setup->own, addr) ||
           plaint_fail(error, PLAINT_ERROR_DENIED, "%s is not in our networks: it is not tested",
                       addr_text(addr, text));
}

bool
relay_setup_is_inside(const RelaySetup *setup, const Addr *source)
{
    return netmask_set_contains(setup->own, source);
}

SmtpTarget
relay_setup_target(const RelaySetup *setup, const Addr *addr, guint16 port)
{
    return (SmtpTarget){.addr = *addr,
                        .port = port,
                        .source = setup->source,
                        .until =
                            g_get_monotonic_time() + RELAY_SETUP_SECONDS * (gint64)G_USEC_PER_SEC,
                        .tls_first = port == 465};
}

void
relay_setup_stop_when(RelaySetup *setup, RelayStop stop, gpointer data)
{
    setup->stop = stop;
    setup->stop_data = data;
}

bool
relay_setup_pause(const RelaySetup *setup)
{
    g_usleep(setup->pace * 1000UL);
    return !setup->stop || !setup->stop(setup->stop_data);
}

char *
relay_setup_name(const RelaySetup *setup, const Smtp *smtp)
{
    const char *name = setup->helo ? setup->helo : g_get_host_name();
    Addr local = smtp_local_address(smtp);
    char text[ADDR_TEXT_SIZE];

    if (setup->helo || strchr(name, '.'))
        return g_strdup(name);
    return g_strdup_printf(addr_is_ipv4(&local) ? "[%s]" : "[IPv6:%s]", addr_text(&local, text));
}

char *
relay_setup_sender(const RelaySetup *setup, const Smtp *smtp)
{
    g_autofree char *name = relay_setup_name(setup, smtp);

    if (setup->from || setup->probe)
        return g_strdup(setup->from ? setup->from : setup->probe);
    return g_strconcat(OUTSIDE_USER "@", name, NULL);
}

void
relay_setup_parts(const RelaySetup *setup, FormParts *parts)
{
    parts->part[PART_USER] = setup->user;
    parts->part[PART_DOMAIN] = setup->domain;
    parts->part[PART_HOSTED] = setup->hosted;
}

char *
relay_setup_message(const RelaySetup *setup, const Smtp *smtp, const char *nonce, gint64 now)
{
    g_autofree char *sender = relay_setup_sender(setup, smtp);
    g_autofree char *name = relay_setup_name(setup, smtp);
    g_autofree char *id = secret_token(); /* logs keep it, so not the nonce */
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(now);
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

    return g_strdup_printf(
        "From: <%s>\n"
        "To: <%s>\n"
        "Subject: Relay test " RELAY_NONCE_MARK "%s\n"
        "Date: %s, %d %s %d %02d:%02d:%02d +0000\n"
        "Message-ID: <%s@%s>\n"
        "X-Relay-Test: " RELAY_NONCE_MARK "%s\n"
        "Auto-Submitted: auto-generated\n"
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=us-ascii\n"
        "\n"
        "A mail host was asked by its own operators to pass this on to an address that it\n"
        "does not serve. If you can read it, it did: it is an open relay.\n",
        sender, setup->probe, nonce, days[g_date_time_get_day_of_week(date) - 1],
        g_date_time_get_day_of_month(date), months[g_date_time_get_month(date) - 1],
        g_date_time_get_year(date), g_date_time_get_hour(date), g_date_time_get_minute(date),
        g_date_time_get_second(date), id, name, nonce);
}
