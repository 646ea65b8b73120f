/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BAR_CELLS = 24, REDRAW_MICROSECONDS = G_USEC_PER_SEC / 10 };

struct Progress {
    guint64 total_bytes;
    const char *what;
    gint64 begun, drawn; /* monotonic */
};

Progress *
progress_new(guint64 total_bytes, const char *what)
{
    Progress *progress = NULL;

    if (!isatty(STDERR_FILENO) || g_strcmp0(g_getenv("TERM"), "dumb") == 0)
        return NULL;
    progress = g_new0(Progress, 1);
    progress->total_bytes = total_bytes;
    progress->what = what;
    progress->begun = g_get_monotonic_time();
    return progress;
}

void
progress_wipe(const Progress *progress)
{
    if (!progress)
        return;
    (void)fputs("\r\033[K", stderr);
    (void)fflush(stderr);
}

void
progress_free(Progress *progress)
{
    progress_wipe(progress);
    g_free(progress);
}

static void
draw(const Progress *progress, guint64 bytes, guint64 count, gint64 now)
{
    double seconds = (double)(now - progress->begun) / G_USEC_PER_SEC;
    double rate = seconds > 0 ? (double)count / seconds : 0;

    (void)fputs("\r\033[K", stderr);
    if (progress->total_bytes > 0) {
        double share = MIN(1.0, (double)bytes / (double)progress->total_bytes);
        guint filled = (guint)(share * BAR_CELLS);
        double left = share > 0 ? seconds * (1 - share) / share : 0;

        (void)fputc('[', stderr);
        for (guint i = 0; i < BAR_CELLS; i++)
            (void)fputc(i < filled ? '#' : '.', stderr);
        (void)fprintf(stderr, "] %3.0f %%  %" G_GUINT64_FORMAT " %s, %.0f/s, %d:%02d left",
                      share * 100, count, progress->what, rate, (int)(left / 60), (int)left % 60);
    } else {
        (void)fprintf(stderr, "%" G_GUINT64_FORMAT " %s, %.0f/s", count, progress->what, rate);
    }
    (void)fflush(stderr);
}

void
progress_update(Progress *progress, guint64 bytes, guint64 count)
{
    gint64 now = 0;

    if (!progress)
        return;
    now = g_get_monotonic_time();
    if (now - progress->drawn < REDRAW_MICROSECONDS)
        return;
    progress->drawn = now;
    draw(progress, bytes, count, now);
}
