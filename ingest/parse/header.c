/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/header.h"

#include <gmime/gmime.h>
#include <string.h>

#include "base/text.h"
#include "ingest/parse/charset.h"

enum { NAME_BYTES = 200, ADDRESS_BYTES = 320 };

HeaderBlock *
header_block_new(void)
{
    HeaderBlock *block = g_new0(HeaderBlock, 1);

    block->text = g_string_chunk_new(4096);
    block->fields = g_array_sized_new(FALSE, FALSE, sizeof(Header), 32);
    return block;
}

void
header_block_free(HeaderBlock *block)
{
    if (!block)
        return;
    g_array_unref(block->fields);
    g_string_chunk_free(block->text);
    g_free(block);
}

/* -- lines ----------------------------------------------------------------------------------------
 */

typedef struct {
    const char *at, *end;
    char newline; /* '\r' only when there is no '\n' at all: mail of old Macintosh programs */
} Lines;

static Lines
lines_of(const char *bytes, gsize len)
{
    bool has_lf = memchr(bytes, '\n', len) != NULL;

    return (Lines){.at = bytes, .end = bytes + len, .newline = has_lf ? '\n' : '\r'};
}

/* The end of the line at `at` without its line end; *ret_next is where the next one starts. */
static const char *
line_end(const Lines *lines, const char *at, const char **ret_next)
{
    const char *end = memchr(at, lines->newline, (gsize)(lines->end - at));

    *ret_next = end ? end + 1 : lines->end;
    if (!end)
        end = lines->end;
    while (end > at && end[-1] == '\r')
        end--;
    return end;
}

static inline bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool
is_blank_line(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at == end;
}

/* Length of the field name at the start of the line, 0 when it is not a field. "name :" is taken
 * (RFC 5322, section 4.5.3). */
static gsize
name_length(const char *at, const char *end)
{
    const char *p = at;
    gsize len;

    while (p<end && * p> 32 && *p < 127 && *p != ':')
        p++;
    len = (gsize)(p - at);
    while (p < end && is_blank(*p))
        p++;
    return p < end && *p == ':' && len <= NAME_BYTES ? len : 0;
}

/* An mbox separator, or one that was quoted, or a stray byte order mark. */
static void
skip_preamble(Lines *lines)
{
    const char *next;

    if (lines->end - lines->at >= 3 && memcmp(lines->at, "\xEF\xBB\xBF", 3) == 0)
        lines->at += 3;
    for (int i = 0; i < 2; i++) {
        const char *p = lines->at;
        if (p < lines->end && *p == '>')
            p++;
        if (lines->end - p < 5 || memcmp(p, "From ", 5) != 0)
            return;
        (void)line_end(lines, lines->at, &next);
        lines->at = next;
    }
}

/* -- fields ---------------------------------------------------------------------------------------
 */

/* Unfolds and collapses blanks into scratch; true when the result is clean as it is. */
static bool
unfold(const char *bytes, gsize len, GString *scratch)
{
    char *out;
    bool blank = true, clean = true;

    g_string_set_size(scratch, len);
    out = scratch->str;
    for (gsize i = 0; i < len; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c > ' ' && c < 127) {
            *out++ = (char)c;
            blank = false;
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            if (!blank)
                *out++ = ' ';
            blank = true;
        } else {
            *out++ = (char)c;
            clean = blank = false;
        }
    }
    while (out > scratch->str && out[-1] == ' ')
        out--;
    g_string_truncate(scratch, (gsize)(out - scratch->str));
    return clean;
}

typedef struct {
    const char *at, *end; /* the field's bytes without its last line end */
    gsize name_len;       /* 0: a line that is no field */
} RawField;

/* The next field with its continuation lines; lines that are no field though the block goes on
 * (folding lost on the way) are continuations too. False at the blank line or the end. */
static bool
next_field(Lines *lines, RawField *ret_field)
{
    const char *at = lines->at, *next, *end;

    if (at >= lines->end)
        return false;
    end = line_end(lines, at, &next);
    lines->at = next;
    if (is_blank_line(at, end))
        return false;
    *ret_field = (RawField){.at = at, .end = end, .name_len = name_length(at, end)};
    while (lines->at < lines->end) {
        const char *line = lines->at, *stop = line_end(lines, line, &next);
        if (is_blank_line(line, stop) || (!is_blank(*line) && name_length(line, stop) > 0))
            break;
        if (stop - line > 2 && line[0] == '-' && line[1] == '-') /* a boundary, no blank line */
            break;
        ret_field->end = stop;
        lines->at = next;
    }
    return true;
}

