/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/stmt.h"
#include "store/ticket.h"
#include "store/ticket_row.h"

#define QUIET_SECONDS (24 * 3600) /* without a credible event: evidence of the fix */

/* -- guards ----------------------------------------------------------------------------------- */

static bool
count(Store *store, const char *statement, gint64 id, gint64 *ret_count, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, statement, error);

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", id);
    return stmt_run_int(stmt, ret_count, error);
}

/* Nothing credible happened for a day since it was contained. */
static bool
is_quiet(Store *store, gint64 id, const json_t *row, gint64 now, bool *ret_quiet, GError **error)
{
    gint64 contained = row_time(row, "contained_at"), event = 0;

    *ret_quiet = false;
    if (contained == TIME_NONE || now - contained < QUIET_SECONDS)
        return true;
    if (!count(store, "ticket_event_at", id, &event, error))
        return false;
    *ret_quiet = event <= contained || now - event >= QUIET_SECONDS;
    return true;
}

typedef struct {
    bool quiet;
    gint64 proofs, listings;
} Facts;

static bool
look_at_facts(Store *store, gint64 id, const json_t *row, gint64 now, Facts *ret_facts,
              GError **error)
{
    return count(store, "proof_on_record", id, &ret_facts->proofs, error) &&
           is_quiet(store, id, row, now, &ret_facts->quiet, error) &&
           count(store, "listings_open", id, &ret_facts->listings, error);
}

static guint
missing_of(guint guards, const Facts *facts)
{
    guint missing = 0;

    if ((guards & GUARD_PROOF) && facts->proofs == 0 && !facts->quiet)
        missing |= GUARD_PROOF;
    if ((guards & GUARD_OPEN_LISTING) && facts->listings == 0)
        missing |= GUARD_OPEN_LISTING;
    if ((guards & GUARD_LISTINGS_DONE) && facts->listings > 0)
        missing |= GUARD_LISTINGS_DONE;
    return missing;
}

bool
ticket_missing(Store *store, gint64 id, const TicketMoveRow *move, gint64 now, guint *ret_missing,
               GError **error)
{
    json_t *row = ticket_row_load(store, id, error);
    Facts facts = {0};
    bool done = row && look_at_facts(store, id, row, now, &facts, error);

    json_decref(row);
    if (done)
        *ret_missing = missing_of(move->guards, &facts);
    return done;
}

static bool
check_guards(TicketDeed *td, const TicketMove *move, const TicketMoveRow *rule, GError **error)
{
    guint guards = rule->guards, missing = 0;
    Facts facts = {0};

    if (guards == 0)
        return true;
    if ((guards & GUARD_LISTINGS_DONE) &&
        g_strcmp0(move->operand, resolution_names[RESOLUTION_FIXED]) != 0)
        guards &= ~(guint)GUARD_LISTINGS_DONE;
    if (!look_at_facts(td->store, td->id, td->row, td->deed->now, &facts, error))
        return false;
    missing = missing_of(guards, &facts);
    for (guint bit = 0; bit < N_GUARDS; bit++) {
        if (missing & (1u << bit))
            return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                               "ticket %" G_GINT64_FORMAT " cannot be '%s' yet: %s", td->id,
                               ticket_state_names[rule->to], guard_missing((Guard)(1u << bit)));
    }
    /* What the guard rested on is put on record. */
    if ((guards & GUARD_PROOF) && facts.proofs == 0) {
        const Deed deed = {ACTOR_PLAINT, td->deed->now};

        return ticket_prove(td->store, td->id, PROOF_QUIET_PERIOD,
                            "no credible incident for 24 hours", &deed, error);
    }
    return true;
}

bool
ticket_row_may_be(Store *store, gint64 id, const json_t *row, GError **error)
{
    gint64 listings = 0;

    if (row_state(row) != TICKET_RESOLVED ||
        g_strcmp0(row_text(row, "resolution"), resolution_names[RESOLUTION_FIXED]) != 0)
        return true;
    if (!count(store, "listings_open", id, &listings, error))
        return false;
    return listings == 0 ||
           plaint_fail(error, PLAINT_ERROR_CONFLICT,
                       "ticket %" G_GINT64_FORMAT " cannot be '%s' again: %s", id,
                       ticket_state_names[TICKET_RESOLVED], guard_missing(GUARD_LISTINGS_DONE));
}

/* -- the move --------------------------------------------------------------------------------- */

static bool
check_operand(const TicketMove *move, const TicketMoveRow *rule, GError **error)
{
    bool reason = rule->operand == OPERAND_REASON;
    const char *const *names = reason ? reject_names : resolution_names;
    int n = reason ? N_REJECTS : N_RESOLUTIONS, first = 0, value = -1;
    g_autofree char *quoted = text_quote(move->operand);

    if (rule->operand == OPERAND_NONE)
        return move->operand == NULL ||
               plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "'%s' takes no resolution or reason",
                           ticket_state_names[rule->to]);
    first = rule->operand == OPERAND_RESOLUTION_NOT_FIXED ? RESOLUTION_FIXED + 1 : 0;
    value = move->operand ? text_name_find(names, n, move->operand) : -1;
    if (value >= first)
        return true;
    if (value >= 0)
        return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                           "a ticket that is '%s' cannot be resolved as fixed: mark it contained, "
                           "then fixed",
                           ticket_state_names[rule->from]);
    {
        g_autoptr(GString) all = g_string_new(NULL);

        for (int i = first; i < n; i++)
            g_string_append_printf(all, "%s%s", i > first ? ", " : "", names[i]);
        if (move->operand)
            return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "no such word %s: one of %s", quoted,
                               all->str);
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "'%s' needs a %s: one of %s",
                           ticket_state_names[rule->to], reason ? "reason" : "resolution",
                           all->str);
    }
}

