/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint optout`: who asked, by a feedback loop, not to get a customer's bulk mail any more. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/cmd_store.h"
#include "cli/plaint.h"
#include "store/optout.h"

static const char *const columns[] = {"date",       "recipient",   "customer",
                                      "message_id", "feedback_id", "list_id"};
static const char *const export_formats[] = {"csv", "json", NULL};

/* A spreadsheet runs what begins like a formula, whoever wrote it. */
static void
add_cell(GString *out, const char *text)
{
    const char *quote = strpbrk(text, "\",\r\n") ? "\"" : "";

    g_string_append(out, quote);
    if (*text && strchr("=+-@\t\r", *text))
        g_string_append_c(out, '\'');
    for (; *text; text++) {
        g_string_append_c(out, *text);
        if (*text == '"')
            g_string_append_c(out, '"');
    }
    g_string_append(out, quote);
}

static void
print_csv(const json_t *rows)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (gsize i = 0; i < json_array_size(rows); i++) {
        for (gsize n = 0; n < G_N_ELEMENTS(columns); n++) {
            const char *text =
                json_string_value(json_object_get(json_array_get(rows, i), columns[n]));

            g_string_append(out, n > 0 ? "," : "");
            add_cell(out, text ? text : "");
        }
        g_string_append(out, "\r\n"); /* RFC 4180 */
    }
    (void)fwrite(out->str, 1, out->len, stdout);
}

/* CSV goes out as it is read; JSON is one value. */
static bool export(const Plaint *plaint, OptoutWalk *walk, bool json, json_t *rows, GError **error)
{
    bool more = true;

    while (more) {
        if (!optout_next(plaint->store, walk, rows, &more, error))
            return false;
        if (json)
            continue;
        print_csv(rows);
        json_array_clear(rows);
    }
    return true;
}

static bool
run_export(Plaint *plaint, GError **error)
{
    const char *since = args_get(plaint->args, "since");
    bool json = plaint->json || g_strcmp0(args_get(plaint->args, "format"), "json") == 0;
    OptoutWalk walk = {
        .customer = args_get(plaint->args, "customer"), .at = G_MININT64, .id = G_MININT64};
    json_t *rows = NULL;
    bool ok = false;

    if (since && !time_parse_since(since, plaint->now, &walk.at, error))
        return false;
    rows = json_array();
    if (!json)
        g_print("date,recipient,customer,message_id,feedback_id,list_id\r\n");
    ok = export(plaint, &walk, json, rows, error);
    if (ok && json)
        plaint_print_json(
            json_pack("{s:O, s:I}", "optouts", rows, "redacted", (json_int_t)walk.redacted));
    else if (ok && walk.redacted > 0)
        log_line(LOG_LINE_INFO,
                 "%" G_GUINT64_FORMAT " left out: the recipient is redacted, or not named",
                 walk.redacted);
    json_decref(rows);
    return ok;
}

static const CommandOption export_options[] = {
    {.name = "since", .value = "TIME", .summary = "only of complaints since then: a date, or 7d"},
    {.name = "customer", .value = "REF", .summary = "only about this customer's mail"},
    {.name = "format",
     .value = "FORMAT",
     .summary = "csv (unless told), or json as --json",
     .words = export_formats},
    {.name = NULL},
};

const Command cmd_optout_export = {
    .name = "optout export",
    .operands = "",
    .summary = "write who wants no more of your customers' bulk mail",
    .details =
        "From feedback loops: ARF complaints of type abuse whose cause is customer bulk, and those "
        "of types opt-out and opt-out-list. Columns: date (of receipt), recipient, customer, "
        "message_id (of the reported message), feedback_id (of its sender, RFC 9477), list_id (its "
        "List-Id, else its campaign). Complaints "
        "whose recipient the reporter redacted, or did not name, are left out, and counted on "
        "standard error. In the order of receipt; nothing is marked, so the same comes again: "
        "narrow it with --since.\n\n"
        "A cell of the CSV that begins with =, +, - or @ gets a ' before it, so that no "
        "spreadsheet runs it; JSON has it as it is.",
    .options = export_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = 0,
    .run = run_export,
};
