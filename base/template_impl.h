/* SPDX-License-Identifier: GPL-3.0-or-later */
/* template_impl.h - a template as template.c reads it and template_render.c walks it: tokens in the
 * order of the text, a literal never longer than its line, so that a partial can be indented. */
#pragma once

#include <stdbool.h>

#include "base/template.h"

typedef enum { LITERAL, VALUE, RAW, SECTION, INVERTED, CLOSE, PARTIAL, COMMENT } TokenKind;

typedef struct {
    TokenKind kind;
    bool begins_line;   /* where a partial's indentation goes */
    guint line;         /* for errors */
    const char *text;   /* literal: length bytes; otherwise the name */
    gsize length;       /* of a literal */
    const char *indent; /* of a partial that is alone on its line */
    guint end;          /* of a section: the index of what closes it */
} Token;

struct Template {
    char *name;
    GStringChunk *strings;
    GArray *tokens; /* Token */
};

/* name NULL: what says it all. Returns false. */
bool template_fail(const Template *template, guint line, GError **error, const char *what,
                   const char *name);
