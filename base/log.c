/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <syslog.h>

#include "base/text.h"

#define LINE_BYTES 900

/* The one mutable global of the project: where lines go, set once before threads exist. */
static struct {
    const char *program;
    LogTarget target;
    LogLevel most;
} sink = {"plaint", LOG_TO_STDERR, LOG_LINE_INFO};

/* clang-format off */
static const struct { const char *word; int priority; } levels[] = {
    [LOG_LINE_ERROR]   = {"error: ",   LOG_ERR},
    [LOG_LINE_WARNING] = {"warning: ", LOG_WARNING},
    [LOG_LINE_INFO]    = {"",          LOG_INFO},
    [LOG_LINE_DEBUG]   = {"debug: ",   LOG_DEBUG},
};
/* clang-format on */

void
log_open(const char *program, LogTarget target)
{
    sink.program = program;
    sink.target = target;
    sink.most =
        getauxval(AT_SECURE) == 0 && getenv("PLAINT_DEBUG") ? LOG_LINE_DEBUG : LOG_LINE_INFO;
    if (target == LOG_TO_SYSLOG)
        openlog(program, LOG_PID, LOG_MAIL);
}

void
log_line(LogLevel level, const char *format, ...)
{
    g_autofree char *raw = NULL;
    g_autofree char *line = NULL;
    va_list args;

    if (level > sink.most || sink.target == LOG_TO_NOTHING)
        return;
    va_start(args, format);
    raw = g_strdup_vprintf(format, args);
    va_end(args);
    line = text_clean(raw, -1, LINE_BYTES);
    if (sink.target == LOG_TO_SYSLOG)
        syslog(levels[level].priority, "%s%s", levels[level].word, line);
    else
        fprintf(stderr, "%s: %s%s\n", sink.program, levels[level].word, line);
}
