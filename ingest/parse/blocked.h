/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blocked.h - who refused a mail for its sender's reputation, as the words of a refusal tell. */
#pragma once

#include "ingest/parse/complaint.h"

/* A DNS zone ("zen.spamhaus.org") or a provider ("outlook.com"), or NULL when the refusal is not
 * about reputation. (transfer none), kept in the complaint. */
const char *blocked_by(Complaint *complaint, const char *diagnostic);
