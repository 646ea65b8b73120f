/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the top of the trace down: what the complainant's side wrote, the border, what came between,
 * our exit, and what we wrote ourselves down to the entry (docs/attribution.md). */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/chain.h"
#include "ingest/parse/org.h"

/* What is known of the complainant's side so far. */
typedef struct {
    const char *host; /* the first writer, or the host that was fetched from */
    const char *rcpt; /* the mailbox that was delivered to */
    Addr addrs[16];   /* its hosts say that these are theirs */
    guint n_addrs;
    int doubt; /* the first line that a stranger can stand behind, or -1: never further to us */
} Side;

static void
set(Line *line, HopVerdict verdict, const char *reason)
{
    line->verdict = verdict;
    line->reason = reason;
}

int
chain_hop_below(const Chain *chain, guint k)
{
    for (k++; k < chain->n; k++) {
        if (chain->lines[k].r.kind == RECEIVED_HOP)
            return (int)k;
    }
    return -1;
}

static bool
first_label_is(const char *host, const char *bare)
{
    gsize n = strlen(bare);

    return host && g_ascii_strncasecmp(host, bare, n) == 0 && (host[n] == '.' || host[n] == '\0');
}

static bool
is_self_name(const char *host)
{
    return text_equal_fold(host, "localhost") || text_has_prefix_fold(host, "localhost.");
}

const char *
chain_looked_up(const Chain *chain, guint k)
{
    const Received *line = &chain->lines[k].r;

    return line->doubted ? NULL : line->hop.rdns;
}

bool
chain_is_inner(const Addr *addr)
{
    AddrKind kind = addr_kind(addr);

    return kind == ADDR_PRIVATE || kind == ADDR_CGN || kind == ADDR_LINK_LOCAL ||
           kind == ADDR_LOOPBACK;
}

bool
chain_continues(const Chain *chain, guint above, guint k)
{
    const Received *peer = &chain->lines[above].r, *line = &chain->lines[k].r;
    const char *by = line->hop.by;

    if (!by)
        return line->kind == RECEIVED_SKIPPED; /* qmail's queue lines name no host */
    if (!addr_is_none(&line->by_ip) &&
        (addr_equal(&line->by_ip, &peer->hop.ip) || addr_is_near(&line->by_ip, &peer->hop.ip)))
        return true;
    if (org_hosts_same(by, peer->hop.rdns) || org_hosts_same(by, peer->hop.helo))
        return true;
    if (!strchr(by, '.') &&
        (first_label_is(peer->hop.rdns, by) || first_label_is(peer->hop.helo, by)))
        return true;
    return chain_is_inner(&peer->hop.ip) &&
           (org_hosts_same(by, peer->hop.by) || is_self_name(by) || !strchr(by, '.'));
}

bool
chain_writer_is_ours(const Chain *chain, guint k)
{
    const Received *line = &chain->lines[k].r;

    return site_relay_by_name(chain->site, line->hop.by) ||
           (!addr_is_none(&line->by_ip) && site_relay_by_addr(chain->site, &line->by_ip));
}

bool
chain_peer_is_relay(const Chain *chain, guint k)
{
    const Hop *hop = &chain->lines[k].r.hop;

    return site_relay_by_addr(chain->site, &hop->ip) ||
           (site_owns(chain->site, &hop->ip) && site_relay_by_name(chain->site, hop->rdns));
}

/* -- the complainant's side ---------------------------------------------------------------------
 */

static bool
inside_receiver(const Chain *chain, const Side *side, guint k)
{
    const Hop *hop = &chain->lines[k].r.hop;

    (void)side;
    if (site_is_receiver(chain->site, &hop->ip, chain_looked_up(chain, k)))
        return true;
    /* A name that the client only claims counts where a stranger cannot stand. */
    return chain_is_inner(&hop->ip) && site_is_receiver(chain->site, NULL, hop->helo);
}

static bool
inside_own_mailbox(const Chain *chain, const Side *side, guint k)
{
    (void)side;
    return chain->writer_is_ours && chain_peer_is_relay(chain, k);
}

static bool
inside_loopback(const Chain *chain, const Side *side, guint k)
{
    (void)side;
    return addr_kind(&chain->lines[k].r.hop.ip) == ADDR_LOOPBACK;
}

/* LMTP hands over within one mail system and never crosses to another (RFC 2033). */
static bool
inside_provider(const Chain *chain, const Side *side, guint k)
{
    const Received *line = &chain->lines[k].r;
    int below = chain_hop_below(chain, k);

    (void)side;
    return line->internal ||
           (below >= 0 && line->hop.with && text_has_prefix_fold(line->hop.with, "LMTP") &&
            chain_continues(chain, k, (guint)below));
}

