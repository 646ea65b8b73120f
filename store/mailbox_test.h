/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mailbox_test.h - whether role mailboxes take mail: the last result of each hosted domain. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "store/store.h"

typedef enum {
    MAILBOX_OK,
    MAILBOX_NO_MAIL,  /* the domain takes none (RFC 7505) */
    MAILBOX_NOT_OURS, /* an MX of another operator: not connected to */
    MAILBOX_DEFERRED, /* refused for now: greylisting, or trouble */
    MAILBOX_FULL,
    MAILBOX_BLOCKED,             /* a filter refuses what it must let through */
    MAILBOX_NULL_SENDER_REFUSED, /* takes mail, but no bounces */
    MAILBOX_MISSING,             /* no such mailbox */
    MAILBOX_UNREACHABLE,
    N_MAILBOX_VERDICTS,
} MailboxVerdict;
extern const char *const mailbox_verdict_names[N_MAILBOX_VERDICTS]; /* "ok", "no-mail", … */

/* rows: [{"mailbox","mx","address","verdict","reply"}] take the place of the domain's former ones;
 * mailbox and address null when it did not come to them. */
bool mailbox_test_keep(Store *store, const char *domain, const json_t *rows, gint64 at,
                       GError **error);

/* All that is kept: {"mailboxes": [{"domain", the members above, "at"}]}. (transfer full) */
json_t *view_mailbox_tests(Store *store, GError **error);
