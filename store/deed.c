/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/deed.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

bool
deed_text(const char *what, const char *text, gsize max, char **ret_text, GError **error)
{
    g_autofree char *clean = text ? text_clean(text, -1, 3 * strlen(text) + 1) : NULL;
    g_autofree char *quoted = text_quote(what);

    if (clean && strlen(g_strstrip(clean)) > max)
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "%s is longer than %" G_GSIZE_FORMAT " bytes: shorten it", quoted, max);
    *ret_text = text_is_empty(clean) ? NULL : g_steal_pointer(&clean);
    return true;
}
