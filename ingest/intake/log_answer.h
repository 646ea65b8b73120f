/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log_answer.h - what our own log says about one mail, and what an incident's causes become by it.
 *
 * An answer is an object of the members client (an address), account, from, uid and recipients (a
 * number), each there only when the log had it. Private to ingest/intake.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "ingest/parse/complaint.h"

/* Reads what the program printed: an object; {} or null: there is no such id. Members that we do
 * not know are left out, texts cleaned and cut. *ret_answer (transfer full) is NULL for no such id.
 * BAD_INPUT. */
bool log_answer_parse(GBytes *printed, json_t **ret_answer, GError **error);

/* "203.0.113.140 logged in as bob@shop.example, 250 recipients"; NULL: "no such id". (transfer
 * full)
 */
char *log_answer_words(const json_t *answer);

typedef enum {
    LOG_CONFIRMS,
    LOG_CORRECTS, /* the cause or the account is now the log's */
    LOG_LOWERS,   /* it contradicts the trace: confidence low */
    LOG_IS_SILENT,
    N_LOG_OUTCOMES,
} LogOutcome;
extern const char *const log_outcome_names[N_LOG_OUTCOMES];

/* The answer's effect on the incident, with the reason in the first cause's `why`. */
LogOutcome log_answer_apply(const json_t *answer, Complaint *complaint, Incident *incident);
