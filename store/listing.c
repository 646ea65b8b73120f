/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/listing.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/kind.h"
#include "store/stmt.h"
#include "store/ticket.h"

enum { CLOSE_AT_ONCE = 500 };

void
listing_free(Listing *listing)
{
    if (!listing)
        return;
    g_free(listing->zone);
    g_free(listing->reference);
    g_free(listing);
}

/* -- rows ------------------------------------------------------------------------------------- */

static Listing *
listing_of_row(Stmt *stmt)
{
    Listing *listing = g_new0(Listing, 1);
    int state = text_name_find(listing_state_names, N_LISTING_STATES, stmt_text(stmt, 4));

    listing->id = stmt_int(stmt, 0);
    listing->address = stmt_addr(stmt, 1);
    listing->zone = g_strdup(stmt_text(stmt, 2));
    listing->ticket_id = stmt_int(stmt, 3);
    listing->state = state < 0 ? LISTING_LISTED : (ListingState)state;
    listing->first_at = stmt_time(stmt, 5);
    listing->last_at = stmt_time(stmt, 6);
    listing->requested_at = stmt_time(stmt, 7);
    listing->delisted_at = stmt_time(stmt, 8);
    listing->watch_until = stmt_time(stmt, 9);
    listing->relistings = (guint)stmt_int(stmt, 10);
    listing->reference = g_strdup(stmt_text(stmt, 11));
    listing->promised_at = stmt_time(stmt, 12);
    return listing;
}

Listing *
listing_load(Store *store, gint64 id, GError **error)
{
    bool row = false;
    g_autoptr(Stmt) stmt = store_stmt_by_id(store, "listing_load", id, &row, error);

    if (!stmt)
        return NULL;
    if (row)
        return listing_of_row(stmt);
    plaint_fail(error, PLAINT_ERROR_NOT_FOUND, "no listing %" G_GINT64_FORMAT, id);
    return NULL;
}

/* *ret_listing NULL: it was never there. (transfer full) */
static bool
find(Store *store, const Addr *address, const char *zone, Listing **ret_listing, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "listing_by_address", error);
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_addr(stmt, ":address", address);
    stmt_bind_text(stmt, ":zone", zone);
    if (!stmt_step(stmt, &row, error))
        return false;
    *ret_listing = row ? listing_of_row(stmt) : NULL;
    return true;
}

static bool
save(Store *store, const Listing *listing, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "listing_save", error);

    if (!stmt)
        return false;
    stmt_bind_id(stmt, ":ticket", listing->ticket_id);
    stmt_bind_text(stmt, ":state", listing_state_names[listing->state]);
    stmt_bind_int(stmt, ":last", listing->last_at);
    stmt_bind_time(stmt, ":requested", listing->requested_at);
    stmt_bind_time(stmt, ":delisted", listing->delisted_at);
    stmt_bind_time(stmt, ":watch", listing->watch_until);
    stmt_bind_int(stmt, ":relistings", listing->relistings);
    stmt_bind_text(stmt, ":reference", listing->reference);
    stmt_bind_time(stmt, ":promised", listing->promised_at);
    stmt_bind_int(stmt, ":id", listing->id);
    return stmt_run(stmt, NULL, error);
}

/* The event, and the audit entry: from NULL, it is new. */
static bool
record(Store *store, const Listing *listing, const char *from, const char *text, const Deed *deed,
       GError **error)
{
    const char *to = listing_state_names[listing->state];
    g_autofree char *clean = text ? text_clean(text, -1, DEED_TEXT_BYTES) : NULL;
    char addr[ADDR_TEXT_SIZE];
    g_autoptr(Stmt) stmt = store_stmt(store, "listing_event_add", error);

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", listing->id);
    stmt_bind_int(stmt, ":at", deed->now);
    stmt_bind_text(stmt, ":actor", deed->actor);
    stmt_bind_text(stmt, ":from", from);
    stmt_bind_text(stmt, ":to", to);
    stmt_bind_text(stmt, ":text", clean);
    return stmt_run(stmt, NULL, error) &&
           audit_add(store, deed,
                     &(AuditEntry){.deed = !from                      ? "listing-open"
                                           : g_strcmp0(from, to) == 0 ? "listing-note"
                                                                      : "listing-move",
                                   .ticket_id = listing->ticket_id,
                                   .listing_id = listing->id,
                                   .detail = json_pack("{s:s, s:s, s:s?, s:s, s:s?}", "address",
                                                       addr_text(&listing->address, addr), "zone",
                                                       listing->zone, "from", from, "to", to,
                                                       "text", clean)},
                     NULL, error);
}

