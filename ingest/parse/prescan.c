/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/prescan.h"

#include <string.h>

/* Objects are made for every header field of every entity: all of them together have a limit too.
 */
enum { TOTAL_HEADER_FACTOR = 10, BOUNDARY_MAX = 70 /* RFC 2046, section 5.1.1 */ };

typedef struct {
    const char *text; /* in the mail; NULL: unknown, then every line "--…" is one */
    gsize len;
    guint depth; /* of the multipart it belongs to */
} Boundary;

typedef struct {
    gsize view, mail; /* offsets of the first byte of a piece */
} Run;

typedef struct {
    const Limits *limits;
    Complaint *complaint;
    const char *start, *end;
    const char *kept; /* what starts here is not copied yet */
    char *view;       /* as long as the mail, so never too short */
    gsize view_len;
    GArray *runs; /* Run */
    GArray *open; /* Boundary, outermost first */
    guint depth, parts, total_fields;
    bool eight_bit;
    /* The header block being read. */
    bool in_header, has_field;
    guint fields, received;
    const char *block;
    bool is_message, is_multipart, is_encoded;
    bool is_opaque;    /* the "header" of a message that is encoded: text, for all we know */
    Boundary boundary; /* of the block's Content-Type */
} Scan;

static inline bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Leaves [from, to) out of the view. */
static void
cut(Scan *scan, const char *from, const char *to)
{
    gsize len = (gsize)(from - scan->kept);
    Run run = {.view = scan->view_len, .mail = (gsize)(scan->kept - scan->start)};

    if (len > 0) {
        memcpy(scan->view + scan->view_len, scan->kept, len);
        scan->view_len += len;
        g_array_append_val(scan->runs, run);
    }
    scan->kept = to;
}

static void
begin_header(Scan *scan, const char *at)
{
    scan->in_header = true;
    scan->fields = scan->received = 0;
    scan->block = at;
    scan->has_field = scan->is_message = scan->is_multipart = scan->is_encoded = false;
    scan->is_opaque = false;
    scan->boundary = (Boundary){0};
}

/* -- Content-Type ---------------------------------------------------------------------------------
 */

static const char *
find_word(const char *at, const char *end, const char *word)
{
    gsize len = strlen(word);

    for (; at + len <= end; at++)
        if ((*at | 32) == *word && g_ascii_strncasecmp(at, word, len) == 0)
            return at;
    return NULL;
}

/* The boundary parameter, when it is said once and plainly; encoded, split (RFC 2231) or escaped
 * ones are left unknown, which only counts more lines. */
static Boundary
boundary_of(const char *at, const char *end)
{
    const char *p = find_word(at, end, "boundary"), *close;

    if (!p || find_word(p + 8, end, "boundary"))
        return (Boundary){0};
    for (p += 8; p < end && is_blank(*p);)
        p++;
    if (p >= end || *p != '=')
        return (Boundary){0};
    for (p++; p < end && is_blank(*p);)
        p++;
    if (p < end && *p == '"') {
        p++;
        close = memchr(p, '"', (gsize)(end - p));
        if (!close || memchr(p, '\\', (gsize)(close - p)))
            return (Boundary){0};
    } else {
        for (close = p; close < end && !strchr(" \t\r\n;(", *close);)
            close++;
    }
    while (close > p && is_blank(close[-1]))
        close--;
    if (close == p || memchr(p, '\n', (gsize)(close - p)))
        return (Boundary){0};
    return (Boundary){.text = p, .len = (gsize)(close - p)};
}

/* The types that the MIME parser reads as a mail of its own; message/rfc822-headers is none. */
static bool
is_message_type(const char *type, const char *end)
{
    static const char *const names[] = {"message/rfc822", "message/rfc2822", "message/global",
                                        "message/news"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        gsize len = strlen(names[i]);
        if ((gsize)(end - type) >= len && g_ascii_strncasecmp(type, names[i], len) == 0 &&
            (type + len == end || strchr("; \t\r\n(", type[len])))
            return true;
    }
    return false;
}

