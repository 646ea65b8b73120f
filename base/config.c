/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "base/text_file.h"

#define CONFIG_FILE      "/etc/plaint/plaint.conf"
#define CONFIG_MAX_BYTES (4 * 1024 * 1024)
#define BYTE_ORDER_MARK  "\xEF\xBB\xBF"
#define SHOWN_BYTES      255 /* of a path, in a message */

struct Config {
    char *path;         /* NULL: defaults only */
    GHashTable *values; /* "group\nkey" → GStrv: the list, or one element */
    GHashTable *groups; /* kind ("relay") → GPtrArray of names, NULL-terminated */
};

void
config_free(Config *config)
{
    if (!config)
        return;
    g_free(config->path);
    g_clear_pointer(&config->values, g_hash_table_unref);
    g_clear_pointer(&config->groups, g_hash_table_unref);
    g_free(config);
}

static Config *
config_new(const char *path)
{
    Config *config = g_new0(Config, 1);

    config->path = g_strdup(path);
    config->values =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
    config->groups =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    return config;
}

/* -- the table -----------------------------------------------------------------------------------
 */

/* "relay mx1" is of the row group "relay *". Sets *ret_name to "mx1", or NULL for a plain group. */
static bool
group_matches(const char *row_group, const char *group, const char **ret_name)
{
    gsize len = strlen(row_group);

    *ret_name = NULL;
    if (len > 2 && g_str_has_suffix(row_group, " *")) {
        if (strncmp(row_group, group, len - 1) != 0 || !group[len - 1])
            return false;
        *ret_name = group + len - 1;
        return true;
    }
    return strcmp(row_group, group) == 0;
}

static const ConfigKey *
key_find(const char *group, const char *key)
{
    const char *name;

    for (const ConfigKey *row = config_keys; row->group; row++)
        if (group_matches(row->group, group, &name) && strcmp(row->key, key) == 0)
            return row;
    return NULL;
}

static bool
group_is_known(const char *group)
{
    const char *name;

    for (const ConfigKey *row = config_keys; row->group; row++)
        if (group_matches(row->group, group, &name))
            return true;
    return false;
}

/* -- one line ------------------------------------------------------------------------------------
 */

typedef struct {
    Config *config;
    const char *file;
    guint line;
    char *group;      /* current one */
    GHashTable *seen; /* groups */
} Reader;

static bool fail_at(const Reader *r, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

static bool
fail_at(const Reader *r, GError **error, const char *format, ...)
{
    va_list args;
    g_autofree char *what = NULL;

    va_start(args, format);
    what = g_strdup_vprintf(format, args);
    va_end(args);
    return plaint_fail(error, PLAINT_ERROR_CONFIG, "%s:%u: %s", r->file, r->line, what);
}

/* ", did you mean 'x'?" or "". */
static char *
suggestion(const char *word, GPtrArray *names)
{
    const char *near;

    g_ptr_array_add(names, NULL);
    near = text_nearest(word, (const char *const *)names->pdata);
    return near ? g_strdup_printf("; did you mean '%s'?", near) : g_strdup("");
}

/* "relay mx1": the name joins those of its kind. */
static void
keep_group_name(Config *config, const char *group, const char *space)
{
    g_autofree char *kind = g_strndup(group, (gsize)(space - group));
    GPtrArray *names = g_hash_table_lookup(config->groups, kind);

    if (!names) {
        names = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(names, NULL);
        g_hash_table_insert(config->groups, g_steal_pointer(&kind), names);
    }
    g_ptr_array_insert(names, (int)names->len - 1, g_strdup(space + 1));
}

static bool
read_group(Reader *r, const char *text, GError **error)
{
    gsize len = strlen(text);
    g_autofree char *group = NULL;
    g_autofree char *quoted = NULL;

    if (len < 3 || text[len - 1] != ']')
        return fail_at(r, error, "a group is written [NAME] on a line of its own");
    group = g_strndup(text + 1, len - 2);
    g_strstrip(group);
    quoted = text_quote(group);
    if (!group_is_known(group)) {
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        for (const ConfigKey *row = config_keys; row->group; row++)
            g_ptr_array_add(names, (gpointer)row->group);
        g_autofree char *near = suggestion(group, names);
        return fail_at(r, error, "no group %s%s", quoted, near);
    }
    if (!g_hash_table_add(r->seen, g_strdup(group)))
        return fail_at(r, error, "group %s stands here a second time: join the two", quoted);
    g_free(r->group);
    r->group = g_steal_pointer(&group);
    const char *space = strchr(r->group, ' ');
    if (space)
        keep_group_name(r->config, r->group, space);
    return true;
}

static bool
bool_parse(const char *text, bool *ret_value)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1", NULL};

    for (int i = 0; words[i]; i++) {
        if (text_equal_fold(text, words[i])) {
            *ret_value = i % 2 == 1;
            return true;
        }
    }
    return false;
}

