/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The documents of the reports about the desk: activity, customers, relays. */
#include "notify/chart.h"
#include "notify/report_words.h"

enum { TOP = 20 };

static const char *const notes[] = {
    "Complaints are those received in the period; one about several counts once for each. Tickets "
    "are those that were open at some time in the period; opened, resolved: in the period; open: "
    "at "
    "its end.",
    "First move: from the opening of a ticket until it was first moved; resolve: from the opening, "
    "or the last reopening, until it was resolved. Median / p90 (nine tenths were no longer), over "
    "what happened in the period.",
    NULL};

static json_t *
paper(const char *title, const json_t *model, const char *site, gint64 now)
{
    return report_document_new(
        &(ReportPaper){title, site, "complaints, tickets, listings and tests", model, now, notes});
}

static void
add_figure(json_t *figures, char *value, const char *label)
{
    json_array_append_new(figures, json_pack("{s:s, s:s}", "value", value, "label", label));
    g_free(value);
}

static void
add_figures(json_t *document, const json_t *model)
{
    static const struct {
        const char *member, *label;
    } counts[] = {{"complaints", "complaints"},   {"filed", "of these without a ticket"},
                  {"opened", "tickets opened"},   {"resolved", "resolved"},
                  {"rejected", "rejected"},       {"open", "open at the end"},
                  {"listed", "listed at the end"}};
    const json_t *total = json_object_get(model, "total");
    json_t *figures = json_object_get(document, "figures");

    for (gsize i = 0; i < G_N_ELEMENTS(counts); i++)
        add_figure(figures,
                   g_strdup_printf("%" G_GINT64_FORMAT, report_number(total, counts[i].member)),
                   counts[i].label);
    add_figure(figures, report_both(total, "first_move"), "until first moved (median / p90)");
    add_figure(figures, report_both(total, "resolve"), "until resolved (median / p90)");
}

/* -- activity --------------------------------------------------------------------------------- */

static void
add_days(json_t *document, const json_t *model)
{
    const json_t *days = json_object_get(model, "days");
    guint n = (guint)json_array_size(days);
    g_autofree gint64 *values = g_new0(gint64, n + 1);
    g_autofree char *words = NULL, *svg = NULL;
    const char *best = "";
    gint64 most = 0;

    for (guint i = 0; i < n; i++) {
        const json_t *day = json_array_get(days, i);

        values[i] = report_number(day, "complaints");
        if (values[i] > most) {
            most = values[i];
            best = report_get(day, "name");
        }
    }
    words = most ? g_strdup_printf("The most were %" G_GINT64_FORMAT " on %s.", most, best)
                 : g_strdup("There were none.");
    svg = chart_bars(&(Chart){"Complaints per day", words, values, n,
                              n ? report_get(json_array_get(days, 0), "name") : "",
                              n ? report_get(json_array_get(days, n - 1), "name") : ""});
    json_object_set_new(document, "chart_title", json_string("Complaints per day"));
    json_object_set_new(document, "chart", json_string(svg));
    json_object_set_new(document, "chart_words", json_string(words));
}

/* Of what there were complaints, and how many of all. */
static json_t *
shares_table(const char *title, const char *first, const json_t *model, const char *member)
{
    const json_t *groups = json_object_get(model, member);
    gint64 all = report_number(json_object_get(model, "total"), "complaints");
    json_t *rows = json_array();

    for (gsize i = 0; i < MIN(json_array_size(groups), TOP); i++) {
        const json_t *group = json_array_get(groups, i);
        json_t *cells = json_pack("[s]", report_get(group, "name"));
        gint64 complaints = report_number(group, "complaints");

        report_add_number(cells, group, "complaints");
        report_add(cells,
                   all == 0 ? g_strdup("–")
                            : g_strdup_printf("%.0f %%", 100.0 * (double)complaints / (double)all));
        json_array_append_new(rows, cells);
    }
    return report_table(
        &(ReportTable){title, json_pack("[s,s,s]", first, "complaints", "share"), rows,
                       report_number(json_object_get(model, "counts"), member), false});
}

static json_t *
work_table(const json_t *model)
{
    static const char *const counts[] = {"complaints", "opened", "resolved", "open"};
    const json_t *causes = json_object_get(model, "causes");
    json_t *rows = json_array();

    for (gsize i = 0; i < MIN(json_array_size(causes), REPORT_SHOWN); i++) {
        const json_t *cause = json_array_get(causes, i);
        json_t *cells = json_pack("[s]", report_get(cause, "name"));

        for (gsize c = 0; c < G_N_ELEMENTS(counts); c++)
            report_add_number(cells, cause, counts[c]);
        report_add(cells, report_both(cause, "first_move"));
        report_add(cells, report_both(cause, "resolve"));
        json_array_append_new(rows, cells);
    }
    return report_table(
        &(ReportTable){"By cause",
                       json_pack("[s,s,s,s,s,s,s]", "cause", "complaints", "opened", "resolved",
                                 "open", "first move", "resolve"),
                       rows, report_number(json_object_get(model, "counts"), "causes"), true});
}

static json_t *
top_table(const char *title, const char *first, const json_t *model, const char *member)
{
    static const char *const counts[] = {"complaints", "tickets", "opened", "resolved", "open"};
    const json_t *groups = json_object_get(model, member);
    json_t *rows = json_array();

    for (gsize i = 0; i < MIN(json_array_size(groups), TOP); i++) {
        const json_t *group = json_array_get(groups, i);
        json_t *cells = json_pack("[s]", report_get(group, "name"));

        for (gsize c = 0; c < G_N_ELEMENTS(counts); c++)
            report_add_number(cells, group, counts[c]);
        json_array_append_new(rows, cells);
    }
    return report_table(&(ReportTable){
        title,
        json_pack("[s,s,s,s,s,s]", first, "complaints", "tickets", "opened", "resolved", "open"),
        rows, report_number(json_object_get(model, "counts"), member), false});
}

