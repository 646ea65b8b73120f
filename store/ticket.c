/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/ticket.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/stmt.h"
#include "store/ticket_row.h"

#define TEXT_MAX 8192 /* bytes of a note or proof; a longer one is refused, not cut */

void
ticket_free(Ticket *ticket)
{
    if (!ticket)
        return;
    g_free(ticket->key);
    g_free(ticket->machine);
    g_free(ticket->account);
    g_free(ticket->domain);
    g_free(ticket->title);
    g_free(ticket->customer);
    g_free(ticket->assignee);
    g_free(ticket->by_hand);
    g_free(ticket);
}

/* A name of the table as its value; `otherwise` for NULL and for what a later version knows. */
static int
value_of(Stmt *stmt, int column, const char *const *names, int n, int otherwise)
{
    const char *name = stmt_text(stmt, column);
    int value = name ? text_name_find(names, n, name) : -1;

    return value < 0 ? otherwise : value;
}

static Ticket *
ticket_of_row(Stmt *stmt, gint64 id)
{
    Ticket *ticket = g_new0(Ticket, 1);
    Addr machine = stmt_addr(stmt, 3);

    ticket->id = id;
    ticket->kind = value_of(stmt, 0, kind_names, N_KINDS, KIND_MAIL);
    ticket->state = value_of(stmt, 1, ticket_state_names, N_TICKET_STATES, TICKET_NEW);
    ticket->key = g_strdup(stmt_text(stmt, 2));
    ticket->machine = addr_dup_text(&machine);
    ticket->account = g_strdup(stmt_text(stmt, 4));
    ticket->domain = g_strdup(stmt_text(stmt, 5));
    ticket->title = g_strdup(stmt_text(stmt, 6));
    ticket->cause = value_of(stmt, 7, cause_names, N_CAUSES, CAUSE_UNKNOWN);
    ticket->confidence = value_of(stmt, 8, confidence_names, N_CONFIDENCES, CONFIDENCE_LOW);
    ticket->category = value_of(stmt, 9, category_names, N_CATEGORIES, CATEGORY_NONE);
    ticket->customer = g_strdup(stmt_text(stmt, 10));
    ticket->assignee = g_strdup(stmt_text(stmt, 11));
    ticket->resolution = value_of(stmt, 12, resolution_names, N_RESOLUTIONS, -1);
    ticket->reason = value_of(stmt, 13, reject_names, N_REJECTS, -1);
    ticket->by_hand = g_strdup(stmt_text(stmt, 14));
    ticket->opened_at = stmt_int(stmt, 15);
    ticket->contained_at = stmt_time(stmt, 16);
    ticket->fixed_at = stmt_time(stmt, 17);
    ticket->resolved_at = stmt_time(stmt, 18);
    ticket->watch_until = stmt_time(stmt, 19);
    ticket->first_at = stmt_time(stmt, 20);
    ticket->last_at = stmt_int(stmt, 21);
    ticket->complaints = (guint)stmt_int(stmt, 22);
    ticket->incidents = (guint)stmt_int(stmt, 23);
    ticket->reopened = (guint)stmt_int(stmt, 24);
    ticket->merged_into = stmt_int(stmt, 25);
    return ticket;
}

Ticket *
ticket_load(Store *store, gint64 id, GError **error)
{
    bool row = false;
    g_autoptr(Stmt) stmt = store_stmt_by_id(store, "ticket_load", id, &row, error);

    if (!stmt)
        return NULL;
    if (row)
        return ticket_of_row(stmt, id);
    plaint_fail(error, PLAINT_ERROR_NOT_FOUND, "no ticket %" G_GINT64_FORMAT, id);
    return NULL;
}

/* -- new -------------------------------------------------------------------------------------- */

static void
set_missing(json_t *row, const char *member, const char *text)
{
    if (text && !row_text(row, member))
        row_set_text(row, member, text);
}

/* Accounts and domains are compared without case: a ticket keeps them in lower case. */
static void
set_folded(json_t *row, const char *member, const char *text)
{
    g_autofree char *folded = text_is_empty(text) ? NULL : g_utf8_strdown(text, -1);

    row_set_text(row, member, folded);
}

