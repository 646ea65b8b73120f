/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html.h - HTML as the text a reader sees. */
#pragma once

#include <glib.h>

/* Tags dropped, block elements and <br> become newlines, entities decoded, no-break spaces become
 * spaces; script and style are left out; the target of a link follows its words in brackets when
 * they do not say it. At most max bytes. (transfer full), never NULL. */
char *html_to_text(const char *html, gsize len, gsize max);
