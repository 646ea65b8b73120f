/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_deed.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "store/view.h"

Deed
deed_of(const Plaint *plaint)
{
    return (Deed){.actor = plaint->actor, .now = plaint->now};
}

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

bool
deed_print(const Plaint *plaint, gint64 id, GError **error, const char *format, ...)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *text = NULL;
    va_list args;

    if (plaint->json) {
        json_t *ticket = view_ticket(plaint->store, id, plaint->now, error);

        if (!ticket)
            return false;
        plaint_print_json(ticket);
        return true;
    }
    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    g_string_append_printf(out, "#%" G_GINT64_FORMAT " ", id);
    term_add(out, &plaint->term, STYLE_PLAIN, text);
    g_string_append_c(out, '\n');
    term_print(out);
    return true;
}
