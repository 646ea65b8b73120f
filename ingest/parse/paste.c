/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/paste.h"

#include <string.h>

#include "base/text.h"

enum { MAX_LINES = 400, MAX_CONTINUATIONS = 40, WRAPPED_AT = 60 };

typedef enum {
    FIELD_UNKNOWN,
    FIELD_KNOWN,
    FIELD_FOLDS, /* structured: a line without a name after it belongs to it */
} FieldKind;

/* clang-format off */
static const struct { const char *name; FieldKind kind; } known[] = {
    {"ARC-Authentication-Results", FIELD_FOLDS}, {"ARC-Message-Signature", FIELD_FOLDS},
    {"ARC-Seal", FIELD_FOLDS}, {"Authentication-Results", FIELD_FOLDS}, {"Cc", FIELD_KNOWN},
    {"Content-Language", FIELD_KNOWN}, {"Content-Transfer-Encoding", FIELD_KNOWN},
    {"Content-Type", FIELD_FOLDS}, {"Date", FIELD_KNOWN}, {"Delivered-To", FIELD_KNOWN},
    {"Delivery-Date", FIELD_KNOWN}, {"DKIM-Signature", FIELD_FOLDS}, {"Envelope-To", FIELD_KNOWN},
    {"Errors-To", FIELD_KNOWN}, {"From", FIELD_KNOWN}, {"Importance", FIELD_KNOWN},
    {"In-Reply-To", FIELD_KNOWN}, {"List-Id", FIELD_KNOWN}, {"List-Unsubscribe", FIELD_FOLDS},
    {"Message-ID", FIELD_KNOWN}, {"MIME-Version", FIELD_KNOWN}, {"Organization", FIELD_KNOWN},
    {"Precedence", FIELD_KNOWN}, {"Priority", FIELD_KNOWN}, {"Received", FIELD_FOLDS},
    {"Received-SPF", FIELD_FOLDS}, {"References", FIELD_FOLDS}, {"Reply-To", FIELD_KNOWN},
    {"Return-Path", FIELD_KNOWN}, {"Sender", FIELD_KNOWN}, {"Status", FIELD_KNOWN},
    {"Subject", FIELD_KNOWN}, {"Thread-Index", FIELD_KNOWN}, {"Thread-Topic", FIELD_KNOWN},
    {"To", FIELD_KNOWN}, {"User-Agent", FIELD_KNOWN}, {"X-Apparently-To", FIELD_KNOWN},
    {"X-Mailer", FIELD_KNOWN}, {"X-Original-To", FIELD_KNOWN},
    {"X-Originating-IP", FIELD_KNOWN}, {"X-Received", FIELD_FOLDS},
};
/* clang-format on */

/* -- lines ----------------------------------------------------------------------------------------
 */

bool
paste_line(const char *at, PasteLine *ret_line)
{
    PasteLine line = {.raw = at};
    const char *end = strchr(at, '\n');

    if (!*at)
        return false;
    line.next = end ? end + 1 : at + strlen(at);
    line.end = end ? end : line.next;
    for (line.at = at; line.at < line.end; line.at++) {
        const char *p = line.at;
        if (*p == '>' || (*p == '|' && (p + 1 == line.end || p[1] == ' '))) {
            line.quotes++;
            line.indent = 0;
            if (p + 1 < line.end && p[1] == ' ')
                line.at++;
        } else if (*p == ' ' || *p == '\t') {
            line.indent++;
        } else if (p[0] == '\xC2' && p[1] == '\xA0') {
            line.indent++;
            line.at++;
        } else {
            break;
        }
    }
    while (line.end > line.at && g_ascii_isspace(line.end[-1]))
        line.end--;
    *ret_line = line;
    return true;
}

bool
paste_line_is_empty(const PasteLine *line)
{
    return line->at >= line->end;
}

/* The kind of field that the words at `at` begin, FIELD_UNKNOWN when they are none. */
static FieldKind
field_kind(const char *at, const char *end, gsize *ret_name_len)
{
    const char *p = at;
    gsize len;
    bool hyphen = false;

    while (p < end && (g_ascii_isalnum(*p) || *p == '-' || *p == '_')) {
        hyphen = hyphen || *p == '-';
        p++;
    }
    len = (gsize)(p - at);
    if (len < 2 || len > 60 || !g_ascii_isalpha(*at))
        return FIELD_UNKNOWN;
    if (p < end && *p == ' ') /* "Received :" */
        p++;
    if (p >= end || *p != ':' || (p + 1 < end && p[1] == '/'))
        return FIELD_UNKNOWN;
    *ret_name_len = len;
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (strlen(known[i].name) == len && g_ascii_strncasecmp(known[i].name, at, len) == 0)
            return known[i].kind;
    return hyphen ? FIELD_KNOWN : FIELD_UNKNOWN;
}

static bool
is_received(const char *at, gsize len)
{
    return len == 8 && g_ascii_strncasecmp(at, "Received", 8) == 0;
}

/* -- blocks ---------------------------------------------------------------------------------------
 */

/* Web pages and defanging people leave "[.]" for dots, quoted-printable pasted raw leaves "=3D". */
static void
unmangle(GString *value)
{
    if (strstr(value->str, "[.]"))
        g_string_replace(value, "[.]", ".", 0);
    if (strstr(value->str, "=3D"))
        g_string_replace(value, "=3D", "=", 0);
}

