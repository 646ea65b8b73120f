/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of commands as a whole, finding a command, and sorting its words. */
#include <string.h>

#include "base/error.h"
#include "cli/args.h"
#include "cli/help.h"

static bool
is_ascii(const char *text)
{
    for (; text && *text; text++)
        if ((guchar)*text >= 0x80)
            return false;
    return true;
}

/* One line, lower case, no full stop, short enough for a line of `plaint help` at 100 columns. */
static void
check_summary(const char *summary, gsize max)
{
    g_assert_nonnull(summary);
    g_assert_true(is_ascii(summary));
    g_assert_cmpuint(strlen(summary), >, 8);
    g_assert_cmpuint(strlen(summary), <=, max);
    g_assert_null(strchr(summary, '\n'));
    g_assert_false(g_ascii_isupper(summary[0]) && g_ascii_islower(summary[1]));
    g_assert_false(g_str_has_suffix(summary, ".") && !g_str_has_suffix(summary, "..."));
}

static void
check_options(const Command *command)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (const CommandOption *o = command->options; o && o->name; o++) {
        g_assert_true(g_hash_table_add(seen, (gpointer)o->name));
        g_assert_true(command_option(command, o->name) == o);
        g_assert_cmpuint(strlen(o->name), >, 1);
        check_summary(o->summary, 75);
        g_assert_true(o->words == NULL || o->value != NULL);
    }
}

static void
check_rows(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (const Command *const *c = commands; *c; c++) {
        const Command *command = *c;
        g_auto(GStrv) words = g_strsplit(command->name, " ", -1);
        int n = 0;

        g_assert_true(g_hash_table_add(seen, (gpointer)command->name));
        g_assert_true(command_find(words, &n, NULL) == command);
        g_assert_cmpint(n, ==, (int)g_strv_length(words));
        g_assert_true(command_by_name(command->name) == command);
        g_assert_nonnull(command->run);
        g_assert_nonnull(command->operands);
        g_assert_true(is_ascii(command->details));
        check_summary(command->summary, 64);
        check_options(command);
        g_assert_true(command->max_operands < 0 || command->min_operands <= command->max_operands);
        g_assert_cmpint(command->operands[0] == '\0', ==, command->max_operands == 0);
        if (command->needs != COMMAND_NEEDS_NOTHING)
            g_assert_true(command->needs & COMMAND_NEEDS_CONFIG);
    }
}

/* Every command stands in the man page and in the completion script. */
static void
check_drawn(void)
{
    g_autofree char *man = help_man("plaint", NULL);
    g_autofree char *completion = help_completion();

    for (const Command *const *c = commands; *c; c++) {
        g_autofree char *title = g_strdup_printf(".SS \"plaint %s", (*c)->name);
        g_autofree char *word = g_strdup_printf("'%s'", (*c)->name);

        g_assert_nonnull(strstr(man, title));
        g_assert_nonnull(strstr(completion, word));
    }
    g_assert_null(help_man("nothing", NULL));
}

typedef struct {
    const char *name;
    const char *words[4];
    const char *want; /* the error */
} FindCase;

static const FindCase find_cases[] = {
    {"typo", {"explian"}, "no command 'explian', did you mean 'explain'? See 'plaint help'"},
    {"typo-of-two",
     {"ticket", "lst"},
     "no command 'ticket lst', did you mean 'ticket list'? See 'plaint help'"},
    {"typo-of-program",
     {"ingets"},
     "no command 'ingets', did you mean 'ingest'? See 'plaint help'"},
    {"group-alone", {"ticket"}, "no command 'ticket': see 'plaint help ticket'"},
    {"nothing-near", {"frobnicate"}, "no command 'frobnicate': see 'plaint help'"},
    {"typo-of-a-group", {"tiket"}, "no command 'tiket', did you mean 'ticket'? See 'plaint help'"},
    {"hostile", {"\033[31mx"}, "no command ' [31mx': see 'plaint help'"},
};

static void
check_find(gconstpointer data)
{
    const FindCase *c = data;
    g_autoptr(GError) error = NULL;
    int n = 9999;

    g_assert_null(command_find((char **)c->words, &n, &error));
    g_assert_cmpint(n, ==, 9999);
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_USAGE);
    g_assert_cmpstr(error->message, ==, c->want);
}

static const char *const colours[] = {"red", "blue", NULL};
static const CommandOption options[] = {
    {.name = "colour", .value = "C", .summary = "what colour", .words = colours},
    {.name = "since", .letter = 's', .value = "TIME", .summary = "since when"},
    {.name = "dry-run", .letter = 'n', .summary = "do nothing"},
    {.name = NULL},
};
static const Command command = {
    .name = "paint", .operands = "ID...", .options = options, .min_operands = 1, .max_operands = 2};

typedef struct {
    const char *name;
    const char *words[6];
    const char *want; /* options and operands, or the error */
} ArgsCase;

