/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_deed.h"

#include "store/view.h"

Deed
deed_of(const Plaint *plaint)
{
    return (Deed){.actor = plaint->actor, .now = plaint->now};
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
