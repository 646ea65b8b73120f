/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration in force, and an example of one, both from the table of keys. */
#include <string.h>

#include "base/config.h"
#include "base/secret.h"

#define SECRET_SHOWN "********"

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
        text = SECRET_SHOWN;
    g_string_append_printf(out, "%s%s=%s\n", set ? "" : "# default: ", row->key, text);
}

static bool
is_first_of_group(const ConfigKey *row)
{
    return row == config_keys || strcmp(row[-1].group, row->group) != 0;
}

typedef void (*GroupFunc)(gpointer out, const Config *config, const char *group,
                          const char *row_group);

/* Every group of the table; "relay *" once for each configured relay. */
static void
each_group(const Config *config, GroupFunc function, gpointer out)
{
    for (const ConfigKey *row = config_keys; row->group; row++) {
        if (!is_first_of_group(row))
            continue;
        if (!g_str_has_suffix(row->group, " *")) {
            function(out, config, row->group, row->group);
            continue;
        }
        g_autofree char *kind = g_strndup(row->group, strlen(row->group) - 2);
        for (const char *const *name = config_groups(config, kind); *name; name++) {
            g_autofree char *group = g_strdup_printf("%s %s", kind, *name);
            function(out, config, group, row->group);
        }
    }
}

static void
show_group(gpointer data, const Config *config, const char *group, const char *row_group)
{
    GString *out = data;
    gsize before;

    g_string_append_printf(out, "%s[%s]\n", out->len ? "\n" : "", group);
    before = out->len;
    for (const ConfigKey *row = config_keys; row->group; row++)
        if (strcmp(row->group, row_group) == 0)
            show_key(out, config, group, row);
    if (out->len == before)
        g_string_append(out, "# nothing set\n");
}

char *
config_show(const Config *config)
{
    GString *out = g_string_new(NULL);

    each_group(config, show_group, out);
    return g_string_free(out, FALSE);
}

static json_t *
list_json(const char *const *list)
{
    json_t *array = json_array();

    for (; *list; list++)
        json_array_append_new(array, json_string(*list));
    return array;
}

static json_t *
value_json(const Config *config, const char *group, const ConfigKey *row)
{
    const char *text = NULL;
    g_autofree char *masked = NULL;

    if (row->type == CONFIG_LIST || row->type == CONFIG_NETWORKS)
        return list_json(config_list(config, group, row->key));
    text = config_text(config, group, row->key);
    if (!text)
        return json_null();
    switch (row->type) {
    case CONFIG_BOOL:
        return json_boolean(config_bool(config, group, row->key));
    case CONFIG_INT:
    case CONFIG_DURATION:
        return json_integer(config_int(config, group, row->key));
    case CONFIG_URL:
        masked = secret_mask_url(text);
        return json_string(masked);
    case CONFIG_SECRET:
        return json_string(SECRET_SHOWN);
    case CONFIG_TEXT:
    case CONFIG_LIST:
    case CONFIG_NETWORKS:
        break;
    }
    return json_string(text);
}

static void
add_group_json(gpointer data, const Config *config, const char *group, const char *row_group)
{
    json_t *keys = json_object();

    for (const ConfigKey *row = config_keys; row->group; row++)
        if (strcmp(row->group, row_group) == 0)
            json_object_set_new(keys, row->key, value_json(config, group, row));
    json_object_set_new(data, group, keys);
}

json_t *
config_to_json(const Config *config)
{
    json_t *groups = json_object();

    each_group(config, add_group_json, groups);
    return groups;
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
