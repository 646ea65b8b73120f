/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chain.h - the trace of one message while it is judged (internal to attribution).
 *
 * attribution.c builds it and writes the result; walk.c finds border, exit and entry; forgery.c
 * weighs lines; cause.c and companion.c say why. Line 0 is the topmost, i.e. newest.
 */
#pragma once

#include "ingest/parse/attribution.h"
#include "ingest/parse/received.h"

typedef struct {
    Received r;
    const Header *header;
    guint field; /* its place among the block's fields */
    HopVerdict verdict;
    const char *reason;   /* static words: the end of the hop's sentence */
    const char *rejected; /* forgery: the heaviest test's words, or NULL */
} Line;

typedef enum {
    BORDER_NONE,
    BORDER_STRANGER, /* the first peer that is not the complainant's */
    BORDER_OURS,     /* … and it is ours */
    BORDER_CLAIMED,  /* a field of the report names the peer */
    BORDER_LAST,     /* the trace ended inside: the last peer with another name */
} BorderKind;

/* How the message came to our exit host. */
typedef enum {
    ENTRY_NONE,     /* none of our hosts wrote a line that can be believed */
    ENTRY_DIRECT,   /* the peer is an address of ours, but no relay: a customer's host */
    ENTRY_CUSTOMER, /* a customer's host gave it to our relay, unauthenticated */
    ENTRY_ACCOUNT,  /* an authenticated client */
    ENTRY_LOCAL,    /* submitted on the host itself */
    ENTRY_STRANGER, /* a stranger gave it to our relay */
    ENTRY_MADE,     /* made on our host: nothing of ours lies below its own queue line */
} EntryKind;

typedef struct {
    Complaint *complaint;
    Incident *incident;
    const HeaderBlock *block; /* never NULL here */
    const SiteMap *site;
    const Limits *limits;
    Line *lines;
    guint n;
    int border, exit, entry; /* lines, or -1 */
    BorderKind border_kind;
    EntryKind entry_kind;
    guint intermediaries; /* between border and exit */
    guint weak_steps; /* on the complainant's side, on the word of a host that might be a stranger's
                       */
    const char *via;  /* what the first of them is: "a configured forwarder" */
    bool via_list;
    bool resubmitted;       /* our host took it up again: alias, .forward */
    bool writer_is_ours;    /* the complainant's mailbox is on our own hosts */
    bool names_us;          /* a line below a stranger names us */
    guint last_of_ours;     /* the lowest believed line, exit and what we wrote below it */
    guint first_body_field; /* index of the first From, Subject … */
} Chain;

/* walk.c */
void chain_walk(Chain *chain);
/* walk_out.c */
void chain_walk_out(Chain *chain);
void chain_judge_rest(Chain *chain);
/* The next line below that is a hop, or -1. */
int chain_hop_below(const Chain *chain, guint k);
/* by of line k is plausibly the peer of line above (name, registered domain, address, /24). */
bool chain_continues(const Chain *chain, guint above, guint k);
bool chain_peer_is_relay(const Chain *chain, guint k);  /* the peer is an own relay */
bool chain_writer_is_ours(const Chain *chain, guint k); /* by is an own relay's name or address */
/* The peer's name as the writer looked it up; NULL when there is none, or it "may be forged". */
const char *chain_looked_up(const Chain *chain, guint k);
bool chain_is_inner(const Addr *addr); /* private, carrier's, link-local, loopback */
bool chain_has_list_marks(const Chain *chain);

/* forgery.c: the weight of the tests that line k fails, its continuity with line above (-1: none)
 * included; *ret_words: the heaviest test's. 3 and more: forged. */
enum { FORGED_WEIGHT = 3 };
guint forgery_weigh(const Chain *chain, int above, guint k, const char **ret_words);
/* The table's rows, for its test. */
guint forgery_n_tests(void);
const char *forgery_test_name(guint nth);

/* companion.c: what the submission service of ours wrote beside the trace. */
typedef struct {
    const char *account;
    const char *script;
    const Header *header; /* that told */
    guint field;          /* place of the one that told the account */
    bool webmail;         /* the script is a webmail program: a person signed in */
    Addr client;          /* browser or visitor */
} Companion;
void companion_read(const Chain *chain, Companion *ret_companion);

/* cause.c */
void cause_find(Chain *chain);

/* confidence.c */
Confidence confidence_weigh(const Chain *chain, Claim claim, const char **ret_why);
