/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recipient.h - whose mailbox the message came to, or what the reporter put in its place (RFC
 * 6590).
 */
#pragma once

#include "ingest/parse/complaint.h"

/* Sets incident->rcpt, or rcpt_redacted when value is no mailbox but a stand-in for one. Leaves
 * what is known already; value may be NULL. */
void recipient_take(Complaint *complaint, Incident *incident, const char *value);
