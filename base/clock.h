/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.h - time as UTC seconds since 1970 in a gint64. The clock is read once per request, at the
 * edge, and passed down as `now`; nothing below reads it again. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define TIME_NONE      G_MININT64 /* no time known */
#define TIME_TEXT_SIZE 32

/* Now; the environment's PLAINT_NOW (seconds, or RFC 3339) wins, so that tests and documents are
 * repeatable. */
gint64 clock_now(void);

/* "2026-01-02T03:04:05Z" (RFC 3339, UTC) into buf of TIME_TEXT_SIZE; "" for TIME_NONE. */
const char *time_text(gint64 time, char *buf);

/* RFC 3339, or "2026-01-02" (midnight UTC), or "2026-01-02 03:04[:05]" (UTC). */
bool time_parse(const char *text, gint64 *ret_time, GError **error);

/* "90s", "15m", "36h", "7d", "2w": a positive number of seconds. */
bool duration_parse(const char *text, gint64 *ret_seconds, GError **error);

/* A moment: what time_parse takes, or a duration, meaning that long before `now`. */
bool time_parse_since(const char *text, gint64 now, gint64 *ret_time, GError **error);

/* "3 h ago", "just now", "in 2 d" into buf of TIME_TEXT_SIZE. */
const char *time_ago(gint64 time, gint64 now, char *buf);
