/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/charset.h"

#include <dlfcn.h>
#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/text.h"
#include "ingest/parse/hidden.h"

enum {
    NAMED_MAIL_BYTES = 1024 * 1024, /* a larger mail is not searched for names of charsets */
    NAMED_HITS = 200,               /* nor one with more places where one may stand */
    NAMED_WITHIN_BYTES = 48,        /* after such a place */
    GUESS = 0,                      /* GMime's, for raw 8-bit bytes and for names it cannot open */
};

/* The charsets mail is written in; any other name is unknown. A short list, because each converter
 * is a module of native code that hostile bytes meet, and because all of them are opened at start.
 * Where programs name one charset and mean a larger one, the larger stands here. */
/* clang-format off */
static const struct { const char *name, *iconv; } charsets[] = {
    [GUESS] = {"iso-8859-1", "WINDOWS-1252"},
    {"iso8859-1", "WINDOWS-1252"}, {"latin1", "WINDOWS-1252"},
    {"windows-1252", "WINDOWS-1252"}, {"cp1252", "WINDOWS-1252"},
    {"iso-8859-2", "ISO-8859-2"}, {"iso-8859-3", "ISO-8859-3"}, {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"}, {"iso-8859-6", "ISO-8859-6"}, {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"}, {"iso-8859-8-i", "ISO-8859-8"}, {"iso-8859-9", "ISO-8859-9"},
    {"iso-8859-10", "ISO-8859-10"}, {"iso-8859-11", "ISO-8859-11"}, {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-14", "ISO-8859-14"}, {"iso-8859-15", "ISO-8859-15"},
    {"iso-8859-16", "ISO-8859-16"},
    {"windows-874", "ISO-8859-11"}, {"cp874", "ISO-8859-11"}, {"tis-620", "ISO-8859-11"},
    {"windows-1250", "WINDOWS-1250"}, {"cp1250", "WINDOWS-1250"},
    {"windows-1251", "WINDOWS-1251"}, {"cp1251", "WINDOWS-1251"},
    {"windows-1253", "WINDOWS-1253"}, {"cp1253", "WINDOWS-1253"},
    {"windows-1254", "WINDOWS-1254"}, {"cp1254", "WINDOWS-1254"},
    {"windows-1255", "WINDOWS-1255"}, {"cp1255", "WINDOWS-1255"},
    {"windows-1256", "WINDOWS-1256"}, {"cp1256", "WINDOWS-1256"},
    {"windows-1257", "WINDOWS-1257"}, {"cp1257", "WINDOWS-1257"},
    {"windows-1258", "WINDOWS-1258"}, {"cp1258", "WINDOWS-1258"},
    {"koi8-r", "KOI8-R"}, {"koi8-u", "KOI8-U"}, {"macintosh", "MACINTOSH"},
    {"cp437", "CP437"}, {"cp850", "CP850"}, {"cp866", "CP866"},
    {"gb2312", "GB18030"}, {"gbk", "GB18030"}, {"gb18030", "GB18030"}, {"big5", "BIG5"},
    {"shift_jis", "CP932"}, {"shift-jis", "CP932"}, {"x-sjis", "CP932"}, {"cp932", "CP932"},
    {"windows-31j", "CP932"}, {"cp31j", "CP932"}, /* GMime's name for the one before */
    {"iso-2022-jp", "ISO-2022-JP"}, {"euc-jp", "EUC-JP"},
    {"euc-kr", "UHC"}, {"ks_c_5601-1987", "UHC"},
    {"utf-7", "UTF-7"}, {"utf-16", "UTF-16"}, {"utf-16le", "UTF-16LE"}, {"utf-16be", "UTF-16BE"},
};
static const char *const utf8_names[] = {"utf-8", "utf8", "us-ascii", "ascii", "ansi_x3.4-1968"};
/* clang-format on */

/* What is loaded, in the first row that names it. They stay open for the life of the process: glibc
 * unloads converters nobody holds, and behind a sandbox they could not be loaded again. */
static struct {
    bool closed; /* no more are loaded */
    /* volatile: written and never read, so a compiler would leave it out and a leak checker wonder
     */
    gpointer volatile held[G_N_ELEMENTS(charsets)];
} converters;

/* -1: unknown. */
static int
row_find(const char *name, gsize len)
{
    for (gsize i = 0; i < G_N_ELEMENTS(charsets); i++)
        if (strlen(charsets[i].name) == len &&
            g_ascii_strncasecmp(charsets[i].name, name, len) == 0)
            return (int)i;
    return -1;
}

static gsize
first_row(gsize row)
{
    gsize i = 0;

    while (strcmp(charsets[i].iconv, charsets[row].iconv) != 0)
        i++;
    return i;
}

static bool
is_utf8_name(const char *name, gsize len)
{
    for (gsize i = 0; i < G_N_ELEMENTS(utf8_names); i++)
        if (strlen(utf8_names[i]) == len && g_ascii_strncasecmp(utf8_names[i], name, len) == 0)
            return true;
    return false;
}

bool
charset_is_known(const char *name, gsize len)
{
    return row_find(name, len) >= 0 || is_utf8_name(name, len);
}

static iconv_t
c_library_open(const char *to, const char *from)
{
    __typeof__(iconv_open) *open = NULL;

    *(void **)&open = dlsym(RTLD_NEXT, "iconv_open");
    return open ? open(to, from) : (iconv_t)-1;
}

static iconv_t
row_open(gsize row)
{
    if (!converters.closed || converters.held[first_row(row)])
        return c_library_open("UTF-8", charsets[row].iconv);
    errno = EINVAL;
    return (iconv_t)-1;
}

/* Stands before the C library's, for GMime too, which asks for whatever a mail names, in places
 * that nobody reads. What is not held would have to be loaded: a forbidden call in the sandbox. */
iconv_t
iconv_open(const char *to, const char *from)
{
    int row = row_find(from, strlen(from));

    if (!converters.closed)
        return c_library_open(to, from);
    if (is_utf8_name(to, strlen(to)) && is_utf8_name(from, strlen(from)))
        return c_library_open("UTF-8", "UTF-8");
    if (is_utf8_name(to, strlen(to)) && row >= 0)
        return row_open((gsize)row);
    errno = EINVAL;
    return (iconv_t)-1;
}

static void
close_list(void)
{
    /* Needs no module, but makes the C library read its list of them. */
    iconv_t cd = c_library_open("UTF-8", "UTF-8");

    if (cd != (iconv_t)-1)
        (void)iconv_close(cd);
    converters.closed = true;
}

static void
hold(gsize row)
{
    gpointer volatile *held = &converters.held[first_row(row)];
    iconv_t cd = *held ? *held : c_library_open("UTF-8", charsets[row].iconv);

    if (cd != (iconv_t)-1)
        *held = cd;
}

void
charset_init(void)
{
    static gsize once;

    if (!g_once_init_enter(&once))
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(charsets); i++)
        hold(i);
    close_list();
    g_once_init_leave(&once, 1);
}

