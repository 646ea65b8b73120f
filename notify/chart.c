/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notify/chart.h"

#include "base/template.h"

enum { WIDTH = 720, HEIGHT = 180, LEFT = 44, TOP = 12, BOTTOM = 26 };

/* 1, 2 or 5 times a power of ten: what the axis goes up to. */
static gint64
round_up(gint64 value)
{
    static const gint64 steps[] = {1, 2, 5};

    for (gint64 power = 1; power <= G_MAXINT64 / 100; power *= 10)
        for (gsize i = 0; i < G_N_ELEMENTS(steps); i++)
            if (steps[i] * power >= value)
                return steps[i] * power;
    return value;
}

static void
add_text(GString *out, int x, int y, const char *anchor, const char *text)
{
    g_string_append_printf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x, y, anchor);
    template_escape_html(out, text);
    g_string_append(out, "</text>");
}

static void
add_axis(GString *out, gint64 top)
{
    for (int i = 0; i <= 2 && i <= top; i++) {
        gint64 value = top < 2 ? i : top / 2 * i;
        int y = TOP + HEIGHT - (int)(HEIGHT * ((double)value / (double)top));
        g_autofree char *label = g_strdup_printf("%" G_GINT64_FORMAT, value);

        g_string_append_printf(out,
                               "<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>",
                               LEFT, LEFT + WIDTH, y, y);
        add_text(out, LEFT - 8, y + 4, "end", label);
    }
}

/* "V" and "H" of a path: up or down, then on to where the next value begins. */
static void
add_steps(GString *path, const Chart *chart, gint64 top)
{
    for (guint i = 0; i < chart->n; i++) {
        int y = TOP + HEIGHT - (int)(HEIGHT * ((double)chart->values[i] / (double)top));

        if (i == 0)
            g_string_append_printf(path, "M%d %d", LEFT, y);
        else
            g_string_append_printf(path, "V%d", y);
        g_string_append_printf(path, "H%u", LEFT + WIDTH * (i + 1) / chart->n);
    }
}

/* A gap of a quarter, as long as there is room for one. */
static void
add_bars(GString *out, const Chart *chart, gint64 top)
{
    double step = (double)WIDTH / (double)MAX(chart->n, 1);

    for (guint i = 0; i < chart->n; i++) {
        int height = (int)(HEIGHT * ((double)chart->values[i] / (double)top));

        if (chart->values[i] > 0)
            g_string_append_printf(
                out, "<rect class=\"bar\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
                LEFT + (int)(i * step + step / 8), TOP + HEIGHT - MAX(height, 1),
                MAX((int)(step * 3 / 4), 1), MAX(height, 1));
    }
}

static void
add_line(GString *out, const Chart *chart, gint64 top)
{
    g_autoptr(GString) path = g_string_new(NULL);

    add_steps(path, chart, top);
    if (chart->n > 0)
        g_string_append_printf(out,
                               "<path class=\"area\" d=\"%sV%dH%dZ\"/>"
                               "<path class=\"line\" d=\"%s\"/>",
                               path->str, TOP + HEIGHT, LEFT, path->str);
}

static char *
draw(const Chart *chart, void (*add)(GString *out, const Chart *chart, gint64 top))
{
    g_autoptr(GString) out = g_string_new(NULL);
    gint64 top = 1;

    for (guint i = 0; i < chart->n; i++)
        top = MAX(top, chart->values[i]);
    top = round_up(top);
    g_string_append_printf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\"><title>", LEFT + WIDTH + 4,
                           TOP + HEIGHT + BOTTOM);
    template_escape_html(out, chart->title);
    g_string_append(out, "</title><desc>");
    template_escape_html(out, chart->words);
    g_string_append(out, "</desc>");
    add_axis(out, top);
    add(out, chart, top);
    add_text(out, LEFT, TOP + HEIGHT + 20, "start", chart->from);
    add_text(out, LEFT + WIDTH, TOP + HEIGHT + 20, "end", chart->until);
    g_string_append(out, "</svg>");
    return g_string_free(g_steal_pointer(&out), FALSE);
}

char *
chart_steps(const Chart *chart)
{
    return draw(chart, add_line);
}

char *
chart_bars(const Chart *chart)
{
    return draw(chart, add_bars);
}