static void
read_content_type(Scan *scan, const char *at, const char *end)
{
    const char *type = memchr(at, ':', (gsize)(end - at));

    for (type = type ? type + 1 : end; type < end && g_ascii_isspace(*type);)
        type++;
    if (end - type >= 10 && g_ascii_strncasecmp(type, "multipart/", 10) == 0) {
        scan->boundary = scan->is_multipart ? (Boundary){0} : boundary_of(type, end);
        scan->is_multipart = true;
        if (scan->boundary.len > BOUNDARY_MAX)
            complaint_add_problem(scan->complaint, "boundary-too-long",
                                  "a boundary of %" G_GSIZE_FORMAT " bytes, 70 are allowed",
                                  scan->boundary.len);
    }
    if (is_message_type(type, end))
        scan->is_message = true;
}

/* -- header fields --------------------------------------------------------------------------------
 */

/* End of the field that starts at `at`: past its continuation lines. */
static const char *
field_end(const Scan *scan, const char *at)
{
    for (;;) {
        const char *newline = memchr(at, '\n', (gsize)(scan->end - at));
        if (!newline)
            return scan->end;
        at = newline + 1;
        if (at >= scan->end || !is_blank(*at))
            return at;
        /* a line of blanks alone ends the header for some programs and is folding for others */
    }
}

static bool
has_name(const char *at, const char *end, const char *name, gsize len)
{
    return end - at > (gssize)len && (at[0] | 32) == name[0] &&
           (at[len] == ':' || is_blank(at[len])) && g_ascii_strncasecmp(at, name, len) == 0;
}

static bool
is_over_limit(Scan *scan, const char *at, const char *end)
{
    const Limits *limits = scan->limits;

    if (has_name(at, end, "received", 8) && ++scan->received > limits->received_lines) {
        complaint_add_problem(scan->complaint, "too-many-received",
                              "more than %u Received fields: the rest was left out",
                              limits->received_lines);
        return true;
    }
    if (scan->fields > limits->header_lines ||
        scan->total_fields > limits->header_lines * TOTAL_HEADER_FACTOR) {
        complaint_add_problem(scan->complaint, "too-many-headers",
                              "more than %u header fields: the rest was left out",
                              limits->header_lines);
        return true;
    }
    if ((gsize)(end - scan->block) > limits->header_block_bytes) {
        complaint_add_problem(scan->complaint, "header-block-too-long",
                              "more than %" G_GSIZE_FORMAT
                              " bytes of header: the rest was left out",
                              limits->header_block_bytes);
        return true;
    }
    return false;
}

static void
note_eight_bit(Scan *scan, const char *at, const char *end)
{
    for (; !scan->eight_bit && at < end; at++)
        scan->eight_bit = (*at & 0x80) != 0;
}

/* Content in another encoding is no header block, whatever its entity's type says. */
static void
read_encoding(Scan *scan, const char *at, const char *end)
{
    scan->is_encoded = find_word(at, end, "base64") || find_word(at, end, "quoted-printable") ||
                       find_word(at, end, "uue");
}

/* What the MIME parser has to know. True also for what is no field: it is not for us to judge. */
static bool
read_mime_field(Scan *scan, const char *at, const char *end)
{
    const char *p = at;

    if ((*at | 32) == 'c' && has_name(at, end, "content-type", 12)) {
        read_content_type(scan, at, end);
        return true;
    }
    if ((*at | 32) == 'c' && has_name(at, end, "content-transfer-encoding", 25)) {
        read_encoding(scan, at, end);
        return true;
    }
    if ((*at | 32) == 'c' && has_name(at, end, "content-disposition", 19))
        return true;
    while (p<end && * p> 32 && *p < 127 && *p != ':')
        p++;
    return p == at || p >= end || *p != ':';
}

