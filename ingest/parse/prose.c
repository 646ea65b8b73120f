/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/prose.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

/* -- addresses ------------------------------------------------------------------------------------
 */

static bool
is_addr_char(char c)
{
    return g_ascii_isxdigit(c) || c == '.' || c == ':';
}

/* Copies the run of address characters at p, "[.]" and "(.)" being dots; returns its end. */
static const char *
take_run(const char *p, char *out, gsize size, gsize *ret_len)
{
    gsize len = 0;

    while (*p && len + 1 < size) {
        if (is_addr_char(*p)) {
            out[len++] = *p++;
        } else if ((*p == '[' || *p == '(') && (p[1] == '.' || p[1] == ':') &&
                   (p[2] == ']' || p[2] == ')')) {
            out[len++] = p[1];
            p += 3;
        } else {
            break;
        }
    }
    out[len] = '\0';
    *ret_len = len;
    return p;
}

/* "1.2.3.4" after "version" or "v" is no address. */
static bool
follows_version(const char *start, const char *p)
{
    static const char *const words[] = {"version ", "ver ", "v", "build ", "release ", "/"};

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        gsize len = strlen(words[i]);
        const char *word = p - len;
        if ((gsize)(p - start) < len || g_ascii_strncasecmp(word, words[i], len) != 0)
            continue;
        if (word == start || *word == '/' || !g_ascii_isalpha(word[-1])) /* not "server" */
            return true;
    }
    return false;
}

static bool
run_is_addr(char *run, gsize len, Addr *ret_addr)
{
    gsize dots = 0, colons = 0;
    char *colon = strchr(run, ':');

    while (len > 0 &&
           (run[len - 1] == '.' || (run[len - 1] == ':' && !(len > 1 && run[len - 2] == ':'))))
        run[--len] = '\0';
    for (gsize i = 0; i < len; i++) {
        dots += run[i] == '.';
        colons += run[i] == ':';
    }
    if (dots == 3 && colons == 1 && colon)
        *colon = '\0'; /* a port */
    else if (!(dots == 3 && colons == 0) && (colons < 2 || len < 4))
        return false;
    return addr_parse(run, -1, ret_addr);
}

bool
prose_next_addr(const char **at, Addr *ret_addr)
{
    const char *start = *at, *p = start;
    char run[64];

    for (; *p; p++) {
        gsize len;
        const char *end;
        bool inside =
            p > start && (g_ascii_isalnum(p[-1]) || p[-1] == '.' || p[-1] == '-' || p[-1] == '_');
        if (!(g_ascii_isxdigit(*p) || (*p == ':' && p[1] == ':')) || inside)
            continue;
        end = take_run(p, run, sizeof run, &len);
        if (!g_ascii_isalnum(*end) && *end != '-' && *end != '_' && *end != '@' && len >= 4 &&
            !(strchr(run, '.') && follows_version(start, p)) && run_is_addr(run, len, ret_addr)) {
            *at = end;
            return true;
        }
        if (end > p)
            p = end - 1;
    }
    *at = p;
    return false;
}

bool
prose_addr(const char *value, Addr *ret_addr)
{
    if (text_is_empty(value))
        return false;
    return addr_parse(value, -1, ret_addr) || prose_next_addr(&value, ret_addr);
}

/* -- links ----------------------------------------------------------------------------------------
 */

/* clang-format off */
static const struct { const char *word; const char *scheme; } schemes[] = {
    {"https", "https"}, {"hxxps", "https"}, {"h**ps", "https"}, {"http", "http"}, {"hxxp", "http"},
    {"h**p", "http"},
};
/* clang-format on */

/* The scheme that ends before `colon`, or NULL. */
static const char *
scheme_before(const char *start, const char *colon)
{
    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
        gsize len = strlen(schemes[i].word);
        if ((gsize)(colon - start) >= len &&
            g_ascii_strncasecmp(colon - len, schemes[i].word, len) == 0)
            return schemes[i].scheme;
    }
    return NULL;
}

/* Length of a defanged dot at p, or 0. */
static gsize
fanged_dot(const char *p)
{
    static const char *const dots[] = {"[.]", "(.)", "{.}", "[dot]", "(dot)"};

    for (gsize i = 0; i < G_N_ELEMENTS(dots); i++)
        if (*p == *dots[i] && g_ascii_strncasecmp(p, dots[i], strlen(dots[i])) == 0)
            return strlen(dots[i]);
    return 0;
}

/* -- host names
 * -------------------------------------------------------------------------------------
 */

static bool
is_name_char(char c)
{
    return g_ascii_isalnum(c) || c == '-' || c == '_';
}

bool
prose_next_host(const char **at, char *ret_host, gsize size)
{
    const char *p = *at, *start = p;

    while (*p) {
        gsize len = 0, dots = 0, dot;
        char before = p > start ? p[-1] : '\n';
        if (before == '\n' && p[strspn(p, " \t")] == '>') {
            p += strcspn(p, "\n");
            p += *p == '\n';
            continue;
        }
        if (!g_ascii_isalnum(*p)) {
            p++;
            continue;
        }
        while (*p && len + 1 < size) {
            if (is_name_char(*p)) {
                ret_host[len++] = *p++;
                continue;
            }
            dot = *p == '.' ? 1 : fanged_dot(p);
            if (dot == 0 || !g_ascii_isalnum(p[dot]))
                break;
            ret_host[len++] = '.';
            p += dot;
            dots++;
        }
        ret_host[len] = '\0';
        if (dots > 0 && before != '@' && *p != '@' && g_ascii_isalpha(ret_host[len - 1])) {
            *at = p;
            return true;
        }
    }
    *at = p;
    return false;
}

/* -- links again ----------------------------------------------------------------------------------
 */

static void
add_url(const char *scheme, const char *p, GStringChunk *chunk, GPtrArray *urls)
{
    char url[1000];
    gsize len = (gsize)g_snprintf(url, sizeof url, "%s://", scheme), first = len;

    while (*p && len + 2 < sizeof url) {
        gsize dot = fanged_dot(p);
        if (dot > 0) {
            url[len++] = '.';
            p += dot;
        } else if ((guchar)*p <= ' ' || *p == 127 || strchr("<>\"'`{}|\\^[]", *p) ||
                   (guchar)*p >= 0x80) {
            break;
        } else {
            url[len++] = *p++;
        }
    }
    while (len > first && strchr(".,;:!?)*", url[len - 1]))
        len--;
    url[len] = '\0';
    if (len < first + 4 || !strchr(url + first, '.'))
        return;
    for (guint i = 0; i < urls->len; i++)
        if (strcmp(g_ptr_array_index(urls, i), url) == 0)
            return;
    g_ptr_array_add(urls, (gpointer)text_keep(chunk, url, (gssize)len, limits_default.field_bytes));
}

void
prose_urls(const char *text, GStringChunk *chunk, GPtrArray *urls, guint max)
{
    const char *p = text;

    while (urls->len < max && (p = strchr(p, ':')) != NULL) {
        const char *colon = p > text && (p[-1] == '[' || p[-1] == '(') ? p - 1 : p;
        const char *rest = colon < p && p[1] ? p + 2 : p + 1, *scheme;
        p++;
        if (rest[0] != '/' || rest[1] != '/')
            continue;
        scheme = scheme_before(text, colon);
        if (scheme)
            add_url(scheme, rest + 2, chunk, urls);
    }
}
