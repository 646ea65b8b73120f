/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/filing.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/hook.h"
#include "store/incident.h"
#include "store/kind.h"
#include "store/state.h"
#include "store/stmt.h"
#include "store/whose.h"

#define DAY (24 * 3600)

/* A ticket that incidents of this complaint go to. */
typedef struct {
    gint64 id;
    TicketState state;
    Cause cause;
    Confidence confidence;
    Category category;
    Whose whose;
    bool cause_by_hand, category_by_hand;
    gint64 fixed_at, watch_until;
    /* What the complaint adds to it. */
    guint incidents;
    gint64 first_at, event_at;
    bool is_new;
} Target;

static void
target_free(Target *target)
{
    if (!target)
        return;
    g_free(target->whose.customer);
    g_free(target);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Target, target_free)

typedef struct {
    Target *target;  /* borrowed; NULL: filed */
    const char *why; /* static; of a filed one */
    bool credible;
} Place;

gint64
filing_event_time(const Incident *incident, gint64 received_at)
{
    gint64 time = incident->time != TIME_NONE ? incident->time : incident->date;

    return time > received_at ? TIME_NONE : time;
}

void
filing_clear(FilingJob *job)
{
    g_clear_pointer(&job->places, g_array_unref);
    g_clear_pointer(&job->slots, g_hash_table_unref);
    g_clear_pointer(&job->targets, g_hash_table_unref);
}

/* -- finding ---------------------------------------------------------------------------------- */

static int
name_or(const char *const *names, int n, const char *name, int otherwise)
{
    int value = name ? text_name_find(names, n, name) : -1;

    return value < 0 ? otherwise : value;
}

static Target *
target_of_row(Stmt *stmt)
{
    Target *target = g_new0(Target, 1);
    const char *by_hand = stmt_text(stmt, 5);

    target->id = stmt_int(stmt, 0);
    target->state = name_or(ticket_state_names, N_TICKET_STATES, stmt_text(stmt, 1), TICKET_NEW);
    target->cause = name_or(cause_names, N_CAUSES, stmt_text(stmt, 2), CAUSE_UNKNOWN);
    target->confidence = name_or(confidence_names, N_CONFIDENCES, stmt_text(stmt, 3), 0);
    target->category = name_or(category_names, N_CATEGORIES, stmt_text(stmt, 4), CATEGORY_NONE);
    target->cause_by_hand = by_hand && strstr(by_hand, "\"cause\"");
    target->category_by_hand = by_hand && strstr(by_hand, "\"category\"");
    target->whose.by_hand = by_hand && strstr(by_hand, "\"customer\"");
    target->fixed_at = stmt_time(stmt, 6);
    target->watch_until = stmt_time(stmt, 7);
    target->whose.customer = g_strdup(stmt_text(stmt, 8));
    target->whose.at = stmt_time(stmt, 9);
    target->first_at = target->event_at = TIME_NONE;
    return target;
}

/* Keeps a ticket under its id, (transfer full), and returns the one that is kept. */
static Target *
keep_target(FilingJob *job, Target *target)
{
    Target *known = g_hash_table_lookup(job->targets, &target->id);

    if (known) {
        target_free(target);
        return known;
    }
    g_hash_table_insert(job->targets, &target->id, target);
    return target;
}

/* The ticket that the statement finds by its key, kept in job under `slot`. *ret_target NULL: there
 * is none. */
static bool
find_target(FilingJob *job, const char *statement, const char *key, Target **ret_target,
            GError **error)
{
    g_autofree char *slot = g_strconcat(statement, " ", key, NULL);
    g_autoptr(Stmt) stmt = NULL;
    bool row = false;

    *ret_target = g_hash_table_lookup(job->slots, slot);
    if (*ret_target)
        return true;
    stmt = store_stmt(job->store, statement, error);
    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":key", key);
    if (!stmt_step(stmt, &row, error))
        return false;
    if (row) {
        *ret_target = keep_target(job, target_of_row(stmt));
        g_hash_table_insert(job->slots, g_steal_pointer(&slot), *ret_target);
    }
    return true;
}

/* Following a chain of merges is dear, and most keys have none. */
static bool
find_merged(FilingJob *job, const char *key, Target **ret_target, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(job->store, "ticket_key_is_merged", error);
    bool merged = false;

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":key", key);
    return stmt_step(stmt, &merged, error) &&
           (!merged || find_target(job, "ticket_merged_by_key", key, ret_target, error));
}

