/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claim.h - the fields by which a machine's report says what it is about, read leniently. A value
 * may be NULL everywhere. */
#pragma once

#include "ingest/parse/format.h"

/* The source: an address (then claimed_ip), a link, a mailbox, a domain; what else it gives is kept
 * in urls, from and domain. False when it is none of these. */
bool claim_source(Parsing *parsing, Incident *incident, const char *value);

/* The links in value, and the domain of ours that one is in. */
void claim_urls(Parsing *parsing, Incident *incident, const char *value);

/* The first address of the outer text: for a report without any in a field. */
void claim_prose(Parsing *parsing, Incident *incident);

/* An address field's first mailbox, kept, or NULL. */
const char *claim_address(Complaint *complaint, const char *value);

guint claim_port(const char *value);  /* 0: none */
guint claim_count(const char *value); /* at least 1 */

/* RFC 3339, with a zone in any form, or as in a mail. */
bool claim_time(const char *value, gint64 *ret_time);

/* Lower case, kept; NULL for NULL or "". */
const char *claim_word(Complaint *complaint, const char *value);

/* The same as an incident's type is spelt: "login-attack". */
const char *claim_type(Complaint *complaint, const char *value);
