/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration in force, and an example of one, both from the table of keys. */
#include <string.h>

#include "base/config.h"
#include "base/secret.h"

static void
show_key(GString *out, const Config *config, const char *group, const ConfigKey *row)
{
    g_autofree char *masked = NULL;
    bool set = config_is_set(config, group, row->key);
    bool list = row->type == CONFIG_LIST || row->type == CONFIG_NETWORKS;
    g_autofree char *joined =
        list && set ? g_strjoinv(";", (char **)config_list(config, group, row->key)) : NULL;
    const char *text = list ? (set ? joined : row->value) : config_text(config, group, row->key);

    if (!text)
        return;
    if (row->type == CONFIG_URL)
        text = masked = secret_mask_url(text);
    if (row->type == CONFIG_SECRET && *text)
        text = "********";
    g_string_append_printf(out, "%s%s=%s\n", set ? "" : "# default: ", row->key, text);
}

/* Every row of one group name; "relay *" once for each configured relay. */
static void
show_group(GString *out, const Config *config, const char *group, const char *row_group)
{
    gsize before;

    g_string_append_printf(out, "%s[%s]\n", out->len ? "\n" : "", group);
    before = out->len;
    for (const ConfigKey *row = config_keys; row->group; row++)
        if (strcmp(row->group, row_group) == 0)
            show_key(out, config, group, row);
    if (out->len == before)
        g_string_append(out, "# nothing set\n");
}

static bool
is_first_of_group(const ConfigKey *row)
{
    return row == config_keys || strcmp(row[-1].group, row->group) != 0;
}

char *
config_show(const Config *config)
{
    GString *out = g_string_new(NULL);

    for (const ConfigKey *row = config_keys; row->group; row++) {
        if (!is_first_of_group(row))
            continue;
        if (!g_str_has_suffix(row->group, " *")) {
            show_group(out, config, row->group, row->group);
            continue;
        }
        g_autofree char *kind = g_strndup(row->group, strlen(row->group) - 2);
        for (const char *const *name = config_groups(config, kind); *name; name++) {
            g_autofree char *group = g_strdup_printf("%s %s", kind, *name);
            show_group(out, config, group, row->group);
        }
    }
    return g_string_free(out, FALSE);
}

char *
config_example(void)
{
    GString *out =
        g_string_new("# plaint.conf: every key, with its default or an example.\n"
                     "# A comment stands on a line of its own; lists are separated by ;\n");

    for (const ConfigKey *row = config_keys; row->group; row++) {
        if (is_first_of_group(row)) {
            gsize len = strlen(row->group);
            bool named = g_str_has_suffix(row->group, " *");
            g_string_append_printf(out, "\n%s[%.*s%s]\n",
                                   named ? "# one group for each of our own mail hosts\n" : "",
                                   (int)(named ? len - 1 : len), row->group, named ? "mx1" : "");
        }
        g_string_append_printf(out, "# %s\n", row->help);
        g_string_append_printf(out, "#%s=%s\n", row->key, row->value ? row->value : row->example);
    }
    return g_string_free(out, FALSE);
}