static bool
check_number(const Reader *r, const ConfigKey *row, const char *text, GError **error)
{
    gint64 value;
    g_autofree char *quoted = text_quote(text);

    if (row->type == CONFIG_DURATION) {
        if (strcmp(text, "0") == 0)
            value = 0;
        else if (!duration_parse(text, &value, NULL))
            return fail_at(r, error, "%s: no duration: %s; write 90s, 15m, 36h, 7d or 2w", row->key,
                           quoted);
    } else if (!g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &value, NULL)) {
        return fail_at(r, error, "%s: no number: %s", row->key, quoted);
    }
    if (row->max > row->min && (value < row->min || value > row->max))
        return fail_at(r, error,
                       "%s: %s is out of range, %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                       row->key, quoted, row->min, row->max);
    return true;
}

static bool
check_word(const Reader *r, const ConfigKey *row, const char *text, GError **error)
{
    g_autoptr(GPtrArray) names = NULL;
    g_autofree char *quoted = NULL;
    g_autofree char *near = NULL;

    if (!row->words || g_strv_contains(row->words, text))
        return true;
    names = g_ptr_array_new();
    for (const char *const *word = row->words; *word; word++)
        g_ptr_array_add(names, (gpointer)*word);
    quoted = text_quote(text);
    near = suggestion(text, names);
    return fail_at(r, error, "%s: no such word: %s%s", row->key, quoted, near);
}

static bool
check_value(const Reader *r, const ConfigKey *row, const char *text, GError **error)
{
    bool flag;
    Netmask mask;
    g_autoptr(GError) why = NULL;
    g_autofree char *quoted = NULL;

    switch (row->type) {
    case CONFIG_BOOL:
        quoted = text_quote(text);
        return bool_parse(text, &flag) ||
               fail_at(r, error, "%s: %s is neither yes nor no", row->key, quoted);
    case CONFIG_INT:
    case CONFIG_DURATION:
        return check_number(r, row, text, error);
    case CONFIG_NETWORKS:
        return netmask_parse(text, &mask, &why) ||
               fail_at(r, error, "%s: %s", row->key, why->message);
    case CONFIG_TEXT:
    case CONFIG_URL:
    case CONFIG_LIST:
    case CONFIG_SECRET:
        break;
    }
    return check_word(r, row, text, error);
}

static bool
is_list(const ConfigKey *row)
{
    return row->type == CONFIG_LIST || row->type == CONFIG_NETWORKS;
}

/* "a; b;;c" → {a, b, c}; a plain value → one element, none when empty. */
static char **
split_value(const ConfigKey *row, const char *text)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_auto(GStrv) parts = g_strsplit(text, is_list(row) ? ";" : "\n", -1);

    for (char **part = parts; *part; part++)
        if (*g_strstrip(*part))
            g_strv_builder_add(builder, *part);
    return g_strv_builder_end(builder);
}

static bool
read_key(Reader *r, const char *text, GError **error)
{
    const char *equals = strchr(text, '=');
    g_autofree char *key = NULL;
    g_autofree char *quoted = NULL;
    g_autofree char *name = NULL;
    g_auto(GStrv) values = NULL;
    const ConfigKey *row;

    if (!equals)
        return fail_at(r, error, "neither [group], key=value nor # comment");
    if (!r->group)
        return fail_at(r, error, "a key before the first [group]");
    key = g_strstrip(g_strndup(text, (gsize)(equals - text)));
    quoted = text_quote(key);
    row = key_find(r->group, key);
    if (!row) {
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        const char *unused;
        for (const ConfigKey *k = config_keys; k->group; k++)
            if (group_matches(k->group, r->group, &unused))
                g_ptr_array_add(names, (gpointer)k->key);
        g_autofree char *near = suggestion(key, names);
        return fail_at(r, error, "no key %s in [%s]%s", quoted, r->group, near);
    }
    name = g_strconcat(r->group, "\n", key, NULL);
    if (g_hash_table_contains(r->config->values, name))
        return fail_at(r, error, "key %s stands here a second time", quoted);
    values = split_value(row, equals + 1);
    for (char **value = values; *value; value++)
        if (!check_value(r, row, *value, error))
            return false;
    g_hash_table_insert(r->config->values, g_steal_pointer(&name), g_steal_pointer(&values));
    return true;
}

static bool
read_line(Reader *r, char *line, GError **error)
{
    const char *text = g_strstrip(line);

    if (!*text || *text == '#' || *text == ';')
        return true;
    return *text == '[' ? read_group(r, text, error) : read_key(r, text, error);
}

