/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint report`: what a desk shows a customer or a director. */
#include "cli/cmd_report.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/plaint.h"
#include "notify/report.h"
#include "store/report.h"

enum { PERIOD = 30 * 86400 };

typedef enum { OUT_TEXT, OUT_HTML, OUT_CSV, OUT_JSON, N_OUTPUTS } Output;
static const char *const outputs[] = {"text", "html", "csv", "json", NULL};

typedef struct {
    Output format;
    guint64 rows;
    GString *out;
} Rows;

/* Rows go out as they come: a report may have more of them than memory. */
static void
print_row(const json_t *row, gpointer data)
{
    Rows *rows = data;

    g_string_truncate(rows->out, 0);
    if (rows->format == OUT_CSV) {
        report_csv_row(rows->out, row);
    } else {
        char *json = json_dumps(row, JSON_COMPACT);

        g_string_append_printf(rows->out, "%s\n%s", rows->rows ? "," : "", json);
        free(json);
    }
    rows->rows++;
    (void)fwrite(rows->out->str, 1, rows->out->len, stdout);
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

static bool
print_document(const Plaint *plaint, const json_t *model, bool is_html, GError **error)
{
    const char *site = config_text(plaint->config, "site", "name");
    json_t *document = report_document(model, site ? site : "plaint", plaint->now);
    g_autofree char *text = is_html ? report_html(document, error) : report_text(document);

    json_decref(document);
    if (text)
        (void)fputs(text, stdout);
    return text != NULL;
}

static bool
run_delisting(Plaint *plaint, GError **error)
{
    const char *format = args_get(plaint->args, "format");
    g_autoptr(GString) line = g_string_new(NULL);
    Rows rows = {.format = OUT_TEXT, .out = line};
    ReportSpec spec = {.customer = args_get(plaint->args, "customer"),
                       .zone = args_get(plaint->args, "zone"),
                       .data = &rows};
    json_t *model;
    bool ok = true;

    if (plaint->json || format)
        rows.format = plaint->json ? OUT_JSON : (Output)text_name_find(outputs, N_OUTPUTS, format);
    if (rows.format == OUT_TEXT || rows.format == OUT_HTML)
        spec.most = REPORT_SHOWN;
    else
        spec.row = print_row;
    if (!period(plaint, &spec, error))
        return false;
    if (rows.format == OUT_CSV)
        report_csv_head(line);
    else if (rows.format == OUT_JSON)
        g_string_assign(line, "{\"listings\":[");
    (void)fputs(line->str, stdout);
    model = report_delisting(plaint->store, &spec, error);
    if (!model)
        return false;
    if (rows.format == OUT_JSON)
        print_json_rest(model);
    else if (rows.format != OUT_CSV)
        ok = print_document(plaint, model, rows.format == OUT_HTML, error);
    json_decref(model);
    return ok;
}

static const CommandOption options[] = {
    {.name = "since", .value = "TIME", .summary = "from when: a date, or 7d; without it 30 days"},
    {.name = "until", .value = "TIME", .summary = "until when; without it now"},
    {.name = "format",
     .value = "FORMAT",
     .summary = "text, a page, or all rows for a spreadsheet or program",
     .words = outputs},
    {.name = "customer", .value = "REFERENCE", .summary = "only what is this customer's"},
    {.name = "zone", .value = "ZONE", .summary = "only this list"},
    {.name = NULL}};

const Command cmd_report_delisting = {
    .name = "report delisting",
    .operands = "",
    .summary = "what is on lists, why, what was done, and how long it took",
    .details =
        "Shows what is listed at the end of the period: since when, why, what was done and proved, "
        "when the list was asked and what is awaited; what was delisted; and the times to detect, "
        "contain, request and delist (median and 90th percentile), by list and by cause. "
        "glossary.md says what each figure is.\n\n"
        "--format=html is one page without anything outside, for a mail, a browser or paper. In "
        "text and page the first hundred of each kind are shown; csv and json have all.",
    .options = options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = 0,
    .run = run_delisting,
};
