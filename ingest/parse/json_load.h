/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_load.h - a stranger's JSON, counted before Jansson reads it. */
#pragma once

#include <jansson.h>

#include "base/limits.h"

/* The object that bytes begin with; what stands behind its last brace is left out. (transfer full);
 * NULL when it is broken or passes a limit, *ret_why then says so. Jansson recurses up to 2048
 * levels and takes memory for each value: it is given no more than limits->json_depth and
 * limits->json_values. Bytes that are not UTF-8, and line ends in strings, are forgiven. */
json_t *json_object_load(const char *bytes, gsize len, const Limits *limits, const char **ret_why);

/* The same of the object or list at *at, behind blanks; moves *at behind it. NULL at the end,
 * *ret_why is NULL then. */
json_t *json_next_load(const char **at, const char *end, const Limits *limits,
                       const char **ret_why);
