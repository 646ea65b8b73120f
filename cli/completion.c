/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion for bash: the words of commands, then options and the values that an option allows. */
#include <string.h>

#include "cli/help.h"

/* The words that may follow `after` ("" or "ticket"), each once. */
static void
add_words(GString *out, const char *after)
{
    gsize n = strlen(after);
    g_autofree char *before = NULL;

    for (const Command *const *c = commands; *c; c++) {
        const char *name = (*c)->name;
        g_autofree char *word = NULL;

        if ((*c)->hidden || (n > 0 && (strncmp(name, after, n) != 0 || name[n] != ' ')))
            continue;
        name += n > 0 ? n + 1 : 0;
        word = g_strndup(name, strcspn(name, " "));
        if (g_strcmp0(word, before) != 0)
            g_string_append_printf(out, "%s ", word);
        g_free(before);
        before = g_steal_pointer(&word);
    }
}

static void
add_option_words(GString *out, const Command *command)
{
    for (const CommandOption *o = command->options; o && o->name; o++)
        g_string_append_printf(out, "--%s%s ", o->name, o->value ? "=" : "");
    for (const CommandOption *o = command_common_options; o->name; o++)
        g_string_append_printf(out, "--%s ", o->name);
}

static void
add_value_cases(GString *out, const Command *command)
{
    for (const CommandOption *o = command->options; o && o->name; o++)
        if (o->words) {
            g_autofree char **list = command_option_words(o);
            g_autofree char *words = g_strjoinv(" ", list);

            g_string_append_printf(out, "        '%s --%s') words='%s' ;;\n", command->name,
                                   o->name, words);
        }
}

char *
help_completion(void)
{
    GString *out = g_string_new(NULL);
    g_autoptr(GHashTable) groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    g_string_append(out, "# bash completion for plaint; made by 'plaint help --completion'\n"
                         "_plaint() {\n"
                         "    local cur prev words name\n"
                         "    cur=${COMP_WORDS[COMP_CWORD]}; prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                         "    [ \"$cur\" = '=' ] && cur=''\n"
                         "    [ \"$prev\" = '=' ] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
                         "    name=\"${COMP_WORDS[1]} ${COMP_WORDS[2]}\"\n"
                         "    words=''\n"
                         "    case \"$name $prev\" in\n");
    for (const Command *const *c = commands; *c; c++)
        add_value_cases(out, *c);
    g_string_append(out, "    esac\n    if [ -n \"$words\" ]; then :\n"
                         "    elif [ \"$COMP_CWORD\" = 1 ]; then words='");
    for (const CommandProgram *p = command_programs; p->word; p++)
        g_string_append_printf(out, "%s ", p->word);
    add_words(out, "");
    g_string_append(out, "'\n    else case \"$COMP_CWORD ${COMP_WORDS[1]}\" in\n");
    for (const Command *const *c = commands; *c; c++) {
        char *group = NULL;

        if ((*c)->hidden || !strchr((*c)->name, ' '))
            continue;
        group = g_strndup((*c)->name, strcspn((*c)->name, " "));
        if (!g_hash_table_add(groups, group)) /* which frees it then */
            continue;
        g_string_append_printf(out, "        '2 %s') words='", group);
        add_words(out, group);
        g_string_append(out, "' ;;\n");
    }
    g_string_append(out, "        *) case \"$name\" in\n");
    for (const Command *const *c = commands; *c; c++) {
        if ((*c)->hidden)
            continue;
        g_string_append_printf(out, "            '%s'%s) words='", (*c)->name,
                               strchr((*c)->name, ' ') ? "" : "*");
        add_option_words(out, *c);
        g_string_append(out, "' ;;\n");
    }
    g_string_append(out, "        esac ;;\n    esac; fi\n"
                         "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                         "    [ ${#COMPREPLY[@]} = 0 ] && compopt -o default\n"
                         "}\ncomplete -F _plaint plaint\n");
    return g_string_free(out, FALSE);
}
