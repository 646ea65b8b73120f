/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch.h - what the clock does: a table of tasks, each done again and again. Pure: it knows
 * neither clock nor store, and one task that fails does not hold up the others.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    const char *name;
    gint64 interval; /* seconds from the beginning of one turn to the next */
    /* *ret_words: what was done, for the log (transfer full); NULL: nothing was to do. */
    bool (*run)(gpointer data, gint64 now, char **ret_words, GError **error);
} WatchTask;

#define WATCH_TASKS_MAX 16
#define WATCH_SLEEP_MAX 30 /* seconds: new work is looked for at least so often */

typedef struct {
    const WatchTask *tasks;
    guint n_tasks; /* at most WATCH_TASKS_MAX */
    gpointer data; /* of the tasks and of these: */
    bool (*is_stopped)(gpointer data);
    /* words, or an error, of a turn that did something. */
    void (*tell)(gpointer data, const WatchTask *task, const char *words, const GError *error);
    gint64 next[WATCH_TASKS_MAX]; /* 0: at once */
} Watch;

/* A turn of each task that is due, until stopped. */
void watch_tick(Watch *watch, gint64 now);
/* Seconds until one is due, at most WATCH_SLEEP_MAX. */
gint64 watch_sleep(const Watch *watch, gint64 now);
