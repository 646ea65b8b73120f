/* SPDX-License-Identifier: GPL-3.0-or-later */
/* term.h - what we print on: a terminal with a width and perhaps colours, or a pipe with neither.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    guint width; /* columns; 0: no limit (a pipe) */
    bool colour; /* a terminal, and neither NO_COLOR nor TERM=dumb */
    bool is_tty;
} Term;

typedef enum {
    STYLE_PLAIN,
    STYLE_BOLD,
    STYLE_DIM,
    STYLE_RED,
    STYLE_GREEN,
    STYLE_YELLOW,
    STYLE_BLUE,
    STYLE_MAGENTA,
    STYLE_CYAN,
    N_STYLES,
} Style;

/* Of a file descriptor. An explicit COLUMNS in the environment wins over the terminal's own. */
Term term_of(int fd);

/* Appends text in a style, cleaned (text_clean): no byte of a mail reaches a terminal raw. */
void term_add(GString *out, const Term *term, Style style, const char *text);

/* Columns that UTF-8 text takes on a terminal: wide characters two, combining ones none. */
guint term_text_width(const char *text);

/* At most `width` columns of text, "…" where cut. (transfer full) */
char *term_cut(const char *text, guint width);

/* Breaks text at blanks into lines of at most `width` columns (0: no limit), each begun with
 * `indent` blanks; ends with a newline. Appends to out in a style. */
typedef struct {
    guint indent;
    guint width;
    Style style;
} Wrap;
void term_wrap(GString *out, const Term *term, const Wrap *wrap, const char *text);

/* Writes all of it to stdout. */
void term_print(const GString *out);
