/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/template_impl.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"

#define BLANKS " \t\r\n"

/* What a tag's first character says. */
static const struct {
    char sign;
    TokenKind kind;
    bool takes_line; /* when it is alone on it */
} signs[] = {
    {'#', SECTION, true}, {'^', INVERTED, true}, {'/', CLOSE, true}, {'>', PARTIAL, true},
    {'!', COMMENT, true}, {'&', RAW, false},     {'{', RAW, false},
};

/* -- parsing ------------------------------------------------------------------------------------
 */

typedef struct {
    Template *template;
    const char *begin;                /* of the text */
    const char *at;                   /* what is before it is read */
    guint line;                       /* of at */
    guint open[LIMIT_TEMPLATE_DEPTH]; /* sections, outermost first */
    guint depth;
} Parser;

bool
template_fail(const Template *template, guint line, GError **error, const char *what,
              const char *name)
{
    g_autofree char *quoted = name ? text_quote(name) : g_strdup("");

    return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "template %s, line %u: %s%s%s",
                       template->name, line, what, name ? " " : "", quoted);
}

static guint
newlines(const char *begin, const char *end)
{
    guint n = 0;

    while ((begin = memchr(begin, '\n', end - begin))) {
        begin++;
        n++;
    }
    return n;
}

static bool
is_line_begin(const Parser *parser, const char *place)
{
    return place == parser->begin || place[-1] == '\n';
}

static void
add_literal(Parser *parser, const char *end)
{
    while (parser->at < end) {
        const char *newline = memchr(parser->at, '\n', end - parser->at);
        const char *next = newline ? newline + 1 : end;
        gsize length = next - parser->at;
        Token token = {.kind = LITERAL,
                       .begins_line = is_line_begin(parser, parser->at),
                       .line = parser->line,
                       .text = g_string_chunk_insert_len(parser->template->strings, parser->at,
                                                         (gssize)length),
                       .length = length};

        g_array_append_val(parser->template->tokens, token);
        parser->line += newline != NULL;
        parser->at = next;
    }
}

static bool
is_name(const char *name)
{
    if (strcmp(name, ".") == 0)
        return true;
    return *name && !strpbrk(name, BLANKS) && *name != '.' && !g_str_has_suffix(name, ".") &&
           !strstr(name, "..");
}

static bool
nest(Parser *parser, const Token *token, GError **error)
{
    GArray *tokens = parser->template->tokens;
    Token *opened;

    if (token->kind == SECTION || token->kind == INVERTED) {
        if (parser->depth == LIMIT_TEMPLATE_DEPTH)
            return template_fail(parser->template, token->line, error,
                                 "too many sections in one another at", token->text);
        parser->open[parser->depth++] = tokens->len;
    } else if (token->kind == CLOSE) {
        if (parser->depth == 0)
            return template_fail(parser->template, token->line, error,
                                 "no section is open, but closed is", token->text);
        opened = &g_array_index(tokens, Token, parser->open[--parser->depth]);
        if (strcmp(opened->text, token->text) != 0)
            return template_fail(parser->template, token->line, error,
                                 "another section is open than the one closed,", token->text);
        opened->end = tokens->len;
    }
    return true;
}

/* Alone on its line: *ret_begin and *ret_next become the line's ends. */
static bool
is_alone(const Parser *parser, const char **ret_begin, const char **ret_next)
{
    const char *begin = *ret_begin;
    const char *next = *ret_next + strspn(*ret_next, " \t");

    while (begin > parser->begin && (begin[-1] == ' ' || begin[-1] == '\t'))
        begin--;
    if (next[0] == '\r' && next[1] == '\n')
        next++;
    if (!is_line_begin(parser, begin) || (*next && *next != '\n'))
        return false;
    *ret_begin = begin;
    *ret_next = *next ? next + 1 : next;
    return true;
}

/* The next mark, at a cost that does not depend on what stands behind it. */
static const char *
find(const char *at, const char *mark)
{
    while ((at = strchr(at, mark[0])) && strncmp(at, mark, strlen(mark)) != 0)
        at++;
    return at;
}

/* open: at the tag's first brace. */
static bool
read_tag(Parser *parser, const char *open, GError **error)
{
    Template *template = parser->template;
    Token token = {.kind = VALUE, .line = parser->line + newlines(parser->at, open)};
    const char *inner = open + 2;
    const char *closing = *inner == '{' ? "}}}" : "}}";
    const char *close = find(inner, closing);
    const char *next = close ? close + strlen(closing) : NULL;
    const char *begin = open;
    bool takes_line = false;
    g_autofree char *name = NULL;

    if (!close)
        return template_fail(template, token.line, error, "a tag is not closed", NULL);
    if (*inner == '=')
        return template_fail(template, token.line, error, "delimiters cannot be changed", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(signs); i++)
        if (*inner == signs[i].sign) {
            token.kind = signs[i].kind;
            takes_line = signs[i].takes_line;
            inner++;
            break;
        }
    name = g_strstrip(g_strndup(inner, close - inner));
    if (token.kind != COMMENT && !is_name(name))
        return template_fail(template, token.line, error, "not a name:", name);
    token.text = g_string_chunk_insert(template->strings, token.kind == COMMENT ? "" : name);
    if (takes_line && is_alone(parser, &begin, &next)) {
        if (token.kind == PARTIAL)
            token.indent = g_string_chunk_insert_len(template->strings, begin, open - begin);
    } else {
        token.begins_line = is_line_begin(parser, open);
    }
    add_literal(parser, begin);
    if (!nest(parser, &token, error))
        return false;
    g_array_append_val(template->tokens, token);
    parser->line += newlines(parser->at, next);
    parser->at = next;
    return true;
}

Template *
template_parse(const char *name, const char *text, GError **error)
{
    g_autoptr(Template) template = g_new0(Template, 1);
    Parser parser = {.template = template, .begin = text, .at = text, .line = 1};
    const char *open;

    template->name = g_strdup(name);
    template->strings = g_string_chunk_new(4096);
    template->tokens = g_array_new(FALSE, FALSE, sizeof(Token));
    while ((open = find(parser.at, "{{")))
        if (!read_tag(&parser, open, error))
            return NULL;
    add_literal(&parser, parser.at + strlen(parser.at));
    if (parser.depth > 0) {
        const Token *opened =
            &g_array_index(template->tokens, Token, parser.open[parser.depth - 1]);

        template_fail(template, opened->line, error, "not closed is the section", opened->text);
        return NULL;
    }
    return g_steal_pointer(&template);
}

void
template_free(Template *template)
{
    if (!template)
        return;
    g_free(template->name);
    g_string_chunk_free(template->strings);
    g_array_free(template->tokens, TRUE);
    g_free(template);
}
