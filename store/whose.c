/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/whose.h"

#include "base/clock.h"
#include "store/audit.h"
#include "store/customer.h"
#include "store/kind.h"

/* The machine's customer, else that of the client the mail came from. */
static bool
find_customer(Store *store, const Incident *incident, gint64 at, char **ret_reference,
              GError **error)
{
    const Addr addrs[] = {kind_machine(incident), incident->origin_ip};
    Holder holder = {0};

    for (gsize i = 0; i < G_N_ELEMENTS(addrs) && holder.customer == 0; i++) {
        guint port = addr_equal(&addrs[i], &incident->source_ip) ? incident->source_port : 0;

        if (!addr_is_none(&addrs[i]) &&
            !customer_holder(store, &addrs[i], port, at, &holder, error))
            return false;
    }
    return customer_reference(store, &holder, ret_reference, error);
}

bool
whose_learn(Whose *whose, const FilingJob *job, gint64 ticket, const Incident *incident,
            GError **error)
{
    const Deed deed = {ACTOR_PLAINT, job->received_at};
    gint64 event = filing_event_time(incident, job->received_at);
    gint64 at = event == TIME_NONE ? job->received_at : event;
    g_autofree char *customer = NULL;
    g_autofree char *was = NULL;

    if (whose->by_hand || (whose->customer && at < whose->at))
        return true;
    if (!find_customer(job->store, incident, at, &customer, error))
        return false;
    if (!customer)
        return true;
    was = g_steal_pointer(&whose->customer);
    whose->customer = g_steal_pointer(&customer);
    whose->at = at;
    if (!was || g_strcmp0(was, whose->customer) == 0)
        return true;
    return audit_add(
        job->store, &deed,
        &(AuditEntry){.deed = "ticket-customer",
                      .ticket_id = ticket,
                      .message_id = job->id,
                      .detail = json_pack("{s:s, s:s}", "from", was, "to", whose->customer)},
        NULL, error);
}
