/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why it left our network: rules in a table, best first; every one that fits is kept, with the
 * field that decided. A cause stays `probable`: only a log line, a reproduction or the customer
 * confirms. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/chain.h"
#include "ingest/parse/org.h"
#include "ingest/parse/words.h"

/* What the rules ask, worked out once. */
typedef struct {
    const Hop *entry;   /* of our entry line; NULL: none */
    const char *rcpt;   /* whom our entry line took it for, else whom it went to */
    const char *sender; /* envelope sender; "<>": the null sender; NULL: unknown */
    bool rcpt_hosted;   /* some recipient on the way is hosted here */
    bool sender_hosted;
    bool null_sender;
    bool bounce;    /* made by a program: report, auto-reply, MAILER-DAEMON */
    bool bulk;      /* marks of a newsletter */
    bool list;      /* marks of a mailing list that is ours */
    bool rewritten; /* SRS in a domain of ours */
    bool dedicated; /* a host that was set up to send: names, DKIM and From agree */
    bool proxy;     /* marks of an open proxy */
    guint roles;    /* of the host that wrote the entry (else the exit's peer) */
    Companion companion;
} Facts;

/* -- facts --------------------------------------------------------------------------------------
 */

static const char *
envelope_sender(const Chain *chain)
{
    const char *path = header_get(chain->block, "Return-Path");
    char *address;
    const char *kept;

    if (!path)
        return NULL;
    if (strncmp(path, "<>", 2) == 0)
        return "<>";
    address = header_address(path);
    kept = address ? g_string_chunk_insert(chain->complaint->text, address) : NULL;
    g_free(address);
    return kept;
}

static bool
any_recipient_hosted(const Chain *chain)
{
    static const char *const names[] = {"Delivered-To", "X-Original-To", "X-Forwarded-For",
                                        "Envelope-To", "X-Envelope-To"};
    const HeaderBlock *block = chain->block;
    guint last = chain->lines[chain->last_of_ours].field;
    guint first = chain->lines[chain->exit].field;

    for (guint k = (guint)chain->exit + 1; k <= chain->last_of_ours; k++) {
        if (site_hosts_address(chain->site, chain->lines[k].r.hop.for_))
            return true;
    }
    /* Written on the way through our hosts: they stand between our own trace lines. */
    for (guint i = first; i < last; i++) {
        const Header *header = &g_array_index(block->fields, Header, i);

        for (gsize n = 0; n < G_N_ELEMENTS(names); n++) {
            if (text_equal_fold(header->name, names[n]) &&
                site_hosts_address(chain->site, header->value))
                return true;
        }
    }
    return false;
}

static bool
has_bounce_marks(const Chain *chain, const char *sender)
{
    const HeaderBlock *block = chain->block;
    const char *from = header_get(block, "From"), *submitted = header_get(block, "Auto-Submitted");
    const char *type = header_get(block, "Content-Type");

    if (submitted && text_has_prefix_fold(submitted, "auto-"))
        return true;
    if (header_has(block, "X-Failed-Recipients") || header_has(block, "X-Autoreply") ||
        header_has(block, "X-Autorespond"))
        return true;
    if (type && text_has_prefix_fold(type, "multipart/report"))
        return true;
    return sender && strcmp(sender, "<>") == 0 && from &&
           (text_find_fold(from, -1, "mailer-daemon") || text_find_fold(from, -1, "postmaster"));
}

static bool
has_bulk_marks(const Chain *chain)
{
    static const char *const names[] = {
        "List-Unsubscribe", "Feedback-ID",  "X-CSA-Complaints", "X-Campaign",
        "X-Mailer-RecptId", "X-CampaignID", "X-Report-Abuse",   "List-Unsubscribe-Post"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (header_has(chain->block, names[i]))
            return true;
    }
    return text_equal_fold(header_get(chain->block, "Precedence"), "bulk");
}