static bool
is_over(const HeaderBlock *block, const RawField *raw, const Limits *limits)
{
    if (block->fields->len >= limits->header_lines)
        return true;
    return block->received >= limits->received_lines && raw->name_len == 8 &&
           g_ascii_strncasecmp(raw->at, "Received", 8) == 0;
}

static void
add_field(HeaderBlock *block, Header field, const RawField *raw, GString *value, bool clean)
{
    field.name = g_string_chunk_insert_len(block->text, raw->at, (gssize)raw->name_len);
    field.value = clean ? g_string_chunk_insert_len(block->text, value->str, (gssize)value->len)
                        : text_keep(block->text, value->str, (gssize)value->len, value->len * 3);
    if (!field.value)
        field.value = "";
    if (raw->name_len == 8 && g_ascii_strcasecmp(field.name, "Received") == 0)
        block->received++;
    g_array_append_val(block->fields, field);
}

static void
take_field(HeaderBlock *block, const RawField *raw, const Limits *limits, GString *scratch,
           Header where)
{
    const char *value, *end = raw->end;
    bool clean;

    if (is_over(block, raw, limits)) {
        block->cut++;
        return;
    }
    if ((gsize)(end - raw->at) > limits->header_bytes) {
        block->cut++;
        end = raw->at + limits->header_bytes;
    }
    value = memchr(raw->at, ':', (gsize)(end - raw->at));
    value = value ? value + 1 : end;
    clean = unfold(value, (gsize)(end - value), scratch);
    add_field(block, where, raw, scratch, clean);
}

HeaderBlock *
header_block_parse(const char *bytes, gsize len, guint32 base, const Limits *limits,
                   gsize *ret_used)
{
    HeaderBlock *block = header_block_new();
    g_autoptr(GString) scratch = g_string_sized_new(1024);
    Lines lines;
    RawField raw;

    if (ret_used)
        *ret_used = 0;
    if (len == 0) /* bytes may be NULL then */
        return block;
    lines = lines_of(bytes, len);
    skip_preamble(&lines);
    while ((gsize)(lines.at - bytes) <= limits->header_block_bytes && next_field(&lines, &raw)) {
        Header where = {0};
        if (raw.name_len == 0) {
            lines.at = raw.at; /* prose or a boundary, no header block (any more) */
            break;
        }
        if (base != G_MAXUINT32) {
            where.offset = base + (guint32)(raw.at - bytes);
            where.length = (guint32)(raw.end - raw.at);
        }
        take_field(block, &raw, limits, scratch, where);
    }
    if ((gsize)(lines.at - bytes) > limits->header_block_bytes)
        block->cut++;
    if (ret_used)
        *ret_used = (gsize)(lines.at - bytes);
    return block;
}

void
header_block_add(HeaderBlock *block, const char *name, gssize name_len, const char *value,
                 gssize value_len)
{
    g_autoptr(GString) scratch = g_string_new(NULL);
    RawField raw = {.at = name, .name_len = name_len < 0 ? strlen(name) : (gsize)name_len};
    gsize len = value_len < 0 ? strlen(value) : (gsize)value_len;
    bool clean = unfold(value, MIN(len, limits_default.header_bytes), scratch);

    add_field(block, (Header){0}, &raw, scratch, clean);
}

/* -- looking up -----------------------------------------------------------------------------------
 */

const Header *
header_find(const HeaderBlock *block, const char *name, guint nth)
{
    char first = g_ascii_tolower(name[0]);

    for (guint i = 0; block && i < block->fields->len; i++) {
        const Header *field = &g_array_index(block->fields, Header, i);
        if (g_ascii_tolower(field->name[0]) != first || g_ascii_strcasecmp(field->name, name) != 0)
            continue;
        if (nth-- == 0)
            return field;
    }
    return NULL;
}

const char *
header_get(const HeaderBlock *block, const char *name)
{
    const Header *field = header_find(block, name, 0);

    return field ? field->value : NULL;
}

bool
header_has(const HeaderBlock *block, const char *name)
{
    return header_find(block, name, 0) != NULL;
}

/* -- values ---------------------------------------------------------------------------------------
 */