/* Adds a field; when several were glued into one line, each of them. */
static void
add_field(HeaderBlock *block, const char *name, gsize name_len, GString *value)
{
    const char *at, *p, *end;

    unmangle(value);
    at = value->str;
    end = value->str + value->len;
    for (p = at; p < end; p++) {
        gsize len;
        if (*p != ' ' || p[1] == ' ' || !g_ascii_isupper(p[1]))
            continue;
        if (field_kind(p + 1, end, &len) == FIELD_UNKNOWN || p[1 + len] != ':' || p[2 + len] != ' ')
            continue;
        header_block_add(block, name, (gssize)name_len, at, p - at);
        name = p + 1;
        name_len = len;
        at = p + 1 + len + 1;
    }
    header_block_add(block, name, (gssize)name_len, at, end - at);
}

/* Does the line go on with the field before it? Pasting loses the blanks that say so. */
static bool
continues(const PasteLine *line, const PasteLine *before, FieldKind kind, guint base_indent)
{
    if (line->indent > base_indent)
        return true;
    return kind == FIELD_FOLDS || before->end - before->raw >= WRAPPED_AT;
}

/* After an empty line the block goes on when a field follows at once: double-spaced pastes. */
static bool
goes_on_after(const PasteLine *empty)
{
    PasteLine line;
    gsize len;

    return paste_line(empty->next, &line) && !paste_line_is_empty(&line) &&
           field_kind(line.at, line.end, &len) != FIELD_UNKNOWN;
}

/* Joins the lines of the field that begins at *line; leaves *line at the first one after it. */
static bool
take_value(PasteLine *line, const char *value_at, FieldKind kind, guint base_indent, GString *value)
{
    PasteLine before = *line;
    gsize len;

    g_string_truncate(value, 0);
    g_string_append_len(value, value_at, line->end - value_at);
    for (guint n = 0; n < MAX_CONTINUATIONS; n++) {
        if (!paste_line(before.next, line))
            return false;
        if (paste_line_is_empty(line) ||
            (line->indent <= base_indent && field_kind(line->at, line->end, &len) != FIELD_UNKNOWN))
            return true;
        if (!continues(line, &before, kind, base_indent))
            return true;
        if (value->len > 0 && value->str[value->len - 1] == '=') /* a soft break left in */
            g_string_truncate(value, value->len - 1);
        else
            g_string_append_c(value, ' ');
        g_string_append_len(value, line->at, line->end - line->at);
        before = *line;
    }
    return true;
}

/* Reads the block whose first field is on `line`; returns where its body begins. */
static const char *
read_block(PasteLine line, const Limits *limits, HeaderBlock *block)
{
    g_autoptr(GString) value = g_string_sized_new(512);
    guint base_indent = line.indent;

    while (block->fields->len < limits->header_lines) {
        gsize name_len = 0;
        FieldKind kind = field_kind(line.at, line.end, &name_len);
        const char *name = line.at, *colon;
        if (paste_line_is_empty(&line)) {
            if (block->fields->len == 0 || !goes_on_after(&line) || !paste_line(line.next, &line))
                return line.next;
            continue;
        }
        if (kind == FIELD_UNKNOWN)
            return line.raw;
        colon = strchr(name, ':');
        if (is_received(name, name_len) && block->received >= limits->received_lines)
            return line.raw;
        bool more = take_value(&line, colon + 1, kind, base_indent, value);
        add_field(block, name, name_len, value);
        if (!more)
            return line.next;
    }
    return line.raw;
}

/* A block counts with a Received and another known field beside it. */
static bool
is_trace_block(const HeaderBlock *block)
{
    guint others = 0;

    for (guint i = 0; i < block->fields->len; i++)
        others += !is_received(g_array_index(block->fields, Header, i).name,
                               strlen(g_array_index(block->fields, Header, i).name));
    return block->received > 0 && others > 0;
}

/* From the Received line found, back over the fields above it. */
static const char *
first_line_of_block(const char *text, const char *received)
{
    const char *start = received;

    for (guint i = 0; i < MAX_LINES && start > text; i++) {
        const char *at = start - 1;
        PasteLine line;
        gsize len;
        while (at > text && at[-1] != '\n')
            at--;
        if (!paste_line(at, &line) || paste_line_is_empty(&line))
            break;
        if (field_kind(line.at, line.end, &len) == FIELD_UNKNOWN && line.indent == 0)
            break;
        start = at;
    }
    for (;;) { /* indented lines above the first field are prose */
        PasteLine line;
        gsize len;
        if (start >= received || !paste_line(start, &line) ||
            field_kind(line.at, line.end, &len) != FIELD_UNKNOWN)
            return start;
        start = line.next;
    }
}

bool
paste_find_trace(const char *text, const Limits *limits, Paste *ret_paste)
{
    const char *p = text;
    gsize left = strlen(text);

    for (guint tries = 0; tries < 20; tries++) {
        const char *found = text_find_fold(p, left, "received:"), *line_at;
        PasteLine line;
        if (!found)
            found = text_find_fold(p, left, "received :");
        if (!found)
            return false;
        for (line_at = found; line_at > text && line_at[-1] != '\n';)
            line_at--;
        if (paste_line(line_at, &line) && line.at == found) {
            HeaderBlock *block = header_block_new();
            const char *start = first_line_of_block(text, line_at), *body;
            (void)paste_line(start, &line);
            body = read_block(line, limits, block);
            block->pasted = true;
            if (is_trace_block(block)) {
                *ret_paste = (Paste){.block = block, .start = start, .body = body};
                return true;
            }
            header_block_free(block);
        }
        left -= (gsize)(found + 9 - p);
        p = found + 9;
    }
    return false;
}

void
paste_clear(Paste *paste)
{
    g_clear_pointer(&paste->block, header_block_free);
}