/* An authenticated reporter that the site lists, or whose earlier complaints were worth a ticket.
 */
static bool
is_known_reporter(FilingJob *job, bool *ret_known, GError **error)
{
    g_autoptr(Stmt) stmt = NULL;

    *ret_known = job->complaint->reporter_listed;
    if (*ret_known || !job->complaint->reporter ||
        !text_equal_fold(job->complaint->authenticity, "pass"))
        return true;
    stmt = store_stmt(job->store, "reporter_is_known", error);
    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":reporter", job->complaint->reporter);
    stmt_bind_int(stmt, ":before", job->received_at - DAY);
    return stmt_step(stmt, ret_known, error);
}

/* A receiver still refuses our machine: that tells of a list, not of abuse that goes on. */
static bool
is_refusal(const FilingJob *job, const Incident *incident)
{
    return job->complaint->format == FORMAT_DSN && incident->blocked_by;
}

/* Complaints are forgeable: only these may reopen a ticket or break a quiet period. */
static bool
is_credible(FilingJob *job, const Incident *incident, bool *ret_credible, GError **error)
{
    *ret_credible = false;
    if (filing_event_time(incident, job->received_at) == TIME_NONE)
        return true;
    if (incident->has_evidence && !incident->pasted) {
        *ret_credible = true;
        return true;
    }
    return is_known_reporter(job, ret_credible, error);
}

/* -- opening and reopening -------------------------------------------------------------------- */

static bool
open_ticket(FilingJob *job, const Incident *incident, TicketKind kind, const char *why,
            Target **ret_target, GError **error)
{
    const Deed deed = {ACTOR_PLAINT, job->received_at};
    Addr machine = kind_machine(incident);
    g_autofree char *key = kind_key(kind, incident->account, &machine, incident->domain);
    g_autofree char *slot = g_strconcat("ticket_live_by_key ", key, NULL);
    g_autoptr(Target) target = g_new0(Target, 1);
    g_autofree char *account = incident->account ? g_utf8_strdown(incident->account, -1) : NULL;
    g_autofree char *domain = incident->domain ? g_utf8_strdown(incident->domain, -1) : NULL;
    g_autoptr(Stmt) stmt = store_stmt(job->store, "ticket_open", error);

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":kind", kind_names[kind]);
    stmt_bind_text(stmt, ":key", key);
    stmt_bind_addr(stmt, ":machine", &machine);
    stmt_bind_text(stmt, ":account", account);
    stmt_bind_text(stmt, ":domain", domain);
    stmt_bind_text(stmt, ":cause", cause_names[incident->cause]);
    stmt_bind_text(stmt, ":confidence", confidence_names[incident->confidence]);
    stmt_bind_text(stmt, ":category", category_names[incident->category]);
    stmt_bind_int(stmt, ":at", job->received_at);
    if (!stmt_run_int(stmt, &target->id, error))
        return false;
    if (target->id == 0) /* another writer has just opened it */
        return plaint_fail(error, PLAINT_ERROR_BUSY, "the ticket is being opened by another");
    target->cause = incident->cause;
    target->confidence = incident->confidence;
    target->category = incident->category;
    target->fixed_at = target->watch_until = target->first_at = target->event_at = TIME_NONE;
    target->whose.at = TIME_NONE;
    target->is_new = true;
    job->opened++;
    *ret_target = keep_target(job, g_steal_pointer(&target));
    g_hash_table_insert(job->slots, g_steal_pointer(&slot), *ret_target);
    return audit_add(job->store, &deed,
                     &(AuditEntry){.deed = "ticket-open",
                                   .ticket_id = (*ret_target)->id,
                                   .message_id = job->id,
                                   .detail = json_pack("{s:s, s:s}", "key", key, "why", why)},
                     NULL, error);
}

