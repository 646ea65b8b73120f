/* SPDX-License-Identifier: GPL-3.0-or-later */
/* received.h - one Received: field as trace data (RFC 5321, section 4.4; every dialect of
 * docs/in-the-wild.md).
 *
 * Every member is a claim of whoever wrote the field; attribution.c decides what to believe. A
 * field is a hop, skipped (no SMTP hand-over: local delivery, queue lines, mail pick-up), or
 * unparsed; none of them ends the walk.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/limits.h"
#include "ingest/parse/complaint.h"

typedef enum { RECEIVED_HOP, RECEIVED_SKIPPED, RECEIVED_UNPARSED } ReceivedKind;

typedef struct {
    Hop hop; /* verdict and why are the caller's to set */
    ReceivedKind kind;
    const char *skip_why; /* of SKIPPED: "a local queue line of qmail" (static) */
    Addr by_ip;           /* address the writer gave for itself, or ADDR_NONE */
    guint port;           /* the peer's, 0: unknown */
    bool authenticated;   /* the writer says that it knew its client (RFC 3848 A, comments, HTTP) */
    bool local;           /* submitted on the writing host: pickup, uid, sendmail, [local] */
    bool retrieval;       /* POP or IMAP pick-up: what is above belongs to the complainant */
    bool munged;          /* where the peer's address should be stands something like one */
    bool doubted;         /* the name did not lead back to the address: "may be forged" */
    bool internal; /* a form that only occurs inside one provider (2002:a…, mapi, filters) */
} Received;

/* Reads one unfolded value. Strings go into chunk, cleaned. Always succeeds; an unreadable one is
 * RECEIVED_UNPARSED with what could be had. */
void received_parse(const char *value, const Limits *limits, GStringChunk *chunk,
                    Received *ret_received);
