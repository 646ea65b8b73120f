/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "ingest/parse/complaint_pack.h"
#include "store/audit.h"
#include "store/complaint_row.h"
#include "store/feed.h"
#include "store/filing.h"
#include "store/index.h"
#include "store/kind.h"
#include "store/message.h"
#include "store/stmt.h"
#include "store/ticket_row.h"
#include "store/view_impl.h"

/* -- difference ------------------------------------------------------------------------------- */

static const char *const complaint_members[] = {"format", "feedback_type", "reporter", "problems"};
static const char *const incident_members[] = {
    "source_ip",  "source_port", "time",     "type",         "count",  "relay_ip",   "exit_ip",
    "origin_ip",  "account",     "script",   "ours",         "causes", "cause",      "confidence",
    "claimed_ip", "claim",       "category", "category_why", "urls",   "blocked_by", "message_id",
    "from",       "rcpt",        "subject",  "date",         "hops",
};

/* A list in a few words: "border 192.0.2.1, claimed 10.1.1.1"; other values as they are. */
static json_t *
digest(const json_t *value)
{
    static const char *const words[] = {"verdict", "cause", "problem", "certainty", "ip"};
    g_autoptr(GString) text = NULL;

    if (!json_is_array(value))
        return json_incref((json_t *)value);
    text = g_string_new(NULL);
    for (gsize i = 0; i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);

        g_string_append(text, i > 0 ? ", " : "");
        if (json_is_string(item))
            g_string_append(text, json_string_value(item));
        for (gsize k = 0; k < G_N_ELEMENTS(words); k++) {
            const char *word = json_string_value(json_object_get(item, words[k]));

            if (word)
                g_string_append_printf(text, "%s%s", k > 0 ? " " : "", word);
        }
    }
    return json_string(g_strstrip(text->str));
}

static bool
add_difference(json_t *diff, const char *member, const json_t *was, const json_t *is)
{
    json_t *null = json_null(); /* a singleton */

    was = was ? was : null;
    is = is ? is : null;
    if (json_equal(was, is))
        return false;
    json_object_set_new(diff, member,
                        json_pack("{s:o, s:o}", "was", digest(was), "is", digest(is)));
    return true;
}

static bool
compare_members(json_t *diff, const json_t *was, const json_t *is, const char *const *members,
                gsize n)
{
    bool changed = false;

    for (gsize i = 0; i < n; i++)
        changed |= add_difference(diff, members[i], json_object_get(was, members[i]),
                                  json_object_get(is, members[i]));
    return changed;
}

static bool
compare_incidents(json_t *diff, const json_t *was, const json_t *is)
{
    json_t *list = json_array();
    gsize n = MAX(json_array_size(was), json_array_size(is));

    for (gsize i = 0; i < n; i++) {
        const json_t *old = json_array_get(was, i), *new = json_array_get(is, i);
        json_t *one = json_pack("{s:i}", "n", (int)i);
        bool changed =
            compare_members(one, old, new, incident_members, G_N_ELEMENTS(incident_members));

        for (const char *const *name = incident_extra_names; *name; name++)
            changed |= add_difference(one, *name, json_object_get(old, *name),
                                      json_object_get(new, *name));

        if (!old || !new)
            json_object_set_new(one, old ? "gone" : "new", json_true());
        if (changed || !old || !new)
            json_array_append(list, one);
        json_decref(one);
    }
    json_object_set_new(diff, "incidents", list);
    return json_array_size(list) > 0;
}

json_t *
reparse_diff(Store *store, gint64 message_id, const Complaint *complaint, GError **error)
{
    json_t *was = view_complaint(store, message_id, error), *is = NULL, *diff = NULL;
    const json_t *verdict = NULL;
    bool changed = false;

    if (!was)
        return NULL;
    is = complaint_to_json(complaint);
    diff = json_pack("{s:I}", "message_id", (json_int_t)message_id);
    changed = compare_members(diff, was, is, complaint_members, G_N_ELEMENTS(complaint_members));
    verdict = json_object_get(json_object_get(is, "authenticity"), "verdict");
    changed |= add_difference(diff, "authenticity", json_object_get(was, "authenticity"), verdict);
    changed |= compare_incidents(diff, json_object_get(was, "incidents"),
                                 json_object_get(is, "incidents"));
    json_object_set_new(diff, "changed", json_boolean(changed));
    json_decref(was);
    json_decref(is);
    if (view_rows(store, diff, "by_hand", "reparse_by_hand", message_id, error))
        return diff;
    json_decref(diff);
    return NULL;
}

