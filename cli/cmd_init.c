/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint init`: makes the store. */
#include "base/error.h"
#include "cli/cmd_store.h"
#include "cli/plaint.h"

/* A path for the messages: the folder of a store that is a file. */
static bool
make_folder(const char *url, GError **error)
{
    static const char scheme[] = "sqlite:";
    g_autofree char *folder = NULL;

    if (!g_str_has_prefix(url, scheme))
        return true;
    folder = g_path_get_dirname(url + sizeof scheme - 1);
    if (g_mkdir_with_parents(folder, 0750) == 0)
        return true;
    return plaint_fail(error, PLAINT_ERROR_DENIED,
                       "cannot make the folder '%s': run as the user of "
                       "the desk, or set [store] url",
                       folder);
}

static void
print_next_steps(const Plaint *plaint, const char *url)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const char *file = config_path(plaint->config);

    g_string_append(out, "The desk is ready. Its store: ");
    term_add(out, &plaint->term, STYLE_BOLD, url);
    g_string_append(out, "\n\nNext:\n");
    if (!file)
        g_string_append(out, "  plaint config example > /etc/plaint/plaint.conf   then say what is "
                             "yours: networks, relays, domains\n");
    g_string_append(out, "  plaint config check                               is the site map "
                         "right?\n"
                         "  plaint ingest abuse.mbox                          complaints you "
                         "already have\n"
                         "  plaint ticket list                                what to do\n"
                         "  man plaint-ingest                                 how abuse@ and "
                         "postmaster@ come in\n");
    term_print(out);
}

static bool
run_init(Plaint *plaint, GError **error)
{
    g_autofree char *url = config_store_url(plaint->config);
    g_autoptr(Store) store = NULL;

    if (!make_folder(url, error))
        return false;
    store = store_open(url, STORE_CREATE, error);
    if (!store)
        return false;
    if (plaint->json)
        plaint_print_json(
            json_pack("{s:s, s:s?}", "store_url", url, "config", config_path(plaint->config)));
    else
        print_next_steps(plaint, url);
    return true;
}

const Command cmd_init = {
    .name = "init",
    .operands = "",
    .summary = "make the store, or bring an older one up to date",
    .details = "Safe to run again: what is there stays. Run it as the user that the mail system "
               "delivers as, so that both can write.",
    .needs = COMMAND_NEEDS_CONFIG,
    .max_operands = 0,
    .run = run_init,
};
