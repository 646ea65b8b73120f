/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/args.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

void
args_free(Args *args)
{
    if (!args)
        return;
    g_clear_pointer(&args->options, g_hash_table_unref);
    g_clear_pointer(&args->operands, g_ptr_array_unref);
    g_free(args);
}

static bool
usage_fail(const Command *command, GError **error, const char *what)
{
    return plaint_fail(error, PLAINT_ERROR_USAGE, "%s: see 'plaint help %s'", what, command->name);
}

static const char *
nearest_option(const Command *command, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (const CommandOption *o = command->options; o && o->name; o++)
        g_ptr_array_add(names, (gpointer)o->name);
    for (const CommandOption *o = command_common_options; o->name; o++)
        g_ptr_array_add(names, (gpointer)o->name);
    g_ptr_array_add(names, NULL);
    return text_nearest(name, (const char *const *)names->pdata);
}

static bool
unknown_option(const Command *command, const char *word, GError **error)
{
    const char *nearest = nearest_option(command, word + strspn(word, "-"));
    g_autofree char *quoted = text_quote(word);

    if (nearest)
        return plaint_fail(error, PLAINT_ERROR_USAGE,
                           "no option %s, did you mean '--%s'? See 'plaint help %s'", quoted,
                           nearest, command->name);
    return plaint_fail(error, PLAINT_ERROR_USAGE, "no option %s: see 'plaint help %s'", quoted,
                       command->name);
}

static bool
check_value(const Command *command, const CommandOption *option, const char *value, GError **error)
{
    g_autofree char **list = command_option_words(option);
    g_autofree char *quoted = NULL;
    g_autofree char *words = NULL;
    g_autofree char *what = NULL;

    if (!list || g_strv_contains((const char *const *)list, value))
        return true;
    quoted = text_quote(value);
    words = g_strjoinv(", ", list);
    what = g_strdup_printf("--%s takes %s, not %s", option->name, words, quoted);
    return usage_fail(command, error, what);
}

/* "--since=7d" -> "since", and its value or NULL; "-h" -> "h". (transfer full) */
static char *
split_option(const char *word, const char **ret_value)
{
    bool is_long = word[1] == '-';
    const char *text = word + (is_long ? 2 : 1);
    const char *equals = is_long ? strchr(text, '=') : NULL;

    *ret_value = equals ? equals + 1 : NULL;
    return equals ? g_strndup(text, (gsize)(equals - text)) : g_strdup(text);
}

/* Takes the option at *word, and its value; *word ends on the last word used. */
static bool
take_option(Args *args, const Command *command, char ***word, GError **error)
{
    const char *value = NULL;
    const char *typed = **word;
    g_autofree char *name = split_option(**word, &value);
    const CommandOption *option = command_option(command, name);
    g_autofree char *what = NULL;

    if (!option || (typed[1] == '-') != (name[1] != '\0')) {
        g_autofree char *bare = g_strndup(typed, strcspn(typed, "="));

        return unknown_option(command, bare, error);
    }
    if (!option->value && value) {
        what = g_strdup_printf("--%s takes no value", option->name);
        return usage_fail(command, error, what);
    }
    if (option->value && !value) {
        value = (*word)[1];
        if (!value) {
            what = g_strdup_printf("--%s needs a value (%s)", option->name, option->value);
            return usage_fail(command, error, what);
        }
        (*word)++;
    }
    if (value && !check_value(command, option, value, error))
        return false;
    g_hash_table_replace(args->options, g_strdup(option->name), g_strdup(value ? value : ""));
    return true;
}

static bool
check_operands(const Args *args, const Command *command, GError **error)
{
    int n = (int)args->operands->len;
    g_autofree char *usage = NULL;
    g_autofree char *what = NULL;

    if (g_hash_table_contains(args->options, "help") ||
        (n >= command->min_operands && (command->max_operands < 0 || n <= command->max_operands)))
        return true;
    usage = command_usage(command);
    what = g_strdup_printf("%s words, the form is '%s'",
                           n < command->min_operands ? "too few" : "too many", usage);
    return usage_fail(command, error, what);
}

static bool
is_option(const Command *command, const char *word)
{
    if (word[0] != '-' || word[1] == '\0')
        return false;
    return word[1] == '-' || word[2] == '\0' || !command->takes_query;
}

Args *
args_parse(const Command *command, char **argv, GError **error)
{
    g_autoptr(Args) args = g_new0(Args, 1);
    bool options = true;

    args->options = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    args->operands = g_ptr_array_new_with_free_func(g_free);
    for (char **word = argv; *word; word++) {
        if (options && strcmp(*word, "--") == 0)
            options = false;
        else if (options && is_option(command, *word)) {
            if (!take_option(args, command, &word, error))
                return NULL;
        } else
            g_ptr_array_add(args->operands, g_strdup(*word));
    }
    if (!check_operands(args, command, error))
        return NULL;
    g_ptr_array_add(args->operands, NULL);
    return g_steal_pointer(&args);
}

const char *
args_get(const Args *args, const char *option)
{
    return g_hash_table_lookup(args->options, option);
}

bool
args_has(const Args *args, const char *option)
{
    return g_hash_table_contains(args->options, option);
}

char **
args_operands(const Args *args)
{
    return (char **)args->operands->pdata;
}

const char *
args_operand(const Args *args, guint n)
{
    return n + 1 < args->operands->len ? args->operands->pdata[n] : NULL;
}

static const struct {
    const char *name, *list; /* the command that shows the numbers */
} id_kinds[N_ID_KINDS] = {
    [ID_TICKET] = {"ticket", "ticket list"},
    [ID_COMPLAINT] = {"complaint", "complaint list"},
    [ID_LISTING] = {"listing", "listing list"},
    [ID_LETTER] = {"letter", "outbox list --all"},
    [ID_RELAY_TEST] = {"relay test", "relay list"},
    [ID_INCIDENT] = {"incident", "ticket show ID --incidents"},
};

bool
args_id_parse(const char *text, IdKind kind, gint64 *ret_id, GError **error)
{
    g_autofree char *quoted = text_quote(text);
    gint64 id = 0;

    if (text && text[0] == '#')
        text++;
    if (!text || !g_ascii_string_to_signed(text, 10, 1, G_MAXINT64, &id, NULL))
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "%s is no %s number: 'plaint %s' shows them", quoted,
                           id_kinds[kind].name, id_kinds[kind].list);
    *ret_id = id;
    return true;
}

bool
args_id(const Args *args, guint n, IdKind kind, gint64 *ret_id, GError **error)
{
    return args_id_parse(args_operand(args, n), kind, ret_id, error);
}

GArray *
args_ids(const Args *args, guint first, guint end, IdKind kind, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (guint i = first; i < end; i++) {
        gint64 id = 0;

        if (!args_id(args, i, kind, &id, error))
            return NULL;
        if (!g_hash_table_add(seen, g_memdup2(&id, sizeof id))) {
            plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                        "%s %" G_GINT64_FORMAT " is named twice: once is enough",
                        id_kinds[kind].name, id);
            return NULL;
        }
        g_array_append_val(ids, id);
    }
    return g_steal_pointer(&ids);
}
