/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html.h - HTML as the text a reader sees. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Loads libxml2, once; false when it is not there. Before a sandbox closes: behind it nothing can
 * be loaded. The second only if the mail may have HTML in it. */
bool html_init(void);
bool html_init_for(const char *mail, gsize len);

/* Tags dropped, block elements and <br> become newlines, entities decoded, no-break spaces become
 * spaces; script and style are left out; the target of a link follows its words in brackets when
 * they do not say it. At most max bytes. (transfer full); NULL when
 * libxml2 could not be loaded. */
char *html_to_text(const char *html, gsize len, gsize max);
