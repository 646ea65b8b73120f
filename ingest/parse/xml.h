/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xml.h - libxml2, loaded when it is needed; and XML as a list of elements.
 *
 * No DTD, no entities but XML's own five, no network; the encoding a document names is not asked
 * for (iconv would load modules, which the sandbox forbids).
 */
#pragma once

#include <glib.h>
#include <libxml/HTMLparser.h>
#include <stdbool.h>

typedef struct {
    __typeof__(xmlInitParser) *init;
    __typeof__(htmlCreatePushParserCtxt) *html_new;
    __typeof__(htmlCtxtUseOptions) *html_options;
    __typeof__(htmlParseChunk) *html_parse;
    __typeof__(htmlFreeParserCtxt) *html_free;
    __typeof__(xmlCreatePushParserCtxt) *xml_new;
    __typeof__(xmlCtxtUseOptions) *xml_options;
    __typeof__(xmlParseChunk) *xml_parse;
    __typeof__(xmlStopParser) *xml_stop;
    __typeof__(xmlFreeParserCtxt) *xml_free;
} XmlLibrary;

/* Loaded once; NULL when it is not there. Before a sandbox closes: behind it nothing can be. */
const XmlLibrary *xml_library(void);

/* Can the mail have XML that is not packed? */
bool xml_possible(const char *mail, gsize len);

/* At the end of each element: "feedback/record/row/count" (prefixes are dropped) and its own text,
 * trimmed, at most 1000 bytes of any content. */
typedef void (*XmlElement)(void *data, const char *path, const char *text);

typedef enum { XML_READ, XML_REFUSED, XML_NO_LIBRARY } XmlResult;

/* Reads as far as the document is well-formed enough. Refused: it has a DTD, or is nested too
 * deep. */
XmlResult xml_read(const char *bytes, gsize len, XmlElement element, void *data);