/* -- moves ------------------------------------------------------------------------------------ */

static bool
move(Store *store, Listing *listing, ListingState to, const char *text, gint64 watch,
     const Deed *deed, GError **error)
{
    const ListingMoveRow *rule = listing_move_find(listing->state, to);
    const char *from = listing_state_names[listing->state];

    if (!rule)
        return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                           "listing %" G_GINT64_FORMAT " is '%s': it cannot become '%s'",
                           listing->id, from, listing_state_names[to]);
    listing->state = to;
    if (rule->relisting) {
        listing->relistings++;
        listing->last_at = deed->now;
        listing->requested_at = listing->delisted_at = listing->watch_until = TIME_NONE;
        listing->promised_at = TIME_NONE;
        g_clear_pointer(&listing->reference, g_free);
    }
    if (to == LISTING_REQUESTED)
        listing->requested_at = deed->now;
    if (to == LISTING_DELISTED)
        listing->delisted_at = deed->now;
    if (to == LISTING_WATCHED)
        listing->watch_until = deed->now + watch;
    return save(store, listing, error) && record(store, listing, from, text, deed, error);
}

bool
listing_move(Store *store, gint64 id, ListingState to, const char *text, gint64 watch,
             const Deed *deed, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autoptr(Listing) listing = NULL;

    if (!store_txn_begin(&txn, store, error))
        return false;
    listing = listing_load(store, id, error);
    return listing && move(store, listing, to, text, watch, deed, error) &&
           store_txn_commit(&txn, error);
}

/* -- requests --------------------------------------------------------------------------------- */

static bool
event_at(Store *store, gint64 ticket, gint64 *ret_at, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "ticket_event_at", error);

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", ticket);
    return stmt_run_int(stmt, ret_at, error);
}

/* A list that is asked before the cause is gone lists again, for longer. */
static bool
may_request(Store *store, const Listing *listing, const ListingRequest *request, gint64 now,
            GError **error)
{
    g_autoptr(Ticket) ticket = NULL;
    gint64 event = 0;

    if (request->force_why)
        return true;
    if (request->is_automatic)
        return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                           "%s removes by itself: it is only to be waited for", listing->zone);
    if (listing->ticket_id == 0)
        return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                           "no ticket says what was done about it: the list will ask");
    ticket = ticket_load(store, listing->ticket_id, error);
    if (!ticket || !event_at(store, listing->ticket_id, &event, error))
        return false;
    if (ticket->state != TICKET_FIXED && ticket->state != TICKET_DELISTING)
        return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                           "ticket %" G_GINT64_FORMAT
                           " is '%s': the list is asked once the cause is "
                           "fixed, with evidence",
                           ticket->id, ticket_state_names[ticket->state]);
    if (event > ticket->fixed_at)
        return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                           "there was an incident after the fix: it has not held");
    return now - ticket->fixed_at >= LISTING_QUIET ||
           plaint_fail(error, PLAINT_ERROR_CONFLICT,
                       "fixed %" G_GINT64_FORMAT
                       " minutes ago: wait until it has been quiet for two "
                       "hours",
                       (now - ticket->fixed_at) / 60);
}

/* Of a ticket that is fixed: from now on it waits for lists. */
static bool
begin_delisting(Store *store, gint64 id, const Deed *deed, GError **error)
{
    g_autoptr(Ticket) ticket = id ? ticket_load(store, id, error) : NULL;
    const TicketMove move = {.id = id, .to = TICKET_DELISTING, .from = -1};

    if (id && !ticket)
        return false;
    return !ticket || ticket->state != TICKET_FIXED || ticket_move(store, &move, deed, error);
}

