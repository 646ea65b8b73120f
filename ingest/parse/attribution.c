/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/attribution.h"

#include <string.h>

#include "base/text.h"
#include "ingest/parse/chain.h"
#include "ingest/parse/org.h"
#include "ingest/parse/words.h"

/* Fields that stand below the trace in an honest mail. */
static bool
is_body_field(const char *name)
{
    static const char *const names[] = {"From", "Subject", "To", "Date", "Message-ID"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (text_equal_fold(name, names[i]))
            return true;
    }
    return false;
}

static guint
count_lines(const HeaderBlock *block)
{
    guint n = 0;

    for (guint i = 0; i < block->fields->len; i++)
        n += text_equal_fold(g_array_index(block->fields, Header, i).name, "Received");
    return n;
}

/* All trace fields, parsed; X-Received and its like are a provider's own notes and stay out. */
static void
read_lines(Chain *chain)
{
    const GArray *fields = chain->block->fields;
    guint seen = count_lines(chain->block);
    guint most = MIN(seen, MIN(chain->limits->received_lines, 1024));

    chain->lines = g_new0(Line, most);
    chain->first_body_field = G_MAXUINT;
    for (guint i = 0; i < fields->len; i++) {
        const Header *header = &g_array_index(fields, Header, i);

        if (text_equal_fold(header->name, "Received")) {
            Line *line;

            if (chain->n == most)
                continue;
            line = &chain->lines[chain->n++];
            line->header = header;
            line->field = i;
            received_parse(header->value ? header->value : "", chain->limits,
                           chain->complaint->text, &line->r);
        } else if (chain->first_body_field == G_MAXUINT && is_body_field(header->name)) {
            chain->first_body_field = i;
        }
    }
    if (seen > most)
        complaint_add_problem(chain->complaint, "too-many-trace-headers",
                              "%u of %u trace headers were left out", seen - most, seen);
}

/* "written by mx1.example.net, which received it from 192.0.2.1; that address is ours" */
static const char *
sentence(const Chain *chain, const Line *line)
{
    const Hop *hop = &line->r.hop;
    Words words = WORDS_INIT;

    if (line->r.kind == RECEIVED_UNPARSED) {
        words_add(&words, line->reason);
        return words_keep(&words, chain->complaint->text);
    }
    words_add(&words, line->verdict == VERDICT_CLAIMED || line->verdict == VERDICT_FORGED
                          ? "claims to be written by "
                          : "written by ");
    words_add_name(&words, hop->by ? hop->by : "a host that gives no name");
    if (!addr_is_none(&hop->ip)) {
        words_add(&words, ", which received it from ");
        words_add_addr(&words, &hop->ip);
    }
    if (line->r.authenticated && line->verdict == VERDICT_ENTRY && hop->account) {
        words_add(&words, " as ");
        words_add_name(&words, hop->account);
    } else if (line->r.local && hop->ident) {
        words_add(&words, " for ");
        words_add_name(&words, hop->ident);
    }
    words_add(&words, "; ");
    words_add(&words, line->reason);
    return words_keep(&words, chain->complaint->text);
}

static void
write_hops(Chain *chain)
{
    GArray *hops = chain->incident->hops;

    g_array_set_size(hops, 0);
    for (guint k = 0; k < chain->n; k++) {
        Line *line = &chain->lines[k];
        Hop *hop = &line->r.hop;

        hop->n = k;
        hop->verdict = line->verdict;
        hop->why = sentence(chain, line);
        hop->offset = line->header->offset;
        hop->length = line->header->length;
        g_array_append_vals(hops, hop, 1);
    }
}

/* Without a line that has an address, what the complainant's side wrote elsewhere about its client:
 * Received-SPF, Microsoft's CIP, Authentication-Results. */
