/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay_test.h - whether a host of ours passes on mail of strangers to strangers.
 *
 * Only addresses of ours are connected to, and no mail is ever handed over (RCPT, then RSET) but by
 * relay_deliver(). From where it may relay, a host rightly does: a test from one of our own
 * addresses ends at once and says so.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "base/config.h"
#include "delist/smtp.h"
#include "store/relay_test.h"

/* Of [relay-test] and this host. */
typedef struct RelaySetup RelaySetup;

/* CONFIG when a key cannot be used; with `deliver` also when there is no probe, or it is in a
 * domain that is hosted here. (transfer full) */
RelaySetup *relay_setup_new(const Config *config, bool deliver, GError **error);
void relay_setup_free(RelaySetup *setup); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RelaySetup, relay_setup_free)

/* Asked before each attempt: whether the test is to end, as aborted. */
typedef bool (*RelayStop)(gpointer data);
void relay_setup_stop_when(RelaySetup *setup, RelayStop stop, gpointer data);

typedef struct {
    RelayVerdict verdict;
    char *why; /* in words, with the way on */
    char *host;
    Addr source;
    guint forms;
    bool is_stopped;  /* before its end: says nothing */
    bool takes_any;   /* mail for a mailbox that is not there */
    json_t *accepted; /* [{"form","tls","from","to","reply"}] */
    Transcript transcript;
    /* The first accepted form that would lead to the probe; NULL: none. */
    char *from, *to;
    bool in_tls;
} RelayResult;
void relay_result_clear(RelayResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RelayResult, relay_result_clear)

/* All forms, in the clear and after STARTTLS where it is offered (port 465: in TLS only). host:
 * what it is called, or NULL: what it calls itself. DENIED when the address is not ours; what a
 * server does is no error. */
bool relay_test(const RelaySetup *setup, const Addr *addr, guint16 port, const char *host,
                RelayResult *ret_result, GError **error);

/* One mail with the nonce in the accepted form of the result, and the transcript goes on. True when
 * the host took it. */
bool relay_deliver(const RelaySetup *setup, const Addr *addr, guint16 port, const char *nonce,
                   gint64 now, RelayResult *result);

/* Tests, stores, tells the ticket (0: none), and with `deliver` sends through what accepts. */
typedef struct {
    Store *store;
    const RelaySetup *setup;
    Addr addr;
    guint16 port;
    const char *host; /* or NULL */
    gint64 ticket_id;
    guint round;
    bool deliver;
} RelayRun;
/* ret_said: what the ticket was told, or NULL. (transfer full) BUSY when it was stopped: nothing is
 * stored. */
bool relay_run(const RelayRun *run, const Deed *deed, gint64 *ret_id, char **ret_said,
               GError **error);

/* Re-tests that are due (store/relay_test.h), one after the other, until stopped (stop may be
 * NULL); one that is stopped is due again at once. Each takes a minute or two. */
bool relay_retest(Store *store, const Config *config, gint64 now, RelayStop stop, gpointer data,
                  guint *ret_done, GError **error);
