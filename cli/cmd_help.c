/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint help`: in words, as a man page, or as a completion script. */
#include "cli/cmd_help.h"

#include "base/error.h"
#include "base/text.h"
#include "cli/help.h"
#include "cli/plaint.h"

/* Every command as JSON, for programs that drive plaint. */
static json_t *
commands_json(void)
{
    json_t *list = json_array();

    for (const Command *const *c = commands; *c; c++) {
        json_t *options = json_array();

        if ((*c)->hidden) {
            json_decref(options);
            continue;
        }
        for (const CommandOption *o = (*c)->options; o && o->name; o++)
            json_array_append_new(options, json_pack("{s:s, s:s?, s:s}", "name", o->name, "value",
                                                     o->value, "summary", o->summary));
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o}", "name", (*c)->name,
                                              "operands", (*c)->operands, "summary", (*c)->summary,
                                              "options", options));
    }
    return list;
}

static bool
print_man(const char *page, GError **error)
{
    g_autofree char *text = help_man(page, error);

    if (!text)
        return false;
    g_print("%s", text);
    return true;
}

static bool
help_about(const Plaint *plaint, GError **error)
{
    g_autofree char *name = g_strjoinv(" ", args_operands(plaint->args));
    const Command *command = command_by_name(name);
    int n_words = 0;

    if (help_print_group(name, &plaint->term) || help_print_program(name, &plaint->term))
        return true;
    if (!command) /* its name may be followed by other words */
        command = command_find(args_operands(plaint->args), &n_words, error);
    if (command)
        help_print_command(command, &plaint->term);
    return command != NULL;
}

static bool
run_help(Plaint *plaint, GError **error)
{
    if (args_has(plaint->args, "man"))
        return print_man(args_get(plaint->args, "man"), error);
    if (args_has(plaint->args, "completion")) {
        g_autofree char *script = help_completion();

        g_print("%s", script);
        return true;
    }
    if (plaint->json) {
        plaint_print_json(commands_json());
        return true;
    }
    if (args_operand(plaint->args, 0))
        return help_about(plaint, error);
    help_print_all(&plaint->term);
    return true;
}

static const CommandOption help_options[] = {
    {.name = "completion", .summary = "print a completion script for bash"},
    {.name = "man", .value = "PAGE", .summary = "print a man page in roff, as make does"},
    {.name = NULL},
};

const Command cmd_help = {
    .name = "help",
    .operands = "[WORD...]",
    .summary = "say what there is, or what one command does",
    .options = help_options,
    .needs = COMMAND_NEEDS_NOTHING,
    .min_operands = 0,
    .max_operands = 3,
    .run = run_help,
};