/* "X-Forwarded-For", "Via: 1.1 squid": written by an HTTP proxy that took a mail for a page. */
static bool
has_proxy_marks(const Chain *chain)
{
    static const char *const names[] = {"Via", "X-Forwarded-For", "Proxy-Connection", "X-Proxy-ID",
                                        "X-Via"};
    const Hop *hop = &chain->lines[chain->exit].r.hop;

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *value = header_get(chain->block, names[i]);

        if (value && !strchr(value, '@'))
            return true;
    }
    return (hop->helo && text_find_fold(hop->helo, -1, "proxy")) ||
           (hop->rdns && text_find_fold(hop->rdns, -1, "proxy"));
}

static bool
is_dedicated(const Chain *chain)
{
    const Hop *hop = &chain->lines[chain->exit].r.hop;
    const char *org = org_of(hop->rdns), *dkim = header_get(chain->block, "DKIM-Signature");
    g_autofree char *from = NULL;
    const char *domain;

    if (!org || !org_equal(org, org_of(hop->helo)) || org_is_line_name(hop->rdns, &hop->ip))
        return false;
    from =
        header_get(chain->block, "From") ? header_address(header_get(chain->block, "From")) : NULL;
    domain = org_of_mailbox(from);
    return org_equal(domain, org) && dkim && text_find_fold(dkim, -1, domain);
}

static bool
has_own_list(const Chain *chain, guint roles)
{
    const char *id = header_get(chain->block, "List-Id"), *open;
    char domain[256];

    if (!chain_has_list_marks(chain))
        return false;
    if (roles & ROLE_LIST)
        return true;
    open = id ? strrchr(id, '<') : NULL;
    if (!id)
        return false;
    g_strlcpy(domain, open ? open + 1 : id, sizeof domain);
    domain[strcspn(domain, "> ")] = '\0';
    return site_hosts_domain(chain->site, domain);
}

static guint
host_roles(const Chain *chain)
{
    guint k = chain->entry >= 0 ? (guint)chain->entry : (guint)chain->exit;
    const Hop *hop = &chain->lines[k].r.hop;
    const SiteRelay *relay = NULL;

    if (chain->entry >= 0 && chain->entry != chain->exit)
        relay = site_relay_by_name(chain->site, hop->by);
    if (!relay && chain->entry > chain->exit) /* named otherwise: the peer of the line above */
        relay = site_relay_by_addr(chain->site, &chain->lines[chain->entry - 1].r.hop.ip);
    if (!relay && chain->entry < 0)
        relay = site_relay_by_addr(chain->site, &hop->ip);
    return relay ? relay->roles : 0;
}

static void
gather(const Chain *chain, Facts *facts)
{
    const char *path = envelope_sender(chain);
    const Hop *exit = &chain->lines[chain->exit].r.hop;

    memset(facts, 0, sizeof *facts);
    if (chain->entry >= 0)
        facts->entry = &chain->lines[chain->entry].r.hop;
    facts->roles = host_roles(chain);
    facts->rcpt = facts->entry && facts->entry->for_ ? facts->entry->for_
                  : exit->for_                       ? exit->for_
                                                     : chain->incident->rcpt;
    facts->sender = path ? path : exit->envelope_from;
    facts->rcpt_hosted = any_recipient_hosted(chain);
    facts->null_sender = facts->sender && strcmp(facts->sender, "<>") == 0;
    facts->sender_hosted = site_hosts_address(chain->site, facts->sender);
    facts->rewritten = facts->sender_hosted && (text_has_prefix_fold(facts->sender, "srs0") ||
                                                text_has_prefix_fold(facts->sender, "srs1"));
    facts->bounce = has_bounce_marks(chain, facts->sender);
    facts->bulk = has_bulk_marks(chain);
    facts->list = has_own_list(chain, facts->roles);
    facts->dedicated = chain->entry_kind == ENTRY_DIRECT && is_dedicated(chain);
    facts->proxy = chain->entry_kind == ENTRY_DIRECT && has_proxy_marks(chain);
    companion_read(chain, &facts->companion);
}

/* -- rules --------------------------------------------------------------------------------------
 */