static const ArgsCase args_cases[] = {
    {"any-order", {"1", "--dry-run", "2", "--since=7d"}, "since=7d dry-run | 1 2"},
    {"value-apart", {"--since", "7d", "1"}, "since=7d | 1"},
    {"letters", {"-n", "-s", "7d", "1"}, "since=7d dry-run | 1"},
    {"end-of-options", {"--", "--dry-run", "-n"}, " | --dry-run -n"},
    {"dash-is-an-operand", {"-"}, " | -"},
    {"last-wins", {"1", "--colour=red", "--colour=blue"}, "colour=blue | 1"},
    {"empty-value", {"1", "--since="}, "since= | 1"},
    {"common", {"1", "--json"}, "json | 1"},
    {"help-needs-no-operands", {"-h"}, "help | "},
    {"too-few",
     {NULL},
     "too few words, the form is 'plaint paint [OPTION...] ID...': see 'plaint help paint'"},
    {"too-many",
     {"1", "2", "3"},
     "too many words, the form is 'plaint paint [OPTION...] ID...': see 'plaint help paint'"},
    {"typo",
     {"--sinse=7d"},
     "no option '--sinse', did you mean '--since'? See 'plaint help paint'"},
    {"unknown", {"--frobnicate"}, "no option '--frobnicate': see 'plaint help paint'"},
    {"unknown-letter", {"-x"}, "no option '-x': see 'plaint help paint'"},
    {"letter-is-not-a-name", {"--s=1"}, "no option '--s': see 'plaint help paint'"},
    {"missing-value", {"1", "--since"}, "--since needs a value (TIME): see 'plaint help paint'"},
    {"switch-with-value",
     {"1", "--dry-run=no"},
     "--dry-run takes no value: see 'plaint help paint'"},
    {"not-a-word",
     {"1", "--colour=green"},
     "--colour takes red, blue, not 'green': see 'plaint help paint'"},
};

static void
check_args(gconstpointer data)
{
    static const char *const names[] = {"colour", "since", "dry-run", "json", "help"};
    const ArgsCase *c = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(Args) args = args_parse(&command, (char **)c->words, &error);
    g_autoptr(GString) got = g_string_new(NULL);
    g_autofree char *operands = args ? g_strjoinv(" ", args_operands(args)) : NULL;

    if (!args) {
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_USAGE);
        g_assert_cmpstr(error->message, ==, c->want);
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (args_has(args, names[i]))
            g_string_append_printf(got, "%s%s%s%s", got->len ? " " : "", names[i],
                                   command_option(&command, names[i])->value ? "=" : "",
                                   args_get(args, names[i]));
    g_string_append_printf(got, " | %s", operands);
    g_assert_cmpstr(got->str, ==, c->want);
}

static void
check_id(void)
{
    static const char *const words[] = {"12",  "#7", "0", "x", "9999999999999999999999",
                                        "-3x", NULL};
    static const Command any = {.name = "any", .operands = "X...", .max_operands = -1};
    const char *const *argv = words;
    g_autoptr(Args) args = args_parse(&any, (char **)argv, NULL);
    gint64 id = 9999;

    g_assert_null(args); /* -3x is no option */
    args = args_parse(&any, (char *[]){(char *)"12", (char *)"#7", (char *)"0", (char *)"x", NULL},
                      NULL);
    g_assert_true(args_id(args, 0, ID_TICKET, &id, NULL) && id == 12);
    g_assert_true(args_id(args, 1, ID_COMPLAINT, &id, NULL) && id == 7);
    id = 9999;
    for (guint i = 2; i < 5; i++)
        g_assert_false(args_id(args, i, ID_TICKET, &id, NULL));
    g_assert_cmpint(id, ==, 9999);
    {
        g_autoptr(GArray) ids = args_ids(args, 0, 2, ID_TICKET, NULL);

        g_assert_cmpuint(ids->len, ==, 2);
        g_assert_cmpint(g_array_index(ids, gint64, 1), ==, 7);
        g_assert_null(args_ids(args, 0, 3, ID_TICKET, NULL));
    }
}

/* In a query a leading dash means "not". */
static void
check_query(void)
{
    static const Command search = {.name = "search",
                                   .operands = "QUERY...",
                                   .options = options,
                                   .max_operands = -1,
                                   .takes_query = true};
    static const char *const words[] = {"-colour:red", "x", "-n", NULL};
    const char *const *argv = words;
    g_autoptr(Args) args = args_parse(&search, (char **)argv, NULL);
    g_autofree char *operands = NULL;

    g_assert_nonnull(args);
    operands = g_strjoinv(" ", args_operands(args));
    g_assert_cmpstr(operands, ==, "-colour:red x");
    g_assert_true(args_has(args, "dry-run"));
}

static void
add_cases(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(find_cases); i++) {
        g_autofree char *path = g_strdup_printf("/cli/command/find/%s", find_cases[i].name);

        g_test_add_data_func(path, &find_cases[i], check_find);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(args_cases); i++) {
        g_autofree char *path = g_strdup_printf("/cli/args/%s", args_cases[i].name);

        g_test_add_data_func(path, &args_cases[i], check_args);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cli/command/rows", check_rows);
    g_test_add_func("/cli/command/drawn", check_drawn);
    g_test_add_func("/cli/args/id", check_id);
    g_test_add_func("/cli/args/query", check_query);
    add_cases();
    return g_test_run();
}
