/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint complaint`: what came in, beside the tickets. */
#include <unistd.h>

#include "base/error.h"
#include "cli/cmd_store.h"
#include "cli/list.h"
#include "cli/path.h"
#include "cli/result_draw.h"
#include "cli/ticket_draw.h"
#include "store/message.h"

static bool
run_list(Plaint *plaint, GError **error)
{
    static const ListCommand filed = {LIST_FILED, view_filed_list, "complaints", ticket_draw_filed};

    return list_run(plaint, &filed, "", error);
}

/* The bytes of a stranger are not for a terminal, and sealed evidence is for nobody here. */
static bool
print_raw(const Plaint *plaint, gint64 message_id, GError **error)
{
    MessageInfo info = {0};
    g_autoptr(GBytes) mail = NULL;

    if (plaint->term.is_tty)
        return plaint_fail(error, PLAINT_ERROR_DENIED,
                           "raw mail is not shown on a terminal: send the output to a file");
    mail = message_load(plaint->store, message_id, &info, error);
    if (!mail)
        return false;
    if (info.sealed)
        return plaint_fail(error, PLAINT_ERROR_DENIED, "this evidence is sealed");
    (void)fwrite(g_bytes_get_data(mail, NULL), 1, g_bytes_get_size(mail), stdout);
    return true;
}

static bool
run_show(Plaint *plaint, GError **error)
{
    json_t *complaint = NULL;
    gint64 id = 0;
    bool ok = true;

    if (!args_id(plaint->args, 0, ID_COMPLAINT, &id, error))
        return false;
    complaint = view_complaint(plaint->store, id, error);
    if (!complaint)
        return false;
    if (args_has(plaint->args, "raw"))
        ok = print_raw(plaint, json_integer_value(json_object_get(complaint, "message_id")), error);
    else if (plaint->json)
        plaint_print_json(json_incref(complaint));
    else {
        g_autofree char *title = g_strdup_printf("complaint %" G_GINT64_FORMAT, id);
        g_autoptr(GString) out = g_string_new(NULL);

        result_draw(complaint, title, &plaint->term, out);
        term_print(out);
    }
    json_decref(complaint);
    return ok;
}

static const CommandOption list_options[] = {LIST_OPTIONS, {.name = NULL}};

const Command cmd_complaint_list = {
    .name = "complaint list",
    .operands = "[QUERY...]",
    .summary = "list what was filed without a ticket, and why",
    .details =
        "Complaints about machines that are not ours, automatic replies, spam sent to the desk "
        "itself, and what was not recognised. 'plaint ticket new --complaint=ID' makes a "
        "ticket of one.\n\n"
        "Each format is a queue of its own: format:unsolicited is spam sent to the desk, "
        "format:auto-reply automatic answers, format:dmarc,tls-rpt summaries, format:message what "
        "a person has to read; -format:unsolicited is all but the spam. 'plaint format list' shows "
        "them all.\n\n" LIST_QUERY_HELP,
    .options = list_options,
    .takes_query = true,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = -1,
    .run = run_list,
};

static const CommandOption show_options[] = {
    {.name = "raw", .summary = "the mail itself, as it came; not on a terminal"},
    {.name = NULL},
};

const Command cmd_complaint_show = {
    .name = "complaint show",
    .operands = "ID",
    .summary = "show one complaint, and how its spam travelled",
    .options = show_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_show,
};
