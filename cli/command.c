/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

const CommandOption command_common_options[] = {
    {.name = "json", .summary = "print JSON, one object or array, instead of text"},
    {.name = "help", .letter = 'h', .summary = "say what the command does and stop"},
    {.name = NULL},
};

/* How many words of argv the command's name takes up; 0 when it is another command. */
static int
match_name(const Command *command, char **argv)
{
    g_auto(GStrv) words = g_strsplit(command->name, " ", -1);
    int n = 0;

    for (; words[n]; n++)
        if (g_strcmp0(words[n], argv[n]) != 0)
            return 0;
    return n;
}

/* What was typed, as far as it can be a name: "ticket lsit". */
static char *
typed_name(char **argv)
{
    bool two = argv[0] && argv[1] && argv[1][0] != '-';

    return two ? g_strconcat(argv[0], " ", argv[1], NULL) : g_strdup(argv[0] ? argv[0] : "");
}

static bool
is_group(const char *word)
{
    g_autofree char *prefix = g_strconcat(word, " ", NULL);

    for (const Command *const *c = commands; *c; c++)
        if (g_str_has_prefix((*c)->name, prefix))
            return true;
    return false;
}

/* A command, a program or the first word of commands. (transfer full) */
static char *
nearest_name(char **argv)
{
    g_autofree char *typed = typed_name(argv);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *nearest = NULL;

    for (const Command *const *c = commands; *c; c++) {
        if ((*c)->hidden)
            continue;
        g_ptr_array_add(names, g_strdup((*c)->name));
        g_ptr_array_add(names, g_strndup((*c)->name, strcspn((*c)->name, " ")));
    }
    for (const CommandProgram *p = command_programs; p->word; p++)
        g_ptr_array_add(names, g_strdup(p->word));
    g_ptr_array_add(names, NULL);
    nearest = text_nearest(typed, (const char *const *)names->pdata);
    if (!nearest && argv[0])
        nearest = text_nearest(argv[0], (const char *const *)names->pdata);
    return g_strdup(nearest);
}

const Command *
command_find(char **argv, int *ret_words, GError **error)
{
    const Command *found = NULL;
    int n_found = 0;
    g_autofree char *nearest = NULL;
    g_autofree char *typed = NULL;
    g_autofree char *quoted = NULL;

    for (const Command *const *c = commands; *c; c++) {
        int n = match_name(*c, argv);

        if (n > n_found) {
            found = *c;
            n_found = n;
        }
    }
    if (found) {
        *ret_words = n_found;
        return found;
    }
    typed = argv[0] && is_group(argv[0]) ? typed_name(argv) : g_strdup(argv[0]);
    quoted = text_quote(typed);
    nearest = nearest_name(argv);
    if (argv[0] && is_group(argv[0]) && !argv[1])
        g_clear_pointer(&nearest, g_free);
    if (nearest)
        plaint_fail(error, PLAINT_ERROR_USAGE,
                    "no command %s, did you mean '%s'? See 'plaint help'", quoted, nearest);
    else if (argv[0] && is_group(argv[0]))
        plaint_fail(error, PLAINT_ERROR_USAGE, "no command %s: see 'plaint help %s'", quoted,
                    argv[0]);
    else
        plaint_fail(error, PLAINT_ERROR_USAGE, "no command %s: see 'plaint help'", quoted);
    return NULL;
}

const Command *
command_by_name(const char *name)
{
    for (const Command *const *c = commands; *c; c++)
        if (strcmp((*c)->name, name) == 0)
            return *c;
    return NULL;
}

static const CommandOption *
option_in(const CommandOption *table, const char *name)
{
    for (const CommandOption *o = table; o && o->name; o++)
        if (strcmp(o->name, name) == 0 || (o->letter && name[0] == o->letter && !name[1]))
            return o;
    return NULL;
}

const CommandOption *
command_option(const Command *command, const char *name)
{
    const CommandOption *own = option_in(command->options, name);

    return own ? own : option_in(command_common_options, name);
}

char *
command_usage(const Command *command)
{
    return g_strdup_printf("plaint %s%s%s%s", command->name, command->options ? " [OPTION...]" : "",
                           text_is_empty(command->operands) ? "" : " ",
                           command->operands ? command->operands : "");
}

char **
command_option_words(const CommandOption *option)
{
    int n = option->n_words;
    char **words = NULL;

    if (!option->words)
        return NULL;
    if (n == 0)
        n = (int)g_strv_length((char **)option->words);
    words = g_new0(char *, (gsize)n + 1);
    memcpy(words, option->words, (gsize)n * sizeof *words);
    return words;
}
