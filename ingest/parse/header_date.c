/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates of mail headers: RFC 5322 section 3.3 with the obsolete forms of 4.3, and what real
 * programs write instead (ctime order, ISO 8601, two-digit years, fractions, named zones). */
#include <string.h>

#include "base/clock.h"
#include "ingest/parse/header.h"

typedef struct {
    int year, month, day;
    int hour, minute, second;
    int zone; /* seconds east of UTC */
    bool has_time, has_zone;
} DateParts;

typedef struct {
    const char *name;
    int minutes;
} NamedZone;

/* clang-format off */
static const NamedZone zones[] = {
    {"UT", 0}, {"UTC", 0}, {"GMT", 0}, {"Z", 0}, {"WET", 0},
    {"EST", -300}, {"EDT", -240}, {"CST", -360}, {"CDT", -300}, {"MST", -420}, {"MDT", -360},
    {"PST", -480}, {"PDT", -420}, {"AKST", -540}, {"AKDT", -480}, {"HST", -600},
    {"BST", 60}, {"WEST", 60}, {"CET", 60}, {"MET", 60}, {"MEZ", 60}, {"CEST", 120},
    {"MEST", 120}, {"MESZ", 120}, {"EET", 120}, {"EEST", 180}, {"MSK", 180}, {"MSD", 240},
    {"IST", 330}, {"SGT", 480}, {"HKT", 480}, {"JST", 540}, {"KST", 540},
    {"AEST", 600}, {"AEDT", 660}, {"NZST", 720}, {"NZDT", 780},
};
static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
static const char weekdays[] = "montuewedthufrisatsun";
/* clang-format on */

/* 1-based position of the three-letter word in a list of such, 0 when it is not there. */
static int
word_number(const char *list, const char *word, gsize len)
{
    if (len < 3)
        return 0;
    for (int i = 0; list[3 * i]; i++)
        if (g_ascii_strncasecmp(list + 3 * i, word, 3) == 0)
            return i + 1;
    return 0;
}

/* Digits at *at (not past end); -1 when there are none or more than four. */
static int
take_number(const char **at, const char *end, int *ret_digits)
{
    int value = 0, digits = 0;

    while (*at < end && g_ascii_isdigit(**at) && digits < 5) {
        value = value * 10 + (**at - '0');
        (*at)++;
        digits++;
    }
    *ret_digits = digits;
    return digits == 0 || digits > 4 ? -1 : value;
}

static bool
take_year(DateParts *parts, int value, int digits)
{
    if (parts->year >= 0)
        return false;
    if (digits == 2)
        value += value < 50 ? 2000 : 1900; /* RFC 5322, section 4.3 */
    else if (digits == 3)
        value += 1900;
    parts->year = value;
    return true;
}

/* "10:11:12.345"; seconds and fraction may be missing. */
static bool
take_time(DateParts *parts, const char *at, const char *end)
{
    int digits;

    if (parts->has_time)
        return true;
    parts->hour = take_number(&at, end, &digits);
    if (parts->hour < 0 || digits > 2 || at >= end || *at++ != ':')
        return false;
    parts->minute = take_number(&at, end, &digits);
    if (parts->minute < 0 || digits > 2)
        return false;
    if (at < end && *at == ':') {
        at++;
        parts->second = take_number(&at, end, &digits);
        if (parts->second < 0 || digits > 2)
            return false;
    }
    if (at < end && (*at == '.' || *at == ','))
        for (at++; at < end && g_ascii_isdigit(*at);)
            at++;
    parts->has_time = true;
    if (at < end && (*at == 'Z' || *at == 'z'))
        parts->has_zone = true;
    return true;
}

/* "+0100", "-08:00", "+1"; nonsense counts as UTC, the moment is then off by hours, not lost. */
static void
take_offset(DateParts *parts, const char *at, const char *end)
{
    int sign = *at == '-' ? -1 : 1, digits, value;

    if (parts->has_zone && parts->zone != 0)
        return;
    at++;
    value = take_number(&at, end, &digits);
    if (value < 0)
        return;
    if (at < end && *at == ':') {
        int minutes;
        at++;
        minutes = take_number(&at, end, &digits);
        value = value * 100 + MAX(minutes, 0);
    } else if (digits <= 2) {
        value *= 100;
    }
    parts->has_zone = true;
    if (value / 100 <= 14 && value % 100 < 60)
        parts->zone = sign * (value / 100 * 3600 + value % 100 * 60);
}

static void
take_zone_name(DateParts *parts, const char *at, const char *end)
{
    gsize len = 0;

    while (at + len < end && g_ascii_isalpha(at[len]))
        len++;
    if (!parts->has_zone)
        for (gsize i = 0; i < G_N_ELEMENTS(zones); i++) {
            if (strlen(zones[i].name) != len || g_ascii_strncasecmp(zones[i].name, at, len) != 0)
                continue;
            parts->zone = zones[i].minutes * 60;
            parts->has_zone = true;
        }
    if (at + len + 1 < end && (at[len] == '+' || at[len] == '-')) /* GMT+0100 */
        take_offset(parts, at + len, end);
}

