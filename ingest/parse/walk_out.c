/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second half of the walk: from the border over forwarders and lists to our exit, through our
 * own hosts to the entry, and what to think of the rest. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/chain.h"
#include "ingest/parse/org.h"

enum { INTERMEDIARIES_MAX = 3 };

static void
set(Line *line, HopVerdict verdict, const char *reason)
{
    line->verdict = verdict;
    line->reason = reason;
}

/* -- what may stand between us and the complainant --------------------------------------------- */

static bool
is_configured_forwarder(const Chain *chain, guint k)
{
    return site_is_forwarder(chain->site, &chain->lines[k].r.hop.ip, chain_looked_up(chain, k));
}

/* The part of a List-Id in brackets: "Name <list.example.org>". */
static const char *
list_org(const Chain *chain, char *buffer, gsize size)
{
    const char *id = header_get(chain->block, "List-Id");
    const char *open = id ? strrchr(id, '<') : NULL;

    if (!id)
        return NULL;
    g_strlcpy(buffer, open ? open + 1 : id, size);
    buffer[strcspn(buffer, "> \t")] = '\0';
    return org_of(buffer);
}

bool
chain_has_list_marks(const Chain *chain)
{
    static const char *const names[] = {"List-Id", "List-Post", "X-Mailman-Version", "X-BeenThere",
                                        "Mailing-List"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (header_has(chain->block, names[i]))
            return true;
    }
    return text_equal_fold(header_get(chain->block, "Precedence"), "list");
}

/* The marks of a list, whose domain is that of the peer as the complainant's side looked it up: a
 * stranger can write List-Id, but not the reverse name of another's address. */
static bool
is_list(const Chain *chain, guint k)
{
    char buffer[256];

    return chain_has_list_marks(chain) &&
           org_equal(org_of(chain_looked_up(chain, k)), list_org(chain, buffer, sizeof buffer));
}

/* SRS0=hash=tt=domain=user@forwarder in the envelope: the forwarder rewrote it. */
static bool
is_srs_forwarder(const Chain *chain, guint k)
{
    const char *path = header_get(chain->block, "Return-Path");
    g_autofree char *address = NULL;

    if (!path || !text_find_fold(path, -1, "srs"))
        return false;
    address = header_address(path);
    return address &&
           (text_has_prefix_fold(address, "srs0") || text_has_prefix_fold(address, "srs1")) &&
           org_equal(org_of_mailbox(address), org_of(chain_looked_up(chain, k)));
}

static bool
is_arc_sealer(const Chain *chain, guint k)
{
    const char *seal = header_get(chain->block, "ARC-Seal");
    const char *at = seal ? text_find_fold(seal, -1, "d=") : NULL;
    char domain[256];

    if (!at)
        return false;
    g_strlcpy(domain, at + 2, sizeof domain);
    domain[strcspn(domain, "; \t")] = '\0';
    return org_equal(org_of(domain), org_of(chain_looked_up(chain, k)));
}

/* The complainant's own mailbox elsewhere: the peer's own line is for an address in its own domain,
 * and a header says that the mail was passed on. */
static bool
is_mailbox_forwarder(const Chain *chain, guint k)
{
    static const char *const names[] = {"X-Forwarded-To", "X-Forwarded-For", "Resent-From",
                                        "Resent-To", "X-Original-To"};
    const char *org = org_of(chain_looked_up(chain, k));
    int below = chain_hop_below(chain, k);
    bool told = false;

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        told |= header_has(chain->block, names[i]);
    return told && below >= 0 && org_equal(org, org_of_mailbox(chain->lines[below].r.hop.for_));
}

/* clang-format off */
static const struct {
    bool (*test)(const Chain *chain, guint k);
    const char *words; /* "relayed by …" */
    bool list;
} intermediaries[] = {
    {is_configured_forwarder, "a configured forwarder", false},
    {is_list,                 "the list's own server", true},
    {is_srs_forwarder,        "a forwarder that rewrote the envelope (SRS)", false},
    {is_arc_sealer,           "a forwarder that sealed what it saw (ARC)", false},
    {is_mailbox_forwarder,    "the complainant's mailbox elsewhere", false},
};
/* clang-format on */

static bool
find_intermediary(Chain *chain, guint k)
{
    for (gsize i = 0; i < G_N_ELEMENTS(intermediaries); i++) {
        if (!intermediaries[i].test(chain, k))
            continue;
        if (!chain->via)
            chain->via = intermediaries[i].words;
        chain->via_list |= intermediaries[i].list;
        return true;
    }
    return false;
}

