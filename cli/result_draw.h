/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result_draw.h - what the parser made of one mail, for a person: every incident with its path and
 * a conclusion in two sentences, then the problems. From the JSON model (docs/explain.md). */
#pragma once

#include <jansson.h>

#include "cli/term.h"

void result_draw(const json_t *result, const char *title, const Term *term, GString *out);
