/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tnef.h - a winmail.dat (MS-OXTNEF): the mails that Outlook has hidden in it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/limits.h"
#include "ingest/parse/complaint.h"

/* Loads libytnef if the mail may have such a file. Before a sandbox closes. */
void tnef_init_for(const char *mail, gsize len);
bool tnef_init(void);

/* Begins as one does. */
bool tnef_is(GBytes *bytes);

/* The first mail attached in it: a message with its transport header, or a file that is a mail. The
 * message that the whole is of is the complainant's own and does not count. (transfer full), or
 * NULL: there is none; with a problem when it is damaged or libytnef is not at hand. */
GBytes *tnef_read(GBytes *bytes, const Limits *limits, Complaint *complaint);
