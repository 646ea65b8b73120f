/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delist/zone.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* A row that is asked, and what the configuration says of it. */
typedef struct {
    Zone zone;
    char *key;
} Entry;

struct Zones {
    GPtrArray *entries; /* Entry */
    GHashTable *left;   /* name -> why it is not asked */
    GStringChunk *text; /* owns the strings of rows that the configuration changes … */
    GPtrArray *codes;   /* … and their codes */
};

static void
entry_free(gpointer data)
{
    Entry *entry = data;

    g_free(entry->key);
    g_free(entry);
}

static Zones *
zones_new(void)
{
    Zones *zones = g_new0(Zones, 1);

    zones->entries = g_ptr_array_new_with_free_func(entry_free);
    zones->left = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    zones->text = g_string_chunk_new(512);
    zones->codes = g_ptr_array_new_with_free_func(g_free);
    return zones;
}

void
zones_free(Zones *zones)
{
    if (!zones)
        return;
    g_ptr_array_unref(zones->entries);
    g_hash_table_unref(zones->left);
    g_string_chunk_free(zones->text);
    g_ptr_array_unref(zones->codes);
    g_free(zones);
}

/* -- what the configuration says ----------------------------------------------------------------
 */

static const char *
keep(Zones *zones, const char *text)
{
    return text_is_empty(text) ? NULL : g_string_chunk_insert(zones->text, text);
}

/* "127.0.0.4 XBL" or "4": the number, then the list's own name for it. */
static bool
read_code(Zones *zones, const char *text, ZoneCoding coding, ZoneCode *ret_code, GError **error)
{
    const char *name = text + strcspn(text, " \t");
    g_autofree char *number = g_strndup(text, (gsize)(name - text));
    Addr addr = ADDR_NONE;
    guint64 bit = 0;
    bool read = coding == ZONE_BITS
                    ? g_ascii_string_to_unsigned(number, 10, 1, 255, &bit, NULL)
                    : addr_parse(number, -1, &addr) && addr_is_ipv4(&addr) && addr.b[12] == 127;

    name += strspn(name, " \t");
    if (!read) {
        g_autofree char *quoted = text_quote(text);
        return plaint_fail(error, PLAINT_ERROR_CONFIG, "codes: %s is no %s", quoted,
                           coding == ZONE_BITS ? "bit (1 to 255)" : "address in 127.0.0.0/8");
    }
    *ret_code = (ZoneCode){
        .code = coding == ZONE_BITS ? (guint32)bit
                                    : 0x7f000000U | (guint32)addr.b[13] << 16 |
                                          (guint32)addr.b[14] << 8 | addr.b[15],
        .name = *name ? keep(zones, name) : "listed",
    };
    return true;
}

static const ZoneCode *
read_codes(Zones *zones, const char *const *texts, ZoneCoding coding, GError **error)
{
    gsize n = g_strv_length((char **)texts);
    ZoneCode *codes = g_new0(ZoneCode, n + 1);

    g_ptr_array_add(zones->codes, codes);
    for (gsize i = 0; i < n; i++)
        if (!read_code(zones, texts[i], coding, &codes[i], error))
            return NULL;
    return codes;
}

static guint
read_families(const char *const *words)
{
    guint families = 0;

    for (gsize i = 0; words[i]; i++)
        families |= strcmp(words[i], "v6") == 0 ? ZONE_V6 : ZONE_V4;
    return families;
}

static Removal
read_removal(const char *word)
{
    for (int i = 0; i < N_REMOVALS; i++)
        if (strcmp(word, removal_names[i]) == 0)
            return (Removal)i;
    return REMOVAL_FORM; /* config_load() has let nothing else through */
}

/* What the group says instead of the row. */
static bool
change(Zones *zones, Zone *zone, const Config *config, const char *group, GError **error)
{
    if (config_is_set(config, group, "title"))
        zone->title = keep(zones, config_text(config, group, "title"));
    if (config_is_set(config, group, "query"))
        zone->query = keep(zones, config_text(config, group, "query"));
    if (config_is_set(config, group, "families"))
        zone->families = read_families(config_list(config, group, "families"));
    if (config_is_set(config, group, "bits"))
        zone->coding = config_bool(config, group, "bits") ? ZONE_BITS : ZONE_EXACT;
    if (config_is_set(config, group, "codes"))
        zone->codes = read_codes(zones, config_list(config, group, "codes"), zone->coding, error);
    if (config_is_set(config, group, "removal"))
        zone->removal = read_removal(config_text(config, group, "removal"));
    if (config_is_set(config, group, "procedure"))
        zone->procedure = keep(zones, config_text(config, group, "procedure"));
    if (config_is_set(config, group, "url"))
        zone->url = keep(zones, config_text(config, group, "url"));
    if (config_is_set(config, group, "mail"))
        zone->mail = keep(zones, config_text(config, group, "mail"));
    if (config_is_set(config, group, "wait"))
        zone->wait = config_int(config, group, "wait");
    if (config_is_set(config, group, "rate"))
        zone->per_second = (guint)config_int(config, group, "rate");
    return zone->codes != NULL;
}

