/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence.h - the reported message, wherever it is: enclosed, attached as a file, headers only,
 * or pasted into the text.
 */
#pragma once

#include "ingest/parse/format.h"

typedef struct {
    HeaderBlock *block;   /* owned */
    const char *text;     /* its body as text, or NULL; owned by the Message */
    const char *filename; /* of an attachment a mail program would run, or NULL */
} Evidence;

void evidence_clear(Evidence *evidence);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Evidence, evidence_clear)

/* Can the entity be a reported message? By its type or name; octet-stream and text attachments
 * are looked into. */
bool evidence_is_candidate(Parsing *parsing, guint index);

/* Two marks that a leaf is a mail: it begins with fields, and with those every mail has. */
bool evidence_looks_like_mail(Parsing *parsing, guint index);

/* Reads the entity as a reported message, false when it has no header. Forwards that enclose the
 * message are entered when the message inside carries trace fields. */
bool evidence_from_entity(Parsing *parsing, guint index, Evidence *ret_evidence);

/* Reads a file that is in none of the mail's entities, false when it is no mail. filename: may be
 * NULL. */
bool evidence_from_bytes(Parsing *parsing, GBytes *bytes, const char *filename,
                         Evidence *ret_evidence);

/* … that is said to be a message, so that one field will do. */
bool evidence_from_message(Parsing *parsing, GBytes *bytes, Evidence *ret_evidence);

/* The first entity in [from, end) that can be and is one. */
bool evidence_find(Parsing *parsing, guint from, guint end, Evidence *ret_evidence);

/* A header's Subject, decoded and kept, or NULL; a charset in it that is not known is a problem. */
const char *evidence_subject(Complaint *complaint, const HeaderBlock *header);

/* The fields of *incident that the message itself gives, its category, and its attribution. Before:
 * claimed_ip and what a report says better; those are kept. evidence NULL: there is none. */
void evidence_apply(Parsing *parsing, Incident *incident, const Evidence *evidence);
