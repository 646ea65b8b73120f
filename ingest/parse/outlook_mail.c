/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/outlook_mail.h"

#include <string.h>

#include "base/text.h"

static bool
is_field(const char *line)
{
    gsize len = strcspn(line, ": \t\r\n");

    return len > 0 && line[len] == ':';
}

void
outlook_append_header(GString *mail, const char *header)
{
    bool keep = false;

    for (const char *at = header; *at;) {
        const char *newline = strchr(at, '\n'), *next = newline ? newline + 1 : at + strlen(at);
        if (*at != ' ' && *at != '\t')
            keep = is_field(at) && !text_has_prefix_fold(at, "Content-");
        if (keep)
            g_string_append_len(mail, at, next - at);
        at = next;
    }
    if (mail->len > 0 && mail->str[mail->len - 1] != '\n')
        g_string_append_c(mail, '\n');
}

void
outlook_append_text(GString *mail, const char *text, bool is_html)
{
    g_string_append_printf(mail, "Content-Type: text/%s; charset=utf-8\n\n%s",
                           is_html ? "html" : "plain", text ? text : "");
}
