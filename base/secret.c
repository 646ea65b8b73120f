/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/secret.h"

#include <sodium.h>
#include <string.h>

#include "base/error.h"

G_STATIC_ASSERT(SECRET_KEY_BYTES == crypto_generichash_KEYBYTES);
G_STATIC_ASSERT(SECRET_MAC_BYTES == crypto_generichash_BYTES);

bool
secret_init(GError **error)
{
    if (sodium_init() >= 0)
        return true;
    return plaint_fail(error, PLAINT_ERROR_INTERNAL, "libsodium does not start");
}

void
secret_random(void *ret_bytes, gsize len)
{
    randombytes_buf(ret_bytes, len);
}

char *
secret_token(void)
{
    guint8 bytes[24];
    char text[SECRET_TOKEN_CHARS + 1];

    G_STATIC_ASSERT(sodium_base64_ENCODED_LEN(24, sodium_base64_VARIANT_URLSAFE_NO_PADDING) ==
                    SECRET_TOKEN_CHARS + 1);
    secret_random(bytes, sizeof bytes);
    sodium_bin2base64(text, sizeof text, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return g_strdup(text);
}

void
secret_mac(const guint8 *key, const void *bytes, gsize len, guint8 *ret_mac)
{
    (void)crypto_generichash(ret_mac, SECRET_MAC_BYTES, bytes, len, key, SECRET_KEY_BYTES);
}

bool
secret_equal(const void *a, const void *b, gsize len)
{
    return sodium_memcmp(a, b, len) == 0;
}

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

void
secret_wipe(void *bytes, gsize len)
{
    sodium_memzero(bytes, len);
}
