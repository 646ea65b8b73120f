/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xarf.h - where JSON reports are in a mail, and reading them within the limits (private to
 * format_xarf.c and xarf_*.c). */
#pragma once

#include <jansson.h>

#include "ingest/parse/format.h"

/* Index of the first entity at or after `from` that carries a JSON object with two names that only
 * XARF has; enclosed messages are not entered. -1: none. */
gint xarf_find(Parsing *parsing, guint from);

/* What that entity holds. (transfer full); NULL when it is broken or passes a limit, *ret_why then
 * says so. Jansson recurses up to 2048 levels and takes memory for each value: it is given no more
 * than limits->json_depth and limits->json_values. */
json_t *xarf_load(Parsing *parsing, guint index, const char **ret_why);