/* Marks the rows named in the few bytes from `at` on; false when there is none. */
static bool
mark_named(const char *at, gsize len, bool *needed)
{
    bool any = false;

    for (gsize i = 0; i < G_N_ELEMENTS(charsets); i++) {
        if (text_find_fold(at, (gssize)len, charsets[i].name))
            any = needed[i] = true;
    }
    return any;
}

/* What GMime reads an encoded word as whose charset it cannot open. */
static void
mark_guess(const char *at, gsize len, bool *needed)
{
    const char *end = memchr(at, '?', len);

    if (end && !is_utf8_name(at, (gsize)(end - at)))
        needed[GUESS] = true;
}

/* Marks what the mail can name; false when it cannot be told from the outside. */
static bool
mark_needed(const char *bytes, gsize len, bool *needed)
{
    static const char *const marks[] = {"charset", "*=", "=?"};
    guint hits = 0;

    if (len > NAMED_MAIL_BYTES || hidden_headers_possible(bytes, len))
        return false;
    for (gsize m = 0; m < G_N_ELEMENTS(marks); m++) {
        const char *at = bytes;
        const char *end = bytes + len;

        while ((at = text_find_fold(at, end - at, marks[m])) != NULL) {
            gsize left = 0;

            at += strlen(marks[m]);
            left = MIN((gsize)(end - at), NAMED_WITHIN_BYTES);
            if (++hits > NAMED_HITS)
                return false;
            if (!mark_named(at, left, needed) && marks[m][0] == '=')
                mark_guess(at, left, needed);
        }
    }
    return true;
}

void
charset_init_for(const char *bytes, gsize len)
{
    bool needed[G_N_ELEMENTS(charsets)] = {[GUESS] = !g_utf8_validate_len(bytes, len, NULL)};

    if (!mark_needed(bytes, len, needed)) {
        charset_init();
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(charsets); i++)
        if (needed[i])
            hold(i);
    close_list();
}

