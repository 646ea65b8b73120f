/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Apart from secret.c, so that who only masks does not load libsodium: the LDA. */
#include <string.h>

#include "base/secret.h"

/* The password that begins at or after `at`: in scheme://user:PASSWORD@host, or password=PASSWORD.
 */
static const char *
find_password(const char *at, gsize *ret_len)
{
    static const char mark[] = "password=";
    const char *slashes = strstr(at, "://"), *named = strstr(at, mark);

    if (slashes) {
        const char *authority = slashes + 3;
        gsize len = strcspn(authority, "/?# ");
        const char *end = memrchr(authority, '@', len);
        const char *colon = end ? memchr(authority, ':', (gsize)(end - authority)) : NULL;

        if (colon) {
            *ret_len = (gsize)(end - colon - 1);
            return colon + 1;
        }
    }
    if (!named)
        return NULL;
    named += strlen(mark);
    *ret_len = *named == '\'' ? strlen(named) : strcspn(named, " &;");
    return named;
}

char *
secret_mask_url(const char *url)
{
    GString *out = NULL;
    const char *at = url, *password = NULL;
    gsize len = 0;

    if (!url)
        return NULL;
    out = g_string_new(NULL);
    while ((password = find_password(at, &len)) != NULL) {
        g_string_append_len(out, at, password - at);
        g_string_append(out, "********");
        at = password + len;
    }
    g_string_append(out, at);
    return g_string_free(out, FALSE);
}
