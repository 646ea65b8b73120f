/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xarf.h - where JSON reports are in a mail, and reading them within the limits (private to
 * format_xarf.c, xarf_*.c and vendor_json.c). */
#pragma once

#include <jansson.h>

#include "ingest/parse/format.h"

/* Index of the first entity at or after `from` that carries a JSON object with two names that only
 * XARF has; enclosed messages are not entered. -1: none. */
gint xarf_find(Parsing *parsing, guint from);

/* By its type or name, or as the whole text; enclosed ones are not. */
bool xarf_may_be_json(Parsing *parsing, guint index);

/* What that entity holds, as json_object_load() reads it. */
json_t *xarf_load(Parsing *parsing, guint index, const char **ret_why);