static bool
inside_private(const Chain *chain, const Side *side, guint k)
{
    int below = chain_hop_below(chain, k);

    (void)side;
    return chain_is_inner(&chain->lines[k].r.hop.ip) && below >= 0 &&
           chain_continues(chain, k, (guint)below);
}

/* Looked-up name in the writer's own registered domain, and the line below was written there too:
 * without that line the peer is a customer of the complainant's provider. */
static bool
inside_same_org(const Chain *chain, const Side *side, guint k)
{
    const Hop *hop = &chain->lines[k].r.hop;
    const char *name = chain_looked_up(chain, k);
    int below = chain_hop_below(chain, k);

    if (below < 0 || !name || org_is_line_name(name, &hop->ip))
        return false;
    if (!org_hosts_same(name, hop->by) && !org_hosts_same(name, side->host))
        return false;
    return chain_continues(chain, k, (guint)below);
}

static bool
inside_known_address(const Chain *chain, const Side *side, guint k)
{
    (void)chain;
    for (guint i = 0; i < side->n_addrs; i++) {
        if (addr_equal(&side->addrs[i], &chain->lines[k].r.hop.ip))
            return true;
    }
    return false;
}

/* The recipient's own host passed it on: a backup MX, a mailbox with a forward. The name is the
 * writer's look-up, and the host's own line follows; a greeting in the recipient's domain is what
 * bots do, and proves nothing. */
static bool
inside_recipient(const Chain *chain, const Side *side, guint k)
{
    const Hop *hop = &chain->lines[k].r.hop;
    int below = chain_hop_below(chain, k);

    return below >= 0 && org_host_is_of_mailbox(chain_looked_up(chain, k), side->rcpt) &&
           !org_is_line_name(hop->rdns, &hop->ip) && chain_continues(chain, k, (guint)below);
}

/* The writer and the peer are neighbours, the peer greets as one of the writer's, and its own line
 * follows. Whoever rents the next address can do that, so it is a weak step. */
static bool
inside_neighbour(const Chain *chain, const Side *side, guint k)
{
    const Received *line = &chain->lines[k].r;
    int below = chain_hop_below(chain, k);

    (void)side;
    return below >= 0 && addr_is_near(&line->by_ip, &line->hop.ip) &&
           org_hosts_same(line->hop.helo, line->hop.by) && chain_continues(chain, k, (guint)below);
}

static bool
same_local_part(const char *a, const char *b)
{
    const char *at = strrchr(a, '@');
    gsize n = at ? (gsize)(at - a) + 1 : 0;

    return n > 1 && g_ascii_strncasecmp(a, b, n) == 0;
}

/* The peer took it for a mailbox in its own domain, of the same name as the one it passed it to: a
 * mailbox elsewhere with a forward. An open relay's line repeats the recipient, in a domain that is
 * not its own. A spammer's host could write such a line too; so it never leads to an address of
 * ours (framing), needs a line without fault, and costs confidence. */
static bool
inside_forwarded_mailbox(const Chain *chain, const Side *side, guint k)
{
    const Hop *hop = &chain->lines[k].r.hop, *lower;
    int below = chain_hop_below(chain, k);
    const char *words = NULL;

    (void)side;
    if (below != (int)k + 1 ||
        chain_has_list_marks(chain)) /* a list's own queue lines stand between */
        return false;
    lower = &chain->lines[below].r.hop;
    return hop->for_ && lower->for_ && same_local_part(hop->for_, lower->for_) &&
           org_host_is_of_mailbox(lower->by, lower->for_) &&
           !org_host_is_of_mailbox(lower->by, hop->for_) &&
           (org_hosts_same(lower->by, hop->rdns) || text_equal_fold(lower->by, hop->helo)) &&
           forgery_weigh(chain, (int)k, (guint)below, &words) <= 1;
}

/* clang-format off */
static const struct {
    bool (*test)(const Chain *chain, const Side *side, guint k);
    const char *words;
    bool weak;
} inside_rules[] = {
    {inside_receiver,      "that is a known host of the complainant's side", false},
    {inside_own_mailbox,   "that is one of our own relays, on the way to a mailbox of ours", false},
    {inside_loopback,      "that is the same host", false},
    {inside_provider,      "that is inside the complainant's provider", false},
    {inside_known_address, "that is a host of the complainant's side", false},
    {inside_private,       "that is inside the complainant's network", false},
    {inside_same_org,      "that is another host of the same organisation", false},
    {inside_recipient,     "that is a host of the recipient's own domain", false},
    {inside_neighbour,     "that is a neighbour in the same organisation", true},
    {inside_forwarded_mailbox, "that is the complainant's mailbox elsewhere, which passed it on", true},
};
/* clang-format on */

