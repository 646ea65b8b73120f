/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one list of configuration keys; checks, `config show`, `config example` and plaint.conf(5)
 * are made from it. */
#include "base/config.h"

static const char *const role_words[] = {"mx",      "backup-mx", "smarthost", "msa",
                                         "webmail", "list",      NULL};

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

    {.group = "reporters", .key = "known", .type = CONFIG_LIST,
     .help = "domains whose authenticated reports may reopen tickets",
     .example = "fbl.example.com"},
    {.group = NULL},
};
/* clang-format on */