/* One field of the block; returns where the next line starts. */
static const char *
scan_field(Scan *scan, const char *at)
{
    const char *end = field_end(scan, at), *stop = end;
    bool is_long = (gsize)(end - at) > scan->limits->header_bytes, keep;

    scan->fields++;
    scan->total_fields++;
    note_eight_bit(scan, at, end);
    if (is_long) {
        complaint_add_problem(scan->complaint, "header-too-long",
                              "a header field of %" G_GSIZE_FORMAT " bytes was cut",
                              (gsize)(end - at));
        stop = at + scan->limits->header_bytes;
    }
    if (is_over_limit(scan, at, stop)) {
        cut(scan, at, end);
        return end;
    }
    /* The first field stays: it tells where the block begins. */
    keep = read_mime_field(scan, at, stop) || !scan->has_field || scan->is_opaque;
    scan->has_field = true;
    if (!keep)
        cut(scan, at, end);
    else if (is_long)
        cut(scan, stop, end - 1); /* its line end stays */
    return end;
}

/* -- structure ------------------------------------------------------------------------------------
 */

typedef enum { LINE_OTHER, LINE_OPENS, LINE_CLOSES } LineKind;

/* Is the line a boundary of an open multipart? Then those inside it are over. */
static LineKind
match_boundary(Scan *scan, const char *at, const char *end)
{
    while (end > at && g_ascii_isspace(end[-1]))
        end--;
    for (guint i = scan->open->len; i-- > 0;) {
        const Boundary *b = &g_array_index(scan->open, Boundary, i);
        const char *rest = at + 2 + b->len;
        bool closes;
        if (b->text && (end < rest || memcmp(at + 2, b->text, b->len) != 0))
            continue;
        closes = b->text && end - rest == 2 && rest[0] == '-' && rest[1] == '-';
        if (b->text && end != rest && !closes)
            continue;
        scan->depth = b->depth;
        g_array_set_size(scan->open, closes ? i : i + 1);
        return closes ? LINE_CLOSES : LINE_OPENS;
    }
    return LINE_OTHER;
}

static bool
count_part(Scan *scan)
{
    if (++scan->parts <= scan->limits->parts)
        return true;
    complaint_add_problem(scan->complaint, "too-many-parts",
                          "more than %u parts: the rest was left out", scan->limits->parts);
    return false;
}