/* -- what stays where it is ------------------------------------------------------------------- */

/* What decides where an incident goes, as text: two with the same go to the same place. */
static char *
filing_text(const Complaint *complaint, const Incident *incident)
{
    TicketKind kind = KIND_MAIL;
    const char *why = NULL;
    Filing filing = kind_decide(complaint, incident, &kind, &why);
    Addr machine = kind_machine(incident);
    g_autofree char *key = kind_key(kind, incident->account, &machine, incident->domain);

    return g_strconcat(filing_names[filing], " ", key, NULL);
}

typedef struct {
    gint64 received_at;
    GHashTable *places;  /* filing_text: GArray of ticket ids, in order */
    GHashTable *tickets; /* ids of all the tickets that lose incidents */
} Stored;

static void
stored_clear(Stored *stored)
{
    g_clear_pointer(&stored->places, g_hash_table_unref);
    g_clear_pointer(&stored->tickets, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Stored, stored_clear)

static int
value_of(const char *const *names, int n, const char *name, int otherwise)
{
    int value = name ? text_name_find(names, n, name) : -1;

    return value < 0 ? otherwise : value;
}

static void
remember(Stored *stored, const Complaint *complaint, Stmt *stmt)
{
    Incident incident = {
        .exit_ip = stmt_addr(stmt, 1),
        .source_ip = stmt_addr(stmt, 2),
        .account = stmt_text(stmt, 3),
        .domain = stmt_text(stmt, 4),
        .ours = stmt_int(stmt, 5) != 0,
        .cause = (Cause)value_of(cause_names, N_CAUSES, stmt_text(stmt, 6), CAUSE_UNKNOWN),
        .category =
            (Category)value_of(category_names, N_CATEGORIES, stmt_text(stmt, 7), CATEGORY_NONE),
        .type = stmt_text(stmt, 8),
        .blocked_by = stmt_text(stmt, 9),
    };
    gint64 ticket = stmt_int(stmt, 0);
    g_autofree char *text = filing_text(complaint, &incident);
    GArray *places = NULL;

    if (ticket == 0)
        return; /* filed: decide again, a better parser may know more */
    g_hash_table_add(stored->tickets, g_memdup2(&ticket, sizeof ticket));
    places = g_hash_table_lookup(stored->places, text);
    if (!places) {
        places = g_array_new(FALSE, FALSE, sizeof(gint64));
        g_hash_table_insert(stored->places, g_steal_pointer(&text), places);
    }
    g_array_append_val(places, ticket);
}

static bool
load_stored(Store *store, gint64 id, Stored *stored, GError **error)
{
    g_autoptr(Complaint) complaint = complaint_new();
    g_autoptr(Stmt) line = store_stmt(store, "reparse_complaint", error);
    g_autoptr(Stmt) stmt = store_stmt(store, "reparse_incidents", error);
    bool row = false;

    stored->places =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    stored->tickets = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    if (!line || !stmt)
        return false;
    stmt_bind_int(line, ":id", id);
    stmt_bind_int(stmt, ":id", id);
    if (!stmt_step(line, &row, error))
        return false;
    if (!row)
        return plaint_fail(error, PLAINT_ERROR_NOT_FOUND, "no message %" G_GINT64_FORMAT, id);
    complaint->format =
        (ComplaintFormat)value_of(format_names, N_FORMATS, stmt_text(line, 0), FORMAT_MESSAGE);
    complaint->feedback_type = stmt_text(line, 1);
    stored->received_at = stmt_int(line, 2);
    for (;;) {
        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            return true;
        remember(stored, complaint, stmt);
    }
}

/* For each incident the ticket that an agreeing one is on; 0: decide. (transfer full) */
static gint64 *
pin_incidents(const Stored *stored, const Complaint *complaint)
{
    gint64 *pinned = g_new0(gint64, complaint->incidents->len + 1);
    g_autoptr(GHashTable) used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < complaint->incidents->len; i++) {
        g_autofree char *text =
            filing_text(complaint, &g_array_index(complaint->incidents, Incident, i));
        const GArray *places = g_hash_table_lookup(stored->places, text);
        guint next = GPOINTER_TO_UINT(g_hash_table_lookup(used, text));

        if (!places)
            continue;
        pinned[i] = g_array_index(places, gint64, MIN(next, places->len - 1));
        g_hash_table_insert(used, g_steal_pointer(&text), GUINT_TO_POINTER(next + 1));
    }
    return pinned;
}

