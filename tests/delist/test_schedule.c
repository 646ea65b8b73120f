/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a list is asked again. */
#include "base/clock.h"
#include "delist/schedule.h"

static ScheduleInput
input(guint n, CheckOutcome outcome, bool is_hot)
{
    ScheduleInput in = {.zone = "bl.example", .outcome = outcome, .is_hot = is_hot};

    in.addr = (Addr){{[10] = 0xff, 0xff, 192, 0, (guint8)(n >> 8), (guint8)n}};
    return in;
}

static void
check_bounds(void)
{
    gint64 least[2] = {G_MAXINT64, G_MAXINT64}, most[2] = {0, 0};

    for (guint n = 0; n < 1024; n++)
        for (int hot = 0; hot < 2; hot++) {
            ScheduleInput in = input(n, n % 2 ? CHECK_CLEAN : CHECK_LISTED, hot);
            gint64 next = schedule_next(&in);

            g_assert_cmpint(next, ==, schedule_next(&in)); /* pure */
            least[hot] = MIN(least[hot], next);
            most[hot] = MAX(most[hot], next);
        }
    g_assert_cmpint(least[1], >=, 30 * 60);
    g_assert_cmpint(most[1], <=, 60 * 60);
    g_assert_cmpint(least[0], >=, 9 * 3600);
    g_assert_cmpint(most[0], <=, 15 * 3600);
    /* and spread over it */
    g_assert_cmpint(least[1], <, 32 * 60);
    g_assert_cmpint(most[1], >, 58 * 60);
}

/* A thousand addresses do not fall due together: no minute of the hour has three times its share.
 */
static void
check_spread(void)
{
    guint minutes[60] = {0};

    for (guint n = 0; n < 3000; n++) {
        ScheduleInput in = input(n, CHECK_CLEAN, true);
        minutes[schedule_next(&in) / 60 % 60]++;
    }
    for (int minute = 30; minute < 60; minute++) {
        g_assert_cmpuint(minutes[minute], >, 100 / 3);
        g_assert_cmpuint(minutes[minute], <, 3 * 100);
    }
}

static void
check_ttl(void)
{
    ScheduleInput in = input(1, CHECK_CLEAN, true);

    in.ttl = 2 * 3600;
    g_assert_cmpint(schedule_next(&in), ==, 2 * 3600);
    in.ttl = 60;
    g_assert_cmpint(schedule_next(&in), >=, 30 * 60);
    in.ttl = G_MAXUINT32;
    g_assert_cmpint(schedule_next(&in), ==, SCHEDULE_TTL_MAX_SECONDS);
}

static void
check_unknown(void)
{
    ScheduleInput in = input(1, CHECK_UNKNOWN, true);
    gint64 last = 0;

    for (in.unknowns = 1; in.unknowns <= 6; in.unknowns++) {
        gint64 next = schedule_next(&in);
        g_assert_cmpint(next, >, last);
        last = next;
    }
    in.unknowns = G_MAXUINT;
    g_assert_cmpint(schedule_next(&in), <=, SCHEDULE_UNKNOWN_MAX_SECONDS * 5 / 4);
    in.unknowns = 0;
    g_assert_cmpint(schedule_next(&in), >=, SCHEDULE_UNKNOWN_SECONDS * 3 / 4);
}

/* A day later, a week after that, and no more; each address at its own time. */
static void
check_retest(void)
{
    static const gint64 want[] = {24 * 3600, 7 * 24 * 3600};
    gint64 times[2] = {0};

    for (guint round = 0; round < G_N_ELEMENTS(want); round++)
        for (guint n = 0; n < 500; n++) {
            ScheduleInput in = input(n, CHECK_CLEAN, false);
            gint64 after = schedule_retest(&in.addr, round, 1000) - 1000;

            g_assert_cmpint(after, >=, want[round] * 9 / 10);
            g_assert_cmpint(after, <=, want[round] * 11 / 10);
            times[n % 2] = after;
            g_assert_true(n == 0 || times[0] != times[1]);
        }
    g_assert_cmpint(schedule_retest(&(Addr){{1}}, 2, 1000), ==, TIME_NONE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/delist/schedule/bounds", check_bounds);
    g_test_add_func("/delist/schedule/spread", check_spread);
    g_test_add_func("/delist/schedule/ttl", check_ttl);
    g_test_add_func("/delist/schedule/unknown", check_unknown);
    g_test_add_func("/delist/schedule/retest", check_retest);
    return g_test_run();
}