/* What the person left open is taken from the complaint's first filed incident. */
static bool
learn_from_complaint(TicketDeed *td, gint64 complaint, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(td->store, "incident_first", error);
    Addr machine = ADDR_NONE;
    g_autofree char *text = NULL;
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", complaint);
    if (!stmt_step(stmt, &row, error))
        return false;
    if (!row)
        return true;
    machine = stmt_addr(stmt, 0);
    text = addr_dup_text(&machine);
    set_missing(td->row, "machine", text);
    if (!row_text(td->row, "account"))
        set_folded(td->row, "account", stmt_text(stmt, 1));
    if (!row_text(td->row, "domain"))
        set_folded(td->row, "domain", stmt_text(stmt, 2));
    if (g_strcmp0(row_text(td->row, "cause"), cause_names[CAUSE_UNKNOWN]) == 0) {
        row_set_text(td->row, "cause", stmt_text(stmt, 3));
        row_set_text(td->row, "confidence", stmt_text(stmt, 4));
    }
    set_missing(td->row, "category", stmt_text(stmt, 5));
    return true;
}

/* There is such a complaint, and not all of it is on a ticket. */
static bool
find_complaint(Store *store, gint64 id, GError **error)
{
    bool row = false;
    g_autoptr(Stmt) stmt = store_stmt_by_id(store, "complaint_taken_by", id, &row, error);

    if (!stmt)
        return false;
    if (!row)
        return plaint_fail(error, PLAINT_ERROR_NOT_FOUND, "no complaint %" G_GINT64_FORMAT, id);
    return stmt_is_null(stmt, 0) ||
           plaint_fail(error, PLAINT_ERROR_CONFLICT,
                       "complaint %" G_GINT64_FORMAT " is on ticket %" G_GINT64_FORMAT
                       " already: split its incidents off there",
                       id, stmt_int(stmt, 0));
}

static bool
take_complaint(TicketDeed *td, gint64 complaint, GError **error)
{
    g_autoptr(Stmt) take = store_stmt(td->store, "incidents_take", error);
    g_autoptr(Stmt) refile = store_stmt(td->store, "complaint_refile", error);

    if (!take || !refile)
        return false;
    stmt_bind_int(take, ":ticket", td->id);
    stmt_bind_int(take, ":complaint", complaint);
    stmt_bind_int(refile, ":id", complaint);
    return stmt_run(take, NULL, error) && stmt_run(refile, NULL, error);
}

static bool
fill_new(json_t *row, const TicketNew *what, const char *actor, GError **error)
{
    const struct {
        const char *member, *text;
        bool is_folded;
    } words[] = {
        {"account", what->account, true},
        {"domain", what->domain, true},
        {"title", what->title, false},
        {"customer", what->customer, false},
    };
    g_autofree char *machine = addr_dup_text(&what->machine);
    json_t *by_hand = json_object();

    row_set_text(row, "machine", machine);
    row_set_text(row, "cause", cause_names[what->cause]);
    row_set_text(row, "category", category_names[what->category]);
    if (what->cause != CAUSE_UNKNOWN)
        json_object_set_new(by_hand, "cause", json_string(actor));
    if (what->category != CATEGORY_NONE)
        json_object_set_new(by_hand, "category", json_string(actor));
    if (!text_is_empty(what->customer))
        json_object_set_new(by_hand, "customer", json_string(actor));
    json_object_set_new(row, "by_hand", by_hand);
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *text = NULL;

        if (!deed_text(words[i].member, words[i].text, DEED_TEXT_BYTES, &text, error))
            return false;
        if (words[i].is_folded)
            set_folded(row, words[i].member, text);
        else
            row_set_text(row, words[i].member, text);
    }
    return true;
}

static bool
add_ticket(Store *store, TicketKind kind, gint64 now, gint64 *ret_id, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "ticket_add", error);

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":kind", kind_names[kind]);
    stmt_bind_int(stmt, ":at", now);
    return stmt_run_int(stmt, ret_id, error);
}

