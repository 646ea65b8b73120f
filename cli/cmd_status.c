/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint status`: one screen's numbers. */
#include "cli/cmd_store.h"
#include "cli/plaint.h"
#include "store/state.h"
#include "store/view.h"

static gint64
count(const json_t *counts, const char *name)
{
    return json_integer_value(json_object_get(counts, name));
}

static bool
run_status(Plaint *plaint, GError **error)
{
    json_t *counts = view_counts(plaint->store, error);

    if (!counts)
        return false;
    if (plaint->json) {
        plaint_print_json(counts);
        return true;
    }
    for (int i = 0; i < N_TICKET_STATES; i++)
        if (ticket_state_is_live((TicketState)i))
            g_print("%-10s %6" G_GINT64_FORMAT "\n", ticket_state_names[i],
                    count(counts, ticket_state_names[i]));
    g_print("%-10s %6" G_GINT64_FORMAT "\n", "filed", count(counts, "filed"));
    g_print("\n%" G_GINT64_FORMAT " complaints from %" G_GINT64_FORMAT " messages\n",
            count(counts, "complaints"), count(counts, "messages"));
    if (count(counts, "letters_waiting") > 0)
        g_print("letters in the outbox: %" G_GINT64_FORMAT "\n", count(counts, "letters_waiting"));
    if (count(counts, "letters_gave_up") > 0)
        g_print("letters that could not be sent: %" G_GINT64_FORMAT
                ", 'plaint outbox list' shows them\n",
                count(counts, "letters_gave_up"));
    json_decref(counts);
    return true;
}

const Command cmd_status = {
    .name = "status",
    .operands = "",
    .summary = "count what is new, open and waiting",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = 0,
    .run = run_status,
};
