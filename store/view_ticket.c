/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "store/outbox.h"
#include "store/state.h"
#include "store/stmt.h"
#include "store/ticket.h"
#include "store/view.h"
#include "store/view_impl.h"

/* -- the incident that says most -------------------------------------------------------------- */

/* The ticket's cause among an incident's findings, else the first. */
static const json_t *
finding_of(const json_t *causes, const char *cause)
{
    for (gsize i = 0; i < json_array_size(causes); i++) {
        const json_t *finding = json_array_get(causes, i);

        if (g_strcmp0(json_string_value(json_object_get(finding, "cause")), cause) == 0)
            return finding;
    }
    return json_array_get(causes, 0);
}

static void
copy_member(json_t *to, const json_t *from, const char *name)
{
    json_t *value = json_object_get(from, name);

    json_object_set_new(to, name, value ? json_incref(value) : json_null());
}

static bool
add_best(Store *store, json_t *ticket, gint64 id, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "view_ticket_best", error);
    const char *cause = json_string_value(json_object_get(ticket, "cause"));
    const json_t *finding = NULL;
    json_t *best = NULL;
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", id);
    stmt_bind_text(stmt, ":cause", cause);
    if (!stmt_step(stmt, &row, error))
        return false;
    best = row ? stmt_row_json(stmt) : json_object();
    finding = finding_of(json_object_get(best, "causes"), cause);
    copy_member(ticket, finding, "why");
    copy_member(ticket, finding, "certainty");
    json_object_set_new(ticket, "path",
                        json_is_array(json_object_get(best, "hops"))
                            ? json_incref(json_object_get(best, "hops"))
                            : json_array());
    json_decref(best);
    return true;
}

/* -- what can be done -------------------------------------------------------------------------- */

static const char *const operand_names[] = {
    [OPERAND_NONE] = NULL,
    [OPERAND_RESOLUTION] = "resolution",
    [OPERAND_RESOLUTION_NOT_FIXED] = "resolution-not-fixed",
    [OPERAND_REASON] = "reason",
};

static bool
add_moves(Store *store, json_t *ticket, gint64 id, gint64 now, GError **error)
{
    const char *name = json_string_value(json_object_get(ticket, "state"));
    int state = text_name_find(ticket_state_names, N_TICKET_STATES, name);
    bool merged = !json_is_null(json_object_get(ticket, "merged_into"));
    json_t *moves = json_array();

    json_object_set_new(ticket, "moves", moves);
    for (gsize i = 0; i < n_ticket_moves && !merged; i++) {
        const TicketMoveRow *move = &ticket_moves[i];
        json_t *words = NULL;
        guint missing = 0;

        if ((int)move->from != state)
            continue;
        if (move->guards && !ticket_missing(store, id, move, now, &missing, error))
            return false;
        words = json_array();
        for (guint bit = 0; bit < N_GUARDS; bit++) {
            if (missing & (1u << bit))
                json_array_append_new(words, json_string(guard_missing((Guard)(1u << bit))));
        }
        json_array_append_new(moves,
                              json_pack("{s:s, s:s, s:s?, s:o}", "to", ticket_state_names[move->to],
                                        "verb", move->verb, "operand", operand_names[move->operand],
                                        "missing", words));
    }
    return true;
}

static bool
add_undo(Store *store, json_t *ticket, gint64 id, GError **error)
{
    bool row = false;
    g_autoptr(Stmt) stmt = store_stmt_by_id(store, "undo_last", id, &row, error);

    if (!stmt)
        return false;
    json_object_set_new(ticket, "undo", row ? json_string(stmt_text(stmt, 3)) : json_null());
    return true;
}

/* -- history ---------------------------------------------------------------------------------- */

/* An audit entry in words: the deed, and the members of its detail that say most. */
static const struct {
    const char *deed, *words, *member, *second;
} deeds[] = {
    {"ticket-open", "opened", "why", NULL},
    {"ticket-new", "opened by hand", "key", NULL},
    {"ticket-reopen", "reopened", "why", NULL},
    {"ticket-customer", "customer", "to", NULL},
    {"ticket-note", "added a note", NULL, NULL},
    {"ticket-prove", "gave evidence", "text", NULL},
    {"ticket-take", "took over ticket", "from", NULL},
    {"ticket-undo", "undid", "what", NULL},
    {"ticket-merge", "merged into", "into", NULL},
    {"ticket-move", "moved", "to", NULL},
    {"ticket-set", "set", "name", NULL},
    {"ticket-assign", "assigned", "assignee", NULL},
    {"ticket-split", "split off", "to", NULL},
    {"ticket-hook", "hook", "result", NULL},
    {"log-witness", "asked our log", "said", NULL},
    {"listing-open", "listed", "zone", NULL},
    {"listing-move", "listing", "zone", "to"},
    {"listing-note", "note on listing", "zone", "text"},
    {"outbox-add", "wrote letter", "letter", NULL},
    {"outbox-limit", "wrote no letter, too many today", "recipient", NULL},
    {"outbox-sent", "sent letter", "letter", NULL},
    {"outbox-gave-up", "gave letter up", "letter", NULL},
    {"outbox-cancel", "cancelled letter", "letter", NULL},
    {"outbox-again", "sends letter again", "letter", NULL},
};