/* Bytes before the header: a byte order mark, a From_ line (maybe quoted), blank lines. */
static gsize
preamble(const char *bytes, gsize len)
{
    const char *at = bytes, *end = bytes + len;

    if (len >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    while (at < end && g_ascii_isspace(*at)) /* blank lines, with blanks in them too */
        at++;
    for (int i = 0; i < 2; i++) {
        const char *p = at < end && *at == '>' ? at + 1 : at, *newline;
        if (end - p < 5 || memcmp(p, "From ", 5) != 0)
            break;
        newline = memchr(p, '\n', (gsize)(end - p));
        at = newline ? newline + 1 : end;
    }
    return (gsize)(at - bytes);
}

/* The blank line after a header block: what begins now, and where? NULL: it would nest too deep. */
static const char *
end_header(Scan *scan, const char *at)
{
    if (scan->is_multipart || scan->is_message) {
        if (scan->depth + 1 > scan->limits->depth) {
            complaint_add_problem(scan->complaint, "nested-too-deep",
                                  "parts nested more than %u deep: the rest was left out",
                                  scan->limits->depth);
            return NULL;
        }
        scan->depth++;
    }
    if (scan->is_multipart) {
        scan->boundary.depth = scan->depth;
        g_array_append_val(scan->open, scan->boundary);
    }
    scan->in_header = false;
    if (scan->is_message && !scan->is_multipart) {
        bool is_opaque = scan->is_encoded;
        const char *first = at + (is_opaque ? 0 : preamble(at, (gsize)(scan->end - at)));
        if (!count_part(scan))
            return NULL;
        if (first > at)
            cut(scan, at, first);
        begin_header(scan, first);
        scan->is_opaque = is_opaque;
        return first;
    }
    return at;
}

/* Handles the line at `at`; NULL when the mail is to end there. */
static const char *
scan_line(Scan *scan, const char *at)
{
    const char *newline = memchr(at, '\n', (gsize)(scan->end - at));
    const char *next = newline ? newline + 1 : scan->end;

    if (next - at > 2 && at[0] == '-' && at[1] == '-' && scan->open->len > 0) {
        LineKind kind = match_boundary(scan, at, next);
        if (kind == LINE_OPENS) {
            if (!count_part(scan))
                return NULL;
            begin_header(scan, next);
            return next;
        }
        if (kind == LINE_CLOSES) {
            scan->in_header = false;
            return next;
        }
    }
    if (!scan->in_header)
        return next;
    if (*at == '\n' || (*at == '\r' && next - at == 2 && at[1] == '\n'))
        return end_header(scan, next);
    return scan_field(scan, at);
}

/* -- the whole mail -------------------------------------------------------------------------------
 */

/* Mail whose lines end in a bare CR, as old Macintosh programs kept it. (transfer full) or NULL */
static GBytes *
without_bare_cr(const char *bytes, gsize len, Complaint *complaint)
{
    char *copy;

    if (memchr(bytes, '\n', len) || !memchr(bytes, '\r', len))
        return NULL;
    complaint_add_problem(complaint, "bare-cr", "its lines end in a bare CR");
    copy = g_memdup2(bytes, len);
    for (gsize i = 0; i < len; i++)
        if (copy[i] == '\r')
            copy[i] = '\n';
    return g_bytes_new_take(copy, len);
}

static void
scan_lines(Scan *scan)
{
    const char *at = scan->start;

    begin_header(scan, at);
    while (at && at < scan->end) {
        const char *next = scan_line(scan, at);
        if (!next)
            cut(scan, at, scan->end);
        at = next;
    }
    if (at && scan->open->len > 0)
        complaint_add_problem(scan->complaint, "boundary-not-closed",
                              "a multipart does not end: the mail may have been cut short");
    if (scan->eight_bit)
        complaint_add_problem(scan->complaint, "8bit-header",
                              "a header has bytes that are not ASCII");
}

void
prescan_run(GBytes *mail, const Limits *limits, Complaint *complaint, Prescan *ret_scan)
{
    gsize len, skip;
    const char *bytes = g_bytes_get_data(mail, &len);
    g_autoptr(GBytes) copy = NULL;
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(Boundary));
    Scan scan = {.limits = limits, .complaint = complaint, .open = open};

    if (!bytes)
        bytes = "";
    if (len > limits->mail_bytes) {
        complaint_add_problem(complaint, "mail-too-long",
                              "only the first %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                              " bytes were read",
                              limits->mail_bytes, len);
        len = limits->mail_bytes;
    }
    if (memchr(bytes, '\0', len))
        complaint_add_problem(complaint, "nul-bytes", "there are NUL bytes in it");
    copy = without_bare_cr(bytes, len, complaint);
    if (copy)
        bytes = g_bytes_get_data(copy, NULL);
    skip = preamble(bytes, len);
    scan.kept = scan.start = bytes + skip;
    scan.end = bytes + len;
    scan.view = g_malloc(len - skip + 1);
    scan.runs = g_array_sized_new(FALSE, FALSE, sizeof(Run), 16);
    scan_lines(&scan);
    cut(&scan, scan.end, scan.end);
    *ret_scan = (Prescan){.mail = g_bytes_new_from_bytes(copy ? copy : mail, skip, len - skip),
                          .base = (guint32)skip,
                          .view = g_bytes_new_take(scan.view, scan.view_len),
                          .runs = scan.runs};
}

void
prescan_clear(Prescan *scan)
{
    g_clear_pointer(&scan->mail, g_bytes_unref);
    g_clear_pointer(&scan->view, g_bytes_unref);
    g_clear_pointer(&scan->runs, g_array_unref);
}

gsize
prescan_offset(const Prescan *scan, gsize offset)
{
    guint low = 0, high = scan->runs->len;

    while (high - low > 1) { /* the last run that begins at or before it */
        guint middle = low + (high - low) / 2;
        if (g_array_index(scan->runs, Run, middle).view <= offset)
            low = middle;
        else
            high = middle;
    }
    if (high == 0)
        return offset;
    return g_array_index(scan->runs, Run, low).mail +
           (offset - g_array_index(scan->runs, Run, low).view);
}
