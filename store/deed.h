/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deed.h - who does something to the store, and when: what every audited change is told. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    const char *actor; /* "anna", or "plaint" for what the program decides itself; never NULL */
    gint64 now;        /* clock_now() of the request */
} Deed;

#define ACTOR_PLAINT "plaint"

/* Free text that the store keeps whole. */
enum { DEED_NAME_BYTES = 200, DEED_TEXT_BYTES = 500 };

/* What a person typed, as one cleaned line without blanks at its ends; NULL for NULL and when
 * nothing is left. What is longer than max bytes is refused with BAD_INPUT, not cut. (transfer
 * full) */
bool deed_text(const char *what, const char *text, gsize max, char **ret_text, GError **error);
