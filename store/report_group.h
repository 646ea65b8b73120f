/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_group.h - the figures of a report: of everything, of a list, or of a cause (report.h says
 * what each is). Private to store/. */
#pragma once

#include <glib.h>
#include <jansson.h>

typedef enum {
    REPORT_DETECT,
    REPORT_CONTAIN,
    REPORT_REQUEST,
    REPORT_DELIST,
    REPORT_N_TIMES
} TimeKind;
/* Of everything, of a list, or of a cause. */
typedef struct {
    char *name;
    gint64 listed, began, ended, relisted, seconds, checks, unknown;
    GArray *times[REPORT_N_TIMES]; /* gint32, seconds */
} ReportGroup;

ReportGroup *report_group_new(const char *name);
void report_group_free(ReportGroup *group);
/* The one of that name among name -> ReportGroup, made if needed. */
ReportGroup *report_group_of(GHashTable *groups, const char *name);
/* Sorts the times. (transfer full) */
json_t *report_group_json(const ReportGroup *group);
/* Those that were listed longest first. (transfer full) */
json_t *report_groups_json(GHashTable *groups);
/* {"n","median","p90"} of gint32 seconds, which are sorted here. (transfer full) */
json_t *report_times_json(GArray *times);
