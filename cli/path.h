/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path.h - how the spam travelled, for a person: the hops of an incident from the complainant's
 * mailbox down, what to make of each and why, where trust ends, and the conclusion.
 * Drawn from the JSON model of an incident (docs/explain.md), so that `explain` and `ticket show`
 * say the same.
 */
#pragma once

#include <jansson.h>

#include "cli/term.h"

/* hops: an incident's "hops". Nothing when there are none. */
void path_draw(const json_t *hops, const Term *term, GString *out);

/* Two sentences: which machine, then why. (transfer full) */
char *path_conclusion(const json_t *incident);

/* Where sentences break: the terminal's width, at most 100; 100 in a pipe. */
guint path_width(const Term *term);

/* "open-relay" -> "open relay": how a cause is called in text. (transfer full) */
char *path_cause_words(const char *cause);
