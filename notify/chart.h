/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart.h - numbers over time as SVG, to be put into a page: it takes the page's colours
 * (classes axis, line, area, bar) and says in words what it shows. */
#pragma once

#include <glib.h>

typedef struct {
    const char *title; /* for those who do not see it; escaped here */
    const char *words;
    const gint64 *values;
    guint n;
    const char *from, *until; /* under both ends */
} Chart;

/* Each value holds until the next. (transfer full), never NULL */
char *chart_steps(const Chart *chart);
/* A bar for each. (transfer full), never NULL */
char *chart_bars(const Chart *chart);