/* The peer is another host of the writer's organisation, not a customer's line of it. */
static bool
is_another_host(const Chain *chain, guint k)
{
    const Hop *hop = &chain->lines[k].r.hop;
    const char *name = chain_looked_up(chain, k);

    return org_hosts_same(name, hop->by) && !org_is_line_name(name, &hop->ip);
}

/* Below an intermediary: its own hand-overs, then the first line whose peer is ours. Anything that
 * does not continue, or fails the tests, ends it: then the border stays a stranger. */
static void
find_exit_beyond(Chain *chain)
{
    guint above = (guint)chain->border, count = 0;
    bool between[64] = {false};

    if (!find_intermediary(chain, above))
        return;
    for (guint k = above + 1; k < MIN(chain->n, G_N_ELEMENTS(between)); k++) {
        Line *line = &chain->lines[k];
        const char *words = NULL;

        if (line->r.kind != RECEIVED_HOP)
            continue;
        if (!chain_continues(chain, above, k) ||
            forgery_weigh(chain, (int)above, k, &words) >= FORGED_WEIGHT)
            return;
        if (site_owns(chain->site, &line->r.hop.ip)) {
            chain->exit = (int)k;
            chain->intermediaries = count + 1;
            break;
        }
        between[k] = true;
        if (addr_is_none(&line->r.hop.ip) || addr_kind(&line->r.hop.ip) == ADDR_LOOPBACK)
            continue; /* still on the same host */
        if (!chain_is_inner(&line->r.hop.ip) && !is_another_host(chain, k) &&
            (++count >= INTERMEDIARIES_MAX || !find_intermediary(chain, k)))
            return;
        above = k;
    }
    for (guint k = 0; chain->exit >= 0 && k < (guint)chain->exit && k < G_N_ELEMENTS(between);
         k++) {
        if (between[k])
            set(&chain->lines[k], VERDICT_TRUSTED, "that is on the way through an intermediary");
    }
    if (chain->exit >= 0)
        set(&chain->lines[chain->exit], VERDICT_EXIT,
            "that address is ours, seen from beyond an intermediary");
}

/* -- our own hosts ------------------------------------------------------------------------------
 */

static bool
has_entry(Chain *chain, guint k, EntryKind kind, const char *words)
{
    chain->entry = (int)k;
    chain->entry_kind = kind;
    chain->last_of_ours = k;
    set(&chain->lines[k], VERDICT_ENTRY, words);
    return true;
}

/* The private peer of our line k is a host of ours that wrote the next line. A client there can
 * greet as it likes and make a line up, but not in the name of the host that it speaks to. */
static bool
is_inner_host(const Chain *chain, guint k)
{
    const Hop *hop = &chain->lines[k].r.hop;
    int below = chain_hop_below(chain, k);
    const Received *lower = below < 0 ? NULL : &chain->lines[below].r;

    if (!lower || !lower->hop.by || addr_kind(&hop->ip) == ADDR_CGN)
        return false;
    return addr_is_near(&lower->by_ip, &hop->ip) || text_equal_fold(lower->hop.by, "localhost") ||
           org_hosts_same(lower->hop.by, chain_looked_up(chain, k)) ||
           (text_equal_fold(lower->hop.by, hop->helo) && !text_equal_fold(hop->helo, hop->by));
}

/* Our own line names its client: who is it? True: it is the entry. */
static bool
judge_client(Chain *chain, guint k)
{
    Line *line = &chain->lines[k];
    const Addr *peer = &line->r.hop.ip;
    AddrKind kind = addr_kind(peer);

    if (line->r.local)
        return has_entry(chain, k, ENTRY_LOCAL, "a program on that host submitted it");
    if (line->r.authenticated)
        return has_entry(chain, k, ENTRY_ACCOUNT, "the client was authenticated");
    if (addr_is_none(peer) || kind == ADDR_LOOPBACK) {
        set(line, VERDICT_TRUSTED, "a hand-over on our own host");
        return false;
    }
    if (chain_peer_is_relay(chain, k)) {
        set(line, VERDICT_TRUSTED, "that is another relay of ours");
        return false;
    }
    if (site_owns(chain->site, peer))
        return has_entry(chain, k, ENTRY_CUSTOMER, "that address is a customer's of ours");
    if (chain_is_inner(peer)) {
        if (!is_inner_host(chain, k))
            return has_entry(chain, k, ENTRY_CUSTOMER, "that is a client inside our network");
        set(line, VERDICT_TRUSTED, "that is inside our own network");
        return false;
    }
    return has_entry(chain, k, ENTRY_STRANGER, "that is a stranger, and was not authenticated");
}