static void
mark_open(json_t *row, const TicketMove *move, gint64 now)
{
    static const char *const cleared[] = {"resolution",   "reason",   "resolved_at", "watch_until",
                                          "contained_at", "fixed_at", NULL};

    (void)move;
    if (ticket_state_is_live(row_state(row)))
        return;
    row_clear(row, cleared);
    row_set_int(row, "reopened", row_int(row, "reopened") + 1);
    row_set_int(row, "reopened_at", now);
    json_object_set(row, "stale_proof", json_object_get(row, "last_proof"));
}

static void
mark_contained(json_t *row, const TicketMove *move, gint64 now)
{
    (void)move;
    row_set_int(row, "contained_at", now);
}

static void
mark_fixed(json_t *row, const TicketMove *move, gint64 now)
{
    (void)move;
    row_set_int(row, "fixed_at", now);
}

static void
mark_resolved(json_t *row, const TicketMove *move, gint64 now)
{
    row_set_text(row, "resolution", move->operand);
    row_set_int(row, "resolved_at", now);
    row_set_int(row, "watch_until", now + move->watch);
}

static void
mark_rejected(json_t *row, const TicketMove *move, gint64 now)
{
    row_set_text(row, "reason", move->operand);
    row_set_int(row, "resolved_at", now);
}

/* What a state writes down when it is reached. */
static void (*const marks[N_TICKET_STATES])(json_t *row, const TicketMove *move, gint64 now) = {
    [TICKET_OPEN] = mark_open,         [TICKET_CONTAINED] = mark_contained,
    [TICKET_FIXED] = mark_fixed,       [TICKET_RESOLVED] = mark_resolved,
    [TICKET_REJECTED] = mark_rejected,
};

static bool
fail_no_move(gint64 id, TicketState from, TicketState to, GError **error)
{
    g_autoptr(GString) ways = g_string_new(NULL);

    if (from == to)
        return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                           "ticket %" G_GINT64_FORMAT " is '%s' already", id,
                           ticket_state_names[from]);
    for (gsize i = 0; i < n_ticket_moves; i++) {
        if (ticket_moves[i].from == from)
            g_string_append_printf(ways, "%s%s", ways->len ? ", " : "",
                                   ticket_state_names[ticket_moves[i].to]);
    }
    return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                       "cannot move a ticket from '%s' to '%s', only to %s",
                       ticket_state_names[from], ticket_state_names[to], ways->str);
}

static const TicketMoveRow *
find_rule(TicketDeed *td, const TicketMove *move, GError **error)
{
    TicketState from = row_state(td->row);
    const TicketMoveRow *rule = ticket_move_find(from, move->to);

    if (move->from >= 0 && move->from != (int)from) {
        plaint_fail(error, PLAINT_ERROR_CONFLICT,
                    "ticket %" G_GINT64_FORMAT " is '%s' now, no longer '%s'", td->id,
                    ticket_state_names[from], ticket_state_names[move->from]);
        return NULL;
    }
    if (row_int(td->row, "merged_into") != 0) {
        plaint_fail(error, PLAINT_ERROR_CONFLICT,
                    "ticket %" G_GINT64_FORMAT " is merged into %" G_GINT64_FORMAT
                    ": undo the merge first",
                    td->id, row_int(td->row, "merged_into"));
        return NULL;
    }
    if (!rule)
        fail_no_move(td->id, from, move->to, error);
    return rule;
}

bool
ticket_move(Store *store, const TicketMove *move, const Deed *deed, GError **error)
{
    g_auto(TicketDeed) td = TICKET_DEED_INIT;
    const TicketMoveRow *rule = NULL;
    g_autofree char *words = NULL;
    json_t *detail = NULL;

    if (!ticket_deed_begin(&td, store, move->id, deed, error))
        return false;
    rule = find_rule(&td, move, error);
    if (!rule || !check_operand(move, rule, error) ||
        (move->proof &&
         !ticket_prove(store, move->id, move->proof_kind, move->proof, deed, error)) ||
        !check_guards(&td, move, rule, error) ||
        (!text_is_empty(move->note) && !ticket_note(store, move->id, move->note, deed, error)))
        return false;
    if (marks[move->to])
        marks[move->to](td.row, move, deed->now);
    row_set_text(td.row, "state", ticket_state_names[move->to]);
    words = g_strdup_printf("moved %s to %s", ticket_state_names[rule->from],
                            ticket_state_names[rule->to]);
    detail = json_pack("{s:s?}", "operand", move->operand);
    return ticket_deed_end(
               &td, &(TicketDeedEnd){.name = "ticket-move", .words = words, .detail = detail},
               error) &&
           ticket_deed_commit(&td, error);
}