static void
side_add_addr(Side *side, const Addr *addr)
{
    if (!addr_is_none(addr) && addr_kind(addr) != ADDR_LOOPBACK &&
        side->n_addrs < G_N_ELEMENTS(side->addrs))
        side->addrs[side->n_addrs++] = *addr;
}

static void
side_learn(Side *side, const Received *line)
{
    if (!side->host)
        side->host = line->hop.by;
    if (!side->rcpt)
        side->rcpt = line->hop.for_;
    side_add_addr(side, &line->by_ip);
}

/* A mailbox that was fetched from: what is above is the complainant's, and the host fetched from
 * is, too. */
static void
side_retrieve(Side *side, const Received *line)
{
    const char *from = line->hop.rdns ? line->hop.rdns : line->hop.helo;

    side->host = from;
    side->rcpt = NULL;
    side_add_addr(side, &line->hop.ip);
}

/* A step on the host's own word never leads to us: a stranger could take it, and write us in below.
 */
static bool
is_about_us_below(const Chain *chain, guint k)
{
    for (k++; k < chain->n; k++) {
        if (site_owns(chain->site, &chain->lines[k].r.hop.ip) || chain_writer_is_ours(chain, k))
            return true;
    }
    return false;
}

static const char *
inside_words(Chain *chain, const Side *side, guint k)
{
    for (gsize i = 0; i < G_N_ELEMENTS(inside_rules); i++) {
        if (!inside_rules[i].test(chain, side, k) ||
            (inside_rules[i].weak && is_about_us_below(chain, k)))
            continue;
        chain->weak_steps += inside_rules[i].weak;
        return inside_rules[i].words;
    }
    return NULL;
}

static bool
is_claimed_peer(const Chain *chain, guint k)
{
    const Incident *incident = chain->incident;

    return incident->claimed_in_field && !addr_is_none(&incident->claimed_ip) &&
           addr_equal(&incident->claimed_ip, &chain->lines[k].r.hop.ip);
}

static bool
set_border(Chain *chain, guint k, BorderKind kind)
{
    static const char *const words[] = {
        [BORDER_NONE] = "",
        [BORDER_STRANGER] = "that is the first host outside of the complainant's side",
        [BORDER_OURS] = "that address is ours",
        [BORDER_CLAIMED] = "that is the address which the report names",
        [BORDER_LAST] = "that is the last peer with another name; nothing outside follows",
    };

    if (kind != BORDER_OURS && site_owns(chain->site, &chain->lines[k].r.hop.ip) &&
        !inside_receiver(chain, NULL, k))
        set(&chain->lines[k], VERDICT_BORDER, words[BORDER_OURS]);
    else
        set(&chain->lines[k], VERDICT_BORDER, words[kind]);
    chain->border = (int)k;
    chain->border_kind = kind;
    return true;
}

/* The writer names no address, or one that many strangers can share, behind which a host of another
 * domain greets. That may be the complainant's, or anybody whose address the writer did not see. */
static bool
is_doubtful(const Chain *chain, const Side *side, guint k)
{
    const Hop *hop = &chain->lines[k].r.hop;

    if (!addr_is_none(&hop->ip) && addr_kind(&hop->ip) != ADDR_PRIVATE)
        return false;
    return !hop->rdns && org_of(hop->helo) && !chain->lines[k].r.internal &&
           !org_hosts_same(hop->helo, hop->by) && !org_hosts_same(hop->helo, side->host) &&
           !org_host_is_of_mailbox(hop->helo, side->rcpt);
}

/* A peer of ours, seen from behind a line of doubt: that line is the border. */
static bool
set_border_at_doubt(Chain *chain, const Side *side, guint k)
{
    for (guint i = (guint)side->doubt + 1; i <= k; i++) {
        if (chain->lines[i].r.kind == RECEIVED_HOP)
            set(&chain->lines[i], VERDICT_CLAIMED, NULL);
    }
    return set_border(chain, (guint)side->doubt, BORDER_STRANGER);
}

