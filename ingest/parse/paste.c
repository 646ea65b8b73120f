/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/paste.h"

#include <string.h>

#include "base/text.h"
#include "ingest/parse/header.h"

enum { MAX_LINES = 400, MAX_CONTINUATIONS = 40, MAX_EMPTY = 3, WRAPPED_AT = 60 };

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

/* How the block at hand was pasted. */
typedef struct {
    const Limits *limits;
    guint base_indent;
    bool bare;     /* a table of names and values: no colons */
    bool numbered; /* an editor's line numbers came along */
} Shape;

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

/* The kind of field that the words at `at` begin, FIELD_UNKNOWN when they are none. `bare`: a blank
 * stands where the colon was. */
static FieldKind
field_kind_in(const char *at, const char *end, bool bare, gsize *ret_name_len)
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
    if (p < end && (*p == ' ' || *p == '\t' || *p == '*')) /* "Received :", "*Received*:" */
        p++;
    else if (end - p > 2 && memcmp(p, "\xC2\xA0", 2) == 0) /* no-break space */
        p += 2;
    if (p >= end || (bare ? !g_ascii_isspace(p[-1]) : *p != ':') || (p + 1 < end && p[1] == '/'))
        return FIELD_UNKNOWN;
    *ret_name_len = len;
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (strlen(known[i].name) == len && g_ascii_strncasecmp(known[i].name, at, len) == 0)
            return known[i].kind;
    return hyphen ? FIELD_KNOWN : FIELD_UNKNOWN;
}

static FieldKind
field_kind(const char *at, const char *end, gsize *ret_name_len)
{
    return field_kind_in(at, end, false, ret_name_len);
}

static FieldKind
line_kind(const Shape *shape, const PasteLine *line, gsize *ret_name_len)
{
    return field_kind_in(line->at, line->end, shape->bare, ret_name_len);
}

/* Line numbers, bullets and bold marks in front of a field are not its own; a code fence is an
 * empty line. */
static bool
next_line(const Shape *shape, const char *at, PasteLine *ret_line)
{
    const char *p;
    gsize len;
    guint blanks = 0;
    bool digits = false;

    if (!paste_line(at, ret_line))
        return false;
    if (ret_line->end - ret_line->at >= 3 && memcmp(ret_line->at, "```", 3) == 0)
        ret_line->end = ret_line->at;
    for (p = ret_line->at; p < ret_line->end && p - ret_line->at < 4 && g_ascii_isdigit(*p); p++)
        digits = true;
    if (digits && p < ret_line->end && strchr(".):", *p))
        p++;
    else if (!digits && p < ret_line->end && (*p == '*' || *p == '-'))
        p += p[0] == '*' && p[1] == '*' ? 2 : 1; /* "**Received:** from" */
    else if (!digits && ret_line->end - p > 3 && memcmp(p, "\xE2\x80\xA2", 3) == 0) /* U+2022 */
        p += 3;
    for (; p > ret_line->at && p < ret_line->end && (*p == ' ' || *p == '\t'); p++)
        blanks++;
    if ((digits && shape->numbered) || field_kind(p, ret_line->end, &len) != FIELD_UNKNOWN) {
        ret_line->indent = p > ret_line->at ? blanks : ret_line->indent;
        ret_line->at = p;
    }
    return true;
}

static bool
is_received(const char *at, gsize len)
{
    return len == 8 && g_ascii_strncasecmp(at, "Received", 8) == 0;
}

/* -- blocks ---------------------------------------------------------------------------------------
 */

