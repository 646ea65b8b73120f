/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delist/watch.h"

void
watch_tick(Watch *watch, gint64 now)
{
    for (guint i = 0; i < watch->n_tasks && !watch->is_stopped(watch->data); i++) {
        const WatchTask *task = &watch->tasks[i];
        g_autofree char *words = NULL;
        g_autoptr(GError) error = NULL;

        /* A clock that was set back is not waited for. */
        if (watch->next[i] > now && watch->next[i] <= now + task->interval)
            continue;
        watch->next[i] = now + task->interval;
        if (!task->run(watch->data, now, &words, &error) || words)
            watch->tell(watch->data, task, words, error);
    }
}

gint64
watch_sleep(const Watch *watch, gint64 now)
{
    gint64 wait = WATCH_SLEEP_MAX;

    for (guint i = 0; i < watch->n_tasks; i++)
        wait = MIN(wait, watch->next[i] - now);
    return MAX(wait, 0);
}
