/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bounce.h - what a bounce says of the refusal: who refused whom, with which code and words, and
 * whether it was for the sender's reputation.
 */
#pragma once

#include "ingest/parse/format.h"

typedef struct {
    const char *recipient;
    const char *remote_mta; /* name or address */
    const char *status;     /* "5.7.1", else the reply code */
    const char *diagnostic;
    const char *blocked_by; /* a list or a provider; the members below go with it */
    const char *blocked_url;
    Addr blocked_ip;
} Refusal;

/* A recipient's group of a status part (RFC 3464). */
void refusal_from_group(Parsing *parsing, const HeaderBlock *group, Refusal *ret_refusal);

/* Fills what *refusal lacks from the sentences of postfix, exim, sendmail, qmail and their likes.
 */
void refusal_from_text(Parsing *parsing, const char *text, Refusal *refusal);

void refusal_apply(const Refusal *refusal, Incident *incident);

/* A filter that asks the sender to prove that he is a person, whatever it is dressed as. */
bool bounce_is_challenge(Parsing *parsing);
