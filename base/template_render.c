/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/template_impl.h"

#include <string.h>

#include "base/limits.h"

/* -- rendering ----------------------------------------------------------------------------------
 */

typedef struct {
    const TemplateUse *use;
    TemplateEscape escape;
    const json_t *contexts[LIMIT_TEMPLATE_DEPTH + 1]; /* innermost last */
    guint n_contexts;
    guint depth; /* sections and partials */
    gsize tags;
    gsize max_bytes;
    GString *out;
} Renderer;

/* A template that is being written, and how far its lines are moved to the right. */
typedef struct {
    const Template *template;
    const char *indent;
} Page;

static const json_t *
look_up(const Renderer *renderer, const char *name)
{
    const json_t *value = NULL;
    gsize length = strcspn(name, ".");

    if (length == 0)
        return renderer->contexts[renderer->n_contexts - 1];
    for (guint i = renderer->n_contexts; i-- > 0 && !value;)
        value = json_object_getn(renderer->contexts[i], name, length);
    for (name += length; *name && value; name += length) {
        length = strcspn(++name, ".");
        value = json_object_getn(value, name, length);
    }
    return value;
}

static bool
is_true(const json_t *value)
{
    if (!value || json_is_null(value) || json_is_false(value))
        return false;
    if (json_is_string(value))
        return json_string_length(value) > 0;
    return !json_is_array(value) || json_array_size(value) > 0;
}

static bool
write_value(Renderer *renderer, const Page *page, const Token *token, GError **error)
{
    const json_t *value = look_up(renderer, token->text);
    TemplateEscape escape = token->kind == RAW ? template_escape_none : renderer->escape;
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_STRING:
        escape(renderer->out, json_string_value(value));
        return true;
    case JSON_INTEGER:
        g_string_append_printf(renderer->out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return true;
    case JSON_REAL:
        g_ascii_formatd(number, sizeof number, "%.15g", json_real_value(value));
        g_string_append(renderer->out, number);
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        g_string_append(renderer->out, json_is_true(value) ? "true" : "false");
        return true;
    case JSON_NULL:
        return true;
    default:
        return template_fail(page->template, token->line, error, "not text:", token->text);
    }
}

static bool write_tokens(Renderer *renderer, const Page *page, guint begin, guint end,
                         GError **error);

static bool
enter(Renderer *renderer, const Page *page, const Token *token, GError **error)
{
    if (renderer->depth == LIMIT_TEMPLATE_DEPTH)
        return template_fail(page->template, token->line, error, "too deep at", token->text);
    renderer->depth++;
    return true;
}

/* context NULL: the present one stays. */
static bool
write_body(Renderer *renderer, const Page *page, guint section, const json_t *context,
           GError **error)
{
    const Token *token = &g_array_index(page->template->tokens, Token, section);
    bool ok;

    if (!enter(renderer, page, token, error))
        return false;
    if (context)
        renderer->contexts[renderer->n_contexts++] = context;
    ok = write_tokens(renderer, page, section + 1, token->end + 1, error);
    renderer->n_contexts -= context != NULL;
    renderer->depth--;
    return ok;
}

static bool
write_section(Renderer *renderer, const Page *page, guint section, GError **error)
{
    const Token *token = &g_array_index(page->template->tokens, Token, section);
    const json_t *value = look_up(renderer, token->text);

    if (is_true(value) != (token->kind == SECTION))
        return true;
    if (token->kind == INVERTED || !json_is_array(value))
        return write_body(renderer, page, section, token->kind == INVERTED ? NULL : value, error);
    for (gsize i = 0; i < json_array_size(value); i++)
        if (!write_body(renderer, page, section, json_array_get(value, i), error))
            return false;
    return true;
}

static bool
write_partial(Renderer *renderer, const Page *page, const Token *token, GError **error)
{
    const TemplateUse *use = renderer->use;
    const Template *partial = use && use->partial ? use->partial(use->data, token->text) : NULL;
    g_autofree char *indent =
        token->indent ? g_strconcat(page->indent, token->indent, NULL) : g_strdup("");
    Page inner = {partial, indent};

    if (!partial)
        return true;
    if (!enter(renderer, page, token, error))
        return false;
    if (!write_tokens(renderer, &inner, 0, partial->tokens->len, error))
        return false;
    renderer->depth--;
    return true;
}

static bool
write_token(Renderer *renderer, const Page *page, guint *at, GError **error)
{
    const Token *token = &g_array_index(page->template->tokens, Token, *at);
    guint here = (*at)++;

    switch (token->kind) {
    case LITERAL:
        g_string_append_len(renderer->out, token->text, (gssize)token->length);
        return true;
    case VALUE:
    case RAW:
        return write_value(renderer, page, token, error);
    case SECTION:
    case INVERTED:
        *at = token->end + 1;
        return write_section(renderer, page, here, error);
    case PARTIAL:
        return write_partial(renderer, page, token, error);
    case CLOSE:
    case COMMENT:
        break;
    }
    return true;
}

static bool
write_tokens(Renderer *renderer, const Page *page, guint begin, guint end, GError **error)
{
    while (begin < end) {
        const Token *token = &g_array_index(page->template->tokens, Token, begin);

        if (token->begins_line)
            g_string_append(renderer->out, page->indent);
        if (!write_token(renderer, page, &begin, error))
            return false;
        if (renderer->out->len + ++renderer->tags > renderer->max_bytes)
            return template_fail(page->template, token->line, error, "the document is too long",
                                 NULL);
    }
    return true;
}

char *
template_render(const Template *template, const TemplateUse *use, const json_t *model,
                GError **error)
{
    Renderer renderer = {
        .use = use,
        .escape = use && use->escape ? use->escape : template_escape_html,
        .max_bytes = use && use->max_bytes ? use->max_bytes : LIMIT_TEMPLATE_BYTES,
        .contexts = {model},
        .n_contexts = 1,
        .out = g_string_new(NULL),
    };
    Page page = {template, ""};
    bool ok = write_tokens(&renderer, &page, 0, template->tokens->len, error);

    return g_string_free(renderer.out, !ok);
}

void
template_escape_html(GString *out, const char *text)
{
    for (;;) {
        gsize plain = strcspn(text, "&<>\"'");

        g_string_append_len(out, text, (gssize)plain);
        text += plain;
        switch (*text++) {
        case '&':
            g_string_append(out, "&amp;");
            break;
        case '<':
            g_string_append(out, "&lt;");
            break;
        case '>':
            g_string_append(out, "&gt;");
            break;
        case '"':
            g_string_append(out, "&quot;");
            break;
        case '\'':
            g_string_append(out, "&#39;");
            break;
        default:
            return;
        }
    }
}

void
template_escape_none(GString *out, const char *text)
{
    g_string_append(out, text);
}