char *
header_decode(const char *value)
{
    g_autofree char *decoded = NULL;

    if (!value)
        return NULL;
    if (!strstr(value, "=?"))
        return text_clean(value, -1, limits_default.header_bytes);
    decoded = g_mime_utils_header_decode_text(NULL, value);
    return text_clean(decoded ? decoded : value, -1, limits_default.header_bytes);
}

char *
header_unknown_charset(const char *value)
{
    while (value && (value = strstr(value, "=?")) != NULL) {
        gsize len = strcspn(value += 2, "?*");
        const char *encoding =
            strchr(value + len, '?'); /* RFC 2231: a language may stand between */

        if (encoding && strchr("BbQq", encoding[1]) && encoding[1] && encoding[2] == '?' &&
            !charset_is_known(value, len))
            return g_strndup(value, len);
    }
    return NULL;
}

/* Past a quoted string or a nested comment that starts at p; p + 1 for anything else. */
static const char *
skip_token(const char *p)
{
    int depth = 0;

    if (*p == '"') {
        for (p++; *p && *p != '"'; p++)
            if (*p == '\\' && p[1])
                p++;
        return *p ? p + 1 : p;
    }
    if (*p != '(')
        return p + 1;
    for (; *p; p++) {
        if (*p == '\\' && p[1])
            p++;
        else if (*p == '(')
            depth++;
        else if (*p == ')' && --depth == 0)
            return p + 1;
    }
    return p;
}

/* "local@domain" out of [at, end) with its domain in lower case, or NULL. */
static char *
addr_spec(const char *at, const char *end)
{
    const char *sign = NULL;
    char *address;

    while (at < end && (is_blank(*at) || strchr("<'`,;", *at)))
        at++;
    while (end > at && (is_blank(end[-1]) || strchr(">'`,;.", end[-1])))
        end--;
    if (end - at > 2 && *at == '[' && end[-1] == ']') { /* "Ann [mailto:ann@victim.example]" */
        at++;
        end--;
    }
    if (end - at > 7 && g_ascii_strncasecmp(at, "mailto:", 7) == 0)
        at += 7;
    if (at < end && *at == '@') { /* a source route: "@a,@b:user@c" */
        const char *colon = memchr(at, ':', (gsize)(end - at));
        at = colon ? colon + 1 : end;
    }
    for (const char *p = at; p < end; p++) {
        if (*p == '@')
            sign = p;
        else if (*at != '"' && (*p == ' ' || *p == '<' || *p == '>' || *p == '\t'))
            return NULL;
    }
    if (!sign || sign == at || sign + 1 >= end || end - at > ADDRESS_BYTES)
        return NULL;
    address = g_strndup(at, (gsize)(end - at));
    for (char *p = address + (sign - at); *p; p++)
        *p = g_ascii_tolower(*p);
    return address;
}

static char *
find_address(const char *value)
{
    const char *p = value, *word = NULL;

    while (*p) {
        if (*p == '<') {
            const char *end = strchr(p, '>');
            char *address = addr_spec(p + 1, end ? end : p + strlen(p));
            if (address)
                return address;
            word = NULL;
            p = end ? end + 1 : p + 1;
        } else if (strchr(" \t,;(", *p) || (*p == ':' && !word)) {
            char *address = word ? addr_spec(word, p) : NULL;
            if (address && !strchr(p, '<'))
                return address;
            g_free(address);
            word = NULL;
            p = skip_token(p);
        } else if (*p == '"') {
            if (!word)
                word = p;
            p = skip_token(p);
        } else {
            if (!word)
                word = p;
            p++;
        }
    }
    return word ? addr_spec(word, p) : NULL;
}

char *
header_address(const char *value)
{
    g_autofree char *decoded = NULL;
    char *address;

    if (text_is_empty(value))
        return NULL;
    address = find_address(value);
    if (address || !strstr(value, "=?"))
        return address;
    decoded = header_decode(value); /* some programs encode the address with the name */
    return find_address(decoded);
}

char *
header_message_id(const char *value)
{
    const char *at, *end;
    g_autofree char *id = NULL;
    char *out;

    if (text_is_empty(value))
        return NULL;
    at = strchr(value, '<');
    end = at ? strchr(at, '>') : NULL;
    at = at ? at + 1 : value;
    if (!end)
        end = at + strlen(at);
    id = g_strndup(at, (gsize)(end - at));
    out = id;
    for (const char *p = id; *p; p++)
        if (!g_ascii_isspace(*p) && *p != '<' && *p != '>')
            *out++ = *p;
    *out = '\0';
    return *id ? g_steal_pointer(&id) : NULL;
}
