/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint listing watch|unwatch|watched`: ranges that are looked up on request. */
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/cli_deed.h"
#include "cli/cmd_listing.h"
#include "cli/member.h"
#include "cli/table.h"
#include "store/watched.h"

static bool
is_ours(const Plaint *plaint, const Netmask *range)
{
    Addr addr = range->first;

    for (guint i = 0; i < watched_size(range); i++) {
        if (!site_owns(plaint->site, &addr))
            return false;
        for (int byte = 15; byte >= 0 && ++addr.b[byte] == 0; byte--)
            ;
    }
    return true;
}

static bool
print_done(const Plaint *plaint, const Netmask *range, const char *words)
{
    g_autofree char *text = netmask_dup_text(range);

    if (plaint->json)
        plaint_print_json(json_pack("{s:s}", "range", text));
    else
        g_print("%s %s\n", text, words);
    return true;
}

static bool
run_watch(Plaint *plaint, GError **error)
{
    const Deed deed = deed_of(plaint);
    g_autofree char *quoted = text_quote(args_operand(plaint->args, 0));
    Netmask range = {0};

    if (!netmask_parse(args_operand(plaint->args, 0), &range, error))
        return false;
    if (watched_size(&range) <= WATCHED_ADDRESSES_MAX && !is_ours(plaint, &range))
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "%s is not all in [site] networks: only what is ours is looked up",
                           quoted);
    return watched_add(plaint->store, &range, &deed, error) &&
           print_done(plaint, &range, "is looked up from the next 'plaint listing check' on");
}

static bool
run_unwatch(Plaint *plaint, GError **error)
{
    const Deed deed = deed_of(plaint);
    Netmask range = {0};

    return netmask_parse(args_operand(plaint->args, 0), &range, error) &&
           watched_remove(plaint->store, &range, &deed, error) &&
           print_done(plaint, &range, "is looked up no more, but for relays and what is listed");
}

static void
draw(const json_t *rows, const Term *term, gint64 now, GString *out)
{
    static const TableColumn columns[] = {{.title = "range"},
                                          {.title = "addresses", .right = true},
                                          {.title = "listed", .right = true},
                                          {.title = "since"},
                                          {.title = "by"}};
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (gsize i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        gint64 listed = json_integer_value(json_object_get(row, "listed")), at = 0;
        char text[TIME_TEXT_SIZE];

        (void)time_parse(member_text(row, "at"), &at, NULL);
        table_add(table, STYLE_BOLD, member_text(row, "range"));
        table_add_int(table, STYLE_PLAIN, json_integer_value(json_object_get(row, "addresses")));
        table_add_int(table, listed ? STYLE_RED : STYLE_PLAIN, listed);
        table_add(table, STYLE_PLAIN, time_ago(at, now, text));
        table_add(table, STYLE_PLAIN, member_text(row, "actor"));
    }
    table_draw(table, term, 0, out);
}

static bool
run_watched(Plaint *plaint, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    json_t *view = view_watched(plaint->store, error);
    const json_t *rows = json_object_get(view, "watched");

    if (!view)
        return false;
    if (plaint->json) {
        plaint_print_json(view);
        return true;
    }
    if (json_array_size(rows) == 0)
        g_string_append(out, "no range is watched: 'plaint listing watch RANGE' adds one; relays "
                             "are always\n");
    draw(rows, &plaint->term, plaint->now, out);
    term_print(out);
    json_decref(view);
    return true;
}

const Command cmd_listing_watch = {
    .name = "listing watch",
    .operands = "RANGE",
    .summary = "look addresses of ours up in lists until unwatched",
    .details =
        "RANGE is an address or a network like 192.0.2.0/24, all of it ours, 1,024 addresses "
        "at most, and 4,096 in all ranges together. Each is looked up about every half day, "
        "as relays are; what is found on a list opens a ticket, as usual.",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_watch,
};

const Command cmd_listing_unwatch = {
    .name = "listing unwatch",
    .operands = "RANGE",
    .summary = "end what 'listing watch' began",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_unwatch,
};

const Command cmd_listing_watched = {
    .name = "listing watched",
    .operands = "",
    .summary = "list the ranges that are looked up on request",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = 0,
    .run = run_watched,
};
