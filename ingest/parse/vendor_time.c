/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times as logs and tables write them. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ingest/parse/prose.h"
#include "ingest/parse/vendor.h"

enum { LINE_BYTES = 400, LOG_LINES = 1000, LOG_EVENTS = 8 };

/* Is a zone said after the time of day: "Z", "+01:00", "CET"? */
static bool
has_zone(const char *text)
{
    const char *colon = strrchr(text, ':'), *p;

    if (!colon)
        return false;
    p = colon + 1;
    p += strspn(p, "0123456789.");
    p += strspn(p, " (");
    return *p == '+' || *p == '-' || g_ascii_isalpha(*p);
}

/* "10:11:12-08:00": the last colon is the zone's. */
static bool
has_offset(const char *text)
{
    gsize n = strlen(text);

    return n > 6 && (text[n - 6] == '+' || text[n - 6] == '-') && text[n - 3] == ':';
}

static int
year_of(const Vendor *v)
{
    const Complaint *complaint = v->parsing->complaint;
    gint64 time = complaint->date != TIME_NONE ? complaint->date : v->parsing->received_at;
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(time);

    return date ? g_date_time_get_year(date) : 1970;
}

static bool
parse_with_zone(const Vendor *v, const char *text, gint64 *ret_time)
{
    g_autofree char *zoned = NULL;

    if (!v->zone || has_zone(text) || has_offset(text))
        return header_date_parse(text, ret_time);
    zoned = g_strdup_printf("%s %s", text, v->zone);
    return header_date_parse(zoned, ret_time);
}

