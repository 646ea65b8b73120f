/* SPDX-License-Identifier: GPL-3.0-or-later */
/* secret.h - random tokens, keyed hashes and comparisons that take the same time whatever they
 * find (libsodium). Passwords join them when the web desk has users. */
#pragma once

#include <glib.h>
#include <stdbool.h>

enum {
    SECRET_KEY_BYTES = 32,
    SECRET_MAC_BYTES = 32,
    SECRET_TOKEN_CHARS = 32, /* 24 random bytes in URL-safe base64, no padding */
};

/* Once per program, before the others. False: the library does not start (no entropy source). */
bool secret_init(GError **error);

void secret_random(void *ret_bytes, gsize len);
char *secret_token(void); /* (transfer full) SECRET_TOKEN_CHARS of [A-Za-z0-9_-] */

/* BLAKE2b keyed with key (SECRET_KEY_BYTES). */
void secret_mac(const guint8 *key, const void *bytes, gsize len, guint8 *ret_mac);
/* Constant time in len. */
bool secret_equal(const void *a, const void *b, gsize len);
/* A url, or a list of name=value, for people: what stands for a password in it is "********".
 * Pure. NULL for NULL. (transfer full) */
char *secret_mask_url(const char *url);
/* Overwrites before memory is given back; the compiler may not drop it. */
void secret_wipe(void *bytes, gsize len);
