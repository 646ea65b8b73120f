/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/html.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "ingest/parse/hidden.h"
#include "ingest/parse/xml.h"

typedef struct {
    GString *out;
    gsize max;
    int hidden;    /* open elements whose text nobody sees */
    bool pre;      /* inside <pre>: newlines count */
    gsize link_at; /* where the words of the open link begin */
    char *href;
} Writer;

typedef enum { TAG_BLOCK = 1, TAG_HIDDEN, TAG_CELL, TAG_BREAK } TagKind;

/* clang-format off */
static const struct { const char *name; TagKind kind; } tags[] = {
    {"address", TAG_BLOCK}, {"article", TAG_BLOCK}, {"blockquote", TAG_BLOCK}, {"br", TAG_BREAK},
    {"center", TAG_BLOCK}, {"dd", TAG_BLOCK}, {"div", TAG_BLOCK}, {"dl", TAG_BLOCK},
    {"dt", TAG_BLOCK}, {"footer", TAG_BLOCK}, {"form", TAG_BLOCK}, {"h1", TAG_BLOCK},
    {"h2", TAG_BLOCK}, {"h3", TAG_BLOCK}, {"h4", TAG_BLOCK}, {"h5", TAG_BLOCK},
    {"h6", TAG_BLOCK}, {"header", TAG_BLOCK}, {"hr", TAG_BLOCK}, {"li", TAG_BLOCK},
    {"ol", TAG_BLOCK}, {"p", TAG_BLOCK}, {"pre", TAG_BLOCK}, {"script", TAG_HIDDEN},
    {"section", TAG_BLOCK}, {"style", TAG_HIDDEN}, {"table", TAG_BLOCK}, {"td", TAG_CELL},
    {"th", TAG_CELL}, {"title", TAG_HIDDEN}, {"tr", TAG_BLOCK}, {"ul", TAG_BLOCK},
};
/* clang-format on */

static TagKind
tag_kind(const xmlChar *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(tags); i++)
        if (strcmp(tags[i].name, (const char *)name) == 0)
            return tags[i].kind;
    return 0;
}

static void
put(Writer *w, const char *text, gsize len)
{
    if (w->out->len + len <= w->max)
        g_string_append_len(w->out, text, (gssize)len);
}

static void
put_newline(Writer *w)
{
    while (w->out->len > 0 && w->out->str[w->out->len - 1] == ' ')
        g_string_truncate(w->out, w->out->len - 1);
    if (w->out->len > 0 && w->out->str[w->out->len - 1] != '\n')
        put(w, "\n", 1);
}

static void
begin_link(Writer *w, const xmlChar **atts)
{
    g_clear_pointer(&w->href, g_free);
    for (; atts && atts[0]; atts += 2)
        if (atts[1] && strcmp((const char *)atts[0], "href") == 0 &&
            g_ascii_strncasecmp((const char *)atts[1], "http", 4) == 0 &&
            strlen((const char *)atts[1]) <= 2000)
            w->href = g_strdup((const char *)atts[1]);
    w->link_at = w->out->len;
}

static void
end_link(Writer *w)
{
    if (w->href && w->link_at <= w->out->len && !strstr(w->out->str + w->link_at, w->href)) {
        put(w, " [", 2);
        put(w, w->href, strlen(w->href));
        put(w, "] ", 2);
    }
    g_clear_pointer(&w->href, g_free);
}

static void
on_start(void *data, const xmlChar *name, const xmlChar **atts)
{
    Writer *w = data;
    TagKind kind = tag_kind(name);

    if (kind == TAG_HIDDEN)
        w->hidden++;
    else if (kind == TAG_BLOCK)
        put_newline(w);
    else if (kind == TAG_BREAK)
        put(w, "\n", 1);
    else if (kind == TAG_CELL && w->out->len > 0 && !g_ascii_isspace(w->out->str[w->out->len - 1]))
        put(w, "\t", 1); /* a table stays one */
    else if (strcmp((const char *)name, "a") == 0)
        begin_link(w, atts);
    if (strcmp((const char *)name, "pre") == 0)
        w->pre = true;
}

static void
on_end(void *data, const xmlChar *name)
{
    Writer *w = data;
    TagKind kind = tag_kind(name);

    if (kind == TAG_HIDDEN && w->hidden > 0)
        w->hidden--;
    else if (kind == TAG_BLOCK)
        put_newline(w);
    else if (strcmp((const char *)name, "a") == 0)
        end_link(w);
    if (strcmp((const char *)name, "p") == 0)
        put(w, "\n", 1);
    if (strcmp((const char *)name, "pre") == 0)
        w->pre = false;
}

static void
on_text(void *data, const xmlChar *text, int len)
{
    Writer *w = data;
    const char *p = (const char *)text, *end = p + len;

    if (w->hidden > 0 || w->out->len + (gsize)len > w->max)
        return;
    for (; p < end; p++) {
        bool blank = g_ascii_isspace(*p) && !(w->pre && *p == '\n');
        if (*p == '\xC2' && p + 1 < end && p[1] == '\xA0') { /* U+00A0 */
            p++;
            blank = true;
        }
        if (!blank)
            g_string_append_c(w->out, *p);
        else if (w->out->len > 0 && !g_ascii_isspace(w->out->str[w->out->len - 1]))
            g_string_append_c(w->out, ' ');
    }
}

bool
html_init(void)
{
    return xml_library() != NULL;
}

bool
html_init_for(const char *bytes, gsize len)
{
    return (!text_find_fold(bytes, (gssize)len, "html") && !hidden_headers_possible(bytes, len)) ||
           html_init();
}

char *
html_to_text(const char *html, gsize len, gsize max)
{
    htmlSAXHandler sax = {.startElement = on_start,
                          .endElement = on_end,
                          .characters = on_text,
                          .ignorableWhitespace = on_text,
                          .cdataBlock = NULL};
    Writer w = {.out = g_string_new(NULL), .max = max};
    const XmlLibrary *xml = xml_library();
    htmlParserCtxtPtr context;

    if (!xml) {
        g_string_free(w.out, TRUE);
        return NULL;
    }
    context = xml->html_new(&sax, &w, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (context) {
        xml->html_options(context, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                       HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
        for (gsize at = 0; at < len; at += 65536)
            xml->html_parse(context, html + at, (int)MIN(len - at, 65536), at + 65536 >= len);
        if (len == 0)
            xml->html_parse(context, html, 0, 1);
        xml->html_free(context);
    }
    g_free(w.href);
    return g_strchomp(g_string_free(w.out, FALSE));
}