static char *
request_text(const ListingRequest *request)
{
    g_autoptr(GString) text = g_string_new(request->text ? request->text : "asked");

    if (request->reference)
        g_string_append_printf(text, ", reference %s", request->reference);
    if (request->force_why)
        g_string_append_printf(text, "; forced: %s", request->force_why);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

bool
listing_request(Store *store, const ListingRequest *request, const Deed *deed, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autoptr(Listing) listing = NULL;
    g_autofree char *text = request_text(request);

    if (!store_txn_begin(&txn, store, error))
        return false;
    listing = listing_load(store, request->id, error);
    if (!listing)
        return false;
    if (listing->state == LISTING_REQUESTED)
        return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                           "listing %" G_GINT64_FORMAT " is requested already: once the list has "
                           "said no, 'plaint listing refuse %" G_GINT64_FORMAT " WHY' says so",
                           listing->id, listing->id);
    if (!may_request(store, listing, request, deed->now, error))
        return false;
    g_free(listing->reference);
    listing->reference = g_strdup(request->reference);
    listing->promised_at = request->wait > 0 ? deed->now + request->wait : TIME_NONE;
    return move(store, listing, LISTING_REQUESTED, text, 0, deed, error) &&
           begin_delisting(store, listing->ticket_id, deed, error) && store_txn_commit(&txn, error);
}

bool
listing_note(Store *store, gint64 id, const char *text, const Deed *deed, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autoptr(Listing) listing = NULL;

    if (!store_txn_begin(&txn, store, error))
        return false;
    listing = listing_load(store, id, error);
    return listing &&
           record(store, listing, listing_state_names[listing->state], text, deed, error) &&
           store_txn_commit(&txn, error);
}

/* -- its ticket ------------------------------------------------------------------------------- */

/* 0: there is none. */
static bool
live_ticket(Store *store, TicketKind kind, const Addr *machine, gint64 *ret_id, GError **error)
{
    g_autofree char *key = kind_key(kind, NULL, machine, NULL);
    g_autoptr(Stmt) stmt = store_stmt(store, "ticket_with_key", error);

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":key", key);
    stmt_bind_int(stmt, ":id", 0);
    return stmt_run_int(stmt, ret_id, error);
}

/* The live ticket about what the machine sent, else about its listings, else a new one. */
static bool
ticket_for(Store *store, const ListingFound *found, const Deed *deed, gint64 *ret_id,
           GError **error)
{
    const TicketNew what = {
        .kind = KIND_LISTING, .cause = CAUSE_UNKNOWN, .machine = found->address};

    return live_ticket(store, KIND_MAIL, &found->address, ret_id, error) &&
           (*ret_id || live_ticket(store, KIND_LISTING, &found->address, ret_id, error)) &&
           (*ret_id || found->opens_no_ticket || ticket_new(store, &what, deed, ret_id, error));
}

/* The ticket of a listing that has come back is live again, or another one is. */
static bool
revive_ticket(Store *store, Listing *listing, const ListingFound *found, const Deed *deed,
              GError **error)
{
    g_autoptr(Ticket) ticket = NULL;
    const TicketMove reopen = {.id = listing->ticket_id,
                               .to = TICKET_OPEN,
                               .from = -1,
                               .note = "listed again: what was done has not held"};
    gint64 live = 0;

    if (listing->ticket_id == 0)
        return ticket_for(store, found, deed, &listing->ticket_id, error);
    ticket = ticket_load(store, listing->ticket_id, error);
    if (!ticket)
        return false;
    if (ticket_state_is_live(ticket->state))
        return true;
    if (ticket->key && (!live_ticket(store, ticket->kind, &found->address, &live, error)))
        return false;
    if (live || ticket->merged_into)
        return ticket_for(store, found, deed, &listing->ticket_id, error);
    return ticket_move(store, &reopen, deed, error);
}

/* -- what checks find ------------------------------------------------------------------------- */

