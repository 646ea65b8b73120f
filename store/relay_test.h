/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay_test.h - open relay tests on record: what came of each, the ticket that it is about, the
 * mail that proves a relay open, and when a fix is tested again.
 *
 * A test that refused everything, made from outside, is a proof of the fix; one that accepted is
 * noted on its ticket, and reopens it when it was fixed. One that does not say so for certain
 * moves nothing.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "base/addr.h"
#include "store/deed.h"
#include "store/store.h"
#include "store/view.h"

/* Of one form and of a host; a host's is the worst of its forms', which come later here. */
typedef enum {
    RELAY_CLOSED,         /* relaying refused */
    RELAY_CLOSED_AUTH,    /* … until the client logs in */
    RELAY_CLOSED_SYNTAX,  /* … as no address */
    RELAY_NOT_TESTED,     /* it did not come to a recipient */
    RELAY_INSIDE_VIEW,    /* of a host: tested from where it may relay */
    RELAY_DEFERRED,       /* a temporary refusal: no statement */
    RELAY_ABORTED,        /* no reply */
    RELAY_ACCEPTED_LOCAL, /* perhaps for a mailbox of its own */
    RELAY_ACCEPTED,       /* suspected open */
    N_RELAY_VERDICTS,
} RelayVerdict;
extern const char *const relay_verdict_names[N_RELAY_VERDICTS]; /* "closed", "closed-auth", … */
bool relay_verdict_is_closed(RelayVerdict verdict);

typedef struct {
    gint64 ticket_id; /* 0: none */
    Addr address;
    guint16 port;
    const char *host; /* what it is called; NULL: not known */
    Addr source;      /* that it was tested from; ADDR_NONE: no connection */
    RelayVerdict verdict;
    const char *why;        /* of the verdict, in words */
    guint forms;            /* that were tried */
    const json_t *accepted; /* borrowed: [{"form","tls","from","to","reply"}] */
    const char *transcript;
    bool takes_any;   /* it takes mail for a mailbox that is not there */
    guint round;      /* 0: by hand; else which re-test */
    gint64 retest_at; /* when it is tested again, if it is a proof; TIME_NONE: never */
} RelayTest;

/* Adds the test, and tells its ticket: see above. ret_said: what it told, or NULL (transfer full).
 */
bool relay_test_add(Store *store, const RelayTest *test, const Deed *deed, gint64 *ret_id,
                    char **ret_said, GError **error);

/* The live ticket of that machine whose cause a relay test may rule out: open-relay, else unknown;
 * 0: there is none. */
bool relay_test_ticket(Store *store, const Addr *address, gint64 *ret_id, GError **error);

/* -- proof by delivery --------------------------------------------------------------------------
 */

#define RELAY_NONCE_MARK "plaint-relay-test/" /* then SECRET_TOKEN_CHARS that nobody can guess */

/* A mail with the nonce is about to be sent through the host; then what became of it. */
bool relay_test_sends(Store *store, gint64 id, const char *nonce, GError **error);
bool relay_test_sent(Store *store, gint64 id, bool is_accepted, const char *transcript,
                     GError **error);

/* Whether a mail is one of those, come back. In the transaction of its intake: the host is proven
 * open when a trace line of the mail names it. */
bool relay_test_arrived(Store *store, GBytes *raw, gint64 message_id, gint64 at, bool *ret_arrived,
                        GError **error);

/* -- again --------------------------------------------------------------------------------------
 */

#define RELAY_TEST_LEASE (60 * 60) /* seconds: longer than a test takes */

typedef struct {
    gint64 id; /* of the test that is to be repeated; 0: none is due */
    gint64 ticket_id;
    Addr address;
    guint16 port;
    char *host;
    guint round; /* of the one to come */
} RelayDue;
void relay_due_clear(RelayDue *due);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RelayDue, relay_due_clear)

/* Leases the one that is due the longest, whose ticket is still fixed. Others are put off while
 * the ticket lives, and forgotten when it does not. */
bool relay_test_due(Store *store, gint64 now, RelayDue *ret_due, GError **error);
/* It has been done (TIME_NONE), by a test that is on record; or it is tried again at next_at. */
bool relay_test_redone(Store *store, gint64 id, gint64 next_at, GError **error);

/* -- the newest ---------------------------------------------------------------------------------
 */

typedef struct {
    gint64 id; /* 0: never tested from outside */
    gint64 at;
    RelayVerdict verdict;
    char *why;
    bool takes_any;
    bool is_proven; /* open, by a mail that came back */
} RelayLatest;
void relay_latest_clear(RelayLatest *latest);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RelayLatest, relay_latest_clear)

/* Of the tests of that address, those from inside left out. */
bool relay_test_latest(Store *store, const Addr *address, RelayLatest *ret_latest, GError **error);
/* When it was last tested, from wherever; 0: never. */
bool relay_test_latest_at(Store *store, const Addr *address, gint64 *ret_at, GError **error);

/* -- models -------------------------------------------------------------------------------------
 */

/* {"tests": [{"id","at","actor","host","address","port","source","verdict","why","forms",
 * "accepted","takes_any","ticket_id","proof":null|"waiting"|"refused"|"proven","proven_at","message_id",
 * "round","next_at"}],"next"}, newest first. (transfer full) */
json_t *view_relay_tests(Store *store, const Page *page, GError **error);
/* The members above and "transcript". NOT_FOUND. (transfer full) */
json_t *view_relay_test(Store *store, gint64 id, GError **error);
