/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hook.h - after each move of a ticket a program of the site's is run ([hooks] on-move): which
 * moves, and what came of it. The job's ref is the move's audit entry, so each move is told once,
 * and those of one ticket in their order (sql/job.sql).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "store/job.h"
#include "store/state.h"
#include "store/store.h"

typedef struct {
    gint64 ticket;
    TicketState from, to;
} HookMove;

/* A job for the move that this audit entry is of, in the caller's transaction; nothing unless
 * store_hooks(). Private to store/. */
bool hook_add(Store *store, gint64 audit, gint64 now, GError **error);

/* What the job is about. */
bool hook_load(Store *store, const Job *job, HookMove *ret_move, GError **error);

typedef struct {
    int status;         /* exit status; -1: it did not end by itself, or did not begin */
    const char *said;   /* the beginning of what it said, one line; NULL: nothing */
    const char *result; /* in words */
} HookRun;
/* Into the audit, and so the ticket's history. */
bool hook_record(Store *store, const Job *job, const HookMove *move, const HookRun *run, gint64 now,
                 GError **error);