static bool
is_backscatter(const Chain *chain, const Facts *facts)
{
    bool made_here = chain->entry_kind == ENTRY_MADE || chain->entry_kind == ENTRY_LOCAL ||
                     chain->entry_kind == ENTRY_NONE;

    return made_here && facts->bounce &&
           (facts->null_sender || facts->sender_hosted || !facts->sender);
}

static bool
is_own_list(const Chain *chain, const Facts *facts)
{
    return facts->list && chain->entry_kind != ENTRY_DIRECT && chain->entry_kind != ENTRY_CUSTOMER;
}

static bool
is_webmail_user(const Chain *chain, const Facts *facts)
{
    return facts->companion.webmail &&
           (chain->entry_kind == ENTRY_LOCAL || chain->entry_kind == ENTRY_NONE);
}

static bool
is_local_script(const Chain *chain, const Facts *facts)
{
    return chain->entry_kind == ENTRY_LOCAL ||
           (chain->entry_kind == ENTRY_NONE && facts->companion.script);
}

/* An account that sends its own newsletter: the account, the sender and From are of one domain. */
static bool
is_account_bulk(const Chain *chain, const Facts *facts)
{
    const char *account = facts->entry ? facts->entry->account : NULL;

    return chain->entry_kind == ENTRY_ACCOUNT && facts->bulk &&
           (!account || !facts->sender ||
            org_equal(org_of_mailbox(account), org_of_mailbox(facts->sender)));
}

static bool
is_account(const Chain *chain, const Facts *facts)
{
    (void)facts;
    return chain->entry_kind == ENTRY_ACCOUNT;
}

static bool
is_secondary_mx(const Chain *chain, const Facts *facts)
{
    return chain->entry_kind == ENTRY_STRANGER && facts->roles & ROLE_BACKUP_MX &&
           facts->rcpt_hosted && !chain->resubmitted && !facts->rewritten;
}

static bool
is_forwarding(const Chain *chain, const Facts *facts)
{
    return (chain->entry_kind == ENTRY_STRANGER &&
            (facts->rcpt_hosted || facts->rewritten || chain->resubmitted)) ||
           (chain->entry_kind == ENTRY_MADE && facts->rewritten);
}

/* Our submission service wrote whom it knew, and authentication is hidden in the trace line. What
 * stands below a stranger's entry line, the stranger can have written. */
static bool
has_believed_account(const Chain *chain, const Facts *facts, bool clients_only)
{
    const Companion *companion = &facts->companion;

    if (!companion->account || chain->entry_kind == ENTRY_NONE || clients_only)
        return companion->account != NULL;
    return companion->field < chain->lines[chain->entry].field;
}

static bool
may_be_account(const Chain *chain, const Facts *facts)
{
    return (chain->entry_kind == ENTRY_STRANGER || chain->entry_kind == ENTRY_NONE) &&
           !is_forwarding(chain, facts) && facts->companion.account;
}

static bool
is_hidden_account(const Chain *chain, const Facts *facts)
{
    bool clients_only = facts->roles & (ROLE_MSA | ROLE_WEBMAIL) && !(facts->roles & ROLE_MX);

    return (chain->entry_kind == ENTRY_STRANGER || chain->entry_kind == ENTRY_NONE) &&
           !is_forwarding(chain, facts) &&
           (has_believed_account(chain, facts, clients_only) ||
            (clients_only && facts->sender_hosted));
}

static bool
is_open_relay(const Chain *chain, const Facts *facts)
{
    return chain->entry_kind == ENTRY_STRANGER && !is_forwarding(chain, facts) && !facts->list;
}

static bool
is_open_proxy(const Chain *chain, const Facts *facts)
{
    return chain->entry_kind == ENTRY_DIRECT && facts->proxy;
}

static bool
is_customer_bulk(const Chain *chain, const Facts *facts)
{
    return (chain->entry_kind == ENTRY_DIRECT || chain->entry_kind == ENTRY_CUSTOMER) &&
           facts->bulk;
}

static bool
is_malicious_customer(const Chain *chain, const Facts *facts)
{
    return chain->entry_kind == ENTRY_DIRECT && facts->dedicated && !facts->bulk;
}

