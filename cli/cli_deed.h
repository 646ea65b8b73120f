/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli_deed.h - what the commands that change something have in common. */
#pragma once

#include "cli/plaint.h"
#include "store/deed.h"

Deed deed_of(const Plaint *plaint);

/* Tells what was done to a ticket: a line of text, or with --json the ticket as it is now. */
bool deed_print(const Plaint *plaint, gint64 id, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
