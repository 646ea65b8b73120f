/* SPDX-License-Identifier: GPL-3.0-or-later */
/* site_check.h - what an operator should know of his own site before the world does.
 *
 * A table of checks; each looks at every relay, or every hosted domain, of the configuration, and
 * its findings are kept (store/finding.h). What cannot be told now is no bad news.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/config.h"
#include "delist/dns.h"
#include "store/store.h"

#define SITE_CHECK_SECONDS (6 * 3600) /* from one round of the clock's to the next */

typedef struct SiteCheck SiteCheck;

typedef struct {
    const char *kind;  /* "ptr": finding.h */
    const char *title; /* what is good when it is: "reverse names agree" */
    bool (*run)(const SiteCheck *site, GError **error);
} SiteCheckRow;
extern const SiteCheckRow site_checks[]; /* ends with a NULL kind */

struct SiteCheck {
    Store *store;
    const Config *config;
    Dns *dns;
    gint64 now;
    bool (*stop)(gpointer data); /* asked all the time by what takes long; NULL: never to stop */
    gpointer stop_data;
    DnsLane *lane;           /* set by site_check_run() */
    const SiteCheckRow *row; /* … that runs */
};

/* All of them. BUSY when it was stopped. */
bool site_check_run(const SiteCheck *site, GError **error);
