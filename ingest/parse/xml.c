/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/xml.h"

#include <dlfcn.h>
#include <string.h>

/* libxml2 brings ICU and the C++ runtime: loading the three costs a delivery more than all of its
 * parsing, and most mails have no HTML. So it is loaded when the first one may have. */
#define LIBRARY "libxml2.so.2"

enum { MAX_DEPTH = 32, MAX_TEXT = 1000, MAX_NAME = 100, CHUNK = 64 * 1024 };

static gpointer
load(gpointer unused)
{
    static XmlLibrary xml;
    /* clang-format off */
    const struct { const char *name; void **to; } symbols[] = {
        {"xmlInitParser",            (void **)&xml.init},
        {"htmlCreatePushParserCtxt", (void **)&xml.html_new},
        {"htmlCtxtUseOptions",       (void **)&xml.html_options},
        {"htmlParseChunk",           (void **)&xml.html_parse},
        {"htmlFreeParserCtxt",       (void **)&xml.html_free},
        {"xmlCreatePushParserCtxt",  (void **)&xml.xml_new},
        {"xmlCtxtUseOptions",        (void **)&xml.xml_options},
        {"xmlParseChunk",            (void **)&xml.xml_parse},
        {"xmlStopParser",            (void **)&xml.xml_stop},
        {"xmlFreeParserCtxt",        (void **)&xml.xml_free},
    };
    /* clang-format on */
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

    (void)unused;
    for (gsize i = 0; i < G_N_ELEMENTS(symbols); i++) {
        *symbols[i].to = library ? dlsym(library, symbols[i].name) : NULL;
        if (!*symbols[i].to)
            return NULL;
    }
    xml.init();
    return &xml;
}

const XmlLibrary *
xml_library(void)
{
    static GOnce once = G_ONCE_INIT;

    return g_once(&once, load, NULL);
}

bool
xml_possible(const char *mail, gsize len)
{
    static const char *const starts[] = {"<?xml", "<feedback", "PD94bWw"}; /* the last is base64 */

    for (gsize i = 0; i < G_N_ELEMENTS(starts); i++)
        if (memmem(mail, len, starts[i], strlen(starts[i])))
            return true;
    return false;
}

/* -- a document -----------------------------------------------------------------------------------
 */

typedef struct {
    const XmlLibrary *xml;
    xmlParserCtxtPtr context;
    GString *path, *text;
    gsize starts[MAX_DEPTH]; /* where each open element begins in path */
    guint depth;
    bool refused;
    XmlElement element;
    void *data;
} Reader;

static void
refuse(Reader *r)
{
    r->refused = true;
    r->xml->xml_stop(r->context);
}

static void
on_dtd(void *data, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
    (void)name, (void)public_id, (void)system_id;
    refuse(data);
}

static void
on_start(void *data, const xmlChar *name, const xmlChar **atts)
{
    Reader *r = data;
    const char *local = strrchr((const char *)name, ':');

    (void)atts;
    if (r->depth >= MAX_DEPTH) {
        refuse(r);
        return;
    }
    r->starts[r->depth++] = r->path->len;
    if (r->path->len > 0)
        g_string_append_c(r->path, '/');
    local = local ? local + 1 : (const char *)name;
    g_string_append_len(r->path, local, (gssize)strnlen(local, MAX_NAME));
    g_string_truncate(r->text, 0);
}

static void
on_end(void *data, const xmlChar *name)
{
    Reader *r = data;

    (void)name;
    if (r->refused || r->depth == 0)
        return;
    g_strstrip(r->text->str);
    r->element(r->data, r->path->str, r->text->str);
    g_string_truncate(r->text, 0);
    g_string_truncate(r->path, r->starts[--r->depth]);
}

static void
on_text(void *data, const xmlChar *text, int len)
{
    Reader *r = data;

    if (r->text->len < MAX_TEXT)
        g_string_append_len(r->text, (const char *)text, MIN(len, MAX_TEXT));
}

XmlResult
xml_read(const char *bytes, gsize len, XmlElement element, void *data)
{
    xmlSAXHandler sax = {.internalSubset = on_dtd,
                         .startElement = on_start,
                         .endElement = on_end,
                         .characters = on_text,
                         .cdataBlock = on_text};
    g_autoptr(GString) path = g_string_new(NULL), text = g_string_new(NULL);
    Reader r = {.xml = xml_library(), .path = path, .text = text, .element = element, .data = data};

    if (!r.xml)
        return XML_NO_LIBRARY;
    r.context = r.xml->xml_new(&sax, &r, NULL, 0, NULL);
    if (!r.context)
        return XML_REFUSED;
    r.xml->xml_options(r.context, XML_PARSE_RECOVER | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                      XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
    for (gsize at = 0; at < len && !r.refused; at += CHUNK)
        r.xml->xml_parse(r.context, bytes + at, (int)MIN(len - at, CHUNK), at + CHUNK >= len);
    r.xml->xml_free(r.context);
    return r.refused ? XML_REFUSED : XML_READ;
}
