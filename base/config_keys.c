/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one list of configuration keys; checks, `config show`, `config example` and plaint.conf(5)
 * are made from it. */
#include "base/config.h"

static const char *const role_words[] = {"mx",      "backup-mx", "smarthost", "msa",
                                         "webmail", "list",      NULL};

static const char *const family_words[] = {"v4", "v6", NULL};
static const char *const language_words[] = {"en", "fr", NULL};
static const char *const removal_words[] = {"automatic", "form", "mail", "provider", "none", NULL};

/* clang-format off */
const ConfigKey config_keys[] = {
    {.group = "store", .key = "url", .type = CONFIG_URL,
     .help = "the database: sqlite:PATH; without it, plaint.db in the state folder",
     .example = "sqlite:/var/lib/plaint/plaint.db"},
    {.group = "store", .key = "busy-timeout", .type = CONFIG_DURATION, .value = "20s",
     .min = 0, .max = 600,
     .help = "how long a program waits for another one that is writing"},

    {.group = "site", .key = "name", .type = CONFIG_TEXT,
     .help = "what the desk calls itself in mail and on pages", .example = "Example Net abuse desk"},
    {.group = "site", .key = "domains", .type = CONFIG_LIST,
     .help = "mail domains hosted here, subdomains included", .example = "example.net;example.org"},
    {.group = "site", .key = "networks", .type = CONFIG_NETWORKS,
     .help = "our networks and our customers': an address here that is no relay's is a customer's",
     .example = "192.0.2.0/24;2001:db8::/32"},
    {.group = "site", .key = "watch", .type = CONFIG_DURATION, .value = "14d",
     .min = 0, .max = 3650 * 86400LL,
     .help = "how long after resolving a new incident reopens a ticket"},

    {.group = "site", .key = "check", .type = CONFIG_BOOL, .value = "yes",
     .help = "whether plaint-watch looks at our own relays and domains as receivers do"},

    {.group = "relay *", .key = "names", .type = CONFIG_LIST,
     .help = "host names this relay prints in its trace headers", .example = "mx1.example.net"},
    {.group = "relay *", .key = "addresses", .type = CONFIG_NETWORKS,
     .help = "its addresses", .example = "192.0.2.25;2001:db8::25"},
    {.group = "relay *", .key = "roles", .type = CONFIG_LIST, .words = role_words,
     .help = "what it does: mx backup-mx smarthost msa webmail list", .example = "mx;backup-mx"},

    {.group = "receivers", .key = "networks", .type = CONFIG_NETWORKS,
     .help = "complainants' mail systems we know: hops inside them are theirs",
     .example = "198.51.100.0/24"},
    {.group = "receivers", .key = "hosts", .type = CONFIG_LIST,
     .help = "the same by host name; *.NAME takes in every host below NAME",
     .example = "*.protection.example.com"},

    {.group = "forwarders", .key = "networks", .type = CONFIG_NETWORKS,
     .help = "hosts that pass mail on unchanged, ours to complainants or theirs",
     .example = "198.51.100.128/25"},
    {.group = "forwarders", .key = "hosts", .type = CONFIG_LIST,
     .help = "the same by host name", .example = "lists.example.edu"},

    {.group = "mta", .key = "log-query", .type = CONFIG_TEXT,
     .help = "the program that `plaint job run` asks what our mail log says of queue ids",
     .example = "/usr/local/libexec/plaint/postfix-log-query"},

    {.group = "customers", .key = "lookup", .type = CONFIG_TEXT,
     .help = "the program that `plaint job run` asks whose an address was, when no file told",
     .example = "/usr/local/libexec/plaint/customer-lookup"},

    {.group = "hooks", .key = "on-move", .type = CONFIG_TEXT,
     .help = "the program that is told of each move of a ticket: run with TICKET FROM TO",
     .example = "/usr/local/libexec/plaint/postfix-lock-account"},
    {.group = "hooks", .key = "time-limit", .type = CONFIG_DURATION, .value = "60s",
     .min = 1, .max = 90,
     .help = "how long it may take; then it is killed, and run again later"},

    {.group = "mail", .key = "send", .type = CONFIG_BOOL, .value = "no",
     .help = "whether letters leave; until then they wait in the outbox"},
    {.group = "mail", .key = "sendmail", .type = CONFIG_TEXT, .value = "/usr/sbin/sendmail",
     .help = "the program that takes mail: run with -i -f SENDER -- RECIPIENT"},
    {.group = "mail", .key = "from", .type = CONFIG_TEXT,
     .help = "the address that letters are from, which answers come to",
     .example = "abuse@example.net"},
    {.group = "mail", .key = "alarm", .type = CONFIG_TEXT,
     .help = "who is mailed what has turned bad on our own site", .example = "root@example.net"},
    {.group = "mail", .key = "language", .type = CONFIG_TEXT, .value = "en", .words = language_words,
     .help = "the language that lists and providers are written in: en fr"},
    {.group = "mail", .key = "per-recipient-per-day", .type = CONFIG_INT, .value = "10",
     .min = 1, .max = 10000,
     .help = "letters that a machine may write to one address in a day"},

    {.group = "reporters", .key = "known", .type = CONFIG_LIST,
     .help = "domains whose authenticated reports may reopen tickets",
     .example = "fbl.example.com"},
    {.group = "dns", .key = "servers", .type = CONFIG_LIST,
     .help = "resolvers that DNS lists are asked through, not public ones; without it, the system's",
     .example = "127.0.0.1;[::1]:53"},

    {.group = "zone *", .key = "enabled", .type = CONFIG_BOOL, .value = "yes",
     .help = "whether the list is asked"},
    {.group = "zone *", .key = "key", .type = CONFIG_SECRET,
     .help = "the key of a list that wants one", .example = "abcdefgh12345678"},
    {.group = "zone *", .key = "title", .type = CONFIG_TEXT,
     .help = "what it is called", .example = "Example list"},
    {.group = "zone *", .key = "query", .type = CONFIG_TEXT,
     .help = "the domain that is asked, when it is not NAME; %s stands for the key",
     .example = "%s.list.example"},
    {.group = "zone *", .key = "families", .type = CONFIG_LIST, .words = family_words,
     .help = "what it lists: v4 v6", .example = "v4;v6"},
    {.group = "zone *", .key = "codes", .type = CONFIG_LIST,
     .help = "answers that are listings, each with the list's own word", .example = "127.0.0.2 spam;127.0.0.4 bot"},
    {.group = "zone *", .key = "bits", .type = CONFIG_BOOL, .value = "no",
     .help = "codes are bits of the last byte: 1 2 4 8 16 32 64 128"},
    {.group = "zone *", .key = "removal", .type = CONFIG_TEXT, .words = removal_words,
     .help = "how an address gets off: automatic form mail provider none", .example = "form"},
    {.group = "zone *", .key = "procedure", .type = CONFIG_TEXT,
     .help = "what to do, in a sentence", .example = "the form, once the cause is gone"},
    {.group = "zone *", .key = "url", .type = CONFIG_TEXT,
     .help = "where", .example = "https://list.example/removal"},
    {.group = "zone *", .key = "mail", .type = CONFIG_TEXT,
     .help = "the address that takes requests by mail: they are written there", .example = "removal@list.example"},
    {.group = "zone *", .key = "wait", .type = CONFIG_DURATION, .min = 0, .max = 3650 * 86400LL,
     .help = "how long the list takes", .example = "24h"},
    {.group = "zone *", .key = "rate", .type = CONFIG_INT, .min = 1, .max = 10000,
     .help = "questions in a second", .example = "5"},
    {.group = "relay-test", .key = "source", .type = CONFIG_TEXT,
     .help = "the address that relays are tested from, one that none of them trusts; without it, the "
             "system's choice",
     .example = "198.51.100.7"},
    {.group = "relay-test", .key = "probe", .type = CONFIG_TEXT,
     .help = "a mailbox at another provider that forwards to the desk: what comes back proves a relay "
             "open",
     .example = "probe@example.com"},
    {.group = "relay-test", .key = "from", .type = CONFIG_TEXT,
     .help = "the sender of tests, an address of ours; without it, the probe, else relay-test@ the "
             "name below",
     .example = "relay-test@monitor.example.org"},
    {.group = "relay-test", .key = "helo", .type = CONFIG_TEXT,
     .help = "the name that tests greet with; without it, this host's",
     .example = "monitor.example.org"},
    {.group = "relay-test", .key = "pace", .type = CONFIG_INT, .value = "1000",
     .min = 0, .max = 60000,
     .help = "milliseconds between two attempts"},
    {.group = "relay-test", .key = "every", .type = CONFIG_DURATION, .value = "7d",
     .min = 0, .max = 3650 * 86400LL,
     .help = "how often `site check` tests our own relays; 0: only when somebody asks"},
    {.group = NULL},
};
/* clang-format on */
