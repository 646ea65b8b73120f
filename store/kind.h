/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kind.h - what opens a ticket, joins one, or is only filed: a table of format × ours × cause.
 * Pure: nothing here reads the store.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "ingest/parse/complaint.h"

typedef enum {
    KIND_MAIL,
    KIND_INTRUSION,
    KIND_CONTENT,
    KIND_COPYRIGHT,
    KIND_LISTING,
    N_KINDS,
} TicketKind;
extern const char *const kind_names[N_KINDS];

typedef enum {
    FILING_FILE,   /* kept, counted and answerable; no ticket */
    FILING_ATTACH, /* joins a ticket of its key when there is a live one, else filed */
    FILING_TICKET, /* joins the live ticket of its key, else opens one */
    N_FILINGS,
} Filing;
extern const char *const filing_names[N_FILINGS];

/* What becomes of one incident; ret_kind and ret_why (static text, for people) are always set. */
Filing kind_decide(const Complaint *complaint, const Incident *incident, TicketKind *ret_kind,
                   const char **ret_why);

/* The machine an incident is about: exit_ip, else source_ip; ADDR_NONE when neither. */
Addr kind_machine(const Incident *incident);

/* The ticket key: "mail account anna@example.org", "mail relay 192.0.2.1", "content domain
 * shop.example"; NULL when nothing is named (then nothing can be joined). (transfer full) */
char *kind_key(TicketKind kind, const char *account, const Addr *machine, const char *domain);
