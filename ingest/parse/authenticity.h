/* SPDX-License-Identifier: GPL-3.0-or-later */
/* authenticity.h - is the complaint from whom it says? As the desk's own MX saw it. */
#pragma once

#include "ingest/parse/format.h"

/* Sets authenticity and authenticity_why of the complaint: "pass", "fail" or "none". Only an
 * Authentication-Results field (RFC 8601) of our own MX counts: its authserv-id is a relay or
 * domain of the site, or the host that wrote the topmost Received field. Sets sample_by of each
 * incident: did the reporter's own server take the reported message in? */
void authenticity_judge(Parsing *parsing);

/* Nobody wants an answer (RFC 3834, section 2): a machine, a list, a bounce. */
bool authenticity_is_automatic(const Parsing *parsing);
