/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks of the own site that talk to its mail hosts. */
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "delist/mailbox_test.h"
#include "delist/relay_test.h"
#include "delist/site_check_impl.h"

enum { FRESH_SECONDS = 30 * 86400 /* a relay test still speaks */ };

static RelaySetup *
setup_of(const SiteCheck *site, GError **error)
{
    RelaySetup *setup = relay_setup_new(site->config, false, error);

    if (setup)
        relay_setup_stop_when(setup, site->stop, site->stop_data);
    return setup;
}

/* -- open relays -------------------------------------------------------------------------------
 */

/* One that has not been tested for long is tested now: minutes, as tests keep to a pace. */
static bool
test_relay(const SiteCheck *site, const SiteRelay *relay, GError **error)
{
    const Deed deed = {ACTOR_PLAINT, site->now};
    gint64 every = config_int(site->config, "relay-test", "every"), at = 0, id = 0;
    g_autoptr(RelaySetup) setup = NULL;
    g_autofree char *said = NULL;
    RelayRun run = {.store = site->store, .addr = relay->addr, .port = 25, .host = relay->names[0]};

    if (!relay_test_latest_at(site->store, &relay->addr, &at, error))
        return false;
    if (every == 0 || site->now - at < every)
        return true;
    setup = setup_of(site, error);
    run.setup = setup;
    return setup && relay_test_ticket(site->store, &relay->addr, &run.ticket_id, error) &&
           relay_run(&run, &deed, &id, &said, error);
}

static bool
check_relay(const SiteCheck *site, const SiteRelay *relay, GError **error)
{
    g_auto(RelayLatest) latest = {0};
    char ago[TIME_TEXT_SIZE];

    if (!test_relay(site, relay, error) ||
        !relay_test_latest(site->store, &relay->addr, &latest, error))
        return false;
    if (latest.id == 0)
        return site_put(
            site, relay->text, FINDING_UNKNOWN,
            g_strdup("has never been tested from outside our networks: run 'plaint relay test' "
                     "there, or set [relay-test] source"),
            error);
    if (latest.verdict >= RELAY_ACCEPTED_LOCAL)
        return site_put(site, relay->text, FINDING_BAD,
                        g_strdup_printf("%s (test %" G_GINT64_FORMAT ")%s", latest.why, latest.id,
                                        latest.is_proven ? "; a mail came back through it" : ""),
                        error);
    if (!relay_verdict_is_closed(latest.verdict) || site->now - latest.at > FRESH_SECONDS)
        return site_put(site, relay->text, FINDING_UNKNOWN,
                        g_strdup_printf("the last test, %s, says: %s",
                                        time_ago(latest.at, site->now, ago), latest.why),
                        error);
    return site_put(site, relay->text, FINDING_GOOD, g_strdup(latest.why), error);
}

bool
site_check_relays(const SiteCheck *site, GError **error)
{
    return site_each_relay(site, check_relay, error);
}

/* One that takes everything bounces what nobody takes later, to whoever was forged as its sender.
 */
static bool
check_backup(const SiteCheck *site, const SiteRelay *relay, GError **error)
{
    g_auto(RelayLatest) latest = {0};

    if (!g_strv_contains(relay->roles, "backup-mx"))
        return true;
    if (!relay_test_latest(site->store, &relay->addr, &latest, error))
        return false;
    if (latest.id == 0 || latest.verdict == RELAY_ABORTED || latest.verdict == RELAY_DEFERRED)
        return site_put(site, relay->text, FINDING_UNKNOWN,
                        g_strdup("no relay test from outside says what it does"), error);
    return latest.takes_any
               ? site_put(
                     site, relay->text, FINDING_BAD,
                     g_strdup("takes mail for mailboxes that are not there, and will bounce it to "
                              "strangers: give it the list of recipients"),
                     error)
               : site_put(site, relay->text, FINDING_GOOD, g_strdup("refuses unknown recipients"),
                          error);
}

bool
site_check_backups(const SiteCheck *site, GError **error)
{
    return site_each_relay(site, check_backup, error);
}

/* -- role mailboxes ----------------------------------------------------------------------------
 */