/* -- applying --------------------------------------------------------------------------------- */

static bool
run_on(Store *store, const char *statement, gint64 id, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, statement, error);

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", id);
    return stmt_run(stmt, NULL, error);
}

/* A ticket that nobody has touched and that nothing is left of. */
static bool
close_if_empty(Store *store, gint64 id, const Deed *deed, GError **error)
{
    g_auto(TicketDeed) td = TICKET_DEED_INIT;
    const Deed plaint = {ACTOR_PLAINT, deed->now};
    g_autoptr(Stmt) stmt = store_stmt(store, "ticket_incidents", error);
    gint64 incidents = 0;

    if (!stmt || !ticket_deed_begin(&td, store, id, &plaint, error))
        return false;
    stmt_bind_int(stmt, ":id", id);
    if (!stmt_run_int(stmt, &incidents, error))
        return false;
    if (incidents > 0 || row_state(td.row) != TICKET_NEW || row_text(td.row, "assignee") ||
        row_text(td.row, "title"))
        return ticket_deed_commit(&td, error);
    row_set_text(td.row, "state", ticket_state_names[TICKET_REJECTED]);
    row_set_text(td.row, "reason", reject_names[REJECT_NO_EVIDENCE]);
    row_set_int(td.row, "resolved_at", deed->now);
    return ticket_deed_end(&td,
                           &(TicketDeedEnd){.name = "ticket-move",
                                            .words = "moved new to rejected",
                                            .detail = json_pack("{s:s, s:s}", "to", "rejected",
                                                                "why", "reparse left it empty")},
                           error) &&
           ticket_deed_commit(&td, error);
}

static bool
recount_tickets(Store *store, const Stored *stored, const FilingJob *job, const Deed *deed,
                GError **error)
{
    GHashTableIter iter;
    gpointer key = NULL;
    g_autoptr(GArray) now_on = filing_tickets(job);

    for (guint i = 0; i < now_on->len; i++) {
        if (!ticket_recount(store, g_array_index(now_on, gint64, i), error))
            return false;
    }
    g_hash_table_iter_init(&iter, stored->tickets);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        gint64 id = *(const gint64 *)key;

        if (!ticket_recount(store, id, error) || !close_if_empty(store, id, deed, error))
            return false;
    }
    return true;
}

static bool
replace(FilingJob *job, const Stored *stored, const Deed *deed, GError **error)
{
    return index_flush(job->store, error) && /* what is taken out must be in */
           feed_remove(job->store, job->id, error) &&
           run_on(job->store, "incidents_delete", job->id, error) &&
           run_on(job->store, "complaint_unindex", job->id, error) &&
           run_on(job->store, "complaint_delete", job->id, error) && filing_decide(job, error) &&
           complaint_row_add(job, error) && filing_write(job, error) &&
           recount_tickets(job->store, stored, job, deed, error) &&
           (!complaint_is_sealed(job->complaint) ||
            run_on(job->store, "message_seal", job->id, error));
}

bool
reparse_apply(Store *store, gint64 message_id, const Complaint *complaint, const Deed *deed,
              ReparseResult *ret_result, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_auto(Stored) stored = {0};
    g_auto(FilingJob) job = {.store = store, .complaint = complaint, .id = message_id};
    g_autofree gint64 *pinned = NULL;
    json_t *diff = NULL;
    bool changed = false;

    if (!store_txn_begin(&txn, store, error))
        return false;
    diff = reparse_diff(store, message_id, complaint, error);
    changed = json_is_true(json_object_get(diff, "changed"));
    if (diff && !changed) {
        json_decref(diff);
        *ret_result = (ReparseResult){0};
        return store_txn_commit(&txn, error);
    }
    if (!diff ||
        !audit_add(store, deed,
                   &(AuditEntry){.deed = "reparse", .message_id = message_id, .detail = diff}, NULL,
                   error) ||
        !load_stored(store, message_id, &stored, error))
        return false;
    pinned = pin_incidents(&stored, complaint);
    job.pinned = pinned;
    job.received_at = stored.received_at;
    if (!replace(&job, &stored, deed, error) || !store_txn_commit(&txn, error))
        return false;
    *ret_result = (ReparseResult){.changed = true,
                                  .tickets_opened = job.opened,
                                  .tickets_joined = job.joined,
                                  .filed = job.filed};
    return true;
}
