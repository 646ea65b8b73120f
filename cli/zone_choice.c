/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/zone_choice.h"

#include "base/error.h"
#include "base/text.h"

/* A zone that is named must be one that is asked. */
static const Zone *
find_zone(const Zones *zones, const char *name, GError **error)
{
    const Zone *zone = zones_find(zones, name);
    const char *why = zone ? NULL : zones_why_not(zones, name);
    g_autofree char *quoted = text_quote(name);

    if (!zone && why)
        plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "%s is not asked: %s", quoted, why);
    else if (!zone)
        plaint_fail(error, PLAINT_ERROR_NOT_FOUND,
                    "no zone %s: 'plaint zone list' shows them; [zone NAME] adds one", quoted);
    return zone;
}

GPtrArray *
zone_choice(const Plaint *plaint, const Zones *zones, GError **error)
{
    g_autoptr(GPtrArray) chosen = g_ptr_array_new();
    char **names = args_operands(plaint->args);

    for (guint i = 0; names[i]; i++) {
        const Zone *zone = find_zone(zones, names[i], error);

        if (!zone)
            return NULL;
        g_ptr_array_add(chosen, (gpointer)zone);
    }
    for (guint i = 0; !*names && i < zones_count(zones); i++)
        g_ptr_array_add(chosen, (gpointer)zones_at(zones, i));
    return g_steal_pointer(&chosen);
}

Dns *
zone_dns(const Config *config, GError **error)
{
    g_autofree char *servers = g_strjoinv(",", (char **)config_list(config, "dns", "servers"));

    return dns_new(&(DnsOptions){.servers = servers}, error);
}