/* The verdict of one line while we are on the complainant's side; true: it is the border. */
static bool
consume(Chain *chain, Side *side, guint k)
{
    Line *line = &chain->lines[k];
    const char *inside;

    if (line->r.kind != RECEIVED_HOP) {
        if (line->r.retrieval)
            side_retrieve(side, &line->r);
        return false;
    }
    side_learn(side, &line->r);
    if (side->doubt < 0 && is_doubtful(chain, side, k))
        side->doubt = (int)k;
    if (addr_is_none(&line->r.hop.ip)) {
        set(line, VERDICT_TRUSTED, "it names no address");
        return false;
    }
    if (is_claimed_peer(chain, k))
        return set_border(chain, k, BORDER_CLAIMED);
    inside = inside_words(chain, side, k);
    if (site_owns(chain->site, &line->r.hop.ip) && (!inside || inside != inside_rules[1].words) &&
        !inside_receiver(chain, side, k))
        return side->doubt < 0 ? set_border(chain, k, BORDER_OURS)
                               : set_border_at_doubt(chain, side, k);
    if (!inside)
        return set_border(chain, k, BORDER_STRANGER);
    set(line, VERDICT_TRUSTED, inside);
    return false;
}

/* May the stranger at the border line be a host of the complainant's side after all, when the
 * report names an address of ours further down? A stranger's forged line must not frame us because
 * a reporter believed it: the name has to be the writer's look-up, and of the writer's own
 * organisation: a stranger can look up well and write in the name of a domain of his own. */
static bool
may_reach_beyond(const Chain *chain, guint border, guint k)
{
    const Hop *hop = &chain->lines[border].r.hop;
    const char *name = chain_looked_up(chain, border), *words = NULL;

    return forgery_weigh(chain, -1, k, &words) < FORGED_WEIGHT && org_hosts_same(name, hop->by) &&
           !org_is_line_name(name, &hop->ip);
}

/* The report's field names a peer below the first stranger: that hop is the border then, and the
 * stranger is the complainant's. */
static void
move_border_to_claim(Chain *chain)
{
    guint border = (guint)chain->border;

    for (guint k = border + 1; k < chain->n; k++) {
        if (chain->lines[k].r.kind != RECEIVED_HOP || !is_claimed_peer(chain, k))
            continue;
        if (site_owns(chain->site, &chain->incident->claimed_ip) &&
            !may_reach_beyond(chain, border, k))
            return;
        for (guint i = border; i < k; i++) {
            if (chain->lines[i].r.kind == RECEIVED_HOP)
                set(&chain->lines[i], VERDICT_TRUSTED,
                    "the report names an address further down, so that is the complainant's side");
        }
        chain->weak_steps +=
            !org_hosts_same(chain->lines[border].r.hop.helo, chain->lines[border].r.hop.by);
        set_border(chain, k, BORDER_CLAIMED);
        return;
    }
}

/* The trace ended on the complainant's side. The first peer that bears another organisation's name
 * is the border then; known hosts of the complainant never are. */
static void
border_of_last_resort(Chain *chain, const Side *side)
{
    for (guint k = 0; k < chain->n; k++) {
        const Received *line = &chain->lines[k].r;
        const char *name = line->hop.rdns ? line->hop.rdns : line->hop.helo;

        if (line->kind != RECEIVED_HOP || addr_is_none(&line->hop.ip) || line->internal ||
            addr_kind(&line->hop.ip) == ADDR_LOOPBACK || inside_receiver(chain, side, k))
            continue;
        if ((org_of(name) && !org_hosts_same(name, line->hop.by) &&
             !org_hosts_same(name, side->host)) ||
            addr_kind(&line->hop.ip) == ADDR_PUBLIC || chain_hop_below(chain, k) < 0) {
            set_border(chain, k, BORDER_LAST);
            return;
        }
    }
}

static void
find_border(Chain *chain)
{
    Side side = {.doubt = -1};

    for (guint k = 0; k < chain->n; k++) {
        if (chain->lines[k].r.kind == RECEIVED_HOP) {
            chain->writer_is_ours = chain_writer_is_ours(chain, k);
            break;
        }
    }
    for (guint k = 0; k < chain->n && chain->border < 0; k++)
        (void)consume(chain, &side, k);
    if (chain->border < 0)
        border_of_last_resort(chain, &side);
    else if (chain->border_kind == BORDER_STRANGER)
        move_border_to_claim(chain);
}

void
chain_walk(Chain *chain)
{
    for (guint k = 0; k < chain->n; k++) {
        Line *line = &chain->lines[k];

        if (line->r.kind == RECEIVED_UNPARSED)
            set(line, VERDICT_SKIPPED, "not readable as a trace line");
        else if (line->r.kind == RECEIVED_SKIPPED)
            set(line, VERDICT_SKIPPED, line->r.skip_why);
        else
            set(line, VERDICT_CLAIMED, NULL);
    }
    find_border(chain);
    if (chain->border >= 0)
        chain_walk_out(chain);
    chain_judge_rest(chain);
}
