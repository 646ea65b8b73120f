/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chart is a line where each value holds until the next, and says in words what it shows. */
#include <glib.h>
#include <string.h>

#include "notify/chart.h"

static void
test_steps(void)
{
    const gint64 values[] = {0, 2, 1};
    const Chart chart = {"Listed & seen", "At most 2.", values, 3, "Monday", "Sunday"};
    g_autofree char *svg = chart_steps(&chart);

    g_assert_nonnull(strstr(svg, "<title>Listed &amp; seen</title><desc>At most 2.</desc>"));
    /* down at 192, at the top for the middle third, half way at last */
    g_assert_nonnull(strstr(svg, "d=\"M44 192H284V12H524V102H764\""));
    g_assert_nonnull(strstr(svg, ">Monday</text>"));
    g_assert_true(g_str_has_suffix(svg, "</svg>"));
}

static void
test_bars(void)
{
    const gint64 values[] = {0, 2, 1};
    const Chart chart = {"Complaints", "At most 2.", values, 3, "Monday", "Sunday"};
    g_autofree char *svg = chart_bars(&chart);

    /* none for 0; a gap of a quarter; to the top, then half way */
    g_assert_nonnull(
        strstr(svg, "<rect class=\"bar\" x=\"314\" y=\"12\" width=\"180\" height=\"180\"/>"
                    "<rect class=\"bar\" x=\"554\" y=\"102\" width=\"180\" height=\"90\"/>"));
}

/* No values, none but 0, and very large ones are no reason to stop. */
static void
test_extremes(void)
{
    const gint64 values[] = {0, G_MAXINT64 / 1000};

    for (guint n = 0; n <= 2; n++) {
        const Chart chart = {"t", "w", values, n, "", ""};
        g_autofree char *svg = chart_steps(&chart), *bars = chart_bars(&chart);

        g_assert_true(g_str_has_suffix(svg, "</svg>"));
        g_assert_true(g_str_has_suffix(bars, "</svg>"));
        g_assert_null(strstr(svg, "V-"));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/notify/chart/steps", test_steps);
    g_test_add_func("/notify/chart/bars", test_bars);
    g_test_add_func("/notify/chart/extremes", test_extremes);
    return g_test_run();
}
