/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/plaint.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/help.h"
#include "ingest/intake/program.h"
#include "store/deed.h"

#define VERSION_TEXT "plaint 0.2"

static void
plaint_clear(Plaint *plaint)
{
    g_clear_pointer(&plaint->args, args_free);
    g_clear_pointer(&plaint->store, store_close);
    g_clear_pointer(&plaint->parser, parser_free);
    g_clear_pointer(&plaint->site, site_map_free);
    g_clear_pointer(&plaint->config, config_free);
    g_free(plaint->store_url);
    g_free(plaint->program);
    g_free(plaint->config_file);
    g_free(plaint->actor);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Plaint, plaint_clear)

char *
plaint_find_program(const Plaint *plaint, const char *name)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *dir = g_path_get_dirname(self ? self : plaint->program);
    g_autofree char *beside = g_build_filename(dir, name, NULL);

    if (g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer(&beside);
    return g_find_program_in_path(name);
}

void
plaint_print_json(json_t *value)
{
    (void)json_dumpf(value, stdout, JSON_COMPACT);
    (void)fputc('\n', stdout);
    json_decref(value);
}

/* Only returns when the program could not be started. */
static bool
run_program(const Plaint *plaint, const char *word, char **argv, GError **error)
{
    g_autofree char *name = g_strconcat("plaint-", word, NULL);
    g_autofree char *path = plaint_find_program(plaint, name);
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    if (!path)
        return plaint_fail(error, PLAINT_ERROR_INTERNAL, "the program '%s' is not installed", name);
    g_ptr_array_add(words, name);
    if (plaint->config_file) {
        g_ptr_array_add(words, (gpointer) "-c");
        g_ptr_array_add(words, plaint->config_file);
    }
    for (char **w = argv; *w; w++)
        g_ptr_array_add(words, *w);
    g_ptr_array_add(words, NULL);
    (void)execv(path, (char **)words->pdata);
    return plaint_fail(error, PLAINT_ERROR_INTERNAL, "cannot start '%s': %s", path,
                       g_strerror(errno));
}

static bool
open_store(Plaint *plaint, GError **error)
{
    StoreMode mode = plaint->command->needs & COMMAND_WRITES ? STORE_WRITE : STORE_READ;

    plaint->store_url = config_store_url(plaint->config);
    plaint->store = store_open(plaint->store_url, mode, error);
    if (!plaint->store && error && *error && plaint_error_code(*error) == PLAINT_ERROR_NOT_FOUND)
        g_prefix_error(error, "no desk yet: ");
    if (plaint->store)
        store_hooks(plaint->store, config_is_set(plaint->config, "hooks", "on-move"));
    return plaint->store != NULL;
}

static bool
open_needs(Plaint *plaint, GError **error)
{
    guint needs = plaint->command->needs;

    if (needs == COMMAND_NEEDS_NOTHING)
        return true;
    plaint->config = config_load(plaint->config_file, error);
    if (!plaint->config)
        return false;
    plaint->site = site_map_load(plaint->config, error);
    if (!plaint->site)
        return false;
    /* Before the store: a child that parses then never has a page of it. */
    if (needs & COMMAND_PARSES) {
        plaint->parser = parser_new(plaint->site, error);
        if (!plaint->parser)
            return false;
    }
    return (needs & (COMMAND_READS | COMMAND_WRITES)) == 0 || open_store(plaint, error);
}

static bool
unknown_option(const char *word, GError **error)
{
    g_autofree char *quoted = text_quote(word);

    return plaint_fail(error, PLAINT_ERROR_USAGE,
                       "no option %s before a command, only -c FILE: see 'plaint help'", quoted);
}

/* Options before the words: -c FILE, --version, --help. ret_words: the first word after them. */
static bool
leading_options(Plaint *plaint, char **argv, char ***ret_words, GError **error)
{
    char **word = argv;

    for (; *word && (*word)[0] == '-'; word++) {
        const char *value = NULL;

        if (strcmp(*word, "--version") == 0 || strcmp(*word, "--help") == 0 ||
            strcmp(*word, "-h") == 0)
            break;
        if (g_str_has_prefix(*word, "--config="))
            value = *word + strlen("--config=");
        else if (strcmp(*word, "-c") == 0 || strcmp(*word, "--config") == 0)
            value = word[1] ? *++word : NULL;
        else
            return unknown_option(*word, error);
        if (text_is_empty(value))
            return plaint_fail(error, PLAINT_ERROR_USAGE,
                               "-c needs the name of a configuration file: see 'plaint help'");
        g_free(plaint->config_file);
        plaint->config_file = g_strdup(value);
    }
    *ret_words = word;
    return true;
}

static bool
run_command(Plaint *plaint, char **words, GError **error)
{
    int n_words = 0;

    plaint->command = command_find(words, &n_words, error);
    if (!plaint->command)
        return false;
    plaint->args = args_parse(plaint->command, words + n_words, error);
    if (!plaint->args)
        return false;
    plaint->json = args_has(plaint->args, "json");
    if (args_has(plaint->args, "help")) {
        help_print_command(plaint->command, &plaint->term);
        return program_flush(error);
    }
    return open_needs(plaint, error) && plaint->command->run(plaint, error) && program_flush(error);
}

static bool
dispatch(Plaint *plaint, char **argv, GError **error)
{
    char **words = NULL;

    if (!leading_options(plaint, argv, &words, error))
        return false;
    if (!words[0] || strcmp(words[0], "--help") == 0 || strcmp(words[0], "-h") == 0) {
        help_print_all(&plaint->term);
        return program_flush(error);
    }
    if (strcmp(words[0], "--version") == 0) {
        (void)puts(VERSION_TEXT);
        return program_flush(error);
    }
    for (const CommandProgram *p = command_programs; p->word; p++)
        if (strcmp(words[0], p->word) == 0)
            return run_program(plaint, p->word, words + 1, error);
    return run_command(plaint, words, error);
}

/* The name in the audit. Under sudo it is that of the person, not of root or the desk's user. Who
 * may lie here may write to the store, too. (transfer full) */
static char *
who_types(void)
{
    const char *names[] = {g_getenv("SUDO_USER"), g_get_user_name()};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *clean =
            g_strstrip(text_clean(names[i] ? names[i] : "", -1, DEED_NAME_BYTES));

        if (clean[0])
            return g_steal_pointer(&clean);
    }
    return g_strdup("?");
}

int
plaint_main(int argc, char **argv)
{
    g_auto(Plaint) plaint = {.term = term_of(STDOUT_FILENO), .now = clock_now()};
    g_autoptr(GError) error = NULL;

    program_guard_descriptors();
    plaint.program = g_strdup(argc > 0 ? argv[0] : "plaint");
    plaint.actor = who_types();
    if (!dispatch(&plaint, argv + 1, &error))
        return program_fail("plaint", error);
    return 0;
}
