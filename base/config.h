/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config.h - plaint.conf (GKeyFile syntax), read through one table of keys.
 *
 * The table in config_keys.c has a row for every key: group, key, type, default, help. `plaint
 * config check|show|example` and the man page are made from it. Unknown groups and keys, duplicate
 * groups and keys, and host bits in a network are errors that name the nearest right word. A
 * comment stands on a line of its own; backslashes are ordinary characters.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

typedef enum {
    CONFIG_TEXT,
    CONFIG_BOOL,     /* yes/no, true/false, on/off, 1/0 */
    CONFIG_INT,      /* with min and max */
    CONFIG_DURATION, /* "7d": seconds */
    CONFIG_LIST,     /* a;b;c */
    CONFIG_NETWORKS, /* list of netmask_parse */
    CONFIG_URL,      /* text whose password `config show` masks */
    CONFIG_SECRET,   /* text that `config show` masks */
} ConfigType;

typedef struct {
    const char *group; /* "site", or "relay *": a group with a name of its own */
    const char *key;
    ConfigType type;
    const char *value;        /* the default, as text; NULL: none */
    gint64 min, max;          /* of INT and DURATION; 0, 0: any */
    const char *const *words; /* of TEXT and LIST: the allowed ones; NULL: any */
    const char *help;         /* one line, lower case */
    const char *example;      /* of a key without default, for `config example` */
} ConfigKey;

extern const ConfigKey config_keys[]; /* ends with a NULL group */

typedef struct Config Config;

/* The file named, else $PLAINT_CONFIG, else /etc/plaint/plaint.conf when it exists, else the
 * defaults. A setgid process looks at /etc/plaint/plaint.conf only, whatever it is given. It is a
 * regular file of at most 4 MB. Whatever is wrong with it is CONFIG: "FILE:LINE: why", or why the
 * file cannot be read. */
Config *config_load(const char *path, GError **error);                    /* (transfer full) */
Config *config_parse(const char *text, const char *name, GError **error); /* (transfer full) */
void config_free(Config *config);                                         /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)

const char *config_path(const Config *config); /* the file read, or NULL: only defaults */

/* Key and type are asserted to be in the table; values were checked at load. */
const char *config_text(const Config *config, const char *group, const char *key); /* or NULL */
bool config_bool(const Config *config, const char *group, const char *key);
gint64 config_int(const Config *config, const char *group, const char *key); /* INT, DURATION */
const char *const *config_list(const Config *config, const char *group,
                               const char *key); /* never NULL */
/* In the file; "key=" with nothing behind it counts as left out. */
bool config_is_set(const Config *config, const char *group, const char *key);
/* "mx1", "mx2" for kind "relay": names of the groups [relay NAME], in file order. */
const char *const *config_groups(const Config *config, const char *kind); /* never NULL */

/* Where the store is: [store] url, else plaint.db in the XDG state folder (root:
 * /var/lib/plaint); with ?busy=MILLISECONDS when busy-timeout is set. (transfer full) */
char *config_store_url(const Config *config);

char *config_show(const Config *config); /* (transfer full) what is in force, secrets masked */
/* The same as {group: {key: value}}, every key of the table: lists are arrays, INT and DURATION
 * numbers (of seconds), BOOL true or false, what has no value null. (transfer full) */
json_t *config_to_json(const Config *config);
char *config_example(void); /* (transfer full) every key, commented */
