/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request.h - what a list, or a provider with a list of its own, is told when it is asked to take
 * an address off: facts, short, one address.
 *
 * It says nothing that people wrote into the store, which may name a customer or an account: only
 * words of the tables in request_words.c, times, and names of relays. From a refusal, addresses of
 * mail are taken out. What is not so yet (contained, fixed, proved) is left out, not claimed.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/addr.h"
#include "store/request.h"
#include "store/ticket.h"

typedef enum { REQUEST_EN, REQUEST_FR, N_REQUEST_LANGUAGES } RequestLanguage;
extern const char *const request_languages[N_REQUEST_LANGUAGES + 1]; /* "en", …, NULL */

typedef struct {
    RequestLanguage language;
    Addr address;
    const char *list;    /* its title: "Spamhaus ZEN" */
    const char *names;   /* host names of the relay: "mx1.example.net"; NULL: not known */
    const char *codes;   /* what a DNS list answers; or NULL */
    const char *refusal; /* what a provider says, as it came; or NULL */
    gint64 listed_at;
    const Ticket *ticket;       /* NULL: none */
    const RequestFacts *facts;  /* of the ticket */
    const char *prevents;       /* what keeps it from happening again, by a person; NULL */
    const char *desk, *contact; /* [site] name, [mail] from; NULL: not known */
    gint64 now;
} Request;

char *request_subject(const Request *request);              /* (transfer full) */
char *request_text(const Request *request, GError **error); /* (transfer full) lines, wrapped */

/* For each language and cause: what happened, and what a fix of it means (NULL: nothing, for it
 * was none of ours, or is not known). For each proof, with {} for the time. */
typedef struct {
    const char *happened, *fixed;
} CauseWords;
extern const CauseWords request_causes[N_REQUEST_LANGUAGES][N_CAUSES];
extern const CauseWords request_intrusion[N_REQUEST_LANGUAGES]; /* not spam, whatever the cause */
extern const char *const request_proofs[N_REQUEST_LANGUAGES][N_PROOFS];
