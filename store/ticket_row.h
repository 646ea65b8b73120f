/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ticket_row.h - a ticket as the JSON object that deeds change and undo restores. Private to
 * store/.
 *
 * A deed loads the row, changes members, and ends with ticket_deed_end(): the row is saved, the
 * audit entry written, and what an undo needs kept, all in the deed's transaction.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "store/deed.h"
#include "store/kind.h"
#include "store/state.h"
#include "store/store.h"

typedef struct {
    Store *store;
    const Deed *deed;
    gint64 id;
    json_t *before, *row;
    StoreTxn txn;
} TicketDeed;
#define TICKET_DEED_INIT ((TicketDeed){0})

/* Begins a transaction and loads the row; NOT_FOUND. */
bool ticket_deed_begin(TicketDeed *td, Store *store, gint64 id, const Deed *deed, GError **error);

typedef struct {
    const char *name;  /* "ticket-move" */
    const char *words; /* for undo: "moved new to open"; NULL: cannot be undone */
    gint64 other_id;   /* the other side of a merge or split; 0: none */
    json_t *detail;    /* (transfer full) */
    gint64 *ret_audit; /* NULL: not wanted */
} TicketDeedEnd;
/* Saves, audits, keeps the undo, and has a change of the state told (hook.h): its detail is not
 * NULL then, and gets "from" and "to". Does not commit, so that a deed may add rows after it. */
bool ticket_deed_end(TicketDeed *td, const TicketDeedEnd *end, GError **error);
bool ticket_deed_commit(TicketDeed *td, GError **error);
void ticket_deed_clear(TicketDeed *td); /* rolls back unless committed */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TicketDeed, ticket_deed_clear)

json_t *ticket_row_load(Store *store, gint64 id, GError **error); /* (transfer full); NOT_FOUND */
/* CONFLICT when another live ticket has its key; it is named. */
bool ticket_row_save(Store *store, gint64 id, const json_t *row, GError **error);

const char *row_text(const json_t *row, const char *member);          /* NULL for null */
gint64 row_time(const json_t *row, const char *member);               /* TIME_NONE for null */
gint64 row_int(const json_t *row, const char *member);                /* 0 for null */
void row_set_text(json_t *row, const char *member, const char *text); /* NULL: null */
void row_set_int(json_t *row, const char *member, gint64 value);
void row_clear(json_t *row, const char *const *members); /* NULL-terminated */
TicketState row_state(const json_t *row);

/* The key that kind, account, machine and domain of the row make. (transfer full) or NULL */
char *row_key(const json_t *row);

/* What must hold of the row's state for as long as it is in it, however it came there: resolved as
 * fixed, no listing is open. CONFLICT, saying what is missing. */
bool ticket_row_may_be(Store *store, gint64 id, const json_t *row, GError **error);

/* Counters, machines and reporters, from its incidents. */
bool ticket_recount(Store *store, gint64 id, GError **error);