/* Adds a field; when several were glued into one line, each of them. */
static void
add_field(HeaderBlock *block, const char *name, gsize name_len, GString *value)
{
    const char *at, *p, *end;

    paste_unmangle(value);
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

/* An address or id that was begun and is not closed. */
static bool
is_open(const GString *value)
{
    const char *open = strrchr(value->str, '<'), *close = strrchr(value->str, '>');

    return open && (!close || close < open) && value->str + value->len - open < 200;
}

/* Does the line go on with the field before it? Pasting loses the blanks that say so. */
static bool
continues(const Shape *shape, const PasteLine *line, const PasteLine *before, FieldKind kind,
          const GString *value)
{
    if (line->indent > shape->base_indent || kind == FIELD_FOLDS)
        return true;
    if (before->end - before->raw >= WRAPPED_AT || is_open(value))
        return true;
    return *line->at == '<' && strspn(value->str, " ") == value->len;
}

/* After empty lines the block goes on when a field follows at once: double-spaced pastes. */
static bool
goes_on_after(const Shape *shape, const PasteLine *empty, PasteLine *ret_line)
{
    PasteLine line = *empty;
    gsize len;

    for (guint n = 0; n < MAX_EMPTY && paste_line_is_empty(&line); n++)
        if (!next_line(shape, line.next, &line))
            return false;
    if (paste_line_is_empty(&line) || line_kind(shape, &line, &len) == FIELD_UNKNOWN)
        return false;
    *ret_line = line;
    return true;
}

/* A double-spaced field: the empty line stands between its own indented lines. */
static bool
is_spaced_out(const Shape *shape, const PasteLine *empty, FieldKind kind, PasteLine *ret_line)
{
    PasteLine line, after;

    if (kind != FIELD_FOLDS || !next_line(shape, empty->next, &line) ||
        line.indent <= shape->base_indent || paste_line_is_empty(&line) ||
        (next_line(shape, line.next, &after) && !paste_line_is_empty(&after)))
        return false;
    *ret_line = line;
    return true;
}

/* Joins the lines of the field that begins at *line; leaves *line at the first one after it. */
static bool
take_value(const Shape *shape, PasteLine *line, const char *value_at, FieldKind kind,
           GString *value)
{
    PasteLine before = *line;
    gsize len;

    g_string_truncate(value, 0);
    g_string_append_len(value, value_at, line->end - value_at);
    for (guint n = 0; n < MAX_CONTINUATIONS; n++) {
        if (!next_line(shape, before.next, line))
            return false;
        if (paste_line_is_empty(line) && !is_spaced_out(shape, line, kind, line))
            return true;
        if (line->indent <= shape->base_indent && line_kind(shape, line, &len) != FIELD_UNKNOWN)
            return true;
        if (!continues(shape, line, &before, kind, value))
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
read_block(const Shape *shape, PasteLine line, HeaderBlock *block)
{
    g_autoptr(GString) value = g_string_sized_new(512);

    while (block->fields->len < shape->limits->header_lines) {
        gsize name_len = 0;
        FieldKind kind = line_kind(shape, &line, &name_len);
        const char *name = line.at, *at;
        if (paste_line_is_empty(&line)) {
            const char *next = line.next;
            if (block->fields->len == 0 || !goes_on_after(shape, &line, &line))
                return next;
            continue;
        }
        if (kind == FIELD_UNKNOWN)
            return line.raw;
        at = name + name_len;
        while (at < line.end && strchr(shape->bare ? " \t" : " \t*:\xC2\xA0", *at))
            at++;
        if (is_received(name, name_len) && block->received >= shape->limits->received_lines)
            return line.raw;
        bool more = take_value(shape, &line, at, kind, value);
        add_field(block, name, name_len, value);
        if (!more)
            return line.next;
    }
    return line.raw;
}

/* "Received: yes, by the porter" is nobody's trace. */
static bool
is_trace(const char *value, bool bare)
{
    bool begins = text_has_prefix_fold(value, "from") || text_has_prefix_fold(value, "by") ||
                  text_has_prefix_fold(value, "(");

    return begins && (!bare || strchr(value, ';'));
}

/* From, by and a date: a trace field as it stands in a header, not as one talks of it. */
static bool
is_whole_trace(const char *value)
{
    const char *stamp = strrchr(value, ';');
    gint64 time;

    return stamp && text_has_prefix_fold(value, "from ") && text_find_fold(value, -1, " by ") &&
           header_date_parse(stamp + 1, &time);
}

/* A block counts with a trace field and another known one beside it, or a whole one that begins its
 * line; without colons, words of prose pass for names, so more of them are asked for. */
static bool
is_trace_block(const HeaderBlock *block, bool bare, bool begins_line)
{
    const Header *first = block->fields->len > 0 ? &g_array_index(block->fields, Header, 0) : NULL;
    guint traces = 0, others = 0;

    for (guint i = 0; i < block->fields->len; i++) {
        const Header *field = &g_array_index(block->fields, Header, i);
        if (!is_received(field->name, strlen(field->name)))
            others++;
        else if (is_trace(field->value, bare))
            traces++;
    }
    return traces > 0 &&
           (others > (bare ? 2 : 0) || (begins_line && !bare && is_whole_trace(first->value)));
}

/* From the Received line found, back over the fields above it. */
static const char *
first_line_of_block(const Shape *shape, const char *text, const char *received)
{
    const char *start = received;
    PasteLine line;
    gsize len;

    for (guint i = 0; i < MAX_LINES && start > text; i++) {
        const char *at = start - 1;
        while (at > text && at[-1] != '\n')
            at--;
        if (!next_line(shape, at, &line) || paste_line_is_empty(&line))
            break;
        if (line_kind(shape, &line, &len) == FIELD_UNKNOWN && line.indent == 0)
            break;
        start = at;
    }
    /* indented lines above the first field are prose */
    while (start < received && next_line(shape, start, &line) &&
           line_kind(shape, &line, &len) == FIELD_UNKNOWN)
        start = line.next;
    return start;
}

/* A header that lost its line ends stands behind some words: to the first field on the line. */
static void
skip_words(PasteLine *line)
{
    gsize len;

    for (const char *p = line->at; p < line->end; p++)
        if ((p == line->at || p[-1] == ' ') && g_ascii_isupper(*p) &&
            field_kind(p, line->end, &len) != FIELD_UNKNOWN) {
            line->at = p;
            return;
        }
}

/* Reads the block around the Received at `found`, false when there is none. */
static bool
read_around(const char *text, const char *found, Shape shape, Paste *ret_paste)
{
    g_autoptr(HeaderBlock) block = header_block_new();
    const char *line_at = found, *start, *body;
    PasteLine line;
    bool begins_line;

    while (line_at > text && line_at[-1] != '\n')
        line_at--;
    shape.numbered = g_ascii_isdigit(line_at[strspn(line_at, " ")]);
    if (!next_line(&shape, line_at, &line))
        return false;
    start = line_at;
    begins_line = line.at == found;
    if (begins_line) {
        start = first_line_of_block(&shape, text, line_at);
        (void)next_line(&shape, start, &line);
    } else if (shape.bare || found == line.at || found[-1] != ' ') {
        return false;
    } else {
        skip_words(&line);
    }
    shape.base_indent = line.indent;
    body = read_block(&shape, line, block);
    block->pasted = true;
    if (!is_trace_block(block, shape.bare, begins_line))
        return false;
    *ret_paste = (Paste){.block = g_steal_pointer(&block), .start = start, .body = body};
    return true;
}

/* clang-format off */
static const struct { const char *words; bool bare; } marks[] = {
    {"received:", false}, {"received :", false}, {"received\xC2\xA0:", false},
    {"received*:", false}, {"received from ", true}, {"received\tfrom ", true},
};
/* clang-format on */

bool
paste_find_trace(const char *text, const Limits *limits, Paste *ret_paste)
{
    if (!text_find_fold(text, -1, "received"))
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(marks); i++) {
        Shape shape = {.limits = limits, .bare = marks[i].bare};
        const char *p = text, *end = text + strlen(text);
        for (guint tries = 0; tries < 20; tries++) {
            const char *found = text_find_fold(p, end - p, marks[i].words);
            if (!found)
                break;
            if (read_around(text, found, shape, ret_paste))
                return true;
            p = found + 9;
        }
    }
    return false;
}

void
paste_clear(Paste *paste)
{
    g_clear_pointer(&paste->block, header_block_free);
}
