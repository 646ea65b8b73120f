/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/incident.h"

#include <jansson.h>
#include <stdlib.h>

#include "ingest/parse/complaint_pack.h"
#include "store/codec.h"
#include "store/kind.h"
#include "store/stmt.h"

static json_t *
json_string_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
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
    stmt_bind_text(stmt, ":domain", incident->domain);
    stmt_bind_text(stmt, ":blocked_by", incident->blocked_by);
    stmt_bind_text(stmt, ":message_id", incident->message_id);
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

/* Half of what an incident takes: hence packed, and together, since the parts repeat each other.
 * (transfer full) */
static GBytes *
pack_detail(Store *store, const Incident *incident, GError **error)
{
    g_autofree char *causes = incident_causes_json(incident);
    g_autofree char *hops = incident_hops_json(incident);
    g_autofree char *extras = incident_extras_json(incident);
    g_autofree char *text = NULL;
    json_t *rest = json_object(), *urls = json_array();
    char *rest_text = NULL;

    for (guint i = 0; incident->urls && i < incident->urls->len; i++)
        json_array_append_new(urls, json_string(g_ptr_array_index(incident->urls, i)));
    json_object_set_new(rest, "urls", urls);
    json_object_set_new(rest, "category_why", json_string_or_null(incident->category_why));
    json_object_set_new(rest, "from", json_string_or_null(incident->from));
    json_object_set_new(rest, "rcpt", json_string_or_null(incident->rcpt));
    rest_text = json_dumps(rest, JSON_COMPACT);
    json_decref(rest);
    text =
        g_strconcat("{\"hops\":", hops, ",\"causes\":", causes, ",", extras, rest_text + 1, NULL);
    free(rest_text);
    return codec_pack_text(store, text, error);
}

static bool
insert(Store *store, const IncidentRow *row, const Incident *incident, const Addr *machine,
       GError **error)
{
    g_autoptr(GBytes) detail = pack_detail(store, incident, error);
    g_autoptr(Stmt) stmt = detail ? store_stmt(store, "incident_add", error) : NULL;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":complaint", row->complaint_id);
    stmt_bind_id(stmt, ":ticket", row->ticket_id);
    stmt_bind_int(stmt, ":n", row->n);
    stmt_bind_text(stmt, ":filed_why", row->filed_why);
    bind_where(stmt, incident, machine);
    bind_what(stmt, incident);
    stmt_bind_int(stmt, ":credible", row->credible);
    stmt_bind_blob(stmt, ":detail", g_bytes_get_data(detail, NULL), g_bytes_get_size(detail));
    return stmt_run(stmt, NULL, error);
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
