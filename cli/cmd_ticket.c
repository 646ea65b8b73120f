/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint ticket list|show`: looking. */
#include "cli/cmd_ticket.h"

#include "base/error.h"
#include "base/text.h"
#include "cli/list.h"
#include "cli/plaint.h"
#include "cli/ticket_draw.h"
#include "store/view.h"

/* Without a query the live tickets: what somebody has to do something about. */
static bool
run_list(Plaint *plaint, GError **error)
{
    static const ListCommand tickets = {LIST_TICKETS, view_ticket_list, "tickets",
                                        ticket_draw_list};

    return list_run(plaint, &tickets, args_has(plaint->args, "all") ? "" : "is:live", error);
}

static bool
show_incidents(const Plaint *plaint, gint64 id, GError **error)
{
    Page page = {0};
    json_t *list = NULL;

    if (!list_page(plaint, &page, error))
        return false;
    list = view_ticket_incidents(plaint->store, id, &page, error);
    if (!list)
        return false;
    list_print(plaint, list, "incidents", ticket_draw_incidents);
    return true;
}

static bool
run_show(Plaint *plaint, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    json_t *ticket = NULL;
    gint64 id = 0;

    if (!args_id(plaint->args, 0, ID_TICKET, &id, error))
        return false;
    if (args_has(plaint->args, "incidents"))
        return show_incidents(plaint, id, error);
    if (args_has(plaint->args, "limit") || args_has(plaint->args, "after"))
        return plaint_fail(
            error, PLAINT_ERROR_USAGE,
            "--limit and --after go with --incidents: see 'plaint help ticket show'");
    ticket = view_ticket(plaint->store, id, plaint->now, error);
    if (!ticket)
        return false;
    if (plaint->json) {
        plaint_print_json(ticket);
        return true;
    }
    ticket_draw(ticket, &plaint->term, plaint->now, out);
    json_decref(ticket);
    term_print(out);
    return true;
}

static const CommandOption list_options[] = {
    {.name = "all", .summary = "also resolved and rejected tickets, when there is no QUERY"},
    LIST_OPTIONS,
    {.name = NULL},
};

const Command cmd_ticket_list = {
    .name = "ticket list",
    .operands = "[QUERY...]",
    .summary = "list tickets: the live ones, or those that a query finds",
    .details = "The words of a QUERY narrow the list; a,b means either, a leading - means not:\n\n"
               "  state:new,open relay:192.0.2.0/24 cause:open-relay since:7d cheap "
               "pills\n\n" LIST_QUERY_HELP,
    .options = list_options,
    .takes_query = true,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = -1,
    .run = run_list,
};

static const CommandOption show_options[] = {
    {.name = "incidents", .summary = "list its incidents, with their numbers, instead"},
    LIST_PAGE_OPTIONS,
    {.name = NULL},
};

const Command cmd_ticket_show = {
    .name = "ticket show",
    .operands = "ID",
    .summary = "show one ticket: which machine, why, and what is the next move",
    .options = show_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_show,
};
