/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/secret.h"

#include <sodium.h>

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

void
secret_wipe(void *bytes, gsize len)
{
    sodium_memzero(bytes, len);
}
