/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outlook_mail.h - what Outlook keeps of a mail, put together again. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Appends the transport header without what it says of MIME parts: they are properties now. Outlook
 * puts a line of its own before the first field. */
void outlook_append_header(GString *mail, const char *header);

/* Appends the rest: the fields that say what the text is, and the text; NULL: none. */
void outlook_append_text(GString *mail, const char *text, bool is_html);
