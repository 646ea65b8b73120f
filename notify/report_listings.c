/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document of the delisting report. */
#include "notify/chart.h"
#include "notify/report_words.h"

/* "4.2 %" of the answers said nothing */
static char *
share(const json_t *group)
{
    gint64 checks = report_number(group, "checks");

    return checks == 0
               ? g_strdup("–")
               : g_strdup_printf("%.1f %%",
                                 100.0 * (double)report_number(group, "unknown") / (double)checks);
}

/* -- one listing ------------------------------------------------------------------------------ */

static void
add_fact(json_t *facts, const char *label, const char *text)
{
    if (text && *text)
        json_array_append_new(facts, json_pack("{s:s, s:s}", "label", label, "text", text));
}

static char *
done_text(const json_t *row)
{
    g_autofree char *contained = report_when(row, "contained_at"),
                    *fixed = report_when(row, "fixed_at");
    const json_t *proofs = json_object_get(row, "proofs");
    g_autoptr(GString) text = g_string_new(NULL);

    if (contained)
        g_string_append_printf(text, "contained %s", contained);
    if (fixed)
        g_string_append_printf(text, "%sfixed %s", text->len ? ", " : "", fixed);
    for (gsize i = 0; i < json_array_size(proofs); i++) {
        const json_t *proof = json_array_get(proofs, i);

        g_string_append_printf(text, "%s%s: %s", text->len ? "; " : "", report_get(proof, "kind"),
                               report_get(proof, "text"));
    }
    return g_string_free(g_steal_pointer(&text), text->len == 0);
}

static char *
why_text(const json_t *row)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (json_is_integer(json_object_get(row, "ticket_id")))
        g_string_append_printf(text, "ticket %" G_GINT64_FORMAT " (%s), cause %s",
                               report_number(row, "ticket_id"), report_get(row, "ticket_state"),
                               report_get(row, "cause"));
    else
        g_string_append(text, "no ticket");
    if (report_get(row, "customer"))
        g_string_append_printf(text, ", customer %s", report_get(row, "customer"));
    if (report_get(row, "why"))
        g_string_append_printf(text, "; the list says %s", report_get(row, "why"));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* What comes next, in each state. */
