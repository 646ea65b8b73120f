/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay_draw.h - relay tests for a person, from the models of store/relay_test.h. */
#pragma once

#include <jansson.h>

#include "cli/term.h"

void relay_draw_list(const json_t *tests, const Term *term, gint64 now, GString *out);
/* What came of one: which address, the verdict and why, what was accepted. */
void relay_draw(const json_t *test, const Term *term, gint64 now, GString *out);
/* What was said, lines broken at the width. */
void relay_draw_transcript(const json_t *test, const Term *term, GString *out);