/* -- the zones -----------------------------------------------------------------------------------
 */

static void
leave(Zones *zones, const char *name, const char *why)
{
    (void)g_hash_table_insert(zones->left, g_ascii_strdown(name, -1), (gpointer)why);
}

static bool
needs_key(const Zone *zone)
{
    return zone->query && strstr(zone->query, "%s");
}

/* Adds the row, as its group, if there is one, changes it. */
static bool
add(Zones *zones, const Zone *row, const Config *config, GError **error)
{
    g_autofree char *group = g_strconcat("zone ", row->name, NULL);
    Entry *entry = NULL;
    Zone zone = *row;
    const char *key = config_text(config, group, "key");

    if (!config_bool(config, group, "enabled")) {
        leave(zones, row->name, "it is switched off: enabled=no");
        return true;
    }
    if (!change(zones, &zone, config, group, error)) {
        g_prefix_error(error, "[%s] ", group);
        return false;
    }
    if (needs_key(&zone) && text_is_empty(key)) {
        leave(zones, row->name, "it wants a key: set key= in its group");
        return true;
    }
    entry = g_new0(Entry, 1);
    entry->zone = zone;
    entry->key = g_strdup(key);
    g_ptr_array_add(zones->entries, entry);
    return true;
}

static bool
is_in_table(const char *name)
{
    for (const Zone *row = zone_table; row->name; row++)
        if (g_ascii_strcasecmp(row->name, name) == 0)
            return true;
    return false;
}

static bool
add_new(Zones *zones, const char *name, const Config *config, GError **error)
{
    static const ZoneCode codes[] = {{0x7f000002U, "listed", false}, {0, NULL, false}};
    const char *dead = zone_dead_why(name);
    const char *kept = keep(zones, name);
    const Zone row = {.name = kept,
                      .title = kept,
                      .families = ZONE_V4,
                      .codes = codes,
                      .removal = REMOVAL_FORM,
                      .per_second = 5};

    if (dead)
        return plaint_fail(error, PLAINT_ERROR_CONFIG, "[zone %s] is not to be asked: %s", name,
                           dead);
    return add(zones, &row, config, error);
}

Zones *
zones_load(const Config *config, GError **error)
{
    g_autoptr(Zones) zones = zones_new();
    const char *const *groups = config_groups(config, "zone");

    for (const Zone *row = zone_table; row->name; row++)
        if (!add(zones, row, config, error))
            return NULL;
    for (gsize i = 0; groups[i]; i++)
        if (!is_in_table(groups[i]) && !add_new(zones, groups[i], config, error))
            return NULL;
    return g_steal_pointer(&zones);
}

guint
zones_count(const Zones *zones)
{
    return zones->entries->len;
}

const Zone *
zones_at(const Zones *zones, guint index)
{
    const Entry *entry = g_ptr_array_index(zones->entries, index);

    return &entry->zone;
}

static const Entry *
find(const Zones *zones, const char *name)
{
    for (guint i = 0; i < zones->entries->len; i++) {
        const Entry *entry = g_ptr_array_index(zones->entries, i);

        if (g_ascii_strcasecmp(entry->zone.name, name) == 0)
            return entry;
    }
    return NULL;
}

const Zone *
zones_find(const Zones *zones, const char *name)
{
    const Entry *entry = find(zones, name);

    return entry ? &entry->zone : NULL;
}

const char *
zones_why_not(const Zones *zones, const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    const char *why = g_hash_table_lookup(zones->left, lower);

    return why ? why : zone_dead_why(name);
}

char *
zones_query_domain(const Zones *zones, const Zone *zone)
{
    const Entry *entry = find(zones, zone->name);
    const char *query = zone->query ? zone->query : zone->name, *at = strstr(query, "%s");

    if (!at)
        return g_strdup(query);
    return g_strdup_printf("%.*s%s%s", (int)(at - query), query,
                           entry && entry->key ? entry->key : "", at + 2);
}
