/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which task is due when; one that fails is told, and the others go on. */
#include "base/error.h"
#include "delist/watch.h"

typedef struct {
    guint runs[3], told, failed;
    bool stop;
} World;

static bool
idle(gpointer data, gint64 now, char **ret_words, GError **error)
{
    (void)now;
    (void)ret_words;
    (void)error;
    ((World *)data)->runs[0]++;
    return true;
}

static bool
busy(gpointer data, gint64 now, char **ret_words, GError **error)
{
    (void)now;
    (void)error;
    ((World *)data)->runs[1]++;
    *ret_words = g_strdup("did it");
    return true;
}

static bool
bad(gpointer data, gint64 now, char **ret_words, GError **error)
{
    (void)now;
    (void)ret_words;
    ((World *)data)->runs[2]++;
    return plaint_fail(error, PLAINT_ERROR_BUSY, "not now");
}

static bool
is_stopped(gpointer data)
{
    return ((World *)data)->stop;
}

static void
tell(gpointer data, const WatchTask *task, const char *words, const GError *error)
{
    World *world = data;

    (void)task;
    (void)words;
    world->told++;
    world->failed += error != NULL;
}

static void
test_turns(void)
{
    static const WatchTask tasks[] = {{"bad", 60, bad}, {"idle", 10, idle}, {"busy", 20, busy}};
    World world = {0};
    Watch watch = {tasks, 3, &world, is_stopped, tell, {0}};

    watch_tick(&watch, 1000);
    g_assert_cmpuint(world.runs[0] + world.runs[1] + world.runs[2], ==, 3);
    g_assert_cmpuint(world.told, ==, 2);
    g_assert_cmpuint(world.failed, ==, 1);
    g_assert_cmpint(watch_sleep(&watch, 1000), ==, 10);
    g_assert_cmpint(watch_sleep(&watch, 1100), ==, 0);
    watch_tick(&watch, 1009);
    g_assert_cmpuint(world.runs[0], ==, 1);
    watch_tick(&watch, 1020);
    g_assert_cmpuint(world.runs[0], ==, 2);
    g_assert_cmpuint(world.runs[1], ==, 2);
    g_assert_cmpuint(world.runs[2], ==, 1);
    watch_tick(&watch, 1); /* the clock was set back */
    g_assert_cmpuint(world.runs[2], ==, 2);
    world.stop = true;
    watch_tick(&watch, 9000);
    g_assert_cmpuint(world.runs[2], ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/delist/watch/turns", test_turns);
    return g_test_run();
}
