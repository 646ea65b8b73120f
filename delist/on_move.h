/* SPDX-License-Identifier: GPL-3.0-or-later */
/* on_move.h - the site's program is told of a ticket's move ([hooks] on-move).
 *
 *     PROGRAM TICKET FROM TO      with what `plaint ticket show --json` prints as standard input,
 *
 * and PLAINT_TICKET, PLAINT_ACCOUNT, … in its environment, empty when the ticket has none. FROM and
 * TO are the move's; the rest is the ticket as it is now, which may have moved on. Every value may
 * come from a mail: an attacker's bytes, of any kind.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "store/job.h"

typedef struct {
    Store *store;
    const char *program; /* NULL: CONFIG */
    guint seconds;       /* then it is killed; less than JOB_LEASE */
    const char *runner;  /* who leased the job */
    gint64 now;
} OnMove;

/* Does the job, to job_done(); each run is audited, failed ones too. ret_words: for a person,
 * ret_said: what it complained of, or NULL; both (transfer full). Errors of run_program(). */
bool on_move_run(const OnMove *hook, const Job *job, char **ret_words, char **ret_said,
                 GError **error);
