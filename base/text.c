/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD"

/* Explicit directional controls (Unicode 6.2.2): they make shown text lie about its order. */
static bool
is_bidi_control(gunichar c)
{
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E ||
           c == 0x200F || c == 0x061C;
}

static bool
is_plain_ascii(const char *bytes, gsize len)
{
    for (gsize i = 0; i < len; i++) {
        guchar c = (guchar)bytes[i];
        if (c < 0x20 || c >= 0x7f)
            return false;
    }
    return true;
}

/* Appends one character of the input at *p; false when `max` bytes would be passed. */
static bool
append_clean(GString *out, const char **p, const char *end, gsize max, bool lines)
{
    guchar first = (guchar) * *p;
    gunichar c;

    if (first < 0x80) {
        char ascii = (first < 0x20 || first == 0x7f) ? ' ' : (char)first;
        if (lines && (first == '\t' || first == '\n'))
            ascii = (char)first;
        if (lines && first == '\r') {
            ascii = '\n';
            if (*p + 1 < end && (*p)[1] == '\n')
                (*p)++;
        }
        if (out->len + 1 > max)
            return false;
        (*p)++;
        g_string_append_c(out, ascii);
        return true;
    }
    c = g_utf8_get_char_validated(*p, end - *p);
    if (c == (gunichar)-1 || c == (gunichar)-2) {
        if (out->len + 3 > max)
            return false;
        (*p)++;
        g_string_append(out, REPLACEMENT);
        return true;
    }
    const char *next = g_utf8_next_char(*p);
    if (out->len + (gsize)(next - *p) > max)
        return false;
    if (c >= 0x80 && c < 0xA0)
        g_string_append_c(out, ' ');
    else if (!is_bidi_control(c))
        g_string_append_len(out, *p, next - *p);
    *p = next;
    return true;
}

static char *
clean(const char *bytes, gssize len, gsize max, bool lines)
{
    gsize n = len < 0 ? strlen(bytes) : (gsize)len;
    const char *p = bytes, *end = bytes + n;
    GString *out;

    if (n <= max && is_plain_ascii(bytes, n))
        return g_strndup(bytes, n);
    out = g_string_sized_new(MIN(n, max) + 1);
    while (p < end && append_clean(out, &p, end, max, lines))
        ;
    return g_string_free(out, FALSE);
}

char *
text_clean(const char *bytes, gssize len, gsize max)
{
    return clean(bytes, len, max, false);
}

char *
text_clean_lines(const char *bytes, gssize len, gsize max)
{
    return clean(bytes, len, max, true);
}

