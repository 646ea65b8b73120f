/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ole.h - an Outlook message (.msg, MS-OXMSG) as the mail that Outlook made it of. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/limits.h"
#include "ingest/parse/complaint.h"

/* Loads what is needed if the mail may have such a file. Before a sandbox closes. */
void ole_init_for(const char *mail, gsize len);

/* Begins as an OLE file does, and is a message by its directory, or by `name` (may be NULL). */
bool ole_is_message(GBytes *bytes, const char *name);

/* Its transport header and text; of messages enclosed in it, the first with trace fields before it.
 * (transfer full), or NULL and a problem when it is damaged or libgsf is not at hand. */
GBytes *ole_read(GBytes *bytes, const Limits *limits, Complaint *complaint);
