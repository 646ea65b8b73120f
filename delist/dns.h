/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dns.h - many DNS questions at once, through c-ares.
 *
 * What an answer means is not decided here (dnsbl.h). Questions wait in lanes, one for each list,
 * so that each list is asked at its own pace, in turn; no more than `outstanding` are on their way,
 * as more overflow a server's socket and each loss costs a whole timeout. One thread, no globals
 * but c-ares' own.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/addr.h"

typedef enum { DNS_A, DNS_TXT, DNS_AAAA, DNS_MX, DNS_PTR, N_DNS_TYPES } DnsType;

typedef enum {
    DNS_FOUND,     /* at least one record of the type */
    DNS_NO_NAME,   /* NXDOMAIN */
    DNS_NO_DATA,   /* the name is there, the type is not */
    DNS_SERVFAIL,  /* the server could not say; FORMERR and NOTIMP, too */
    DNS_REFUSED,   /* the server would not say, or nothing listens there */
    DNS_TIMEOUT,   /* no server answered, UDP and TCP */
    DNS_MALFORMED, /* an answer that cannot be read, or a question that cannot be asked */
    N_DNS_OUTCOMES,
} DnsOutcome;
extern const char *const dns_outcome_names[N_DNS_OUTCOMES]; /* "found", "nxdomain", … */

typedef struct {
    DnsOutcome outcome;
    GPtrArray *records; /* char *: "127.0.0.2", the strings of a TXT as one, "10 mx.example.net",
                           a name without its last dot ("": the root); clean text, at most
                           DNS_RECORDS_MAX; empty unless FOUND */
    bool is_alias;      /* a CNAME stands before them */
    guint32 ttl; /* seconds: the least of the records'; of NO_NAME and NO_DATA the lower of the
                    SOA's TTL and MINIMUM (RFC 2308, section 5); 0: not said */
} DnsAnswer;

/* answer: borrowed for the call, which may ask more; NULL: dns is being freed, only data is to be.
 */
typedef void (*DnsDone)(const DnsAnswer *answer, gpointer data);

typedef struct {
    const char *servers; /* "127.0.0.1:5353,[::1]:53"; NULL or "": those of the system */
    guint timeout;       /* milliseconds of one try; 0: 5,000 */
    guint tries;         /* 0: 2 */
    guint outstanding;   /* 0: 100 */
} DnsOptions;

enum { DNS_RECORDS_MAX = 32, DNS_TEXT_MAX = 1000 /* bytes */ };

typedef struct Dns Dns;
typedef struct DnsLane DnsLane;

/* CONFIG when the servers cannot be read. (transfer full) */
Dns *dns_new(const DnsOptions *options, GError **error);
void dns_free(Dns *dns); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Dns, dns_free)

/* A lane of its own, at most per_second questions in a second; 0: as many as go. (transfer none) */
DnsLane *dns_lane(Dns *dns, guint per_second);

/* Puts a question at the lane's end; done is called once, from dns_run. name: labels, no dot at the
 * end. */
void dns_ask(Dns *dns, DnsLane *lane, const char *name, DnsType type, DnsDone done, gpointer data);

/* Questions that are not answered yet. */
guint dns_waiting(const Dns *dns);

/* Asks and hears until no more than `left` questions wait, stop_fd (-1: none) can be read, or that
 * many milliseconds (-1: no limit) have gone by. False, BUSY: the system lacks something. */
bool dns_run_for(Dns *dns, guint left, int stop_fd, int milliseconds, GError **error);
bool dns_run(Dns *dns, guint left, int stop_fd, GError **error); /* without a limit */

/* One question, waited for. answer's records are owned: dns_answer_clear(). BUSY as above. */
bool dns_answer(Dns *dns, DnsLane *lane, const char *name, DnsType type, DnsAnswer *ret_answer,
                GError **error);
void dns_answer_clear(DnsAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DnsAnswer, dns_answer_clear)

enum { DNS_REVERSE_SIZE = 80 };
/* "25.2.0.192.in-addr.arpa": where the name of an address stands (PTR; RFC 1035, section 3.5, and
 * RFC 3596, section 2.5). */
void dns_reverse_name(const Addr *addr, char ret_name[DNS_REVERSE_SIZE]);
