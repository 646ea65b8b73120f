/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log.h - what the operator reads: one line an event, to syslog (facility mail) or standard error.
 *
 * Only main programs log above debug. Untrusted text in a line has passed text_quote(); a line is
 * cut at 900 bytes and never holds a newline.
 */
#pragma once

#include <glib.h>

typedef enum { LOG_LINE_ERROR, LOG_LINE_WARNING, LOG_LINE_INFO, LOG_LINE_DEBUG } LogLevel;

typedef enum {
    LOG_TO_STDERR, /* "plaint-watch: warning: …" */
    LOG_TO_SYSLOG, /* facility mail; what the LDA uses: its standard error may be mailed away */
    LOG_TO_NOTHING,
} LogTarget;

/* Once, from main. program: borrowed for the life of the process. Debug lines appear only when
 * $PLAINT_DEBUG is set (never in a setgid process). */
void log_open(const char *program, LogTarget target);
void log_line(LogLevel level, const char *format, ...) G_GNUC_PRINTF(2, 3);
