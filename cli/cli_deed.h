/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli_deed.h - what the commands that change something have in common. */
#pragma once

#include "cli/plaint.h"
#include "store/deed.h"

Deed deed_of(const Plaint *plaint);

/* Free text that the store keeps whole. */
enum { DEED_NAME_BYTES = 200, DEED_TEXT_BYTES = 500 };

/* What a person typed, as one cleaned line without blanks at its ends; NULL for NULL and when
 * nothing is left. What is longer than max bytes is refused with BAD_INPUT, not cut. (transfer
 * full) */
bool deed_text(const char *what, const char *text, gsize max, char **ret_text, GError **error);

/* Tells what was done to a ticket: a line of text, or with --json the ticket as it is now. */
bool deed_print(const Plaint *plaint, gint64 id, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