bool
ticket_new(Store *store, const TicketNew *what, const Deed *deed, gint64 *ret_id, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_auto(TicketDeed) td = TICKET_DEED_INIT;
    g_autofree char *key = NULL;
    gint64 id = 0;
    json_t *detail = NULL;

    if (!store_txn_begin(&txn, store, error) ||
        (what->complaint_id && !find_complaint(store, what->complaint_id, error)) ||
        !add_ticket(store, what->kind, deed->now, &id, error) ||
        !ticket_deed_begin(&td, store, id, deed, error))
        return false;
    if (!fill_new(td.row, what, deed->actor, error))
        return false;
    if (what->complaint_id && !learn_from_complaint(&td, what->complaint_id, error))
        return false;
    key = row_key(td.row);
    if (!key && !row_text(td.row, "title") && !what->complaint_id)
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "a ticket needs a relay, an account, a domain or a title");
    row_set_text(td.row, "key", key);
    detail = json_pack("{s:s?, s:I}", "key", key, "complaint", (json_int_t)what->complaint_id);
    if (!ticket_deed_end(&td, &(TicketDeedEnd){.name = "ticket-new", .detail = detail}, error) ||
        (what->complaint_id && !take_complaint(&td, what->complaint_id, error)) ||
        !ticket_recount(store, id, error) || !ticket_deed_commit(&td, error) ||
        !store_txn_commit(&txn, error))
        return false;
    *ret_id = id;
    return true;
}

/* -- notes, proofs, assignment ---------------------------------------------------------------- */

/* Cleaned text of a person; BAD_INPUT when nothing is left. (transfer full) */
static char *
take_text(const char *text, const char *what, GError **error)
{
    /* What is no UTF-8 takes three bytes. */
    g_autofree char *clean = text ? text_clean_lines(text, -1, 3 * TEXT_MAX) : g_strdup("");

    if (text && strlen(text) > TEXT_MAX) {
        plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                    "the %s is longer than %d bytes: shorten it, or give it in parts", what,
                    TEXT_MAX);
        return NULL;
    }
    g_strstrip(clean);
    if (clean[0] != '\0')
        return g_steal_pointer(&clean);
    plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "the %s is empty", what);
    return NULL;
}

bool
ticket_note(Store *store, gint64 id, const char *text, const Deed *deed, GError **error)
{
    g_auto(TicketDeed) td = TICKET_DEED_INIT;
    g_autofree char *clean = take_text(text, "note", error);
    g_autoptr(Stmt) stmt = NULL;

    if (!clean || !ticket_deed_begin(&td, store, id, deed, error))
        return false;
    stmt = store_stmt(store, "note_add", error);
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":ticket", id);
    stmt_bind_int(stmt, ":at", deed->now);
    stmt_bind_text(stmt, ":actor", deed->actor);
    stmt_bind_text(stmt, ":text", clean);
    return stmt_run(stmt, NULL, error) &&
           ticket_deed_end(&td, &(TicketDeedEnd){.name = "ticket-note"}, error) &&
           ticket_deed_commit(&td, error);
}

bool
ticket_prove(Store *store, gint64 id, ProofKind kind, const char *text, const Deed *deed,
             GError **error)
{
    g_auto(TicketDeed) td = TICKET_DEED_INIT;
    g_autofree char *clean = take_text(text, "evidence of the fix", error);
    g_autoptr(Stmt) stmt = NULL;
    json_t *detail = NULL;

    if (!clean || !ticket_deed_begin(&td, store, id, deed, error))
        return false;
    stmt = store_stmt(store, "proof_add", error);
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":ticket", id);
    stmt_bind_int(stmt, ":at", deed->now);
    stmt_bind_text(stmt, ":actor", deed->actor);
    stmt_bind_text(stmt, ":kind", proof_names[kind]);
    stmt_bind_text(stmt, ":text", clean);
    if (!stmt_run(stmt, NULL, error))
        return false;
    detail = json_pack("{s:s, s:s}", "kind", proof_names[kind], "text", clean);
    return ticket_deed_end(&td, &(TicketDeedEnd){.name = "ticket-prove", .detail = detail},
                           error) &&
           ticket_deed_commit(&td, error);
}

bool
ticket_assign(Store *store, gint64 id, const char *assignee, const Deed *deed, GError **error)
{
    g_auto(TicketDeed) td = TICKET_DEED_INIT;
    g_autofree char *clean = NULL, *words = NULL;

    if (!deed_text("name", assignee, DEED_NAME_BYTES, &clean, error) ||
        !ticket_deed_begin(&td, store, id, deed, error))
        return false;
    if (g_strcmp0(clean, row_text(td.row, "assignee")) == 0)
        return ticket_deed_commit(&td, error); /* so it is already */
    row_set_text(td.row, "assignee", clean);
    words = g_strconcat("assigned to ", clean ? clean : "nobody", NULL);
    return ticket_deed_end(&td,
                           &(TicketDeedEnd){.name = "ticket-assign",
                                            .words = words,
                                            .detail = json_pack("{s:s?}", "assignee", clean)},
                           error) &&
           ticket_deed_commit(&td, error);
}