Config *
config_parse(const char *text, const char *name, GError **error)
{
    g_autoptr(Config) config = config_new(NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    /* Editors of other systems put a byte order mark first; it says nothing about UTF-8. */
    g_auto(GStrv) lines =
        g_strsplit_set(g_str_has_prefix(text, BYTE_ORDER_MARK) ? text + 3 : text, "\n", -1);
    Reader r = {.config = config, .file = name, .seen = seen};
    bool ok = true;

    for (char **line = lines; ok && *line; line++) {
        r.line++;
        ok = g_utf8_validate(*line, -1, NULL) ? read_line(&r, *line, error)
                                              : fail_at(&r, error, "not UTF-8 text");
    }
    g_free(r.group);
    return ok ? g_steal_pointer(&config) : NULL;
}

/* -- finding the file ----------------------------------------------------------------------------
 */

/* Installed setgid, run by a stranger's shell: its environment and arguments choose nothing. */
static bool
is_privileged(void)
{
    return getauxval(AT_SECURE) != 0;
}

/* The text of the file; an absent default file is an empty one, with *ret_absent set. */
static char *
read_file(const char *path, bool *ret_absent, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autofree char *shown = NULL;
    char *text = text_file_read(path, CONFIG_MAX_BYTES, &why);

    if (text)
        return text;
    *ret_absent =
        plaint_error_code(why) == PLAINT_ERROR_NOT_FOUND && strcmp(path, CONFIG_FILE) == 0;
    if (*ret_absent)
        return g_strdup("");
    shown = text_clean(path, -1, SHOWN_BYTES);
    plaint_fail(error, PLAINT_ERROR_CONFIG, "cannot read the configuration '%s': %s", shown,
                why->message);
    return NULL;
}

Config *
config_load(const char *path, GError **error)
{
    const char *from_env = getenv("PLAINT_CONFIG");
    g_autofree char *text = NULL;
    g_autofree char *shown = NULL;
    bool absent = false;
    Config *config;

    if (is_privileged())
        path = from_env = NULL;
    if (!path)
        path = text_is_empty(from_env) ? CONFIG_FILE : from_env;
    text = read_file(path, &absent, error);
    if (!text)
        return NULL;
    shown = text_clean(path, -1, SHOWN_BYTES);
    config = config_parse(text, shown, error);
    if (config && !absent)
        config->path = g_strdup(path);
    return config;
}

/* -- reading values ------------------------------------------------------------------------------
 */

const char *
config_path(const Config *config)
{
    return config->path;
}

static char **
lookup(const Config *config, const char *group, const char *key)
{
    g_autofree char *name = g_strconcat(group, "\n", key, NULL);

    return g_hash_table_lookup(config->values, name);
}

bool
config_is_set(const Config *config, const char *group, const char *key)
{
    char **values = lookup(config, group, key);

    return values && values[0];
}

const char *
config_text(const Config *config, const char *group, const char *key)
{
    const ConfigKey *row = key_find(group, key);
    char **values = lookup(config, group, key);

    g_assert(row && !is_list(row));
    return values && values[0] ? values[0] : row->value;
}

bool
config_bool(const Config *config, const char *group, const char *key)
{
    const char *text = config_text(config, group, key);
    bool value = false;

    (void)(text && bool_parse(text, &value));
    return value;
}

gint64
config_int(const Config *config, const char *group, const char *key)
{
    const char *text = config_text(config, group, key);
    const ConfigKey *row = key_find(group, key);
    gint64 value = 0;

    if (!text)
        return 0;
    if (row->type == CONFIG_DURATION)
        (void)duration_parse(text, &value, NULL);
    else
        (void)g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &value, NULL);
    return value;
}

const char *const *
config_list(const Config *config, const char *group, const char *key)
{
    static const char *const empty[] = {NULL};
    const ConfigKey *row = key_find(group, key);
    char **values = lookup(config, group, key);

    g_assert(row && is_list(row));
    return values ? (const char *const *)values : empty;
}

const char *const *
config_groups(const Config *config, const char *kind)
{
    static const char *const empty[] = {NULL};
    const GPtrArray *names = g_hash_table_lookup(config->groups, kind);

    return names ? (const char *const *)names->pdata : empty;
}

static char *
store_url(const Config *config)
{
    const char *url = config_text(config, "store", "url");

    if (url)
        return g_strdup(url);
    if (getuid() == 0 || is_privileged())
        return g_strdup("sqlite:/var/lib/plaint/plaint.db");
    return g_strdup_printf("sqlite:%s/plaint/plaint.db", g_get_user_state_dir());
}

char *
config_store_url(const Config *config)
{
    g_autofree char *url = store_url(config);

    if (!config_is_set(config, "store", "busy-timeout") || strchr(url, '?') ||
        !g_str_has_prefix(url, "sqlite:"))
        return g_steal_pointer(&url);
    return g_strdup_printf("%s?busy=%" G_GINT64_FORMAT, url,
                           1000 * config_int(config, "store", "busy-timeout"));
}
