/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/recipient.h"

#include <string.h>

#include "base/text.h"
#include "ingest/parse/header.h"

enum { TOKEN_MIN = 24, TOKEN_DIGITS = 3 };

static const char *const stand_ins[] = {
    "redacted",  "munged",     "hashed",     "hidden",     "masked",   "removed", "anonymized",
    "anonymous", "anonymised", "obfuscated", "suppressed", "withheld", "private", "undisclosed",
};

static bool
is_stand_in(const char *word, gsize len)
{
    while (len > 0 && strchr("<[({_*-.", *word)) {
        word++;
        len--;
    }
    while (len > 0 && strchr(">])}_*-.", word[len - 1]))
        len--;
    if (len == 0)
        return true; /* nothing but brackets and stars */
    for (gsize i = 0; i < G_N_ELEMENTS(stand_ins); i++)
        if (strlen(stand_ins[i]) == len && g_ascii_strncasecmp(word, stand_ins[i], len) == 0)
            return true;
    return strspn(word, "xX") >= len;
}

/* A hash in base64 or hex stands for a local part. */
static bool
is_token(const char *word, gsize len)
{
    guint digits = 0;

    for (gsize i = 0; i < len; i++) {
        if (!g_ascii_isalnum(word[i]) && !strchr("+/=", word[i]))
            return false;
        digits += g_ascii_isdigit(word[i]) != 0;
    }
    return len >= TOKEN_MIN && digits >= TOKEN_DIGITS;
}

static bool
is_redacted(const char *value)
{
    const char *at = strrchr(value, '@');
    gsize local = at ? (gsize)(at - value) : strlen(value);

    if (is_stand_in(value, local) || (at && is_token(value, local)))
        return true;
    return at && strchr("[(<*", at[1]) && at[1] && is_stand_in(at + 1, strlen(at + 1));
}

void
recipient_take(Complaint *complaint, Incident *incident, const char *value)
{
    g_autofree char *address = NULL, *bare = NULL;

    if (text_is_empty(value) || incident->rcpt || incident->rcpt_redacted)
        return;
    bare = g_strdup(value + strspn(value, "< "));
    bare[strcspn(bare, "> ")] = '\0';
    address = header_address(value);
    if (is_redacted(address ? address : bare))
        incident->rcpt_redacted = complaint_keep(complaint, address ? address : bare, -1);
    else if (address)
        incident->rcpt = complaint_keep(complaint, address, -1);
}
