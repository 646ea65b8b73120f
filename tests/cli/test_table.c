/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables and text on a terminal: what they look like at a width, and what never gets through. */
#include <string.h>

#include "cli/table.h"

static const TableColumn columns[] = {
    {.title = "#", .right = true},
    {.title = "machine", .shrink_to = 10},
    {.title = "confidence", .drop = 1},
    {.title = "note", .shrink_to = 4, .drop = 2},
};

typedef struct {
    const char *name;
    guint width; /* 0: a pipe */
    bool colour;
    const char *rows[9]; /* four cells a row */
    const char *want;
} Case;

static const Case cases[] = {
    {"pipe-neither-cuts-nor-drops",
     0,
     false,
     {"7", "anna@example.org", "high", "a long note on it", "123", "192.0.2.1", "low", NULL},
     "  #  machine           confidence  note\n"
     "  7  anna@example.org  high        a long note on it\n"
     "123  192.0.2.1         low         –\n"},
    {"pipe-is-no-wider-for-a-long-cell",
     0,
     false,
     {"7", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "high",
      "a", "8", "b", "low", "c"},
     "#  machine                                                       confidence  note\n"
     "7  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  high        "
     "a\n"
     "8  b                                                             low         c\n"},
    {"narrow-cuts-the-least-needed",
     44,
     false,
     {"7", "anna@example.org", "high", "a long note on it"},
     "#  machine           confidence  note\n"
     "7  anna@example.org  high        a long not…\n"},
    {"narrower-drops-by-rank",
     31,
     false,
     {"7", "anna@example.org", "high", "note"},
     "#  machine           confidence\n"
     "7  anna@example.org  high\n"},
    {"narrowest-cuts-what-is-left",
     15,
     false,
     {"7", "anna@example.org", "high", "note"},
     "#  machine\n"
     "7  anna@exampl…\n"},
    {"wide-characters-take-two",
     0,
     false,
     {"1", "垃圾邮件", "high", "e\xcc\x81", "2", "spam", "low", "x"},
     "#  machine   confidence  note\n"
     "1  垃圾邮件  high        e\xcc\x81\n"
     "2  spam      low         x\n"},
    {"control-bytes-never-pass",
     0,
     false,
     {"1", "\033[31mred\033[0m", "a\tb\nc",
      "\xe2\x80\xae"
      "evil\x07"},
     "#  machine       confidence  note\n"
     "1   [31mred [0m  a b c       evil\n"},
    {"colours-do-not-count",
     0,
     true,
     {"1", "a", "b", "c"},
     "\033[2m#\033[0m  \033[2mmachine\033[0m  \033[2mconfidence\033[0m  \033[2mnote\033[0m\n"
     "1  \033[1ma\033[0m        \033[1mb\033[0m           \033[1mc\033[0m\n"},
    {"no-rows-no-titles", 0, false, {NULL}, ""},
};

static void
check(gconstpointer data)
{
    const Case *c = data;
    const Term term = {.width = c->width, .colour = c->colour};
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
    g_autoptr(GString) out = g_string_new(NULL);
    gsize n = 0;

    while (n < G_N_ELEMENTS(c->rows) && c->rows[n])
        n++;
    for (gsize i = 0; i < (n + 3) / 4 * 4; i++)
        table_add(table, i % 4 == 0 ? STYLE_PLAIN : STYLE_BOLD, i < n ? c->rows[i] : NULL);
    table_draw(table, &term, 0, out);
    g_assert_cmpstr(out->str, ==, c->want);
}

static void
check_fits(void)
{
    for (guint width = 24; width < 90; width++) {
        const Term term = {.width = width};
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        g_autoptr(GString) out = g_string_new(NULL);
        g_auto(GStrv) lines = NULL;

        table_add_int(table, STYLE_PLAIN, 4711);
        table_add(table, STYLE_PLAIN, "somebody.with.a.long.name@a.long.domain.example");
        table_add(table, STYLE_PLAIN, "medium");
        table_add(table, STYLE_PLAIN, "漢字漢字漢字漢字漢字漢字");
        table_draw(table, &term, 2, out);
        lines = g_strsplit(out->str, "\n", -1);
        for (char **line = lines; *line; line++)
            g_assert_cmpuint(term_text_width(*line), <=, width);
    }
}

static void
check_wrap(void)
{
    const Term term = {0};
    const Wrap wrap = {.indent = 2, .width = 30};
    g_autoptr(GString) out = g_string_new(NULL);

    term_wrap(out, &term, &wrap, "one two three four five six  seven\n eight\033[2J nine ten");
    g_assert_cmpstr(out->str, ==,
                    "  one two three four five six\n"
                    "  seven eight [2J nine ten\n");
}

static void
check_cut(void)
{
    g_autofree char *whole = term_cut("abc", 3);
    g_autofree char *cut = term_cut("abcd", 3);
    g_autofree char *wide = term_cut("垃圾邮件", 4);

    g_assert_cmpstr(whole, ==, "abc");
    g_assert_cmpstr(cut, ==, "ab…");
    g_assert_cmpstr(wide, ==, "垃…");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/cli/table/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], check);
    }
    g_test_add_func("/cli/table/fits-every-width", check_fits);
    g_test_add_func("/cli/term/wrap", check_wrap);
    g_test_add_func("/cli/term/cut", check_cut);
    return g_test_run();
}