static void
find_witness(const Chain *chain, Addr *ret_addr)
{
    const GArray *fields = chain->block->fields;
    /* clang-format off */
    static const struct { const char *field, *key; } witnesses[] = {
        {"X-Forefront-Antispam-Report", "CIP:"},
        {"Received-SPF",                "client-ip="},
        {"Authentication-Results",      "smtp.remote-ip="},
        {"Authentication-Results",      "smtp.client-ip="},
        {"X-Sender-IP",                 ""},
        {"X-Originating-IP",            ""},
    };
    /* clang-format on */

    for (gsize i = 0; i < G_N_ELEMENTS(witnesses); i++) {
        const char *at = NULL;
        guint k = 0;
        Addr addr;

        for (; k < fields->len && !at; k++) {
            const Header *header = &g_array_index(fields, Header, k);

            if (header->value && text_equal_fold(header->name, witnesses[i].field))
                at = text_find_fold(header->value, -1, witnesses[i].key);
        }
        if (!at)
            continue;
        at += strlen(witnesses[i].key);
        at += strspn(at, " [");
        if (!addr_parse(at, (gssize)strcspn(at, " ];,()"), &addr) ||
            (k - 1 > chain->first_body_field && site_owns(chain->site, &addr)))
            continue; /* the sender writes below the first field of its own, and would blame us */
        *ret_addr = addr;
        return;
    }
}

static Claim
compare_claim(const Chain *chain)
{
    const Incident *incident = chain->incident;
    bool known = !addr_is_none(&incident->relay_ip);

    if (addr_is_none(&incident->claimed_ip))
        return CLAIM_NONE;
    if (!known)
        return CLAIM_NO_CHAIN;
    if (addr_equal(&incident->claimed_ip, &incident->relay_ip) ||
        addr_equal(&incident->claimed_ip, &incident->exit_ip) ||
        addr_equal(&incident->claimed_ip, &incident->origin_ip))
        return CLAIM_AGREES;
    return CLAIM_DIFFERS;
}

/* A field of the report is what the reporter's machine says it is about; an address in prose gives
 * way to a trace. */
static void
weigh_source(Chain *chain)
{
    Incident *incident = chain->incident;
    bool claimed = !addr_is_none(&incident->claimed_ip);

    if (claimed && (incident->claimed_in_field || addr_is_none(&incident->relay_ip)))
        incident->source_ip = incident->claimed_ip;
    else if (!addr_is_none(&incident->exit_ip))
        incident->source_ip = incident->exit_ip;
    else
        incident->source_ip = incident->relay_ip;
    if (addr_is_none(&incident->source_ip) && chain->block->fields->len > 0)
        find_witness(chain, &incident->source_ip);
    /* A report that names us while its trace shows a stranger who can have written us in, is not
     * enough to blame us. */
    incident->ours =
        chain->exit >= 0 || (site_owns(chain->site, &incident->source_ip) && !chain->names_us) ||
        (incident->domain && addr_is_none(&incident->source_ip)); /* a page or mailbox of ours */
}

void
attribution_run(Complaint *complaint, Incident *incident, const HeaderBlock *block,
                const SiteMap *site, const Limits *limits)
{
    g_autoptr(HeaderBlock) none = block ? NULL : header_block_new();
    g_autofree Line *lines = NULL;
    Chain chain = {.complaint = complaint,
                   .incident = incident,
                   .block = block ? block : none,
                   .site = site,
                   .limits = limits,
                   .border = -1,
                   .exit = -1,
                   .entry = -1};
    const char *why = NULL;

    read_lines(&chain);
    lines = chain.lines;
    chain_walk(&chain);
    if (chain.border >= 0)
        incident->relay_ip = lines[chain.border].r.hop.ip;
    if (chain.exit >= 0)
        incident->exit_ip = lines[chain.exit].r.hop.ip;
    weigh_source(&chain);
    g_array_set_size(incident->causes, 0);
    cause_find(&chain);
    incident->claim = compare_claim(&chain);
    incident->confidence = confidence_weigh(&chain, incident->claim, &why);
    write_hops(&chain);
}
