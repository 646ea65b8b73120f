/* SPDX-License-Identifier: GPL-3.0-or-later */
/* whose.h - a ticket's customer, as its incidents tell. Private to store/. */
#pragma once

#include "store/filing.h"

typedef struct {
    char *customer; /* reference; NULL: not known */
    bool by_hand;   /* a person's word stands */
    gint64 at;      /* only an event as late as that may tell another */
} Whose;

/* The incident joined the ticket: whoever held its address at its time is the customer. A change
 * from one to another is audited. */
bool whose_learn(Whose *whose, const FilingJob *job, gint64 ticket, const Incident *incident,
                 GError **error);
