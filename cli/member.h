/* SPDX-License-Identifier: GPL-3.0-or-later */
/* member.h - members of a model, as what is drawn wants them. */
#pragma once

#include <glib.h>
#include <jansson.h>

const char *member_text(const json_t *object, const char *name); /* NULL: no text */
/* "2 h ago"; NULL: no time. (transfer full) */
char *member_ago(const json_t *object, const char *name, gint64 now);