/* One of the shapes at p, a bounded line. */
static bool
time_at(const Vendor *v, const char *p, gint64 *ret_time)
{
    int year, month, day, hour, minute, second, used = 0;
    char word[4], zone[7] = "", text[80];

    if (sscanf(p, "%2d/%3[A-Za-z]/%4d:%2d:%2d:%2d %6[+0-9-]", &day, word, &year, &hour, &minute,
               &second, zone) >= 6) {
        g_snprintf(text, sizeof text, "%d %s %d %02d:%02d:%02d %s", day, word, year, hour, minute,
                   second, zone);
        return parse_with_zone(v, g_strchomp(text), ret_time);
    }
    if (sscanf(p, "%4d%*1[-.]%2d%*1[-.]%2d%*1[ T]%2d:%2d%n", &year, &month, &day, &hour, &minute,
               &used) == 5 &&
        used > 0 && year > 1970) {
        gsize len = (gsize)used + strspn(p + used, ":0123456789.,");
        if (p[len] == 'Z')
            len++;
        else if (p[len] == '+' || p[len] == '-' ||
                 (p[len] == ' ' && (p[len + 1] == '+' || p[len + 1] == '-')))
            len += 2 + strspn(p + len + 2, "0123456789:");
        else if (p[len] == ' ' && g_ascii_isupper(p[len + 1]) && g_ascii_isupper(p[len + 2]))
            len += 1 + strspn(p + len + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"); /* CET */
        g_strlcpy(text, p, MIN(len + 1, sizeof text));
        text[4] = text[7] = '-'; /* 2026.01.02 */
        return parse_with_zone(v, text, ret_time);
    }
    if (sscanf(p, "%3[A-Za-z] %2d %2d:%2d:%2d%n", word, &day, &hour, &minute, &second, &used) ==
            5 &&
        used > 0) {
        g_snprintf(text, sizeof text, "%d %s %d %02d:%02d:%02d", day, word, year_of(v), hour,
                   minute, second);
        if (!parse_with_zone(v, text, ret_time))
            return false;
        if (v->parsing->complaint->date != TIME_NONE &&
            *ret_time > v->parsing->complaint->date + 2 * 86400) /* last December's, in January */
            *ret_time -= 365 * 86400;
        return true;
    }
    return false;
}

/* Seconds since 1970, and nothing else. */
static bool
is_epoch(const char *text, gint64 *ret_time)
{
    gsize digits = strspn(text, "0123456789");

    if (digits < 9 || digits > 10 || text[digits] != '\0')
        return false;
    *ret_time = (gint64)g_ascii_strtoull(text, NULL, 10);
    return true;
}

/* Before the shapes are tried. */
static bool
may_be_time(const char *p)
{
    return strnlen(p, 5) == 5 &&
           (g_ascii_isdigit(*p) ? p[1] == '/' || p[2] == '/' || p[4] == '-' || p[4] == '.'
                                : g_ascii_isupper(*p) && p[3] == ' ');
}

bool
vendor_time(const Vendor *vendor, const char *at, const char *end, gint64 *ret_time)
{
    char line[LINE_BYTES];

    gsize len = MIN((gsize)(end - at), sizeof line - 1);

    memcpy(line, at, len); /* g_strlcpy() measures what follows the line, too */
    line[len] = '\0';
    g_strstrip(line);
    if (is_epoch(line, ret_time) || (strlen(line) < 60 && parse_with_zone(vendor, line, ret_time)))
        return true;
    for (const char *p = line; *p; p++)
        if ((p == line || !g_ascii_isalnum(p[-1])) && may_be_time(p) &&
            time_at(vendor, p, ret_time))
            return true;
    return false;
}

/* "Note: Local timezone is +0100 (CET)" */
static void
find_zone(Vendor *v)
{
    static const char *const leads[] = {"timezone is ", "time zone is ", "times are in ",
                                        "timestamps are in ", "times in "};

    for (gsize i = 0; !v->zone && i < G_N_ELEMENTS(leads); i++) {
        const char *at = text_find_fold(v->text->str, -1, leads[i]);
        if (at) {
            at += strlen(leads[i]);
            v->zone = g_strndup(at, MIN(strcspn(at, " \n.,;"), 10));
        }
    }
}

/* The first of the events with their time open that the line names, or NULL. */
static VendorEvent *
event_of_line(const Vendor *v, const bool open[LOG_EVENTS], const char *at, gssize len)
{
    for (guint i = 0; i < MIN(v->events->len, LOG_EVENTS); i++) {
        VendorEvent *event = &g_array_index(v->events, VendorEvent, i);
        char ip[ADDR_TEXT_SIZE];

        if (open[i] && text_find_fold(at, len, addr_text(&event->ip, ip)))
            return event;
    }
    return NULL;
}

guint
vendor_read_log(Vendor *vendor)
{
    const char *at = vendor->text->str;
    bool open[LOG_EVENTS] = {false};
    guint lines = 0;

    for (guint i = 0; i < MIN(vendor->events->len, LOG_EVENTS); i++)
        open[i] = g_array_index(vendor->events, VendorEvent, i).time == TIME_NONE;
    find_zone(vendor);
    for (guint n = 0; *at && n < LOG_LINES; n++) {
        const char *end = at + strcspn(at, "\n");
        VendorEvent *event = event_of_line(vendor, open, at, end - at);
        gint64 time;

        if (event && vendor_time(vendor, at, end, &time)) {
            lines++;
            if (event->time == TIME_NONE)
                event->time = time;
            else
                event->count++;
        }
        at = *end ? end + 1 : end;
    }
    return lines;
}

void
vendor_take_log(Vendor *vendor)
{
    const char *at = vendor->text->str;
    VendorEvent event = {.ip = ADDR_NONE, .time = TIME_NONE, .count = 1};
    guint lines = 0;

    for (guint n = 0; *at && n < LOG_LINES; n++) {
        const char *end = at + strcspn(at, "\n"), *p;
        g_autofree char *line = g_strndup(at, MIN((gsize)(end - at), LINE_BYTES));
        gint64 time;
        Addr addr;

        p = line;
        at = *end ? end + 1 : end;
        if (!prose_next_addr(&p, &addr) || !vendor_time(vendor, line, line + strlen(line), &time))
            continue;
        if (lines++ > 0 && !addr_equal(&addr, &event.ip))
            return;
        event.ip = addr;
    }
    if (lines >= 2)
        vendor_add(vendor, &event);
}
