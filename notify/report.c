/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notify/report.h"

#include "base/clock.h"
#include "notify/chart.h"

static const char *
get(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static gint64
number(const json_t *object, const char *member)
{
    return json_integer_value(json_object_get(object, member));
}

/* -- words ------------------------------------------------------------------------------------ */

/* A time of the model, in our zone. (transfer full) or NULL */
static char *
local_text(const json_t *object, const char *member, const char *format)
{
    gint64 time = 0;
    g_autoptr(GDateTime) local = NULL;

    if (!get(object, member) || !time_parse(get(object, member), &time, NULL))
        return NULL;
    local = g_date_time_new_from_unix_local(time);
    return g_date_time_format(local, format);
}

static char *
when(const json_t *object, const char *member)
{
    return local_text(object, member, "%Y-%m-%d %H:%M");
}

static char *
day(const json_t *object, const char *member)
{
    return local_text(object, member, "%Y-%m-%d");
}

/* "12 m", "3.5 h", "20 d" */
static char *
duration(gint64 seconds)
{
    static const struct {
        gint64 up_to, seconds;
        const char *unit;
    } units[] = {{3600, 60, "m"}, {48 * 3600, 3600, "h"}, {G_MAXINT64, 86400, "d"}};
    guint i = 0;
    double value;

    while (seconds >= units[i].up_to)
        i++;
    value = (double)seconds / (double)units[i].seconds;
    return g_strdup_printf(value < 10 && i > 0 ? "%.1f %s" : "%.0f %s", value, units[i].unit);
}

/* "2.0 h / 3.1 d", median and p90; "–" when nothing was measured */
static char *
both(const json_t *group, const char *member)
{
    const json_t *times = json_object_get(group, member);
    g_autofree char *median = duration(number(times, "median")),
                    *p90 = duration(number(times, "p90"));

    return number(times, "n") == 0 ? g_strdup("–") : g_strdup_printf("%s / %s", median, p90);
}

/* "4.2 %" of the answers said nothing */
static char *
share(const json_t *group)
{
    gint64 checks = number(group, "checks");

    return checks == 0 ? g_strdup("–")
                       : g_strdup_printf("%.1f %%",
                                         100.0 * (double)number(group, "unknown") / (double)checks);
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
    g_autofree char *contained = when(row, "contained_at"), *fixed = when(row, "fixed_at");
    const json_t *proofs = json_object_get(row, "proofs");
    g_autoptr(GString) text = g_string_new(NULL);

    if (contained)
        g_string_append_printf(text, "contained %s", contained);
    if (fixed)
        g_string_append_printf(text, "%sfixed %s", text->len ? ", " : "", fixed);
    for (gsize i = 0; i < json_array_size(proofs); i++) {
        const json_t *proof = json_array_get(proofs, i);

        g_string_append_printf(text, "%s%s: %s", text->len ? "; " : "", get(proof, "kind"),
                               get(proof, "text"));
    }
    return g_string_free(g_steal_pointer(&text), text->len == 0);
}

static char *
why_text(const json_t *row)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (json_is_integer(json_object_get(row, "ticket_id")))
        g_string_append_printf(text, "ticket %" G_GINT64_FORMAT " (%s), cause %s",
                               number(row, "ticket_id"), get(row, "ticket_state"),
                               get(row, "cause"));
    else
        g_string_append(text, "no ticket");
    if (get(row, "customer"))
        g_string_append_printf(text, ", customer %s", get(row, "customer"));
    if (get(row, "why"))
        g_string_append_printf(text, "; the list says %s", get(row, "why"));
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

        if (g_strcmp0(awaited[i].state, get(row, "state")) != 0)
            continue;
        until = awaited[i].until ? when(row, awaited[i].until) : NULL;
        return g_strconcat(awaited[i].text, until ? ", until " : "", until ? until : "", NULL);
    }
    return NULL;
}

static json_t *
listing_document(const json_t *row)
{
    json_t *facts = json_array();
    g_autofree char *began = when(row, "began_at"), *ended = when(row, "ended_at");
    g_autofree char *listed = g_strconcat(
        began, ended ? " until " : "", ended ? ended : "",
        json_is_true(json_object_get(row, "relisted")) ? ", not for the first time" : "", NULL);
    g_autofree char *why = why_text(row), *done = done_text(row), *awaited = awaited_text(row);
    g_autofree char *asked = when(row, "requested_at");
    g_autofree char *request = asked ? g_strdup_printf("%s: %s", asked, get(row, "request")) : NULL;

    add_fact(facts, "listed", listed);
    add_fact(facts, "why", why);
    add_fact(facts, "done", done);
    add_fact(facts, "asked", request);
    add_fact(facts, "awaited", awaited);
    return json_pack("{s:s, s:s, s:s, s:o}", "address", get(row, "address"), "zone",
                     get(row, "zone"), "state", get(row, "state"), "facts", facts);
}

static json_t *
part_document(const json_t *model, const char *member, gint64 all, const char *title,
              const char *none)
{
    const json_t *rows = json_object_get(model, member);
    json_t *shown = json_array();
    gint64 left;

    for (gsize i = 0; i < MIN(json_array_size(rows), REPORT_SHOWN); i++)
        json_array_append_new(shown, listing_document(json_array_get(rows, i)));
    left = all - (gint64)json_array_size(shown);
    return json_pack(
        "{s:s, s:o, s:s, s:o}", "title", title, "rows", shown, "none", none, "more",
        left > 0 ? json_sprintf("and %lld more: --format=csv has all of them", (long long)left)
                 : json_null());
}

