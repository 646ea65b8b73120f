/* SPDX-License-Identifier: GPL-3.0-or-later */
/* complaint.h - what a mail said: the plain structs that parsing ends in (a data header: store/ may
 * include it).
 *
 * A Complaint owns every string in it through its `text` chunk; strings are valid UTF-8 without
 * control characters and at most limits->field_bytes long (`words` keeps its newlines), NULL when
 * absent, never empty. Addresses are ADDR_NONE and times TIME_NONE when absent. The names of the
 * members are those of the JSON contract of `plaint explain --json` (docs/explain.md).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/addr.h"
#include "base/clock.h"

typedef enum {
    FORMAT_ARF,
    FORMAT_XARF,
    FORMAT_XARF_LEGACY,
    FORMAT_SPAMCOP,
    FORMAT_VENDOR,
    FORMAT_ATTACHED,
    FORMAT_INLINE,
    FORMAT_DSN,
    FORMAT_AUTO_REPLY,
    FORMAT_DMARC,
    FORMAT_TLS_RPT,
    FORMAT_UNSOLICITED,
    FORMAT_MESSAGE,
    N_FORMATS,
} ComplaintFormat;

typedef enum {
    VERDICT_TRUSTED,
    VERDICT_BORDER,
    VERDICT_EXIT,
    VERDICT_ENTRY,
    VERDICT_CLAIMED,
    VERDICT_FORGED,
    VERDICT_SKIPPED,
    N_VERDICTS,
} HopVerdict;

typedef enum {
    CAUSE_OPEN_RELAY,
    CAUSE_COMPROMISED_ACCOUNT,
    CAUSE_LOCAL_SCRIPT,
    CAUSE_CUSTOMER_HOST,
    CAUSE_CUSTOMER_BULK,
    CAUSE_FORWARDING,
    CAUSE_MAILING_LIST,
    CAUSE_SECONDARY_MX,
    CAUSE_BACKSCATTER,
    CAUSE_OPEN_PROXY,
    CAUSE_MALICIOUS_CUSTOMER,
    CAUSE_FORGED,
    CAUSE_NOT_OURS,
    CAUSE_UNKNOWN,
    N_CAUSES,
} Cause;

typedef enum { CERTAINTY_PROBABLE, CERTAINTY_CONFIRMED, N_CERTAINTIES } Certainty;
typedef enum { CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH, N_CONFIDENCES } Confidence;
typedef enum { CLAIM_NONE, CLAIM_AGREES, CLAIM_DIFFERS, CLAIM_NO_CHAIN, N_CLAIMS } Claim;

typedef enum {
    CATEGORY_NONE, /* no suggestion */
    CATEGORY_UBE,
    CATEGORY_UCE,
    CATEGORY_MMF,
    CATEGORY_MLM,
    CATEGORY_PHISHING,
    CATEGORY_MALWARE,
    CATEGORY_419,
    CATEGORY_BACKSCATTER,
    CATEGORY_COPYRIGHT,
    CATEGORY_INTRUSION,
    CATEGORY_CSAM,
    CATEGORY_OTHER,
    N_CATEGORIES,
} Category;

/* Names as in JSON, SQL, CLI and HTML. CLAIM_NONE and CATEGORY_NONE are NULL. */
extern const char *const format_names[N_FORMATS];
extern const char *const verdict_names[N_VERDICTS];
extern const char *const cause_names[N_CAUSES];
extern const char *const certainty_names[N_CERTAINTIES];
extern const char *const confidence_names[N_CONFIDENCES];
extern const char *const claim_names[N_CLAIMS];
extern const char *const category_names[N_CATEGORIES];
/* What a format is, in a few words for people. */
extern const char *const format_words[N_FORMATS];

/* Members of an Incident that are seldom there, NULL-terminated. */
extern const char *const incident_extra_names[];

/* One trace header, and what we think of it. */
typedef struct {
    guint n;                   /* 0 is the topmost, i.e. newest */
    Addr ip;                   /* peer: the client the writer saw */
    const char *rdns;          /* its name as the writer looked it up; NULL when unknown */
    const char *helo;          /* its name as it claimed */
    const char *by;            /* host that wrote the line */
    const char *with;          /* protocol word, as written */
    const char *id;            /* queue id */
    const char *for_;          /* recipient, without brackets; JSON "for" */
    const char *ident;         /* RFC 1413 answer, or a local uid ("userid 33", "uid 1007") */
    const char *envelope_from; /* sender; "<>" for the null sender */
    const char *auth;          /* account, or the protocol word that shows authentication */
    gint64 date;
    HopVerdict verdict;
    const char *why; /* one sentence a junior can read */
    /* Not in the contract's list, but printed too ("members may be added"): */
    const char *dialect;    /* MTA that writes lines like this: "postfix", …; NULL: unknown */
    const char *account;    /* the account named by `auth`, without mechanism words */
    guint32 offset, length; /* the field's bytes in the mail (0, 0: not in it verbatim) */
} Hop;