/* "2026-01-02", "2026/01/02", "02-Jan-2026"; a time may follow after T. */
static bool
take_composite(DateParts *parts, const char *at, const char *end)
{
    int first_digits, digits, first = take_number(&at, end, &first_digits), second, third;

    if (first < 0 || at >= end)
        return false;
    at++;
    if (g_ascii_isalpha(*at)) {
        second = word_number(months, at, (gsize)(end - at));
        while (at < end && g_ascii_isalpha(*at))
            at++;
    } else {
        if (first_digits != 4) /* 01/02/03 means three things */
            return false;
        second = take_number(&at, end, &digits);
    }
    if (second <= 0 || at >= end)
        return false;
    at++;
    third = take_number(&at, end, &digits);
    if (third < 0)
        return false;
    parts->month = second;
    parts->day = first_digits == 4 ? third : first;
    if (!(first_digits == 4 ? take_year(parts, first, 4) : take_year(parts, third, digits)))
        return false;
    if (at < end && (*at == 'T' || *at == 't')) {
        const char *p = at + 1, *zone = p;
        while (zone < end && *zone != '+' && *zone != '-')
            zone++;
        if (!take_time(parts, p, zone))
            return false;
        if (zone < end)
            take_offset(parts, zone, end);
    }
    return true;
}

static bool
take_digits(DateParts *parts, const char *at, const char *end)
{
    const char *p = at;
    int digits, value;

    if (memchr(at, ':', (gsize)(end - at)) && !memchr(at, 'T', (gsize)(end - at))) {
        const char *zone = at;
        while (zone < end && *zone != '+' && *zone != '-') /* 10:11:12+0100 */
            zone++;
        if (!take_time(parts, at, zone))
            return false;
        if (zone < end)
            take_offset(parts, zone, end);
        return true;
    }
    value = take_number(&p, end, &digits);
    if (p < end && (*p == '-' || *p == '/'))
        return take_composite(parts, at, end);
    if (value < 0)
        return false;
    if (parts->day < 0 && digits <= 2) {
        parts->day = value;
        return true;
    }
    return take_year(parts, value, digits) || parts->has_time;
}

static bool
take_word(DateParts *parts, const char *at, const char *end)
{
    gsize len = (gsize)(end - at);
    int month;

    if (g_ascii_isdigit(*at))
        return take_digits(parts, at, end);
    if ((*at == '+' || *at == '-') && len > 1) {
        take_offset(parts, at, end);
        return true;
    }
    month = word_number(months, at, len);
    if (month && parts->month < 0) {
        parts->month = month;
        return true;
    }
    if (len == 2 && g_ascii_tolower(at[1]) == 'm' && parts->has_time) { /* 12-hour clock */
        if (g_ascii_tolower(*at) == 'p' && parts->hour < 12)
            parts->hour += 12;
        else if (g_ascii_tolower(*at) == 'a' && parts->hour == 12)
            parts->hour = 0;
        return true;
    }
    if (!word_number(weekdays, at, len) || parts->has_time)
        take_zone_name(parts, at, end);
    return true;
}

/* Days since 1970-01-01 of a date in the Gregorian calendar. */
static gint64
days_of(int year, int month, int day)
{
    gint64 y = month <= 2 ? year - 1 : year;
    gint64 era = y / 400, of_era = y % 400;
    gint64 of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool
is_possible(const DateParts *parts)
{
    static const int lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return parts->year >= 1970 && parts->year <= 9999 && parts->month >= 1 && parts->month <= 12 &&
           parts->day >= 1 && parts->day <= lengths[parts->month - 1] && parts->has_time &&
           parts->hour < 24 && parts->minute < 60 && parts->second <= 60;
}

bool
header_date_parse(const char *value, gint64 *ret_time)
{
    DateParts parts = {.year = -1, .month = -1, .day = -1};
    int depth = 0, words = 0;

    if (!value)
        return false;
    for (const char *p = value; *p && words < 16;) {
        const char *at = p;
        if (*p == '(')
            depth++;
        else if (*p == ')' && depth > 0)
            depth--;
        if (depth > 0 || strchr(" \t,;()\"", *p)) {
            p++;
            continue;
        }
        while (*p && !strchr(" \t,;()\"", *p))
            p++;
        words++;
        if (!take_word(&parts, at, p))
            return false;
    }
    if (!is_possible(&parts))
        return false;
    *ret_time = days_of(parts.year, parts.month, parts.day) * 86400 + parts.hour * 3600 +
                parts.minute * 60 + parts.second - parts.zone;
    return true;
}
