/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint quarantine`: customers' machines to be cut off, as other programs read it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/cmd_store.h"
#include "cli/plaint.h"
#include "store/quarantine.h"

enum { LIMIT = 1000, LIMIT_MAX = 1000000 };

/* What a blocked sender reads. The contact is an address in plain characters, or nothing: it goes
 * into files of four syntaxes. */
static void
add_words(GString *out, const char *contact, gint64 ticket)
{
    g_string_append(out, "Abuse comes from this address. Ask ");
    g_string_append_printf(out, "%s, ticket %" G_GINT64_FORMAT,
                           contact ? contact : "the abuse desk of your provider", ticket);
}

/* -- formats ----------------------------------------------------------------------------------- */

typedef struct {
    GArray *rows; /* Quarantined */
    const char *contact;
} List;

typedef void (*AddEntry)(GString *out, const List *list, const Quarantined *row, const char *addr);

static void
add_family(GString *out, const List *list, bool is_v4, AddEntry add)
{
    for (guint i = 0; i < list->rows->len; i++) {
        const Quarantined *row = &g_array_index(list->rows, Quarantined, i);
        char addr[ADDR_TEXT_SIZE];

        if (addr_is_ipv4(&row->address) == is_v4)
            add(out, list, row, addr_text(&row->address, addr));
    }
}

static void
add_rbldnsd_entry(GString *out, const List *list, const Quarantined *row, const char *addr)
{
    g_string_append_printf(out, "%s :127.0.0.2:", addr);
    add_words(out, list->contact, row->ticket_id);
    g_string_append_c(out, '\n');
}

/* With the test points of RFC 5782, section 5, so that an empty list can be told from a dead one.
 */
static void
add_rbldnsd(GString *out, const List *list)
{
    g_string_append(out, "$TTL 300\n$DATASET ip4set @\n127.0.0.2 :127.0.0.2:Test entry\n");
    add_family(out, list, true, add_rbldnsd_entry);
    g_string_append(out, "$DATASET ip6trie @\n::ffff:127.0.0.2 :127.0.0.2:Test entry\n");
    add_family(out, list, false, add_rbldnsd_entry);
}

static void
add_postfix_entry(GString *out, const List *list, const Quarantined *row, const char *addr)
{
    g_string_append_printf(out, "%s REJECT 5.7.1 ", addr);
    add_words(out, list->contact, row->ticket_id);
    g_string_append_c(out, '\n');
}

static void
add_postfix(GString *out, const List *list)
{
    add_family(out, list, true, add_postfix_entry);
    add_family(out, list, false, add_postfix_entry);
}

static void
add_nftables_entry(GString *out, const List *list, const Quarantined *row, const char *addr)
{
    (void)list;
    g_string_append_printf(out, "\t%s comment \"ticket %" G_GINT64_FORMAT "\",\n", addr,
                           row->ticket_id);
}

/* Loaded as a whole or not at all, and again at any time: the sets are made, emptied and filled. */
static void
add_nftables(GString *out, const List *list)
{
    g_string_append(out, "add table inet plaint\n");
    for (int family = 4; family <= 6; family += 2) {
        gsize before;

        g_string_append_printf(out,
                               "add set inet plaint quarantine%d { type ipv%d_addr; }\n"
                               "flush set inet plaint quarantine%d\n",
                               family, family, family);
        before = out->len;
        add_family(out, list, family == 4, add_nftables_entry);
        if (out->len > before) { /* an element list must not be empty */
            g_autofree char *head =
                g_strdup_printf("add element inet plaint quarantine%d {\n", family);

            g_string_insert(out, (gssize)before, head);
            g_string_append(out, "}\n");
        }
    }
}

static const char *const export_formats[] = {"rbldnsd", "postfix", "nftables", NULL};
static void (*const export_writers[])(GString *out, const List *list) = {add_rbldnsd, add_postfix,
                                                                         add_nftables};
G_STATIC_ASSERT(G_N_ELEMENTS(export_writers) == G_N_ELEMENTS(export_formats) - 1);

/* -- export ------------------------------------------------------------------------------------ */

static bool
read_limit(const Plaint *plaint, guint64 *ret_limit, GError **error)
{
    const char *text = args_get(plaint->args, "limit");
    g_autofree char *quoted = text_quote(text);

    *ret_limit = LIMIT;
    return !text || g_ascii_string_to_unsigned(text, 10, 1, LIMIT_MAX, ret_limit, NULL) ||
           plaint_fail(error, PLAINT_ERROR_USAGE, "--limit=%s is no number from 1 to 1000000",
                       quoted);
}

/* A relay that is known by name only could not be told from a customer's machine. */
static bool
check_relays(const Plaint *plaint, GError **error)
{
    const char *const *relays = config_groups(plaint->config, "relay");

    for (gsize i = 0; relays[i]; i++) {
        g_autofree char *group = g_strconcat("relay ", relays[i], NULL);

        if (!config_is_set(plaint->config, group, "addresses"))
            return plaint_fail(error, PLAINT_ERROR_CONFIG,
                               "[%s] has no addresses, so it could not be spared: set them", group);
    }
    return true;
}

/* Only customers' addresses: a relay that is cut off takes everybody's mail with it. */
static GArray *
read_rows(const Plaint *plaint, GError **error)
{
    GArray *rows = check_relays(plaint, error) ? quarantine_list(plaint->store, error) : NULL;
    guint64 limit = 0;
    guint kept = 0;

    for (guint i = 0; rows && i < rows->len; i++) {
        const Quarantined row = g_array_index(rows, Quarantined, i);

        if (site_owns(plaint->site, &row.address) &&
            !site_relay_by_addr(plaint->site, &row.address))
            g_array_index(rows, Quarantined, kept++) = row;
    }
    if (!rows)
        return NULL;
    g_array_set_size(rows, kept);
    if (read_limit(plaint, &limit, error) &&
        (kept <= limit || plaint_fail(error, PLAINT_ERROR_CONFLICT,
                                      "%u addresses, more than --limit=%" G_GUINT64_FORMAT
                                      ": nothing is written. Look at 'plaint ticket list "
                                      "state:new,open confidence:high', then raise it",
                                      kept, limit)))
        return rows;
    g_array_unref(rows);
    return NULL;
}

static json_t *
rows_json(const GArray *rows)
{
    json_t *list = json_array();

    for (guint i = 0; i < rows->len; i++) {
        const Quarantined *row = &g_array_index(rows, Quarantined, i);
        char addr[ADDR_TEXT_SIZE];

        json_array_append_new(list,
                              json_pack("{s:s, s:I}", "address", addr_text(&row->address, addr),
                                        "ticket_id", (json_int_t)row->ticket_id));
    }
    return json_pack("{s:o}", "addresses", list);
}

/* NULL unless it is harmless in every one of the files. */
static const char *
contact_of(const Plaint *plaint)
{
    const char *from = config_text(plaint->config, "mail", "from");

    for (const char *p = from ? from : ""; *p; p++)
        if (!g_ascii_isalnum(*p) && !strchr("@.-_+", *p))
            return NULL;
    return text_is_empty(from) ? NULL : from;
}

/* Whoever reads the file finds the old one or the new one, whole. */
static bool
write_out(const Plaint *plaint, const GString *text, guint count, GError **error)
{
    const char *path = args_get(plaint->args, "output");
    g_autoptr(GError) why = NULL;

    if (!path) {
        (void)fwrite(text->str, 1, text->len, stdout);
        return true;
    }
    if (!g_file_set_contents_full(path, text->str, (gssize)text->len,
                                  G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                  0644, &why))
        return plaint_fail(error, PLAINT_ERROR_IO, "--output: %s", why->message);
    g_print("%u address%s\n", count, count == 1 ? "" : "es");
    return true;
}

static void
add_json(GString *out, const GArray *rows)
{
    json_t *model = rows_json(rows);
    char *json = json_dumps(model, JSON_COMPACT);

    g_string_append_printf(out, "%s\n", json);
    free(json);
    json_decref(model);
}

static bool
run_export(Plaint *plaint, GError **error)
{
    g_autoptr(GArray) rows = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    const char *format = args_get(plaint->args, "format");
    char now[TIME_TEXT_SIZE];
    List list = {.contact = contact_of(plaint)};

    if (!format && !plaint->json)
        return plaint_fail(error, PLAINT_ERROR_USAGE, "--format=rbldnsd, postfix or nftables?");
    list.rows = rows = read_rows(plaint, error);
    if (!rows)
        return false;
    if (plaint->json) {
        add_json(text, rows);
    } else {
        g_string_append_printf(text, "# quarantine, %s: %u address%s\n",
                               time_text(plaint->now, now), rows->len, rows->len == 1 ? "" : "es");
        export_writers[text_name_find(export_formats, G_N_ELEMENTS(export_writers), format)](text,
                                                                                             &list);
    }
    return write_out(plaint, text, rows->len, error);
}

static const CommandOption export_options[] = {
    {.name = "format",
     .value = "FORMAT",
     .summary = "for a DNS list, an access table, or a firewall",
     .words = export_formats},
    {.name = "limit", .value = "N", .summary = "write nothing when there are more; 1000"},
    {.name = "output", .value = "FILE", .summary = "replace this file, in one step"},
    {.name = NULL},
};

const Command cmd_quarantine_export = {
    .name = "quarantine export",
    .operands = "",
    .summary = "write the customers' addresses that are to be cut off",
    .details =
        "Those of tickets of kind mail or intrusion that are new or open, whose cause is known "
        "with high confidence or was set by a person. A ticket that is contained is left out. "
        "Never a relay of ours, never an address outside [site] networks. An address that "
        "customers "
        "share by ports is listed as a whole.\n\n"
        "rbldnsd: a data set of type combined, both families, with the test points. postfix: a "
        "table of type cidr for check_client_access. nftables: the sets quarantine4 and "
        "quarantine6 of the table 'inet plaint', for rules of your own; 'nft -f' loads it again at "
        "any time. Each entry tells the ticket; what a blocked sender reads names [mail] from, and "
        "no customer.\n\n"
        "More than --limit is an error, and nothing is written: it guards against a mistake that "
        "would cut off everybody.",
    .options = export_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = 0,
    .run = run_export,
};
