/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Anything else. A person's prose that names an address is an incident of low confidence; the
 * reporter is to be asked for the full header. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/content.h"
#include "ingest/parse/evidence.h"
#include "ingest/parse/format.h"
#include "ingest/parse/prose.h"

/* Addresses that name no machine of anybody's in a sentence. */
static bool
may_be_source(const Parsing *parsing, const Addr *addr)
{
    switch (addr_kind(addr)) {
    case ADDR_PUBLIC:
    case ADDR_DOCUMENTATION:
        return true;
    case ADDR_PRIVATE:
    case ADDR_CGN:
        return site_owns(parsing->site, addr);
    default:
        return false;
    }
}

/* Subject first, then text; an address of ours wins over a stranger's. */
static bool
find_source(const Parsing *parsing, const char *subject, const char *text, Addr *ret_addr)
{
    const char *places[] = {subject ? subject : "", text};
    Addr addr, first = ADDR_NONE;

    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        const char *at = places[i];
        for (guint n = 0; n < 100 && prose_next_addr(&at, &addr); n++) {
            bool is_network = *at == '/' && g_ascii_isdigit(at[1]) && strncmp(at, "/32", 3) != 0;
            if (!may_be_source(parsing, &addr) || (is_network && !site_owns(parsing->site, &addr)))
                continue;
            if (addr_is_none(&first))
                first = addr;
            if (site_owns(parsing->site, &addr)) {
                *ret_addr = addr;
                return true;
            }
        }
    }
    *ret_addr = first;
    return !addr_is_none(&first);
}

static bool
message_probe(Parsing *parsing)
{
    (void)parsing;
    return true;
}

static void
message_parse(Parsing *parsing)
{
    const char *text = format_outer_text(parsing);
    const char *domain = NULL;
    g_autoptr(GPtrArray) urls = g_ptr_array_new();
    Addr addr = ADDR_NONE;
    Incident *incident;
    bool has_addr = find_source(parsing, parsing->complaint->subject, text, &addr);

    format_keep_words(parsing, text, NULL);
    prose_urls(text, parsing->complaint->text, urls, parsing->limits->urls);
    if (!has_addr || !site_owns(parsing->site, &addr))
        domain = content_url_domain(parsing, urls);
    if (!has_addr && !domain)
        domain = content_named_domain(parsing, text);
    if (!has_addr && !domain)
        return;
    incident = complaint_add_incident(parsing->complaint);
    incident->claimed_ip = addr;
    incident->domain = domain;
    g_ptr_array_extend_and_steal(incident->urls, g_steal_pointer(&urls));
    evidence_apply(parsing, incident, NULL);
    complaint_add_problem(parsing->complaint, "no-evidence",
                          "%s is named, but no message or header is enclosed",
                          has_addr ? "an address" : "a domain of ours");
}

const Format format_message = {
    .format = FORMAT_MESSAGE, .probe = message_probe, .parse = message_parse};
