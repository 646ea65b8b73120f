/* SPDX-License-Identifier: GPL-3.0-or-later */
/* template.h - text with {{tags}} and a JSON model become a document (the core of Mustache).
 *
 *     {{name}} {{a.b}} {{.}}         the value, escaped; {{{name}}} and {{&name}} as it is
 *     {{#name}} … {{/name}}          for each element of an array; once for anything else that is
 * true
 *     {{^name}} … {{/name}}          once when it is not true
 *     {{>name}}                      a partial; alone on its line, it is indented as that line is
 *     {{! words }}                   nothing
 *
 * Not true are: absent, null, false, the empty string and the empty array. A number is true, also
 * 0. A name is looked for in the innermost context that has its first part, then in those around
 * it; an absent one is written as nothing, an object or an array is an error. A section, comment or
 * partial that is alone on its line takes the whole line with it. Delimiters cannot be changed, and
 * a model holds no code.
 *
 * Invariant: a value is never read as a template, so nothing that a model holds can become a tag.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

typedef struct Template Template;

/* Appends text so that it is harmless where it goes. */
typedef void (*TemplateEscape)(GString *out, const char *text);
void template_escape_html(GString *out, const char *text); /* in elements and quoted attributes */
void template_escape_none(GString *out, const char *text);

/* name is what errors call it. BAD_INPUT, with name, line and what is wrong. (transfer full) */
Template *template_parse(const char *name, const char *text, GError **error);
void template_free(Template *template);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Template, template_free)

typedef struct {
    TemplateEscape escape; /* of {{name}}; NULL: template_escape_html */
    /* The partial of that name (borrowed), or NULL for none, which is written as nothing. */
    const Template *(*partial)(gpointer data, const char *name);
    gpointer data;
    gsize max_bytes; /* of output, a tag counts as one; 0: LIMIT_TEMPLATE_BYTES */
} TemplateUse;

/* use may be NULL. BAD_INPUT, as template_parse: too deep, too long, a value that is not text.
 * (transfer full) */
char *template_render(const Template *template, const TemplateUse *use, const json_t *model,
                      GError **error);