/* Why we think so, ranked best first. */
typedef struct {
    Cause cause;
    Certainty certainty;
    const char *why;
    const char *header;     /* the field that decided, unfolded: "Received: from …" */
    guint32 offset, length; /* its bytes in the mail (0, 0: not in it verbatim) */
} CauseFinding;

/* One abusive event. */
typedef struct {
    Addr source_ip;    /* what the report is about, after weighing claim and chain */
    guint source_port; /* 0: unknown */
    gint64 time;
    const char *type; /* "spam", "fraud", "login-attack", …: the report's own word, else "spam" */
    guint count;      /* similar events it stands for, at least 1 */
    Addr relay_ip;    /* the border peer */
    Addr exit_ip;     /* the last of our hosts on the way out */
    Addr origin_ip;   /* the client that put it into our relay */
    const char *account;
    const char *script;
    bool ours;
    GArray *causes; /* CauseFinding */
    Cause cause;
    Confidence confidence;
    Addr claimed_ip;       /* a source field of the report, else an address in its prose */
    bool claimed_in_field; /* claimed_ip came from a field, not prose */
    Claim claim;
    Category category;
    const char *category_why;
    GPtrArray *urls;        /* const char * */
    const char *blocked_by; /* list or provider that refused (DSN) */
    const char *message_id; /* of the reported message, no brackets, no blanks */
    const char *from;       /* address only */
    const char *rcpt;
    const char *subject;
    gint64 date;
    GArray *hops;       /* Hop */
    const char *domain; /* ours, named by the report when no address of ours is: content */
    bool has_evidence;  /* the reported message, or its headers, was attached or pasted */
    bool pasted;        /* … pasted: lower integrity than an attachment */
    /* Seldom there; the store keeps them only when they are (incident_extra_names). */
    const char *rcpt_redacted; /* what the reporter put in place of the recipient; rcpt is NULL */
    const char *cfbl_address;  /* where the sender wants complaints (RFC 9477) … */
    const char *feedback_id;   /* … and how it finds the mailing again */
    const char *list_id;       /* its list, else its campaign: what its sender calls them */
    const char *remote_mta;    /* who refused (DSN): its name, */
    const char *status;        /* "5.7.1", or the reply code when there is no such number, */
    const char *diagnostic;    /* its words, */
    Addr blocked_ip;           /* the address it refuses, ours first, */
    const char *blocked_url;   /* and where it explains */
    const char *sample_by;     /* "reporter": its own server took the message in; NULL: another */
    const char
        *report_fields; /* what a report says in fields that have no member: "Name: value; …" */
} Incident;

/* Something cut, broken or odd; never a reason to lose a mail. The name is a word of
 * docs/problems.md ("parser-died", "too-many-parts", "no-trace-headers"). */
typedef struct {
    const char *name;
    const char *why;
} Problem;

typedef struct {
    GStringChunk *text; /* owns all strings */
    ComplaintFormat format;
    const char *feedback_type; /* Feedback-Type or Report-Type, lower case */
    const char *reporter;      /* domain of the outer From */
    const char *authenticity;  /* "pass", "fail", "none" */
    const char *authenticity_why;
    GArray *incidents; /* Incident */
    GArray *problems;  /* Problem */
    /* The mail itself. */
    const char *from;    /* address of the outer From */
    const char *subject; /* decoded */
    const char *message_id;
    const char *in_reply_to; /* the last id of In-Reply-To or References */
    gint64 date;
    const char *words; /* the reporter's own words, newlines kept, for full text search */
    bool automatic;    /* nobody wants an answer (RFC 3834): DSN, list, bulk, machine */
    /* The site lists the reporter ([reporters]) and the mail is authenticated as theirs. Said by
     * the intake, not by the parser: it is not packed. */
    bool reporter_listed;
} Complaint;

Complaint *complaint_new(void);            /* (transfer full) a `message` without incidents */
void complaint_free(Complaint *complaint); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Complaint, complaint_free)

/* Appends one with empty lists, count 1, type "spam", cause unknown. (transfer none), valid until
 * the next is added. */
Incident *complaint_add_incident(Complaint *complaint);
void complaint_add_problem(Complaint *complaint, const char *name, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
bool complaint_has_problem(const Complaint *complaint, const char *name);

/* (transfer none) cleaned and kept in complaint->text, at most limits_default.field_bytes. */
const char *complaint_keep(Complaint *complaint, const char *bytes, gssize len);
const char *complaint_printf(Complaint *complaint, const char *format, ...) G_GNUC_PRINTF(2, 3);
