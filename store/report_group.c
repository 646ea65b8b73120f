/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/report_group.h"

#include <stdlib.h>
#include <string.h>

static const char *const time_names[REPORT_N_TIMES] = {"detect", "contain", "request", "delist"};

ReportGroup *
report_group_new(const char *name)
{
    ReportGroup *group = g_new0(ReportGroup, 1);

    group->name = g_strdup(name);
    for (int i = 0; i < REPORT_N_TIMES; i++)
        group->times[i] = g_array_new(FALSE, FALSE, sizeof(gint32));
    return group;
}

void
report_group_free(ReportGroup *group)
{
    for (int i = 0; i < REPORT_N_TIMES; i++)
        g_array_unref(group->times[i]);
    g_free(group->name);
    g_free(group);
}

ReportGroup *
report_group_of(GHashTable *groups, const char *name)
{
    ReportGroup *group = g_hash_table_lookup(groups, name);

    if (!group) {
        group = report_group_new(name);
        g_hash_table_insert(groups, group->name, group);
    }
    return group;
}

static int
compare_times(const void *one, const void *other)
{
    gint32 a = *(const gint32 *)one, b = *(const gint32 *)other;

    return (a > b) - (a < b);
}

/* The smallest value that `percent` of them do not exceed. */
static json_t *
rank(const GArray *sorted, guint percent)
{
    guint n = (guint)(((guint64)sorted->len * percent + 99) / 100);

    return n == 0 ? json_null() : json_integer(g_array_index(sorted, gint32, n - 1));
}

json_t *
report_times_json(GArray *times)
{
    if (times->len > 0)
        qsort(times->data, times->len, sizeof(gint32), compare_times);
    return json_pack("{s:I, s:o, s:o}", "n", (json_int_t)times->len, "median", rank(times, 50),
                     "p90", rank(times, 90));
}

json_t *
report_group_json(const ReportGroup *group)
{
    json_t *object = json_pack(
        "{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "name", group->name, "listed", group->listed,
        "began", group->began, "ended", group->ended, "relisted", group->relisted, "listed_minutes",
        group->seconds / 60, "checks", group->checks, "unknown", group->unknown);

    for (int i = 0; i < REPORT_N_TIMES; i++)
        json_object_set_new(object, time_names[i], report_times_json(group->times[i]));
    return object;
}

static int
compare_groups(const void *one, const void *other)
{
    const ReportGroup *a = *(ReportGroup *const *)one, *b = *(ReportGroup *const *)other;

    return a->seconds != b->seconds ? (a->seconds < b->seconds) - (a->seconds > b->seconds)
                                    : strcmp(a->name, b->name);
}

json_t *
report_groups_json(GHashTable *groups)
{
    guint n = 0;
    g_autofree gpointer *names = g_hash_table_get_keys_as_array(groups, &n);
    g_autofree ReportGroup **sorted = g_new(ReportGroup *, n + 1);
    json_t *array = json_array();

    for (guint i = 0; i < n; i++)
        sorted[i] = g_hash_table_lookup(groups, names[i]);
    qsort(sorted, n, sizeof *sorted, compare_groups);
    for (guint i = 0; i < n; i++)
        json_array_append_new(array, report_group_json(sorted[i]));
    return array;
}