/* -- tables and figures ----------------------------------------------------------------------- */

static void
add_cell(json_t *cells, char *text)
{
    json_array_append_new(cells, json_string(text));
    g_free(text);
}

static json_t *
counts_table(const char *title, const char *first, const json_t *groups)
{
    json_t *rows = json_array();

    for (gsize i = 0; i < json_array_size(groups); i++) {
        const json_t *group = json_array_get(groups, i);
        json_t *cells = json_pack("[s]", get(group, "name"));
        static const char *const counts[] = {"listed", "began", "ended", "relisted"};

        for (gsize c = 0; c < G_N_ELEMENTS(counts); c++)
            add_cell(cells, g_strdup_printf("%" G_GINT64_FORMAT, number(group, counts[c])));
        add_cell(cells, duration(60 * number(group, "listed_minutes")));
        add_cell(cells, share(group));
        json_array_append_new(rows, cells);
    }
    return json_pack("{s:s, s:[s,s,s,s,s,s,s], s:o}", "title", title, "head", first, "listed",
                     "new", "off", "again", "time", "unknown", "rows", rows);
}

static json_t *
times_table(const char *title, const char *first, const json_t *groups)
{
    json_t *rows = json_array();

    for (gsize i = 0; i < json_array_size(groups); i++) {
        const json_t *group = json_array_get(groups, i);
        json_t *cells = json_pack("[s]", get(group, "name"));
        static const char *const times[] = {"detect", "contain", "request", "delist"};

        for (gsize c = 0; c < G_N_ELEMENTS(times); c++)
            add_cell(cells, both(group, times[c]));
        json_array_append_new(rows, cells);
    }
    return json_pack("{s:s, s:[s,s,s,s,s], s:o}", "title", title, "head", first, "detect",
                     "contain", "request", "delist", "rows", rows);
}

static void
add_chart(json_t *document, const json_t *model)
{
    const json_t *values = json_object_get(json_object_get(model, "levels"), "values");
    g_autofree gint64 *numbers = g_new0(gint64, json_array_size(values) + 1);
    g_autofree char *from = when(model, "since"), *until = when(model, "until");
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
    json_object_set_new(document, "chart", json_string(svg));
    json_object_set_new(document, "chart_words", json_string(words));
}

static json_t *
figures_document(const json_t *total)
{
    g_autofree char *time = duration(60 * number(total, "listed_minutes"));
    g_autofree char *delist = both(total, "delist"), *unknown = share(total);

    return json_pack(
        "[{s:I,s:s}, {s:I,s:s}, {s:I,s:s}, {s:I,s:s}, {s:s,s:s}, {s:s,s:s}, {s:s,s:s}]", "value",
        number(total, "listed"), "label", "listed now", "value", number(total, "began"), "label",
        "new in the period", "value", number(total, "ended"), "label", "delisted", "value",
        number(total, "relisted"), "label", "listed again", "value", delist, "label",
        "until delisted (median / p90)", "value", time, "label", "listed, all together", "value",
        unknown, "label", "of answers unknown");
}

json_t *
report_document(const json_t *model, const char *site, gint64 now)
{
    const json_t *total = json_object_get(model, "total");
    const json_t *zones = json_object_get(model, "zones"),
                 *causes = json_object_get(model, "causes");
    g_autofree char *since = when(model, "since"), *until = when(model, "until");
    g_autofree char *period = g_strdup_printf("%s to %s", since, until);
    g_autofree char *first = day(model, "since"), *last = day(model, "until");
    g_autofree char *days = g_strdup_printf("%s to %s", first, last);
    g_autofree char *file = g_strdup_printf("%s-%s", get(model, "report"), last);
    g_autoptr(GDateTime) local = g_date_time_new_from_unix_local(now);
    g_autofree char *made = g_date_time_format(
        local, "Made %Y-%m-%d %H:%M %Z from the tickets, listings and look-ups that plaint has on "
               "record. Times are %Z.");
    json_t *scope = json_array();
    json_t *document = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:[o,o,o], s:[o,o], s:[s,s,s]}", "title",
        "Delisting report", "site", site, "period", period, "days", days, "file", file, "scope",
        scope, "figures", figures_document(total), "tables", counts_table("By list", "list", zones),
        times_table("How long it took, by list", "list", zones),
        times_table("How long it took, by cause", "cause", causes), "parts",
        part_document(model, "listed", number(total, "listed"), "Listed at the end",
                      "No address is on a list."),
        part_document(model, "delisted", number(total, "ended"), "Delisted in the period",
                      "None was delisted in the period."),
        "notes", made,
        "Detect: from the first sign to the ticket; contain: from the ticket until the flow was "
        "stopped; request: from the listing until the list was asked; delist: from the listing to "
        "the first clean answer. Median / p90, over what happened in the period.",
        "Unknown: answers of a list that say neither listed nor clean.");

    if (get(model, "customer"))
        json_array_append_new(scope, json_sprintf("customer %s", get(model, "customer")));
    if (get(model, "zone"))
        json_array_append_new(scope, json_sprintf("list %s", get(model, "zone")));
    add_chart(document, model);
    return document;
}
