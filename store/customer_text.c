/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "store/customer.h"

const char *const customer_text_names[N_CUSTOMER_TEXTS] = {
    [CUSTOMER_REFERENCE] = "reference",
    [CUSTOMER_NAME] = "name",
    [CUSTOMER_EMAIL] = "email",
    [CUSTOMER_LANGUAGE] = "language",
};

static bool
is_reference(const char *text)
{
    return text[0] != '\0' && strcmp(text, "none") != 0;
}

static bool
is_name(const char *text)
{
    (void)text;
    return true;
}

static bool
is_email(const char *text)
{
    const char *at = strchr(text, '@');

    return text[0] == '\0' ||
           (at && at > text && at[1] != '\0' && !strpbrk(text, " \t<>,;") && !strchr(at + 1, '@'));
}

/* "pt-BR": a tag of RFC 5646, by its form. */
static bool
is_language(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "-", -1);

    if (text[0] != '\0' && (strlen(parts[0]) < 2 || !g_ascii_isalpha(text[0])))
        return false;
    for (char **part = parts; *part; part++) {
        gsize len = strlen(*part);

        if (len == 0 || len > 8)
            return false;
        while (len > 0 && g_ascii_isalnum((*part)[len - 1]))
            len--;
        if (len > 0)
            return false;
    }
    return true;
}

static const struct {
    bool (*is_right)(const char *text);
    const char *wanted;
} texts[N_CUSTOMER_TEXTS] = {
    [CUSTOMER_REFERENCE] = {is_reference,
                            "not empty, nor 'none', which lists call what is nobody's"},
    [CUSTOMER_NAME] = {is_name, NULL},
    [CUSTOMER_EMAIL] = {is_email, "write name@host"},
    [CUSTOMER_LANGUAGE] = {is_language, "write en, fr, pt-BR"},
};

bool
customer_text_read(CustomerText text, const char *value, char **ret_text, GError **error)
{
    const char *given = value || text != CUSTOMER_REFERENCE ? value : "";
    g_autofree char *clean = given ? text_clean(given, -1, CUSTOMER_TEXT_BYTES + 1) : NULL;
    g_autofree char *quoted = NULL;

    if (clean && (strlen(given) > CUSTOMER_TEXT_BYTES || strlen(clean) > CUSTOMER_TEXT_BYTES))
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "the %s is longer than %d bytes",
                           customer_text_names[text], CUSTOMER_TEXT_BYTES);
    if (clean && !texts[text].is_right(g_strstrip(clean))) {
        quoted = text_quote(clean);
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "no %s: %s; %s",
                           customer_text_names[text], quoted, texts[text].wanted);
    }
    *ret_text = g_steal_pointer(&clean);
    return true;
}