static bool
is_customer_host(const Chain *chain, const Facts *facts)
{
    (void)facts;
    return chain->entry_kind == ENTRY_DIRECT || chain->entry_kind == ENTRY_CUSTOMER;
}

/* clang-format off */
static const struct {
    Cause cause;
    bool (*test)(const Chain *chain, const Facts *facts);
    const char *why;
    bool by_companion; /* the field that decided is the companion's, when there is one */
} rules[] = {
    {CAUSE_BACKSCATTER,         is_backscatter,        "our host made this answer or bounce itself, and sent it to somebody who need not have written", false},
    {CAUSE_MAILING_LIST,        is_own_list,           "it went out by a mailing list of ours", false},
    {CAUSE_COMPROMISED_ACCOUNT, is_webmail_user,       "a webmail program on our host submitted it: somebody signed in", true},
    {CAUSE_LOCAL_SCRIPT,        is_local_script,       "a program on our host submitted it", true},
    {CAUSE_CUSTOMER_BULK,       is_account_bulk,       "an authenticated client sent it with the marks of a newsletter", false},
    {CAUSE_COMPROMISED_ACCOUNT, is_account,            "our host let an authenticated client send it", false},
    {CAUSE_SECONDARY_MX,        is_secondary_mx,       "a stranger gave it to our backup MX, which passed it to the recipient's own", false},
    {CAUSE_FORWARDING,          is_forwarding,         "it came in for a mailbox hosted here and was sent on", false},
    {CAUSE_COMPROMISED_ACCOUNT, is_hidden_account,     "our submission service wrote it, or whom it knew; the trace line may hide that", true},
    {CAUSE_OPEN_RELAY,          is_open_relay,         "a stranger, not authenticated, gave it to our host for a recipient that is not hosted here", false},
    {CAUSE_COMPROMISED_ACCOUNT, may_be_account,        "a field says whom our submission service knew; the stranger can have written it", true},
    {CAUSE_OPEN_PROXY,          is_open_proxy,         "a customer's host sent it with the marks of an open proxy", false},
    {CAUSE_CUSTOMER_BULK,       is_customer_bulk,      "a customer's host sent it with the marks of a newsletter", false},
    {CAUSE_MALICIOUS_CUSTOMER,  is_malicious_customer, "a customer's host that is set up to send: its names, signature and From agree, and nobody can unsubscribe", false},
    {CAUSE_CUSTOMER_HOST,       is_customer_host,      "a customer's host sent it, and none of our relays knew the sender", false},
};
/* clang-format on */

/* -- findings -----------------------------------------------------------------------------------
 */

static const char *
field_text(const Chain *chain, const Header *header)
{
    const char *value = header->value ? header->value : "";
    gsize name = strlen(header->name), size = name + 2 + strlen(value) + 1;
    g_autofree char *text = g_malloc(size);

    memcpy(text, header->name, name);
    memcpy(text + name, ": ", 2);
    memcpy(text + name + 2, value, size - name - 2);
    return text_keep(chain->complaint->text, text, -1, chain->limits->field_bytes);
}

static void
add(Chain *chain, Cause cause, const char *why, const Header *header)
{
    CauseFinding finding = {.cause = cause, .certainty = CERTAINTY_PROBABLE, .why = why};

    if (header) {
        finding.header = field_text(chain, header);
        finding.offset = header->offset;
        finding.length = header->length;
    }
    g_array_append_val(chain->incident->causes, finding);
}

static const Header *
line_header(const Chain *chain, int k)
{
    return k >= 0 ? chain->lines[k].header : NULL;
}

static bool
has_cause(const Chain *chain, Cause cause)
{
    const GArray *causes = chain->incident->causes;

    for (guint i = 0; i < causes->len; i++) {
        if (g_array_index(causes, CauseFinding, i).cause == cause)
            return true;
    }
    return false;
}

