/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/help.h"

#include <string.h>

#include "base/text.h"

#define SUMMARY_COLUMN 34 /* where summaries begin */

static guint
page_width(const Term *term)
{
    return term->width == 0 ? 100 : MIN(term->width, 100);
}

/* "  left      right", the right side wrapped in its own column. */
static void
add_pair(GString *out, const Term *term, const char *left, const char *right, guint column)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Wrap wrap = {.indent = column, .width = page_width(term)};
    bool beside = term_text_width(left) + 4 <= column;

    g_string_append(out, "  ");
    term_add(out, term, STYLE_BOLD, left);
    if (!beside)
        g_string_append_c(out, '\n');
    else
        g_string_append_printf(out, "%*s", (int)(column - 2 - term_text_width(left)), "");
    term_wrap(text, term, &wrap, right);
    g_string_append(out, beside ? text->str + column : text->str);
}

/* Paragraphs; those that begin with a blank are examples and stay as they are. */
static void
add_details(GString *out, const Term *term, const char *details)
{
    g_auto(GStrv) paragraphs = g_strsplit(details, "\n\n", -1);
    Wrap wrap = {.width = page_width(term)};

    for (char **p = paragraphs; *p; p++) {
        g_string_append_c(out, '\n');
        if ((*p)[0] == ' ')
            g_string_append_printf(out, "%s\n", *p);
        else
            term_wrap(out, term, &wrap, g_strdelimit(*p, "\n", ' '));
    }
}

static void
add_option(GString *out, const Term *term, const CommandOption *option)
{
    g_autoptr(GString) left = g_string_new(NULL);
    g_autofree char **list = command_option_words(option);
    g_autofree char *words = list ? g_strjoinv(", ", list) : NULL;
    g_autofree char *right =
        words ? g_strdup_printf("%s: %s", option->summary, words) : g_strdup(option->summary);

    if (option->letter)
        g_string_append_printf(left, "-%c, ", option->letter);
    g_string_append_printf(left, "--%s%s%s", option->name, option->value ? "=" : "",
                           option->value ? option->value : "");
    add_pair(out, term, left->str, right, 28);
}

static void
add_title(GString *out, const Term *term, const char *title)
{
    g_string_append_c(out, '\n');
    term_add(out, term, STYLE_DIM, title);
    g_string_append_c(out, '\n');
}

static bool
same_first_word(const char *a, const char *b)
{
    gsize n = strcspn(a, " ");

    return strncmp(a, b, n) == 0 && (b[n] == ' ' || b[n] == '\0');
}

static void
add_command_line(GString *out, const Term *term, const Command *command)
{
    g_autofree char *left = text_is_empty(command->operands)
                                ? g_strdup(command->name)
                                : g_strconcat(command->name, " ", command->operands, NULL);

    add_pair(out, term, left, command->summary, SUMMARY_COLUMN);
}

void
help_print_all(const Term *term)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const Command *before = NULL;
    const Wrap wrap = {.width = page_width(term)};

    term_add(out, term, STYLE_BOLD, "plaint");
    g_string_append(out, ", an abuse desk for mail operators\n\n"
                         "usage: plaint [-c FILE] COMMAND [OPTION...] [OPERAND...]\n");
    add_title(out, term, "Programs");
    for (const CommandProgram *p = command_programs; p->word; p++)
        add_pair(out, term, p->word, p->summary, SUMMARY_COLUMN);
    add_title(out, term, "Commands");
    for (const Command *const *c = commands; *c; c++) {
        if ((*c)->hidden)
            continue;
        if (before && strchr((*c)->name, ' ') && !same_first_word((*c)->name, before->name))
            g_string_append_c(out, '\n');
        else if (before && strchr(before->name, ' ') && !same_first_word((*c)->name, before->name))
            g_string_append_c(out, '\n');
        add_command_line(out, term, *c);
        before = *c;
    }
    g_string_append_c(out, '\n');
    term_wrap(out, term, &wrap,
              "'plaint help WORD' says more about one of them; man plaint says it all.");
    term_print(out);
}

void
help_print_command(const Command *command, const Term *term)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *usage = command_usage(command);

    term_add(out, term, STYLE_BOLD, command->name);
    g_string_append_printf(out, ": %s\n\nusage: %s\n", command->summary, usage);
    if (command->details)
        add_details(out, term, command->details);
    add_title(out, term, "Options");
    for (const CommandOption *o = command->options; o && o->name; o++)
        add_option(out, term, o);
    for (const CommandOption *o = command_common_options; o->name; o++)
        add_option(out, term, o);
    term_print(out);
}

bool
help_print_group(const char *word, const Term *term)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (const Command *const *c = commands; *c && !strchr(word, ' '); c++)
        if (!(*c)->hidden && strchr((*c)->name, ' ') && same_first_word(word, (*c)->name))
            add_command_line(out, term, *c);
    if (out->len == 0)
        return false;
    g_string_append_printf(out, "\n'plaint help %s WORD' says more about one of them.\n", word);
    term_print(out);
    return true;
}

bool
help_print_program(const char *word, const Term *term)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const CommandProgram *p = command_programs;

    while (p->word && strcmp(p->word, word) != 0)
        p++;
    if (!p->word)
        return false;
    term_add(out, term, STYLE_BOLD, p->word);
    g_string_append_printf(out, ": %s\n\n", p->summary);
    for (const char *const *form = p->forms; *form; form++)
        g_string_append_printf(out, "%s plaint %s %s\n", form == p->forms ? "usage:" : "      ",
                               p->word, *form);
    add_details(out, term, p->details);
    add_title(out, term, "Options");
    for (const CommandOption *o = p->options; o->name; o++)
        add_option(out, term, o);
    term_print(out);
    return true;
}
