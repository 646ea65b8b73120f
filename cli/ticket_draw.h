/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ticket_draw.h - tickets and filed complaints in text, drawn from the models of store/view.h. */
#pragma once

#include <jansson.h>

#include "cli/term.h"

/* The rows of a list, aligned; says what to do when there are none. */
void ticket_draw_list(const json_t *tickets, const Term *term, gint64 now, GString *out);
void ticket_draw_filed(const json_t *complaints, const Term *term, gint64 now, GString *out);
/* One ticket: which machine, why, what is the next move; then what is on record. */
void ticket_draw(const json_t *ticket, const Term *term, gint64 now, GString *out);
void ticket_draw_incidents(const json_t *incidents, const Term *term, gint64 now, GString *out);

/* "anna@example.org", "192.0.2.17", …: what the ticket is about. (transfer full) */
char *ticket_subject(const json_t *ticket);
char *ticket_cause(const json_t *ticket); /* (transfer full) in words, with the kind */
Style ticket_state_style(const char *state);