static bool
add(Store *store, const ListingFound *found, const Deed *deed, Listing **ret_listing,
    GError **error)
{
    g_autoptr(Listing) listing = g_new0(Listing, 1);
    g_autoptr(Stmt) stmt = NULL;

    listing->address = found->address;
    listing->zone = g_strdup(found->zone);
    listing->state = LISTING_LISTED;
    listing->first_at = listing->last_at = deed->now;
    listing->requested_at = listing->delisted_at = listing->watch_until = TIME_NONE;
    listing->promised_at = TIME_NONE;
    if (!ticket_for(store, found, deed, &listing->ticket_id, error))
        return false;
    stmt = store_stmt(store, "listing_add", error);
    if (!stmt)
        return false;
    stmt_bind_addr(stmt, ":address", &found->address);
    stmt_bind_text(stmt, ":zone", found->zone);
    stmt_bind_id(stmt, ":ticket", listing->ticket_id);
    stmt_bind_int(stmt, ":at", deed->now);
    if (!stmt_run_int(stmt, &listing->id, error) ||
        !record(store, listing, NULL, found->text, deed, error))
        return false;
    *ret_listing = g_steal_pointer(&listing);
    return true;
}

static bool
saw_again(Store *store, const Listing *listing, gint64 now, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "listing_seen", error);

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":at", now);
    stmt_bind_int(stmt, ":id", listing->id);
    return stmt_run(stmt, NULL, error);
}

/* Also moves to `expiring` what is for the clock alone. */
static bool
found_in_txn(Store *store, const ListingFound *found, const Deed *deed, GError **error)
{
    g_autoptr(Listing) listing = NULL;

    if (!find(store, &found->address, found->zone, &listing, error))
        return false;
    if (!listing && !add(store, found, deed, &listing, error))
        return false;
    if (listing->state == LISTING_DELISTED &&
        !move(store, listing, LISTING_WATCHED, NULL, 0, deed, error))
        return false;
    if (listing_move_find(listing->state, LISTING_LISTED) &&
        (!revive_ticket(store, listing, found, deed, error) ||
         !move(store, listing, LISTING_LISTED, found->text, 0, deed, error)))
        return false;
    if (listing->state == LISTING_LISTED && found->is_automatic)
        return move(store, listing, LISTING_EXPIRING, "the list removes by itself", 0, deed, error);
    return saw_again(store, listing, deed->now, error);
}

bool
listing_found(Store *store, const ListingFound *found, const Deed *deed, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;

    return store_txn_begin(&txn, store, error) && found_in_txn(store, found, deed, error) &&
           store_txn_commit(&txn, error);
}

/* Whatever it waited in: off the list is off the list. */
static bool
delist(Store *store, Listing *listing, const char *how, gint64 watch, const Deed *deed,
       GError **error)
{
    /* Nobody asked: it has expired, whatever the list says of itself. */
    if (listing->state == LISTING_LISTED &&
        !move(store, listing, LISTING_EXPIRING, "the list removed it by itself", 0, deed, error))
        return false;
    if (!listing_move_find(listing->state, LISTING_DELISTED))
        return true;
    return move(store, listing, LISTING_DELISTED, how, 0, deed, error) &&
           move(store, listing, LISTING_WATCHED, NULL, watch, deed, error);
}

bool
listing_gone(Store *store, const Addr *address, const char *zone, gint64 watch, const Deed *deed,
             GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autoptr(Listing) listing = NULL;

    return store_txn_begin(&txn, store, error) && find(store, address, zone, &listing, error) &&
           (!listing ||
            delist(store, listing, "seen gone by several checks", watch, deed, error)) &&
           store_txn_commit(&txn, error);
}

bool
listing_end(Store *store, gint64 id, const char *how, gint64 watch, const Deed *deed,
            GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autoptr(Listing) listing = NULL;

    if (!store_txn_begin(&txn, store, error))
        return false;
    listing = listing_load(store, id, error);
    return listing && delist(store, listing, how, watch, deed, error) &&
           store_txn_commit(&txn, error);
}

bool
listing_close_watched(Store *store, const Deed *deed, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(Stmt) stmt = NULL;
    bool row = false;

    if (!store_txn_begin(&txn, store, error))
        return false;
    stmt = store_stmt(store, "listings_watched_until", error);
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":now", deed->now);
    stmt_bind_int(stmt, ":limit", CLOSE_AT_ONCE);
    for (;;) {
        gint64 id = 0;

        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            break;
        id = stmt_int(stmt, 0);
        g_array_append_val(ids, id);
    }
    for (guint i = 0; i < ids->len; i++)
        if (!listing_move(store, g_array_index(ids, gint64, i), LISTING_CLOSED, "it has stayed off",
                          0, deed, error))
            return false;
    return store_txn_commit(&txn, error);
}