json_t *
report_activity_document(const json_t *model, const char *site, gint64 now)
{
    json_t *document = paper("Activity report", model, site, now);

    add_figures(document, model);
    add_days(document, model);
    json_object_set_new(document, "tables",
                        json_pack("[o,o,o,o,o,o]", work_table(model),
                                  top_table("Machines", "machine", model, "machines"),
                                  top_table("Customers", "customer", model, "customers"),
                                  shares_table("By category", "category", model, "categories"),
                                  shares_table("By format", "format", model, "formats"),
                                  shares_table("By reporter", "reporter", model, "reporters")));
    return document;
}

/* -- customers -------------------------------------------------------------------------------- */

json_t *
report_customers_document(const json_t *model, const char *site, gint64 now)
{
    static const char *const counts[] = {"complaints", "tickets", "open", "listed"};
    json_t *document = paper("Customer report", model, site, now), *rows = json_array();
    const json_t *customers = json_object_get(model, "customers");

    for (gsize i = 0; i < MIN(json_array_size(customers), REPORT_SHOWN); i++) {
        const json_t *row = json_array_get(customers, i);
        const char *name = report_get(row, "name");
        json_t *cells = json_array();
        char *last = report_day(row, "last_complaint_at");

        report_add(cells, g_strconcat(report_get(row, "customer"), name ? "  " : "",
                                      name ? name : "", NULL));
        for (gsize c = 0; c < G_N_ELEMENTS(counts); c++)
            report_add_number(cells, row, counts[c]);
        report_add(cells, last ? last : g_strdup("–"));
        json_array_append_new(rows, cells);
    }
    if (json_array_size(rows) == 0)
        json_array_append_new(
            json_object_get(document, "parts"),
            json_pack("{s:s, s:[], s:s, s:n}", "title", "Customers", "rows", "none",
                      "No customer had a complaint, a ticket or a listing.", "more"));
    add_figures(document, model);
    json_array_append_new(
        json_object_get(document, "tables"),
        report_table(&(ReportTable){
            "Customers",
            json_pack("[s,s,s,s,s,s]", "customer", "complaints", "tickets", "open", "listed",
                      "last complaint"),
            rows, report_number(json_object_get(model, "counts"), "customers"), false}));
    return document;
}

/* -- relays ----------------------------------------------------------------------------------- */

static void
add_fact(json_t *facts, const char *label, const GString *text)
{
    if (text->len > 0)
        json_array_append_new(facts, json_pack("{s:s, s:s}", "label", label, "text", text->str));
}

static json_t *
relay_document(const json_t *row)
{
    g_autoptr(GString) work = g_string_new(NULL), causes = g_string_new(NULL);
    g_autoptr(GString) listed = g_string_new(NULL), test = g_string_new(NULL);
    const json_t *array = json_object_get(row, "causes");
    g_autofree char *tested = report_when(row, "tested_at"),
                    *last = report_when(row, "last_complaint_at");
    json_t *facts = json_array();

    g_string_append_printf(work,
                           "complaints: %" G_GINT64_FORMAT ", tickets: %" G_GINT64_FORMAT
                           ", open: %" G_GINT64_FORMAT "%s%s",
                           report_number(row, "complaints"), report_number(row, "tickets"),
                           report_number(row, "open"), last ? "; last complaint " : "",
                           last ? last : "");
    for (gsize i = 0; i < json_array_size(array); i++)
        g_string_append_printf(causes, "%s%s (%" G_GINT64_FORMAT ")", causes->len ? ", " : "",
                               report_get(json_array_get(array, i), "name"),
                               report_number(json_array_get(array, i), "complaints"));
    array = json_object_get(row, "listings");
    for (gsize i = 0; i < json_array_size(array); i++) {
        g_autofree char *began = report_when(json_array_get(array, i), "began_at");

        g_string_append_printf(listed, "%s%s in %s since %s", listed->len ? "; " : "",
                               report_get(json_array_get(array, i), "address"),
                               report_get(json_array_get(array, i), "zone"), began);
    }
    if (tested)
        g_string_append_printf(test, "%s, %s", report_get(row, "test"), tested);
    add_fact(facts, "counts", work);
    add_fact(facts, "causes", causes);
    add_fact(facts, "listed", listed);
    add_fact(facts, "test", test);
    return json_pack("{s:s, s:n, s:s, s:o}", "name", report_get(row, "relay"), "of", "state",
                     listed->len ? "listed" : "unlisted", "facts", facts);
}

json_t *
report_relays_document(const json_t *model, const char *site, gint64 now)
{
    json_t *document = paper("Relay report", model, site, now), *shown = json_array();
    const json_t *relays = json_object_get(model, "relays");
    gint64 all = report_number(json_object_get(model, "counts"), "relays");
    g_autofree char *more = NULL;

    for (gsize i = 0; i < MIN(json_array_size(relays), REPORT_SHOWN); i++)
        json_array_append_new(shown, relay_document(json_array_get(relays, i)));
    more = report_more(all - (gint64)json_array_size(shown));
    add_figures(document, model);
    json_array_append_new(json_object_get(document, "parts"),
                          json_pack("{s:s, s:o, s:s, s:s?}", "title", "Our relays", "rows", shown,
                                    "none", "No [relay NAME] is configured, or none has anything.",
                                    "more", more));
    return document;
}