char *
text_quote(const char *text)
{
    g_autofree char *safe = NULL;
    GString *out;
    const char *p;
    int n = 0;

    if (!text)
        return g_strdup("(none)");
    safe = text_clean(text, -1, 4096);
    out = g_string_new("'");
    for (p = safe; *p && n < 80; p = g_utf8_next_char(p), n++) {
        if (*p == '\'' || *p == '\\')
            g_string_append_c(out, '\\');
        g_string_append_len(out, p, g_utf8_next_char(p) - p);
    }
    if (*p)
        g_string_append(out, "…");
    g_string_append_c(out, '\'');
    return g_string_free(out, FALSE);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

const char *
text_keep(GStringChunk *chunk, const char *bytes, gssize len, gsize max)
{
    gsize n;

    if (!bytes)
        return NULL;
    n = len < 0 ? strlen(bytes) : (gsize)len;
    while (n > 0 && is_blank(*bytes)) {
        bytes++;
        n--;
    }
    while (n > 0 && is_blank(bytes[n - 1]))
        n--;
    if (n == 0)
        return NULL;
    if (n <= max && is_plain_ascii(bytes, n))
        return g_string_chunk_insert_len(chunk, bytes, (gssize)n);
    g_autofree char *safe = text_clean(bytes, (gssize)n, max);
    g_strstrip(safe);
    return *safe ? g_string_chunk_insert(chunk, safe) : NULL;
}

bool
text_is_empty(const char *text)
{
    return !text || !*text;
}

bool
text_equal_fold(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    return g_ascii_strcasecmp(a, b) == 0;
}

bool
text_has_prefix_fold(const char *text, const char *prefix)
{
    return g_ascii_strncasecmp(text, prefix, strlen(prefix)) == 0;
}

bool
text_has_suffix_fold(const char *text, const char *suffix)
{
    gsize n = strlen(text), m = strlen(suffix);

    return n >= m && g_ascii_strcasecmp(text + n - m, suffix) == 0;
}

const char *
text_find_fold(const char *text, gssize len, const char *needle)
{
    gsize m = strlen(needle), n = len < 0 ? strlen(text) : (gsize)len;
    char first[3] = {g_ascii_tolower(*needle), g_ascii_toupper(*needle), 0};

    if (m == 0)
        return text;
    for (gsize i = 0; i + m <= n; i++)
        if ((text[i] == first[0] || text[i] == first[1]) &&
            g_ascii_strncasecmp(text + i, needle, m) == 0)
            return text + i;
    return NULL;
}

char *
text_fold(const char *text)
{
    g_autofree char *decomposed = NULL;
    GString *out;
    bool blank = true; /* so that leading blanks vanish */

    if (is_plain_ascii(text, strlen(text))) {
        decomposed = g_ascii_strdown(text, -1);
    } else if (g_utf8_validate(text, -1, NULL)) { /* casefold would read past a cut character */
        g_autofree char *lower = g_utf8_casefold(text, -1);
        decomposed = g_utf8_normalize(lower, -1, G_NORMALIZE_ALL);
    }
    if (!decomposed) /* not UTF-8: the caller's bug, but no reason to die */
        return g_strdup("");
    out = g_string_sized_new(strlen(decomposed));
    for (const char *p = decomposed; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (g_unichar_ismark(c))
            continue;
        if (g_unichar_isspace(c)) {
            if (!blank)
                g_string_append_c(out, ' ');
            blank = true;
            continue;
        }
        blank = false;
        g_string_append_unichar(out, c);
    }
    if (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    return g_string_free(out, FALSE);
}

/* Optimal string alignment over bytes: a swap of neighbours counts as one. */
static guint
edit_distance(const char *a, gsize n, const char *b, gsize m)
{
    g_autofree guint *rows = g_new0(guint, 3 * (m + 1));
    guint *two = rows, *one = rows + m + 1, *now = rows + 2 * (m + 1);

    for (gsize j = 0; j <= m; j++)
        one[j] = (guint)j;
    for (gsize i = 1; i <= n; i++) {
        now[0] = (guint)i;
        for (gsize j = 1; j <= m; j++) {
            guint cost = a[i - 1] != b[j - 1];
            now[j] = MIN(MIN(now[j - 1], one[j]) + 1, one[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = MIN(now[j], two[j - 2] + 1);
        }
        guint *free_row = two;
        two = one;
        one = now;
        now = free_row;
    }
    return one[m];
}

const char *
text_nearest(const char *word, const char *const *names)
{
    gsize n = strlen(word);
    const char *best = NULL;
    guint least = (guint)MAX(2, n / 3) + 1;

    if (n > 64)
        return NULL;
    for (; *names; names++) {
        gsize m = strlen(*names);
        guint distance = m > 64 ? G_MAXUINT : edit_distance(word, n, *names, m);
        if (distance < least && distance < MAX(n, m)) {
            least = distance;
            best = *names;
        }
    }
    return best;
}

char *
text_no_such(const char *what, const char *word, const char *const *names, int n)
{
    g_autofree char *quoted = text_quote(word);
    g_autofree char *all = NULL;
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    const char *nearest = NULL;

    for (int i = 0; n < 0 ? names[i] != NULL : i < n; i++)
        if (names[i])
            g_ptr_array_add(known, (gpointer)names[i]);
    g_ptr_array_add(known, NULL);
    nearest = text_nearest(word, (const char *const *)known->pdata);
    if (nearest)
        return g_strdup_printf("no %s %s, did you mean '%s'?", what, quoted, nearest);
    all = g_strjoinv(", ", (char **)known->pdata);
    return g_strdup_printf("no %s %s, only %s", what, quoted, all);
}

int
text_name_find(const char *const *names, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (names[i] && strcmp(names[i], name) == 0)
            return i;
    return -1;
}