static bool
reopen_ticket(FilingJob *job, Target *target, gint64 event, GError **error)
{
    const Deed deed = {ACTOR_PLAINT, job->received_at};
    g_autoptr(Stmt) stmt = store_stmt(job->store, "ticket_reopen", error);
    char fixed[TIME_TEXT_SIZE], happened[TIME_TEXT_SIZE];
    json_t *detail = NULL;
    gint64 audit = 0;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":at", job->received_at);
    stmt_bind_int(stmt, ":id", target->id);
    if (!stmt_run(stmt, NULL, error))
        return false;
    detail = json_pack("{s:s, s:s, s:s, s:s, s:s}", "from", ticket_state_names[target->state], "to",
                       ticket_state_names[TICKET_OPEN], "why", "the fix failed", "fixed_at",
                       time_text(target->fixed_at, fixed), "event_at", time_text(event, happened));
    target->state = TICKET_OPEN;
    target->fixed_at = target->watch_until = TIME_NONE;
    job->reopened++;
    return audit_add(job->store, &deed,
                     &(AuditEntry){.deed = "ticket-reopen",
                                   .ticket_id = target->id,
                                   .message_id = job->id,
                                   .detail = detail},
                     &audit, error) &&
           hook_add(job->store, audit, job->received_at, error);
}

/* -- deciding --------------------------------------------------------------------------------- */

/* Did it happen after the fix? What has no date counts as of its receipt. */
static bool
is_after_fix(const FilingJob *job, const Target *target, gint64 event)
{
    return target->fixed_at != TIME_NONE &&
           (event == TIME_NONE ? job->received_at : event) > target->fixed_at;
}

/* The ticket of this key that takes the incident, reopened where it must be; NULL: none does. */
static bool
choose_target(FilingJob *job, const char *key, const Incident *incident, bool credible,
              Target **ret_target, GError **error)
{
    gint64 event = filing_event_time(incident, job->received_at);
    Target *target = NULL;

    *ret_target = NULL;
    if (!find_target(job, "ticket_live_by_key", key, &target, error) ||
        (!target && !find_merged(job, key, &target, error)))
        return false;
    if (target && target->state != TICKET_RESOLVED) {
        *ret_target = target;
        return !is_after_fix(job, target, event) || !credible || is_refusal(job, incident) ||
               reopen_ticket(job, target, event, error);
    }
    if (!target && !find_target(job, "ticket_resolved_by_key", key, &target, error))
        return false;
    if (!target)
        return true;
    if (!is_after_fix(job, target, event)) {
        *ret_target = target;
        return true;
    }
    if (!credible || job->received_at > target->watch_until)
        return true; /* a new ticket: a person looks at it */
    if (!reopen_ticket(job, target, event, error))
        return false;
    /* From here on it is the live one of the key. */
    g_hash_table_insert(job->slots, g_strconcat("ticket_live_by_key ", key, NULL), target);
    *ret_target = target;
    return true;
}

static bool
decide_one(FilingJob *job, const Incident *incident, Place *place, GError **error)
{
    TicketKind kind = KIND_MAIL;
    Filing filing = kind_decide(job->complaint, incident, &kind, &place->why);
    Addr machine = kind_machine(incident);
    g_autofree char *key = kind_key(kind, incident->account, &machine, incident->domain);

    if (!is_credible(job, incident, &place->credible, error))
        return false;
    if (filing == FILING_FILE)
        return true;
    if (!key) {
        place->why = "names no machine, account or domain";
        return true;
    }
    if (!choose_target(job, key, incident, place->credible, &place->target, error))
        return false;
    if (!place->target && filing == FILING_TICKET)
        return open_ticket(job, incident, kind, place->why, &place->target, error);
    return true;
}

static bool
decide_pinned(FilingJob *job, const Incident *incident, gint64 ticket, Place *place, GError **error)
{
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, ticket);

    place->why = job->filed_because ? job->filed_because : "filed by hand";
    return is_credible(job, incident, &place->credible, error) &&
           (ticket < 0 || find_target(job, "ticket_target", id, &place->target, error));
}