static void
find_ours(Chain *chain)
{
    Incident *incident = chain->incident;
    Facts facts;
    int deciding = chain->entry >= 0 ? chain->entry : (int)chain->last_of_ours;

    gather(chain, &facts);
    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
        const Header *header = line_header(chain, deciding);

        if (has_cause(chain, rules[i].cause) || !rules[i].test(chain, &facts))
            continue;
        if (rules[i].by_companion && facts.companion.header &&
            (chain->entry < 0 || facts.companion.script == NULL || !facts.entry->ident))
            header = facts.companion.header;
        add(chain, rules[i].cause, rules[i].why, header);
    }
    if (incident->causes->len == 0)
        add(chain, CAUSE_UNKNOWN, "our host sent it, but the trace does not show how it got there",
            line_header(chain, chain->exit));

    if (chain->entry_kind == ENTRY_ACCOUNT)
        incident->account = facts.entry->account ? facts.entry->account : facts.companion.account;
    else if (chain->entry_kind == ENTRY_LOCAL || chain->entry_kind == ENTRY_NONE ||
             g_array_index(incident->causes, CauseFinding, 0).cause == CAUSE_COMPROMISED_ACCOUNT)
        incident->account = facts.companion.account;
    if (chain->entry_kind == ENTRY_LOCAL || chain->entry_kind == ENTRY_NONE)
        incident->script = facts.companion.script;
    if (facts.entry && chain->entry != chain->exit)
        incident->origin_ip = facts.entry->ip;
    if (!addr_is_none(&facts.companion.client) &&
        (addr_is_none(&incident->origin_ip) || addr_kind(&incident->origin_ip) == ADDR_LOOPBACK ||
         site_relay_by_addr(chain->site, &incident->origin_ip)) &&
        chain->entry_kind != ENTRY_DIRECT && chain->entry_kind != ENTRY_STRANGER)
        incident->origin_ip = facts.companion.client;
}

/* The first line that names us and is not believed. */
static int
framing_line(const Chain *chain)
{
    for (guint k = (guint)(chain->border + 1); k < chain->n; k++) {
        if (chain->lines[k].verdict != VERDICT_TRUSTED &&
            (site_owns(chain->site, &chain->lines[k].r.hop.ip) || chain_writer_is_ours(chain, k)))
            return (int)k;
    }
    return -1;
}

static void
find_not_ours(Chain *chain)
{
    const Incident *incident = chain->incident;
    bool claim_is_ours = site_owns(chain->site, &incident->claimed_ip);
    const char *forged = "the trace names us, but only below a stranger who can have written that";

    if (site_is_empty(chain->site)) {
        add(chain, CAUSE_UNKNOWN, "no own networks or relays are configured",
            line_header(chain, chain->border));
        return;
    }
    if (chain->names_us && claim_is_ours)
        add(chain, CAUSE_FORGED, forged, line_header(chain, framing_line(chain)));
    if (chain->border >= 0 && !(claim_is_ours && incident->ours))
        add(chain, CAUSE_NOT_OURS, "the host that handed it to the complainant's side is not ours",
            line_header(chain, chain->border));
    if (chain->names_us && !claim_is_ours)
        add(chain, CAUSE_FORGED, forged, line_header(chain, framing_line(chain)));
    if (incident->causes->len > 0)
        return;
    if (claim_is_ours && incident->type && !text_equal_fold(incident->type, "spam") &&
        !site_relay_by_addr(chain->site, &incident->claimed_ip))
        add(chain, CAUSE_CUSTOMER_HOST, "the report names an address of a customer's", NULL);
    else if (claim_is_ours || incident->ours)
        add(chain, CAUSE_UNKNOWN, "the report names an address of ours, but no trace shows more",
            NULL);
    else if (!addr_is_none(&incident->source_ip))
        add(chain, CAUSE_NOT_OURS, "the address that the report names is not ours", NULL);
    else
        add(chain, CAUSE_UNKNOWN, "no trace headers and no address", NULL);
}

void
cause_find(Chain *chain)
{
    if (chain->exit >= 0)
        find_ours(chain);
    else
        find_not_ours(chain);
    chain->incident->cause = g_array_index(chain->incident->causes, CauseFinding, 0).cause;
}
