/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nursery.h - the process that forks parsing children, made before its owner opens the store, so
 * that no child ever inherits a page of it. Private to ingest/intake.
 *
 * It initialised the parser once; a new child costs one fork. It ends with its owner.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#include "ingest/intake/child.h"

/* A process and our end of the line to it. {0, -1}: none. */
typedef struct {
    pid_t pid;
    int fd;
} Line;
#define LINE_NONE ((Line){0, -1})

/* Kills and, when it is our own child, reaps it. No-op on LINE_NONE. */
void line_close(Line *line);

/* Forks the nursery. BUSY when that fails. */
bool nursery_open(const ChildOptions *options, Line *ret_nursery, GError **error);

/* A new child; the line to it is non-blocking. Its pid stays its own (at worst a zombie's) until
 * the next call. */
bool nursery_fork(const Line *nursery, Line *ret_child, GError **error);

/* A child of the calling process itself, which already has its only mail. */
bool nursery_fork_once(const ChildOptions *options, const ChildRequest *request, GBytes *mail,
                       Line *ret_child, GError **error);
