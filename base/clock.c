/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/text.h"

gint64
clock_now(void)
{
    const char *fixed = getenv("PLAINT_NOW");
    gint64 now;

    if (fixed && g_ascii_string_to_signed(fixed, 10, 0, G_MAXINT32, &now, NULL))
        return now;
    if (fixed && time_parse(fixed, &now, NULL))
        return now;
    return g_get_real_time() / G_USEC_PER_SEC;
}

const char *
time_text(gint64 time, char *buf)
{
    time_t seconds = (time_t)time;
    struct tm tm;

    buf[0] = '\0';
    if (time != TIME_NONE && gmtime_r(&seconds, &tm) && tm.tm_year >= -1899 && tm.tm_year <= 8099)
        g_snprintf(buf, TIME_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
                   tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
    return buf;
}

bool
time_parse(const char *text, gint64 *ret_time, GError **error)
{
    /* g_date_time_new_from_iso8601 wants a 'T' and a time of day: complete the short forms. */
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) date = NULL;
    g_autofree char *full = NULL;
    g_autofree char *quoted = NULL;
    gsize len = strlen(text);

    if (len == 10)
        full = g_strconcat(text, "T00:00:00", NULL);
    else if (len == 16 && (text[10] == ' ' || text[10] == 'T'))
        full = g_strconcat(text, ":00", NULL);
    else
        full = g_strdup(text);
    if (len > 10 && len <= 40 && full[10] == ' ')
        full[10] = 'T';
    if (len <= 40)
        date = g_date_time_new_from_iso8601(full, utc);
    if (date) {
        *ret_time = g_date_time_to_unix(date);
        return true;
    }
    quoted = text_quote(text);
    return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                       "no time: %s; write 2026-01-31, 2026-01-31T23:59:00Z", quoted);
}

/* clang-format off */
static const struct { char unit; gint64 seconds; } units[] = {
    {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 7 * 86400},
};
/* clang-format on */

bool
duration_parse(const char *text, gint64 *ret_seconds, GError **error)
{
    char *end = NULL;
    guint64 n = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &end, 10) : 0;
    g_autofree char *quoted = NULL;

    for (gsize i = 0; n > 0 && n < 1000000000 && i < G_N_ELEMENTS(units); i++) {
        if (end[0] == units[i].unit && !end[1]) {
            *ret_seconds = (gint64)n * units[i].seconds;
            return true;
        }
    }
    quoted = text_quote(text);
    return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                       "no duration: %s; write 90s, 15m, 36h, 7d or 2w", quoted);
}

bool
time_parse_since(const char *text, gint64 now, gint64 *ret_time, GError **error)
{
    gint64 seconds;

    if (duration_parse(text, &seconds, NULL)) {
        *ret_time = now - seconds;
        return true;
    }
    if (time_parse(text, ret_time, NULL))
        return true;
    g_autofree char *quoted = text_quote(text);
    return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                       "no moment: %s; write a duration ago (7d, 36h) or a date (2026-01-31)",
                       quoted);
}

const char *
time_ago(gint64 time, gint64 now, char *buf)
{
    char unit = 's';
    gint64 n, away;

    buf[0] = '\0';
    if (time == TIME_NONE)
        return buf;
    n = away = now > time ? now - time : time - now;
    if (away < 60) {
        g_strlcpy(buf, "just now", TIME_TEXT_SIZE);
        return buf;
    }
    for (gsize i = 1; i < 4 && away >= units[i].seconds; i++) {
        unit = units[i].unit;
        n = away / units[i].seconds;
    }
    g_snprintf(buf, TIME_TEXT_SIZE,
               now >= time ? "%" G_GINT64_FORMAT " %s ago" : "in %" G_GINT64_FORMAT " %s", n,
               unit == 'm'   ? "min"
               : unit == 'h' ? "h"
                             : "d");
    return buf;
}
