/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint report`: what a desk shows a customer or a director. */
#include "cli/cmd_report.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/cli_deed.h"
#include "cli/plaint.h"
#include "notify/report.h"
#include "store/report.h"

enum { PERIOD = 30 * 86400 };

typedef enum { OUT_TEXT, OUT_HTML, OUT_CSV, OUT_JSON, N_OUTPUTS } Output;
static const char *const outputs[] = {"text", "html", "csv", "json", NULL};

/* "report activity": its last word names the table of columns, too. */
typedef struct {
    const char *name;
    const char *rows; /* the member of JSON that rows are streamed into; NULL: the model has all */
    json_t *(*make)(Store *store, const ReportSpec *spec, GError **error);
} Report;

typedef struct {
    const Report *report;
    Output format;
    const char *mail_to; /* NULL: to standard output */
    guint64 n;
    GString *out; /* what is still to be printed; of a letter, its table */
} Rows;

static void
print_out(GString *out)
{
    (void)fwrite(out->str, 1, out->len, stdout);
    g_string_truncate(out, 0);
}

/* Rows go out as they come: a report may have more of them than memory. */
static void
print_row(const json_t *row, gpointer data)
{
    Rows *rows = data;

    if (rows->format == OUT_CSV) {
        report_csv_row(rows->out, rows->report->name, row);
    } else {
        char *json = json_dumps(row, JSON_COMPACT);

        g_string_append_printf(rows->out, "%s\n%s", rows->n ? "," : "", json);
        free(json);
    }
    rows->n++;
    if (!rows->mail_to)
        print_out(rows->out);
}

static bool
period(const Plaint *plaint, ReportSpec *spec, GError **error)
{
    const char *since = args_get(plaint->args, "since"), *until = args_get(plaint->args, "until");

    spec->until = plaint->now;
    if (until && !time_parse_since(until, plaint->now, &spec->until, error))
        return false;
    spec->until = MIN(spec->until, plaint->now);
    spec->since = spec->until - PERIOD;
    if (since && !time_parse_since(since, plaint->now, &spec->since, error))
        return false;
    return spec->since < spec->until ||
           plaint_fail(error, PLAINT_ERROR_USAGE, "the period is empty: --since is not before %s",
                       until ? "--until" : "now");
}

static void
print_json_rest(json_t *model)
{
    char *json;

    json_object_del(model, "listed");
    json_object_del(model, "delisted");
    json = json_dumps(model, JSON_COMPACT);
    g_print("\n],\n%s\n", json + 1); /* its first brace was written before the rows */
    free(json);
}

static json_t *
document_of(const Plaint *plaint, const json_t *model)
{
    const char *site = config_text(plaint->config, "site", "name");

    return report_document(model, site ? site : "plaint", plaint->now);
}

static bool
print_document(const Plaint *plaint, const json_t *model, bool is_html, GError **error)
{
    json_t *document = document_of(plaint, model);
    g_autofree char *text = is_html ? report_html(document, error) : report_text(document);

    json_decref(document);
    if (text)
        (void)fputs(text, stdout);
    return text != NULL;
}

/* The store was opened to be read: only this writes. */
static bool
mail_document(const Plaint *plaint, const json_t *model, const Rows *rows, GError **error)
{
    bool sending = config_bool(plaint->config, "mail", "send");
    g_autoptr(Store) store = store_open(plaint->store_url, STORE_WRITE, error);
    json_t *document = document_of(plaint, model);
    const ReportLetter letter = {document, rows->out, rows->mail_to};
    const Deed deed = deed_of(plaint);
    gint64 id = 0;
    bool ok = store && report_post(store, plaint->config, &letter, &deed, &id, error);

    json_decref(document);
    if (!ok)
        return false;
    if (plaint->json)
        plaint_print_json(json_pack("{s:I, s:s, s:I, s:b}", "id", (json_int_t)id, "to",
                                    rows->mail_to, "rows", (json_int_t)rows->n, "sending",
                                    sending));
    else
        g_print("letter %" G_GINT64_FORMAT " to %s waits: %" G_GUINT64_FORMAT
                " row%s; 'plaint outbox send' sends it%s\n",
                id, rows->mail_to, rows->n, rows->n == 1 ? "" : "s",
                sending ? "" : ", once [mail] send is 'yes'");
    return true;
}

static bool
choose(const Plaint *plaint, Rows *rows, GError **error)
{
    const char *format = args_get(plaint->args, "format");

    rows->mail_to = args_get(plaint->args, "mail-to");
    if (rows->mail_to && format)
        return plaint_fail(error, PLAINT_ERROR_USAGE,
                           "a letter has the text, the page and all rows: leave --format out");
    if (rows->mail_to)
        rows->format = OUT_CSV;
    else if (plaint->json)
        rows->format = OUT_JSON;
    else if (format)
        rows->format = (Output)text_name_find(outputs, N_OUTPUTS, format);
    return true;
}

static const char *
relay_of(const Addr *address, gconstpointer site)
{
    const SiteRelay *relay = site_relay_by_addr(site, address);

    return relay ? relay->name : NULL;
}

static bool
print_report(const Plaint *plaint, json_t *model, Rows *rows, GError **error)
{
    if (rows->mail_to)
        return mail_document(plaint, model, rows, error);
    print_out(rows->out);
    if (rows->format == OUT_TEXT || rows->format == OUT_HTML)
        return print_document(plaint, model, rows->format == OUT_HTML, error);
    if (rows->format == OUT_JSON && rows->report->rows)
        print_json_rest(model);
    else if (rows->format == OUT_JSON)
        plaint_print_json(json_incref(model));
    return true;
}

static bool
run(const Plaint *plaint, const Report *report, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    Rows rows = {.report = report, .format = OUT_TEXT, .out = out};
    ReportSpec spec = {.customer = args_get(plaint->args, "customer"),
                       .zone = args_get(plaint->args, "zone"),
                       .most = REPORT_SHOWN,
                       .data = &rows,
                       .relay = relay_of,
                       .relays = config_groups(plaint->config, "relay"),
                       .site = plaint->site};
    json_t *model;
    bool ok;

    if (!choose(plaint, &rows, error) || !period(plaint, &spec, error))
        return false;
    if (rows.format == OUT_CSV) {
        report_csv_head(out, report->name);
        spec.row = print_row;
    } else if (rows.format == OUT_JSON && report->rows) {
        g_string_printf(out, "{\"%s\":[", report->rows);
        spec.row = print_row;
    } else if (rows.format == OUT_JSON) {
        spec.most = G_MAXUINT;
    }
    model = report->make(plaint->store, &spec, error);
    if (!model)
        return false;
    ok = print_report(plaint, model, &rows, error);
    json_decref(model);
    return ok;
}

static bool
run_delisting(Plaint *plaint, GError **error)
{
    return run(plaint, &(Report){"delisting", "listings", report_delisting}, error);
}

static bool
run_activity(Plaint *plaint, GError **error)
{
    return run(plaint, &(Report){"activity", NULL, report_activity}, error);
}

static bool
run_customers(Plaint *plaint, GError **error)
{
    return run(plaint, &(Report){"customers", NULL, report_customers}, error);
}

static bool
run_relays(Plaint *plaint, GError **error)
{
    return run(plaint, &(Report){"relays", NULL, report_relays}, error);
}

#define COMMON_OPTIONS                                                                             \
    {.name = "since", .value = "TIME", .summary = "from when: a date, or 7d; without it 30 days"}, \
        {.name = "until", .value = "TIME", .summary = "until when; without it now"},               \
        {.name = "format",                                                                         \
         .value = "FORMAT",                                                                        \
         .summary = "text, a page, or all rows for a spreadsheet or program",                      \
         .words = outputs},                                                                        \
        {.name = "customer", .value = "REFERENCE", .summary = "only what is this customer's"},     \
    {                                                                                              \
        .name = "mail-to", .value = "ADDRESS",                                                     \
        .summary = "put it into the outbox, as a letter to this address"                           \
    }

#define COMMON_DETAILS                                                                             \
    "glossary.md says what each figure is.\n\n"                                                    \
    "--format=html is one page without anything outside, for a mail, a browser or paper. In "      \
    "text and page the first hundred of each kind are shown; csv and json have all.\n\n"           \
    "--mail-to=ADDRESS prints none of it: a letter with text, page and all rows as CSV waits "     \
    "in the outbox ('plaint outbox list') and leaves once [mail] send is 'yes'."

static const CommandOption options[] = {COMMON_OPTIONS, {.name = NULL}};
static const CommandOption zone_options[] = {
    COMMON_OPTIONS, {.name = "zone", .value = "ZONE", .summary = "only this list"}, {.name = NULL}};

const Command cmd_report_delisting = {
    .name = "report delisting",
    .operands = "",
    .summary = "what is on lists, why, what was done, and how long it took",
    .details =
        "Shows what is listed at the end of the period: since when, why, what was done and proved, "
        "when the list was asked and what is awaited; what was delisted; and the times to detect, "
        "contain, request and delist (median and 90th percentile), by list and by "
        "cause. " COMMON_DETAILS,
    .options = zone_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = 0,
    .run = run_delisting,
};

const Command cmd_report_activity = {
    .name = "report activity",
    .operands = "",
    .summary = "what came in, what was done, and how fast",
    .details =
        "Shows the complaints of the period by day, category, format and reporter; the tickets "
        "opened and resolved by cause, with the times to the first move and to the resolution "
        "(median and 90th percentile); and the machines and customers with the most "
        "complaints. " COMMON_DETAILS,
    .options = options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = 0,
    .run = run_activity,
};

const Command cmd_report_customers = {
    .name = "report customers",
    .operands = "",
    .summary = "each customer's complaints, tickets and listings",
    .details =
        "Shows for each customer the complaints of the period, the tickets that were open "
        "in it and that are open at its end, the listings, and the last complaint. " COMMON_DETAILS,
    .options = options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = 0,
    .run = run_customers,
};

const Command cmd_report_relays = {
    .name = "report relays",
    .operands = "",
    .summary = "each relay's complaints, causes, listings and last test",
    .details =
        "Shows for each [relay NAME] the complaints of the period and their causes, its "
        "tickets, where it is listed and since when, and its last open relay test. " COMMON_DETAILS,
    .options = options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = 0,
    .run = run_relays,
};
