/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/incident.h"

#include <jansson.h>
#include <stdlib.h>

#include "ingest/parse/complaint_pack.h"
#include "store/codec.h"
#include "store/kind.h"
#include "store/stmt.h"

/* JSON text of the URLs, or NULL. Freed with free(): Jansson's allocator. */
static char *
urls_json(const Incident *incident)
{
    json_t *array = NULL;
    char *text = NULL;

    if (!incident->urls || incident->urls->len == 0)
        return NULL;
    array = json_array();
    for (guint i = 0; i < incident->urls->len; i++)
        json_array_append_new(array, json_string(g_ptr_array_index(incident->urls, i)));
    text = json_dumps(array, JSON_COMPACT);
    json_decref(array);
    return text;
}

static void
bind_where(Stmt *stmt, const Incident *incident, const Addr *machine)
{
    stmt_bind_time(stmt, ":occurred", incident->time);
    stmt_bind_text(stmt, ":type", incident->type ? incident->type : "spam");
    stmt_bind_int(stmt, ":count", MAX(incident->count, 1));
    stmt_bind_addr(stmt, ":machine", machine);
    stmt_bind_addr(stmt, ":source_ip", &incident->source_ip);
    stmt_bind_id(stmt, ":source_port", incident->source_port);
    stmt_bind_addr(stmt, ":relay_ip", &incident->relay_ip);
    stmt_bind_addr(stmt, ":exit_ip", &incident->exit_ip);
    stmt_bind_addr(stmt, ":origin_ip", &incident->origin_ip);
    stmt_bind_addr(stmt, ":claimed_ip", &incident->claimed_ip);
    stmt_bind_text(stmt, ":claim", claim_names[incident->claim]);
    stmt_bind_text(stmt, ":account", incident->account);
    stmt_bind_text(stmt, ":script", incident->script);
    stmt_bind_int(stmt, ":ours", incident->ours);
}

static void
bind_what(Stmt *stmt, const Incident *incident)
{
    stmt_bind_text(stmt, ":cause", cause_names[incident->cause]);
    stmt_bind_text(stmt, ":confidence", confidence_names[incident->confidence]);
    stmt_bind_text(stmt, ":category", category_names[incident->category]);
    stmt_bind_text(stmt, ":category_why", incident->category_why);
    stmt_bind_text(stmt, ":domain", incident->domain);
    stmt_bind_text(stmt, ":blocked_by", incident->blocked_by);
    stmt_bind_text(stmt, ":message_id", incident->message_id);
    stmt_bind_text(stmt, ":sender", incident->from);
    stmt_bind_text(stmt, ":rcpt", incident->rcpt);
    stmt_bind_text(stmt, ":subject", incident->subject);
    stmt_bind_time(stmt, ":dated", incident->date);
    stmt_bind_int(stmt, ":has_evidence", incident->has_evidence);
    stmt_bind_int(stmt, ":pasted", incident->pasted);
}

static bool
add_relay(Store *store, gint64 ticket, const Addr *machine, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "ticket_add_relay", error);

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":ticket", ticket);
    stmt_bind_addr(stmt, ":machine", machine);
    return stmt_run(stmt, NULL, error);
}

bool
incident_add_reporter(Store *store, gint64 ticket, const char *reporter, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "ticket_add_reporter", error);

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":ticket", ticket);
    stmt_bind_text(stmt, ":reporter", reporter);
    return stmt_run(stmt, NULL, error);
}

/* Half of what an incident takes: hence packed. NULL: there are none. */
static bool
pack_lists(Store *store, const Incident *incident, GBytes **ret_causes, GBytes **ret_hops,
           GError **error)
{
    if (incident->causes->len > 0) {
        g_autofree char *text = incident_causes_json(incident);
        *ret_causes = codec_pack_text(store, text, error);
        if (!*ret_causes)
            return false;
    }
    if (incident->hops->len > 0) {
        g_autofree char *text = incident_hops_json(incident);
        *ret_hops = codec_pack_text(store, text, error);
        if (!*ret_hops)
            return false;
    }
    return true;
}

static void
bind_bytes(Stmt *stmt, const char *name, GBytes *bytes)
{
    if (bytes)
        stmt_bind_blob(stmt, name, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    else
        stmt_bind_text(stmt, name, NULL);
}

static bool
insert(Store *store, const IncidentRow *row, const Incident *incident, const Addr *machine,
       GError **error)
{
    char *urls = urls_json(incident); /* these outlive the statement */
    g_autoptr(GBytes) causes = NULL;
    g_autoptr(GBytes) hops = NULL;
    bool done = false;
    bool packed = pack_lists(store, incident, &causes, &hops, error);
    Stmt *stmt = packed ? store_stmt(store, "incident_add", error) : NULL;

    if (stmt) {
        stmt_bind_int(stmt, ":complaint", row->complaint_id);
        stmt_bind_id(stmt, ":ticket", row->ticket_id);
        stmt_bind_int(stmt, ":n", row->n);
        stmt_bind_text(stmt, ":filed_why", row->filed_why);
        bind_where(stmt, incident, machine);
        bind_what(stmt, incident);
        stmt_bind_int(stmt, ":credible", row->credible);
        stmt_bind_text(stmt, ":urls", urls);
        bind_bytes(stmt, ":causes", causes);
        bind_bytes(stmt, ":hops", hops);
        done = stmt_run(stmt, NULL, error);
    }
    stmt_done(stmt);
    free(urls);
    return done;
}

bool
incident_add(Store *store, const IncidentRow *row, const Incident *incident, GError **error)
{
    Addr machine = kind_machine(incident);

    if (!insert(store, row, incident, &machine, error))
        return false;
    return row->ticket_id == 0 || addr_is_none(&machine) ||
           add_relay(store, row->ticket_id, &machine, error);
}
