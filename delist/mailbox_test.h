/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mailbox_test.h - whether postmaster@ and abuse@ of a hosted domain take mail (RFC 5321, section
 * 4.5.1; RFC 2142), through each of its MX that is ours: MAIL and RCPT, no mail is sent. */
#pragma once

#include <jansson.h>

#include "base/config.h"
#include "delist/dns.h"
#include "delist/relay_test.h"
#include "store/mailbox_test.h"

typedef struct {
    const Config *config;
    const RelaySetup *setup; /* who asks */
    Dns *dns;
    guint16 port;
} MailboxTest;

/* A row for each mailbox, MX and address (store/mailbox_test.h). The MX are those in DNS; when it
 * has none, the relays with the role mx or backup-mx. (transfer full); NULL: DNS cannot be asked */
json_t *mailbox_test(const MailboxTest *test, const char *domain, GError **error);

/* Of a reply to RCPT; code 0: unreachable. */
MailboxVerdict mailbox_verdict_of(const SmtpReply *reply);
