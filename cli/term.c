/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/term.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"

/* clang-format off */
static const char *const style_codes[] = {
    [STYLE_PLAIN]   = "",
    [STYLE_BOLD]    = "\033[1m",
    [STYLE_DIM]     = "\033[2m",
    [STYLE_RED]     = "\033[31m",
    [STYLE_GREEN]   = "\033[32m",
    [STYLE_YELLOW]  = "\033[33m",
    [STYLE_BLUE]    = "\033[34m",
    [STYLE_MAGENTA] = "\033[35m",
    [STYLE_CYAN]    = "\033[36m",
};
/* clang-format on */
G_STATIC_ASSERT(G_N_ELEMENTS(style_codes) == N_STYLES);

static bool
is_set(const char *variable)
{
    return !text_is_empty(g_getenv(variable));
}

Term
term_of(int fd)
{
    Term term = {.is_tty = isatty(fd) == 1};
    struct winsize size = {0};
    guint64 columns = 0;

    term.colour = term.is_tty && !is_set("NO_COLOR") && g_strcmp0(g_getenv("TERM"), "dumb") != 0;
    if (is_set("COLUMNS") &&
        g_ascii_string_to_unsigned(g_getenv("COLUMNS"), 10, 20, 10000, &columns, NULL))
        term.width = (guint)columns;
    else if (term.is_tty && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
        term.width = size.ws_col;
    else if (term.is_tty)
        term.width = 80;
    return term;
}

void
term_add(GString *out, const Term *term, Style style, const char *text)
{
    g_autofree char *clean = text_clean(text, -1, 3 * strlen(text) + 1);
    bool coloured = term->colour && style != STYLE_PLAIN && clean[0] != '\0';

    if (coloured)
        g_string_append(out, style_codes[style]);
    g_string_append(out, clean);
    if (coloured)
        g_string_append(out, "\033[0m");
}

static guint
char_width(gunichar c)
{
    if (g_unichar_iszerowidth(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

guint
term_text_width(const char *text)
{
    guint width = 0;

    for (; *text; text = g_utf8_next_char(text))
        width += char_width(g_utf8_get_char(text));
    return width;
}

/* Bytes of text that fit in `width` columns. */
static gsize
bytes_that_fit(const char *text, guint width)
{
    const char *p = text;
    guint used = 0;

    for (; *p; p = g_utf8_next_char(p)) {
        used += char_width(g_utf8_get_char(p));
        if (used > width)
            break;
    }
    return (gsize)(p - text);
}

char *
term_cut(const char *text, guint width)
{
    g_autofree char *head = NULL;

    if (term_text_width(text) <= width)
        return g_strdup(text);
    head = g_strndup(text, bytes_that_fit(text, width > 0 ? width - 1 : 0));
    return g_strconcat(g_strchomp(head), "…", NULL);
}

void
term_wrap(GString *out, const Term *term, const Wrap *wrap, const char *text)
{
    g_autofree char *clean = text_clean(text, -1, 3 * strlen(text) + 1);
    g_auto(GStrv) words = g_strsplit(clean, " ", -1);
    g_autoptr(GString) line = g_string_new(NULL);
    guint room = wrap->width > wrap->indent + 20 ? wrap->width - wrap->indent : 0;
    guint used = 0;

    for (char **word = words; *word; word++) {
        guint width = term_text_width(*word);

        if (width == 0)
            continue;
        if (used > 0 && room > 0 && used + 1 + width > room) {
            g_string_append_printf(out, "%*s", (int)wrap->indent, "");
            term_add(out, term, wrap->style, line->str);
            g_string_append_c(out, '\n');
            g_string_truncate(line, 0);
            used = 0;
        }
        if (used > 0)
            g_string_append_c(line, ' ');
        g_string_append(line, *word);
        used += width + (used > 0 ? 1 : 0);
    }
    g_string_append_printf(out, "%*s", (int)wrap->indent, "");
    term_add(out, term, wrap->style, line->str);
    g_string_append_c(out, '\n');
}

void
term_print(const GString *out)
{
    (void)fwrite(out->str, 1, out->len, stdout);
}
