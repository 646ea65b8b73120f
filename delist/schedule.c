/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delist/schedule.h"

#include <string.h>

#include "base/clock.h"

/* A number from 0 to 1 that is always the same for an address and a name. FNV-1a: it need not be
 * hard to guess. */
static double
place(const Addr *addr, const char *name)
{
    guint32 hash = 2166136261U;

    for (gsize i = 0; i < sizeof addr->b; i++)
        hash = (hash ^ addr->b[i]) * 16777619U;
    for (const char *c = name; *c; c++)
        hash = (hash ^ (guint8)g_ascii_tolower(*c)) * 16777619U;
    hash ^= hash >> 16;
    return (double)(hash & 0xffffU) / 0xffffU;
}

/* interval ± a share of it */
static gint64
spread(gint64 interval, double share, double at)
{
    return interval + (gint64)((double)interval * share * (2 * at - 1));
}

static gint64
after_unknown(guint unknowns)
{
    guint doublings = MIN(MAX(unknowns, 1) - 1, 16);

    return MIN((gint64)SCHEDULE_UNKNOWN_SECONDS << doublings, SCHEDULE_UNKNOWN_MAX_SECONDS);
}

gint64
schedule_next(const ScheduleInput *input)
{
    double at = place(&input->addr, input->zone);
    gint64 ttl = MIN(input->ttl, SCHEDULE_TTL_MAX_SECONDS);
    gint64 next = 0;

    if (input->outcome == CHECK_UNKNOWN)
        next = spread(after_unknown(input->unknowns), 0.25, at);
    else if (input->is_hot)
        next = spread(SCHEDULE_HOT_SECONDS, 1.0 / 3, at);
    else
        next = spread(SCHEDULE_COLD_SECONDS, 0.25, at);
    return MAX(next, ttl);
}

gint64
schedule_retest(const Addr *addr, guint round, gint64 at)
{
    static const struct {
        const char *name;
        gint64 interval;
    } rounds[] = {{"a day", 24 * 3600}, {"a week", 7 * 24 * 3600}};

    return round >= G_N_ELEMENTS(rounds)
               ? TIME_NONE
               : at + spread(rounds[round].interval, 0.1, place(addr, rounds[round].name));
}