/* Windows-1252 where it differs from ISO-8859-1: 0x80 to 0x9F, 0 where it has no character. What
 * programs most often mean and least often say, so it is no module that must be loaded. */
/* clang-format off */
static const guint16 windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
    0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};
/* clang-format on */

static gsize
convert_windows_1252(const char *bytes, gsize len, GString *out)
{
    gsize bad = 0;

    for (gsize i = 0; i < len; i++) {
        guchar byte = (guchar)bytes[i];
        gunichar c = byte >= 0x80 && byte < 0xA0 ? windows_1252[byte - 0x80] : byte;

        if (byte < 0x80) {
            g_string_append_c(out, bytes[i]);
            continue;
        }
        bad += c == 0;
        g_string_append_unichar(out, c ? c : 0xFFFD);
    }
    return bad;
}

/* Bytes that do not convert become U+FFFD; returns how many there were. */
static gsize
convert(gsize row, const char *bytes, gsize len, GString *out)
{
    char *in = (char *)(gsize)bytes, buffer[4096];
    gsize left = len, bad = 0;
    iconv_t cd;

    if (first_row(row) == GUESS)
        return convert_windows_1252(bytes, len, out);
    cd = row_open(row);
    if (cd == (iconv_t)-1)
        return convert_windows_1252(bytes, len, out) + 1;
    while (left > 0) {
        char *to = buffer;
        gsize room = sizeof buffer, before = left;
        bool stuck = iconv(cd, &in, &left, &to, &room) == (size_t)-1 && room == sizeof buffer;
        g_string_append_len(out, buffer, (gssize)(sizeof buffer - room));
        if (stuck && left == before) {
            g_string_append(out, "\xEF\xBF\xBD");
            in++;
            left--;
            bad++;
        }
    }
    iconv_close(cd);
    return bad;
}

/* Escapes of stateful charsets are plain ASCII bytes. */
static bool
is_seven_bit(const char *from)
{
    return strcmp(from, "ISO-2022-JP") == 0 || strcmp(from, "UTF-7") == 0 ||
           g_str_has_prefix(from, "UTF-16");
}

static bool
is_ascii(const char *bytes, gsize len)
{
    gsize i = 0;

    for (; i + 8 <= len; i += 8) {
        guint64 word;
        memcpy(&word, bytes + i, 8);
        if (word & G_GUINT64_CONSTANT(0x8080808080808080))
            return false;
    }
    for (; i < len; i++)
        if (bytes[i] & 0x80)
            return false;
    return true;
}

CharsetResult
charset_to_utf8(const char *charset, const char *bytes, gsize len, GString *out)
{
    gsize name_len = charset ? strlen(charset) : 0;
    int row = row_find(charset, name_len);
    bool is_utf8 = !charset || is_utf8_name(charset, name_len);

    if ((row < 0 || !is_seven_bit(charsets[row].iconv)) && is_ascii(bytes, len)) {
        g_string_append_len(out, bytes, (gssize)len);
        return row >= 0 || is_utf8 ? CHARSET_OK : CHARSET_UNKNOWN;
    }
    if (row >= 0)
        return convert((gsize)row, bytes, len, out) > 0 ? CHARSET_LIES : CHARSET_OK;
    if (g_utf8_validate_len(bytes, len, NULL)) {
        g_string_append_len(out, bytes, (gssize)len);
        if (!charset || g_ascii_strncasecmp(charset, "utf", 3) == 0)
            return CHARSET_OK;
        return is_utf8 ? CHARSET_LIES : CHARSET_UNKNOWN; /* "us-ascii" */
    }
    (void)convert_windows_1252(bytes, len, out);
    return is_utf8 ? CHARSET_LIES : CHARSET_UNKNOWN;
}

GBytes *
charset_from_utf16(GBytes *content, gsize max)
{
    gsize len;
    const char *bytes = g_bytes_get_data(content, &len);
    GString *out;

    if (len < 4 || (memcmp(bytes, "\xFF\xFE", 2) != 0 && memcmp(bytes, "\xFE\xFF", 2) != 0))
        return NULL;
    len = MIN(len, max);
    out = g_string_sized_new(len / 2);
    (void)charset_to_utf8(*bytes == '\xFF' ? "UTF-16LE" : "UTF-16BE", bytes + 2, len - 2, out);
    return g_string_free_to_bytes(out);
}