bool
filing_decide(FilingJob *job, GError **error)
{
    const GArray *incidents = job->complaint->incidents;

    job->places = g_array_sized_new(FALSE, TRUE, sizeof(Place), incidents->len);
    job->slots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    job->targets =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)target_free);
    for (guint i = 0; i < incidents->len; i++) {
        const Incident *incident = &g_array_index(incidents, Incident, i);
        gint64 pinned = job->filed_because ? -1 : job->pinned ? job->pinned[i] : 0;
        Place place = {0};

        if (pinned ? !decide_pinned(job, incident, pinned, &place, error)
                   : !decide_one(job, incident, &place, error))
            return false;
        if (!place.target) {
            job->filed++;
            job->filed_why = job->filed_why ? job->filed_why : place.why;
        }
        g_array_append_val(job->places, place);
    }
    if (incidents->len == 0) {
        Incident none = {.cause = CAUSE_UNKNOWN};
        TicketKind kind = KIND_MAIL;

        kind_decide(job->complaint, &none, &kind, &job->filed_why);
        if (job->complaint->format == FORMAT_MESSAGE)
            job->filed_why = "nothing recognised";
        else if (g_strcmp0(job->filed_why, "not ours") == 0)
            job->filed_why = "names no machine, account or domain";
        if (job->filed_because)
            job->filed_why = job->filed_because;
        job->filed++;
    }
    return true;
}

/* -- writing ---------------------------------------------------------------------------------- */

/* What the incident tells about its ticket's cause: the surer word wins, a person's always. */
static void
learn(Target *target, const Incident *incident, gint64 event, bool ends_quiet)
{
    bool better = incident->cause != CAUSE_UNKNOWN &&
                  (target->cause == CAUSE_UNKNOWN || incident->confidence > target->confidence);

    if (better && !target->cause_by_hand) {
        target->cause = incident->cause;
        target->confidence = incident->confidence;
    }
    if (target->category == CATEGORY_NONE && !target->category_by_hand)
        target->category = incident->category;
    target->incidents++;
    if (event == TIME_NONE)
        return;
    if (target->first_at == TIME_NONE || event < target->first_at)
        target->first_at = event;
    if (ends_quiet && event > target->event_at)
        target->event_at = event;
}

static bool
touch_ticket(FilingJob *job, const Target *target, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(job->store, "ticket_join", error);

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":incidents", target->incidents);
    stmt_bind_int(stmt, ":at", job->received_at);
    stmt_bind_time(stmt, ":first", target->first_at);
    stmt_bind_time(stmt, ":event", target->event_at);
    stmt_bind_int(stmt, ":format", G_GINT64_CONSTANT(1) << job->complaint->format);
    stmt_bind_text(stmt, ":cause", cause_names[target->cause]);
    stmt_bind_text(stmt, ":confidence", confidence_names[target->confidence]);
    stmt_bind_text(stmt, ":category", category_names[target->category]);
    stmt_bind_text(stmt, ":customer", target->whose.customer);
    stmt_bind_int(stmt, ":id", target->id);
    if (!stmt_run(stmt, NULL, error))
        return false;
    return !job->complaint->reporter ||
           incident_add_reporter(job->store, target->id, job->complaint->reporter, error);
}

bool
filing_write(FilingJob *job, GError **error)
{
    const GArray *incidents = job->complaint->incidents;
    GHashTableIter iter;
    gpointer value = NULL;

    for (guint i = 0; i < incidents->len; i++) {
        const Incident *incident = &g_array_index(incidents, Incident, i);
        const Place *place = &g_array_index(job->places, Place, i);
        const IncidentRow row = {
            .complaint_id = job->id,
            .ticket_id = place->target ? place->target->id : 0,
            .n = i,
            .filed_why = place->target ? NULL : place->why,
            .credible = place->credible,
        };

        if (!incident_add(job->store, &row, incident, error))
            return false;
        if (!place->target)
            continue;
        learn(place->target, incident, filing_event_time(incident, job->received_at),
              place->credible && !is_refusal(job, incident));
        if (!whose_learn(&place->target->whose, job, place->target->id, incident, error))
            return false;
    }
    g_hash_table_iter_init(&iter, job->targets);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Target *target = value;

        if (target->incidents == 0)
            continue;
        if (!touch_ticket(job, target, error))
            return false;
        job->lacks_customer |= !target->whose.customer && !target->whose.by_hand;
        job->joined += !target->is_new;
    }
    return true;
}

GArray *
filing_tickets(const FilingJob *job)
{
    GArray *tickets = g_array_new(FALSE, FALSE, sizeof(gint64));
    GHashTableIter iter;
    gpointer value = NULL;

    g_hash_table_iter_init(&iter, job->targets);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Target *target = value;

        if (target->incidents > 0)
            g_array_append_val(tickets, target->id);
    }
    return tickets;
}
