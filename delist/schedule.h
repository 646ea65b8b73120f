/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule.h - when an address is looked up in a list again, and a relay tested again: pure
 * functions of what came last.
 *
 * Never sooner than the answer may be kept by resolvers (its TTL, positive or negative: asking
 * sooner shows the same answer again); later and later while the
 * answer is unknown. Each pair of address and list has a place of its own within the interval, so
 * that a thousand addresses are spread over it and stay spread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/addr.h"
#include "delist/dnsbl.h"

typedef struct {
    Addr addr;
    const char *zone;
    CheckOutcome outcome; /* of the last check */
    guint32 ttl;          /* of its answer, seconds; 0: not said */
    guint unknowns;       /* in a row, the last one counted */
    bool is_hot;          /* an open ticket, or a listing that is not closed */
} ScheduleInput;

enum {
    SCHEDULE_HOT_SECONDS = 45 * 60,          /* 30 to 60 minutes */
    SCHEDULE_COLD_SECONDS = 12 * 3600,       /* 9 to 15 hours */
    SCHEDULE_UNKNOWN_SECONDS = 10 * 60,      /* after the first unknown, then twice that … */
    SCHEDULE_UNKNOWN_MAX_SECONDS = 6 * 3600, /* … up to this */
    SCHEDULE_TTL_MAX_SECONDS = 24 * 3600,    /* a longer TTL counts as this one */
};

/* Seconds from the last check to the next. */
gint64 schedule_next(const ScheduleInput *input);

enum {
    RETEST_RETRY_SECONDS = 6 * 3600, /* after a test that said nothing for certain */
};

/* When a relay that was found closed at `at` is tested again, unannounced: after a day, then after
 * a week, give or take a tenth; TIME_NONE: no more. round: of that test, 0 is the first. */
gint64 schedule_retest(const Addr *addr, guint round, gint64 at);
