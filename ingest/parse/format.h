/* SPDX-License-Identifier: GPL-3.0-or-later */
/* format.h - the table of complaint formats.
 *
 * Best first: the first row whose probe says yes parses the mail. A probe rests on two structural
 * marks at least, never on a sender's address. Adding a format: a row here, a file format_NAME.c,
 * fixtures.
 */
#pragma once

#include "ingest/parse/complaint.h"
#include "ingest/parse/message.h"
#include "ingest/parse/site.h"

/* One mail being read. */
typedef struct {
    Message *message;
    const SiteMap *site;
    const Limits *limits;
    Complaint *complaint;
    gint64 received_at;
    gpointer seen; /* what a probe that says yes leaves for its parse; freed after it */
    GDestroyNotify seen_free;
} Parsing;

/* By a probe. (transfer full) */
void format_leave(Parsing *parsing, gpointer seen, GDestroyNotify seen_free);

typedef struct {
    ComplaintFormat format;
    bool (*probe)(Parsing *parsing);
    void (*parse)(Parsing *parsing); /* adds incidents, feedback_type, words, problems */
} Format;

extern const Format format_arf;
extern const Format format_dmarc;
extern const Format format_tls_rpt;
extern const Format format_xarf;
extern const Format format_xarf_legacy;
extern const Format format_spamcop;
extern const Format format_dsn;
extern const Format format_vendor;
extern const Format format_auto_reply;
extern const Format format_attached;
extern const Format format_inline;
extern const Format format_unsolicited;
extern const Format format_message;

/* NULL-terminated; the last row takes anything. */
extern const Format *const formats[];

/* Sets complaint->format and lets the row parse, which has said yes. */
void format_apply(const Format *row, Parsing *parsing);

/* … the first row that says yes. */
void format_recognise(Parsing *parsing);

/* Text of the outer mail that a person reads, "" when there is none. (transfer none) */
const char *format_outer_text(Parsing *parsing);

/* The subject without what a spam filter put in front of it ("*****SPAM***** ", "[spam 7.2] "); ""
 * when there is none. (transfer none) */
const char *format_bare_subject(const Parsing *parsing);

/* The reporter's own words: text, up to `end` of it (NULL: all). */
void format_keep_words(Parsing *parsing, const char *text, const char *end);

/* Another incident of the mail, or NULL at the limit, which is then a problem. */
Incident *format_add_incident(Parsing *parsing);

/* An incident of a feed: claimed_ip is a field's, no message is enclosed. */
void format_apply_claim(Parsing *parsing, Incident *incident);