static json_t *
what_of(const json_t *entry)
{
    const char *deed = json_string_value(json_object_get(entry, "deed"));
    const char *words = json_string_value(json_object_get(entry, "words"));
    bool undone = !json_is_null(json_object_get(entry, "undone_by"));

    if (words)
        return json_sprintf("%s%s", words, undone ? " (undone)" : "");
    for (gsize i = 0; i < G_N_ELEMENTS(deeds); i++) {
        const json_t *detail = json_object_get(entry, "detail");
        const json_t *value = deeds[i].member ? json_object_get(detail, deeds[i].member) : NULL;
        const char *second =
            deeds[i].second ? json_string_value(json_object_get(detail, deeds[i].second)) : NULL;

        if (strcmp(deeds[i].deed, deed) != 0)
            continue;
        if (json_is_string(value))
            return json_sprintf("%s: %s%s%s", deeds[i].words, json_string_value(value),
                                second ? ", " : "", second ? second : "");
        if (json_is_integer(value))
            return json_sprintf("%s %" JSON_INTEGER_FORMAT, deeds[i].words,
                                json_integer_value(value));
        return json_string(deeds[i].words);
    }
    return json_string(deed);
}

static void
word_history(json_t *ticket)
{
    const json_t *history = json_object_get(ticket, "history");

    for (gsize i = 0; i < json_array_size(history); i++) {
        json_t *entry = json_array_get(history, i);

        json_object_set_new(entry, "what", what_of(entry));
        json_object_del(entry, "words");
    }
}

/* -- pages ------------------------------------------------------------------------------------- */

static bool
fill_ticket(Store *store, json_t *ticket, gint64 id, gint64 now, GError **error)
{
    static const struct {
        const char *member, *statement;
    } lists[] = {
        {"relays", "view_ticket_relays"},       {"groups", "view_ticket_groups"},
        {"notes", "view_ticket_notes"},         {"listings", "view_ticket_listings"},
        {"proofs", "view_ticket_proofs"},       {"history", "view_ticket_history"},
        {"witnesses", "view_ticket_witnesses"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (!view_rows(store, ticket, lists[i].member, lists[i].statement, id, error))
            return false;
    }
    word_history(ticket);
    return add_best(store, ticket, id, error) && add_moves(store, ticket, id, now, error) &&
           add_undo(store, ticket, id, error);
}

/* A line that must be there, else NOT_FOUND. */
static json_t *
found_row(Store *store, const char *statement, const char *what, gint64 id, GError **error)
{
    json_t *row = view_row(store, statement, id, error);

    if (!json_is_null(row))
        return row;
    json_decref(row);
    plaint_fail(error, PLAINT_ERROR_NOT_FOUND, "no %s %" G_GINT64_FORMAT, what, id);
    return NULL;
}

json_t *
view_ticket(Store *store, gint64 id, gint64 now, GError **error)
{
    json_t *ticket = found_row(store, "view_ticket_line", "ticket", id, error);

    if (!ticket || fill_ticket(store, ticket, id, now, error))
        return ticket;
    json_decref(ticket);
    return NULL;
}

static bool
fill_complaint(Store *store, json_t *complaint, gint64 id, GError **error)
{
    json_t *tickets = NULL;
    json_t *numbers = json_array();

    if (json_is_null(json_object_get(complaint, "problems")))
        json_object_set_new(complaint, "problems", json_array());
    if (!view_rows(store, complaint, "incidents", "view_incidents_of_complaint", id, error) ||
        !view_rows(store, complaint, "deliveries", "view_complaint_deliveries", id, error) ||
        !view_rows(store, complaint, "tickets", "view_complaint_tickets", id, error)) {
        json_decref(numbers);
        return false;
    }
    view_fill_details(json_object_get(complaint, "incidents"));
    tickets = json_object_get(complaint, "tickets");
    for (gsize i = 0; i < json_array_size(tickets); i++)
        json_array_append(numbers, json_object_get(json_array_get(tickets, i), "ticket_id"));
    json_object_set_new(complaint, "tickets", numbers);
    return true;
}

json_t *
view_complaint(Store *store, gint64 id, GError **error)
{
    json_t *complaint = found_row(store, "view_complaint_line", "complaint", id, error);

    if (!complaint || fill_complaint(store, complaint, id, error))
        return complaint;
    json_decref(complaint);
    return NULL;
}

static bool
count_one(Store *store, json_t *counts, const char *member, const char *statement, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, statement, error);
    gint64 n = 0;

    if (!stmt || !stmt_run_int(stmt, &n, error))
        return false;
    json_object_set_new(counts, member, json_integer(n));
    return true;
}

static bool
count_live(Store *store, json_t *counts, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "view_counts_live", error);
    bool row = false;

    for (int i = 0; i < N_TICKET_STATES; i++) {
        if (ticket_state_is_live((TicketState)i))
            json_object_set_new(counts, ticket_state_names[i], json_integer(0));
    }
    if (!stmt)
        return false;
    for (;;) {
        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            return true;
        json_object_set_new(counts, stmt_text(stmt, 0), json_integer(stmt_int(stmt, 1)));
    }
}

static bool
count_letters(Store *store, json_t *counts, GError **error)
{
    gint64 waiting = 0, gave_up = 0;

    if (!outbox_count(store, OUTBOX_WAITING, &waiting, error) ||
        !outbox_count(store, OUTBOX_GAVE_UP, &gave_up, error))
        return false;
    json_object_set_new(counts, "letters_waiting", json_integer(waiting));
    json_object_set_new(counts, "letters_gave_up", json_integer(gave_up));
    return true;
}

json_t *
view_counts(Store *store, GError **error)
{
    json_t *counts = json_object();

    if (count_live(store, counts, error) &&
        count_one(store, counts, "filed", "view_counts_filed", error) &&
        count_one(store, counts, "complaints", "view_counts_complaints", error) &&
        count_one(store, counts, "messages", "view_counts_messages", error) &&
        count_letters(store, counts, error))
        return counts;
    json_decref(counts);
    return NULL;
}