static char *
awaited_text(const json_t *row)
{
    static const struct {
        const char *state, *text, *until;
    } awaited[] = {
        {"listed", "the cause to be fixed and quiet, then the list is asked", NULL},
        {"expiring", "the list removes it by itself", NULL},
        {"requested", "the list's answer", "promised_at"},
        {"refused", "a new request, or the listing is accepted", NULL},
        {"watched", "watched for a relisting", "watch_until"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(awaited); i++) {
        g_autofree char *until = NULL;

        if (g_strcmp0(awaited[i].state, report_get(row, "state")) != 0)
            continue;
        until = awaited[i].until ? report_when(row, awaited[i].until) : NULL;
        return g_strconcat(awaited[i].text, until ? ", until " : "", until ? until : "", NULL);
    }
    return NULL;
}

static json_t *
listing_document(const json_t *row)
{
    json_t *facts = json_array();
    g_autofree char *began = report_when(row, "began_at"), *ended = report_when(row, "ended_at");
    g_autofree char *again = report_when(row, "listed_again_at");
    g_autofree char *listed = g_strconcat(
        began, ended ? " until " : "", ended ? ended : "", again ? ", again " : "",
        again ? again : "",
        json_is_true(json_object_get(row, "relisted")) ? ", not for the first time" : "", NULL);
    g_autofree char *why = why_text(row), *done = done_text(row),
                    *awaited = again ? NULL : awaited_text(row);
    g_autofree char *asked = report_when(row, "requested_at");
    g_autofree char *request =
        asked ? g_strdup_printf("%s: %s", asked, report_get(row, "request")) : NULL;

    add_fact(facts, "listed", listed);
    add_fact(facts, "why", why);
    add_fact(facts, "done", done);
    add_fact(facts, "asked", request);
    add_fact(facts, "awaited", awaited);
    return json_pack("{s:s, s:s, s:s, s:o}", "name", report_get(row, "address"), "of",
                     report_get(row, "zone"), "state",
                     again ? "listed again" : report_get(row, "state"), "facts", facts);
}

static json_t *
part_document(const json_t *model, const char *member, gint64 all, const char *title,
              const char *none)
{
    const json_t *rows = json_object_get(model, member);
    json_t *shown = json_array();
    g_autofree char *more = NULL;

    for (gsize i = 0; i < MIN(json_array_size(rows), REPORT_SHOWN); i++)
        json_array_append_new(shown, listing_document(json_array_get(rows, i)));
    more = report_more(all - (gint64)json_array_size(shown));
    return json_pack("{s:s, s:o, s:s, s:s?}", "title", title, "rows", shown, "none", none, "more",
                     more);
}

/* -- tables and figures ----------------------------------------------------------------------- */

static json_t *
counts_table(const char *title, const char *first, const json_t *groups)
{
    json_t *rows = json_array();

    for (gsize i = 0; i < json_array_size(groups); i++) {
        const json_t *group = json_array_get(groups, i);
        json_t *cells = json_pack("[s]", report_get(group, "name"));
        static const char *const counts[] = {"listed", "began", "ended", "relisted"};

        for (gsize c = 0; c < G_N_ELEMENTS(counts); c++)
            report_add_number(cells, group, counts[c]);
        report_add(cells, report_duration(60 * report_number(group, "listed_minutes")));
        report_add(cells, share(group));
        json_array_append_new(rows, cells);
    }
    return report_table(&(ReportTable){
        title,
        json_pack("[s,s,s,s,s,s,s]", first, "listed", "new", "off", "again", "time", "unknown"),
        rows, 0, false});
}

static json_t *
times_table(const char *title, const char *first, const json_t *groups)
{
    json_t *rows = json_array();

    for (gsize i = 0; i < json_array_size(groups); i++) {
        const json_t *group = json_array_get(groups, i);
        json_t *cells = json_pack("[s]", report_get(group, "name"));
        static const char *const times[] = {"detect", "contain", "request", "delist"};

        for (gsize c = 0; c < G_N_ELEMENTS(times); c++)
            report_add(cells, report_both(group, times[c]));
        json_array_append_new(rows, cells);
    }
    return report_table(&(ReportTable){
        title, json_pack("[s,s,s,s,s]", first, "detect", "contain", "request", "delist"), rows, 0,
        true});
}

static void
add_chart(json_t *document, const json_t *model)
{
    const json_t *values = json_object_get(json_object_get(model, "levels"), "values");
    g_autofree gint64 *numbers = g_new0(gint64, json_array_size(values) + 1);
    g_autofree char *from = report_when(model, "since"), *until = report_when(model, "until");
    g_autofree char *words = NULL, *svg = NULL;
    gint64 most = 0;
    guint n = (guint)json_array_size(values);

    for (guint i = 0; i < n; i++) {
        numbers[i] = json_integer_value(json_array_get(values, i));
        most = MAX(most, numbers[i]);
    }
    words = g_strdup_printf("Between %" G_GINT64_FORMAT " at the beginning and %" G_GINT64_FORMAT
                            " at the end there were at most %" G_GINT64_FORMAT " at a time.",
                            numbers[0], n ? numbers[n - 1] : 0, most);
    svg = chart_steps(&(Chart){"Listings over time", words, numbers, n, from, until});
    json_object_set_new(document, "chart_title", json_string("Listings over time"));
    json_object_set_new(document, "chart", json_string(svg));
    json_object_set_new(document, "chart_words", json_string(words));
}

static json_t *
figures_document(const json_t *total)
{
    g_autofree char *time = report_duration(60 * report_number(total, "listed_minutes"));
    g_autofree char *delist = report_both(total, "delist"), *unknown = share(total);

    return json_pack(
        "[{s:I,s:s}, {s:I,s:s}, {s:I,s:s}, {s:I,s:s}, {s:s,s:s}, {s:s,s:s}, {s:s,s:s}]", "value",
        report_number(total, "listed"), "label", "listed at the end", "value",
        report_number(total, "began"), "label", "new in the period", "value",
        report_number(total, "ended"), "label", "delisted", "value",
        report_number(total, "relisted"), "label", "listed again", "value", delist, "label",
        "until delisted (median / p90)", "value", time, "label", "listed, all together", "value",
        unknown, "label", "of answers unknown");
}

json_t *
report_delisting_document(const json_t *model, const char *site, gint64 now)
{
    static const char *const notes[] = {
        "Detect: from the first sign to the ticket; contain: from the ticket until the flow was "
        "stopped; request: from the listing until the list was asked; delist: from the listing to "
        "the first clean answer. Median / p90 (nine tenths were no longer), over what happened in "
        "the period.",
        "Unknown: answers of a list that say neither listed nor clean.", NULL};
    const json_t *total = json_object_get(model, "total");
    const json_t *zones = json_object_get(model, "zones"),
                 *causes = json_object_get(model, "causes");
    json_t *document = report_document_new(&(ReportPaper){
        "Delisting report", site, "tickets, listings and look-ups", model, now, notes});

    json_object_set_new(document, "figures", figures_document(total));
    json_object_set_new(document, "tables",
                        json_pack("[o,o,o]", counts_table("By list", "list", zones),
                                  times_table("How long it took, by list", "list", zones),
                                  times_table("How long it took, by cause", "cause", causes)));
    json_object_set_new(
        document, "parts",
        json_pack("[o,o]",
                  part_document(model, "listed", report_number(total, "listed"),
                                "Listed at the end", "No address is on a list."),
                  part_document(model, "delisted", report_number(total, "ended"),
                                "Delisted in the period", "None was delisted in the period.")));
    add_chart(document, model);
    return document;
}