/* Was line k written by one of our hosts? By name or address, or because the line above it, which
 * is believed, received from an own relay of that name. */
static bool
is_own_line(const Chain *chain, guint above, guint k)
{
    const Received *line = &chain->lines[k].r;

    if (chain_writer_is_ours(chain, k))
        return true;
    if (!line->hop.by) /* qmail */
        return line->kind == RECEIVED_SKIPPED && chain->lines[above].r.kind != RECEIVED_UNPARSED;
    return chain_continues(chain, above, k) &&
           (chain_peer_is_relay(chain, above) ||
            addr_kind(&chain->lines[above].r.hop.ip) != ADDR_PUBLIC);
}

/* Our line above received from one relay of ours, and line k says to be another's. */
static bool
is_another_relays(const Chain *chain, guint above, guint k)
{
    const SiteRelay *peer = site_relay_by_addr(chain->site, &chain->lines[above].r.hop.ip);
    const SiteRelay *writer = site_relay_by_name(chain->site, chain->lines[k].r.hop.by);

    return (int)above > chain->exit && peer && writer && peer != writer;
}

/* From the exit down through what our own hosts wrote. */
static void
find_entry(Chain *chain)
{
    guint above = (guint)chain->exit;
    bool made = false;

    chain->last_of_ours = above;
    if (!chain_peer_is_relay(chain, above)) {
        chain->entry_kind = ENTRY_DIRECT; /* what a customer's host wrote below is its own word */
        return;
    }
    for (guint k = above + 1; k < chain->n; k++) {
        Line *line = &chain->lines[k];

        if (line->r.kind == RECEIVED_UNPARSED)
            continue;
        if (line->r.retrieval || !is_own_line(chain, above, k) ||
            is_another_relays(chain, above, k))
            break;
        if (forgery_weigh(chain, (int)above, k, &line->rejected) >= FORGED_WEIGHT)
            break;
        line->rejected = NULL;
        chain->last_of_ours = k;
        if (line->r.kind == RECEIVED_SKIPPED && !line->r.local) {
            made |= line->r.hop.by != NULL;
            set(line, VERDICT_TRUSTED, "our own host took it up again, as for an alias");
            if (!line->r.hop.by)
                set(line, VERDICT_SKIPPED, line->r.skip_why);
            continue;
        }
        if (judge_client(chain, k))
            break;
        above = k;
    }
    chain->resubmitted = made;
    if (chain->entry < 0 && made)
        chain->entry_kind = ENTRY_MADE;
}

void
chain_walk_out(Chain *chain)
{
    if (chain->border < 0)
        return;
    if (site_owns(chain->site, &chain->lines[chain->border].r.hop.ip))
        chain->exit = chain->border;
    else
        find_exit_beyond(chain);
    if (chain->exit >= 0)
        find_entry(chain);
    else
        chain->last_of_ours = (guint)chain->border;
}

/* -- the rest -----------------------------------------------------------------------------------
 */

static bool
line_names_us(const Chain *chain, guint k)
{
    return site_owns(chain->site, &chain->lines[k].r.hop.ip) || chain_writer_is_ours(chain, k);
}

void
chain_judge_rest(Chain *chain)
{
    guint first = chain->border < 0 ? 0 : chain->last_of_ours + 1;
    int above = chain->border < 0 ? -1 : (int)chain->last_of_ours;

    for (guint k = first; k < chain->n; k++) {
        Line *line = &chain->lines[k];

        if (line->r.kind == RECEIVED_UNPARSED || line->verdict == VERDICT_TRUSTED)
            continue;
        if (chain->exit < 0 && line_names_us(chain, k))
            chain->names_us = true; /* a queue line, too */
        if (line->r.kind != RECEIVED_HOP)
            continue;
        if (forgery_weigh(chain, above, k, &line->rejected) >= FORGED_WEIGHT)
            set(line, VERDICT_FORGED, line->rejected);
        else
            set(line, VERDICT_CLAIMED,
                chain->names_us && line_names_us(chain, k)
                    ? "only a stranger says so"
                    : "nobody who can be believed confirms it");
        above = (int)k;
    }
}