static FindingOutcome
mailbox_outcome(MailboxVerdict verdict)
{
    static const FindingOutcome outcomes[N_MAILBOX_VERDICTS] = {
        [MAILBOX_OK] = FINDING_GOOD,
        [MAILBOX_NO_MAIL] = FINDING_GOOD,
        [MAILBOX_NOT_OURS] = FINDING_GOOD,
        [MAILBOX_DEFERRED] = FINDING_UNKNOWN,
        [MAILBOX_FULL] = FINDING_BAD,
        [MAILBOX_BLOCKED] = FINDING_BAD,
        [MAILBOX_NULL_SENDER_REFUSED] = FINDING_BAD,
        [MAILBOX_MISSING] = FINDING_BAD,
        [MAILBOX_UNREACHABLE] = FINDING_BAD,
    };

    return outcomes[verdict];
}

/* Of the last test; the worst of its rows speaks, a bad one before one that is unknown. */
static bool
put_mailbox(const SiteCheck *site, const char *domain, const json_t *rows, gint64 *ret_at,
            GError **error)
{
    const json_t *said = NULL;
    FindingOutcome worst = FINDING_GOOD;
    const char *mailbox = NULL, *mx = NULL, *verdict = NULL, *reply = NULL, *at = NULL;

    for (gsize i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *word = json_string_value(json_object_get(row, "verdict"));
        int n = text_name_find(mailbox_verdict_names, N_MAILBOX_VERDICTS, word);
        FindingOutcome outcome = n < 0 ? FINDING_UNKNOWN : mailbox_outcome((MailboxVerdict)n);

        if (g_strcmp0(json_string_value(json_object_get(row, "domain")), domain) != 0)
            continue;
        if (said && (outcome == FINDING_GOOD || worst == FINDING_BAD))
            continue;
        worst = outcome;
        said = row;
    }
    *ret_at = 0;
    if (!said)
        return site_put(site, domain, FINDING_UNKNOWN,
                        g_strdup("has not been tested: run 'plaint mailbox test'"), error);
    (void)json_unpack((json_t *)said, "{s?s, s?s, s?s, s?s, s?s}", "mailbox", &mailbox, "mx", &mx,
                      "verdict", &verdict, "reply", &reply, "at", &at);
    (void)time_parse(at ? at : "", ret_at, NULL);
    if (worst == FINDING_GOOD)
        return site_put(site, domain, worst, g_strdup("postmaster and abuse take mail"), error);
    return site_put(site, domain, worst,
                    g_strdup_printf("%s at %s: %s%s%s", mailbox ? mailbox : "its mail",
                                    mx ? mx : "no MX", verdict, reply ? ", " : "",
                                    reply ? reply : ""),
                    error);
}

static bool
test_mailboxes(const SiteCheck *site, const char *domain, GError **error)
{
    g_autoptr(RelaySetup) setup = setup_of(site, error);
    const MailboxTest test = {site->config, setup, site->dns, 25};
    json_t *rows = setup ? mailbox_test(&test, domain, error) : NULL;
    bool stopped = site->stop && site->stop(site->stop_data);
    bool done = rows && !stopped && mailbox_test_keep(site->store, domain, rows, site->now, error);

    json_decref(rows);
    if (rows && stopped)
        return plaint_fail(error, PLAINT_ERROR_BUSY, "the mailbox test was stopped");
    return done;
}

static bool
check_mailboxes(const SiteCheck *site, const char *domain, bool may_test, GError **error)
{
    gint64 every = config_int(site->config, "relay-test", "every"), at = 0;
    json_t *view = view_mailbox_tests(site->store, error);
    bool done = view && put_mailbox(site, domain, json_object_get(view, "mailboxes"), &at, error);

    json_decref(view);
    if (!done || !may_test || every == 0 || site->now - at < every)
        return done;
    return test_mailboxes(site, domain, error) && check_mailboxes(site, domain, false, error);
}

bool
site_check_mailboxes(const SiteCheck *site, GError **error)
{
    const char *const *domains = config_list(site->config, "site", "domains");

    for (gsize i = 0; domains[i]; i++)
        if (!check_mailboxes(site, domains[i], true, error))
            return false;
    return true;
}
