/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hidden.h - can a mail hold MIME headers that its bytes do not show? */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* True when something in base64 may be a mail of its own: any such part but a nameless text or an
 * image. What is needed for a mail (charset.h, html.h) is then not to be told from its bytes. */
bool hidden_headers_possible(const char *mail, gsize len);
