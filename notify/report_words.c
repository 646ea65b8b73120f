/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notify/report_words.h"

#include "base/clock.h"

const char *
report_get(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

gint64
report_number(const json_t *object, const char *member)
{
    return json_integer_value(json_object_get(object, member));
}

/* A time of the model, in our zone. (transfer full) or NULL */
static char *
local_text(const json_t *object, const char *member, const char *format)
{
    gint64 time = 0;
    g_autoptr(GDateTime) local = NULL;

    if (!report_get(object, member) || !time_parse(report_get(object, member), &time, NULL))
        return NULL;
    local = g_date_time_new_from_unix_local(time);
    return g_date_time_format(local, format);
}

char *
report_when(const json_t *object, const char *member)
{
    return local_text(object, member, "%Y-%m-%d %H:%M");
}

char *
report_day(const json_t *object, const char *member)
{
    return local_text(object, member, "%Y-%m-%d");
}

char *
report_duration(gint64 seconds)
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

char *
report_both(const json_t *group, const char *member)
{
    const json_t *times = json_object_get(group, member);
    g_autofree char *median = report_duration(report_number(times, "median")),
                    *p90 = report_duration(report_number(times, "p90"));

    return report_number(times, "n") == 0 ? g_strdup("–") : g_strdup_printf("%s / %s", median, p90);
}

void
report_add(json_t *cells, char *text)
{
    json_array_append_new(cells, json_string(text));
    g_free(text);
}

void
report_add_number(json_t *cells, const json_t *row, const char *member)
{
    report_add(cells, g_strdup_printf("%" G_GINT64_FORMAT, report_number(row, member)));
}

char *
report_more(gint64 left)
{
    return left > 0 ? g_strdup_printf("and %" G_GINT64_FORMAT " more: --format=csv has all of them",
                                      left)
                    : NULL;
}

json_t *
report_table(const ReportTable *table)
{
    g_autofree char *more = report_more(table->all - (gint64)json_array_size(table->rows));
    /* On a phone the rows of many columns are stacked, those of long cells one below the other. */
    const char *look = table->is_long                     ? "many times"
                       : json_array_size(table->head) > 3 ? "many"
                                                          : "";
    json_t *rows = json_array();

    for (gsize i = 0; i < json_array_size(table->rows); i++) {
        const json_t *cells = json_array_get(table->rows, i);
        json_t *row = json_array();

        for (gsize c = 0; c < json_array_size(cells); c++)
            json_array_append_new(row,
                                  json_pack("{s:O, s:O}", "label", json_array_get(table->head, c),
                                            "text", json_array_get(cells, c)));
        json_array_append_new(rows, row);
    }
    json_decref(table->rows);
    return json_pack("{s:s, s:s, s:o, s:o, s:s?}", "title", table->title, "look", look, "head",
                     table->head, "rows", rows, "more", more);
}

json_t *
report_document_new(const ReportPaper *paper)
{
    const json_t *model = paper->model;
    g_autofree char *since = report_when(model, "since"), *until = report_when(model, "until");
    g_autofree char *period = g_strdup_printf("%s to %s", since, until);
    g_autofree char *first = report_day(model, "since"), *last = report_day(model, "until");
    g_autofree char *days = g_strdup_printf("%s to %s", first, last);
    g_autofree char *file = g_strdup_printf("%s-%s", report_get(model, "report"), last);
    g_autoptr(GDateTime) local = g_date_time_new_from_unix_local(paper->now);
    g_autofree char *format = g_strdup_printf(
        "Made %%Y-%%m-%%d %%H:%%M %%Z from the %s that plaint has on record. Times are %%Z.",
        paper->made_from);
    g_autofree char *made = g_date_time_format(local, format);
    json_t *scope = json_array(), *notes = json_pack("[s]", made);

    for (gsize i = 0; paper->notes[i]; i++)
        json_array_append_new(notes, json_string(paper->notes[i]));
    if (report_get(model, "customer"))
        json_array_append_new(scope, json_sprintf("customer %s", report_get(model, "customer")));
    if (report_get(model, "zone"))
        json_array_append_new(scope, json_sprintf("list %s", report_get(model, "zone")));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:[], s:[], s:[], s:o}", "title", paper->title,
                     "site", paper->site, "period", period, "days", days, "file", file, "scope",
                     scope, "figures", "tables", "parts", "notes", notes);
}
