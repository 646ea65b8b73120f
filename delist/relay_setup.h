/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay_setup.h - who a relay test is, as [relay-test] says, and the mail that it sends. */
#pragma once

#include "delist/relay_form.h"
#include "delist/relay_test.h"

/* A server that answers each command just in time does not hold us for hours. */
enum { RELAY_SETUP_SECONDS = 30 * 60 }; /* for one address; less than RELAY_TEST_LEASE */

bool relay_setup_may_connect(const RelaySetup *setup, const Addr *addr, GError **error);
bool relay_setup_is_inside(const RelaySetup *setup, const Addr *source);
SmtpTarget relay_setup_target(const RelaySetup *setup, const Addr *addr, guint16 port);
/* Between two attempts. False: the test is to end now. */
bool relay_setup_pause(const RelaySetup *setup);

/* The name to greet with: this host's, else its address as a literal. (transfer full) */
char *relay_setup_name(const RelaySetup *setup, const Smtp *smtp);
/* An address of ours, outside of what the host serves. (transfer full) */
char *relay_setup_sender(const RelaySetup *setup, const Smtp *smtp);
/* The outside recipient, and a hosted domain. Borrowed from setup. */
void relay_setup_parts(const RelaySetup *setup, FormParts *parts);
/* The mail that is to come back. (transfer full) */
char *relay_setup_message(const RelaySetup *setup, const Smtp *smtp, const char *nonce, gint64 now);
