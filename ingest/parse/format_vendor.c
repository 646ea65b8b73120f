/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notices by machines in layouts of their own: blocklists, CERTs, copyright agents, fail2ban. A row
 * is a layout, never a sender: all its marks must be there, and its taker must find a source. The
 * last one takes the notice of a machine that nobody has described yet. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/authenticity.h"
#include "ingest/parse/content.h"
#include "ingest/parse/evidence.h"
#include "ingest/parse/paste.h"
#include "ingest/parse/prose.h"
#include "ingest/parse/vendor.h"

typedef enum { NOWHERE, SUBJECT, TEXT } Where;

typedef struct {
    Where where;
    const char *words; /* found without regard to case */
} Mark;

typedef struct {
    const char *name;
    Mark marks[3]; /* phrases of the text begin at a word */
    void (*take)(Vendor *vendor);
    const char *type; /* unless the notice says; NULL: from its words */
    const char *blocked_by;
} Layout;

/* clang-format off */
static const Layout layouts[] = {
    {"safe-browsing",  {{TEXT, "<notification_message"}, {TEXT, "<url_info "}}, vendor_take_elements, "malware", NULL},
    {"acns",           {{TEXT, "<infringement"}, {TEXT, "<ip_address>"}}, vendor_take_labels, "copyright", NULL},
    {"copyright",      {{TEXT, "infring"}, {TEXT, "ip address:"}, {TEXT, "timestamp:"}}, vendor_take_labels, "copyright", NULL},
    {"copyright-ip",   {{TEXT, "infring"}, {TEXT, "ip:"}, {TEXT, "timestamp:"}}, vendor_take_labels, "copyright", NULL},
    {"copyright-port", {{TEXT, "infring"}, {TEXT, "ip address:"}, {TEXT, "port:"}}, vendor_take_labels, "copyright", NULL},
    {"honey-pot",      {{TEXT, "ips engaged in"}, {TEXT, "on your network:"}}, vendor_take_lists, NULL, NULL},
    {"fail2ban",       {{SUBJECT, "abuse from "}, {TEXT, "lines containing "}}, vendor_take_notice, "login-attack", NULL},
    {"fail2ban-text",  {{TEXT, "detected abuse from"}, {TEXT, "lines containing failures of"}}, vendor_take_notice, "login-attack", NULL},
    {"fail2ban-ban",   {{SUBJECT, "ban"}, {TEXT, "banned by fail2ban after"}}, vendor_take_notice, "login-attack", NULL},
    {"host-block",     {{SUBJECT, "ip"}, {SUBJECT, "blocked"}, {TEXT, "failed attempts"}}, vendor_take_notice, "login-attack", NULL},
    {"hosts-deny",     {{TEXT, "added the following hosts"}, {TEXT, "etc/hosts.deny"}}, vendor_take_lists, "login-attack", NULL},
    {"crowd-ban",      {{TEXT, "ban for next"}, {TEXT, "crowdsecurity/"}}, vendor_take_any, "attack", NULL},
    {"firewall-logs",  {{SUBJECT, "incident ["}, {SUBJECT, "src:("}}, vendor_take_any, "port-scan", NULL},
    {"sbl",            {{TEXT, "sbl ref:"}, {TEXT, "ip/cidr:"}}, vendor_take_notice, NULL, "sbl.spamhaus.org"},
    {"uceprotect",     {{SUBJECT, "uceprotect"}, {SUBJECT, "ip "}, {TEXT, "uceprotect"}}, vendor_take_notice, "spam", "dnsbl-1.uceprotect.net"},
    {"0spam",          {{TEXT, "was the source of spam on"}, {TEXT, "0spam"}}, vendor_take_any, "spam", NULL},
    {"attack-source",  {{SUBJECT, "attack source"}, {TEXT, "attack type:"}}, vendor_take_notice, "attack", NULL},
    {"web-attack",     {{TEXT, "source ip:"}, {TEXT, "issue:"}, {TEXT, "targeted url:"}}, vendor_take_notice, "attack", NULL},
    {"offending-ip",   {{TEXT, "offending ip:"}, {TEXT, "issue:"}}, vendor_take_notice, "attack", NULL},
    {"checked-url",    {{TEXT, "ip:"}, {TEXT, "url:"}, {TEXT, "tested on:"}}, vendor_take_notice, "malware", NULL},
    {"dmarc-text",     {{SUBJECT, "dmarc"}, {TEXT, "spf alignment:"}, {TEXT, "dkim alignment:"}}, vendor_take_notice, "auth-failure", NULL},
};
/* A table of events, whoever sends it: columns named for an address and a time are its marks. */
static const Layout table = {"table", {{NOWHERE, NULL}}, vendor_take_tables, NULL, NULL};
/* … or only the link to one: a machine is not to follow it. */
static const Layout by_link = {"by-link", {{SUBJECT, "shadowserver"}, {SUBJECT, " report:"}, {TEXT, "report content can be obtained"}}, NULL, NULL, NULL};
/* A page of ours that no address is told of. */
static const Layout page = {"page", {{NOWHERE, NULL}}, NULL, NULL, NULL};
static const Layout notice = {"notice", {{NOWHERE, NULL}}, vendor_take_notice, NULL, NULL};

static const char *const answers[] = {"autoreply", "auto reply", "automatic reply", "auto:", "re:", "aw:", "antw:", "sv:", "rif:", "res:", "re :", "fwd:", "fw:", "tr:", "wg:"};
/* What machines say of their mail. */
static const char *const machine_words[] = {
    "this is an automated", "this is an automatic", "automatically generated", "generated automatically",
    "sent automatically", "automated message", "automated email", "automated notif", "automated report", "auto-generated",
    "do not reply to this", "was acted upon", "automatisch generiert", "automatisch erstellt", "automatisch erzeugt",
    "automatiquement", "automaticamente", "automaticky", "automatisch gegenereerd", "automáticamente", "automatycznie",
    "automatically detected", "our systems detected", "our system detected", "this email was sent from", "automatic report",
    /* … and who passes a report on */
    "received an abuse", "received a report", "received a notification", "the following report", "original complaint",
};
/* What a report's subject calls it. */
static const char *const report_words[] = {"report", "notification", "alert", "notice", "takedown", "meldung", "beschwerde", "signalement"};
/* How the words of every complaint begin. */
static const char *const abuse_words[] = {
    "abus", "attac", "attaq", "attak", "angriff", "ataq", "spam", "phish", "malware", "malici", "malveil", "virus", "botnet",
    "infect", "infiz", "compromi", "compromet", "kompromit", "hack", "brut", "scan", "portscan", "netscan", "ddos", "intrus",
    "vulnerab", "verwundbar", "kwetsba", "infring", "copyright", "blacklist", "blocklist", "listed", "banned", "blocked", "exploit",
    "fraud", "missbrauch", "misbruik", "nadu", "napad", "plainte", "signalement", "segnalazione", "denuncia", "complaint",
    "open resolver", "harmful", "unsolicited", "failed login", "failed password", "login failures", "locked out", "honeypot", "sinkhole", "threat", "menace",
    "illegal", "takedown", "exposed", "dmarc", "drone", "trojan", "cobaltstrike",
};
/* In the name of a mailbox that no person writes from. */
static const char *const machine_names[] = {"report", "notice", "notif", "alert", "auto", "fail2ban", "reply", "robot", "monitor", "response", "takedown", "wordpress", "root"};
static const char *const ticket_words[] = {"ticket", "incident", "case", "notice", "issue", "report", "id", "ref", "incidente", "vorgang", "inc", "tkt"};
/* clang-format on */

/* -- phrases --------------------------------------------------------------------------------------
 */

enum {
    N_LAYOUTS = G_N_ELEMENTS(layouts),
    N_MARKS = 3,
    BY_LINK = N_LAYOUTS * N_MARKS,
    MACHINE = BY_LINK + N_MARKS,
    ABUSE = MACHINE + G_N_ELEMENTS(machine_words),
    N_PHRASES = ABUSE + G_N_ELEMENTS(abuse_words)
};

/* Which phrases the text has: one pass, as most mails have none of them. */
typedef struct {
    bool found[N_PHRASES];
} Phrases;

static const char *
phrase(gsize i)
{
    const Layout *layout = i < BY_LINK ? &layouts[i / N_MARKS] : &by_link;
    const Mark *mark = &layout->marks[i % N_MARKS];

    if (i >= ABUSE)
        return abuse_words[i - ABUSE];
    if (i >= MACHINE)
        return machine_words[i - MACHINE];
    return mark->where == TEXT ? mark->words : NULL;
}

/* The phrases by their first two letters, whatever the case: the low five bits tell letters apart.
 */
typedef struct {
    const char *words[N_PHRASES];
    guint8 first[1024], next[N_PHRASES]; /* index plus one; 0: none */
} PhraseIndex;

static guint
bucket(const char *p)
{
    return (guint)(p[0] & 31) << 5 | (guint)(p[1] & 31);
}

static gpointer
make_index(gpointer to)
{
    PhraseIndex *index = to;

    G_STATIC_ASSERT(N_PHRASES < 255);
    for (gsize i = 0; i < N_PHRASES; i++) {
        const char *words = phrase(i);
        if (!words)
            continue;
        index->words[i] = words;
        index->next[i] = index->first[bucket(words)];
        index->first[bucket(words)] = (guint8)(i + 1);
    }
    return index;
}

static void
find_phrases(const char *text, Phrases *ret_phrases)
{
    static GOnce once = G_ONCE_INIT;
    static PhraseIndex room;
    const PhraseIndex *index = g_once(&once, make_index, &room);
    bool inside = false;

    for (const char *p = text; *p; p++) {
        guint at = inside ? 0 : index->first[bucket(p)];
        inside = g_ascii_isalnum(*p);
        for (; at > 0; at = index->next[at - 1])
            if (!ret_phrases->found[at - 1])
                ret_phrases->found[at - 1] = text_has_prefix_fold(p, index->words[at - 1]);
    }
}

static bool
has_marks(const Vendor *v, const Phrases *phrases, const Layout *layout)
{
    gsize base = layout == &by_link ? BY_LINK : (gsize)(layout - layouts) * N_MARKS;

    for (gsize i = 0; i < N_MARKS && layout->marks[i].where; i++) {
        const Mark *mark = &layout->marks[i];
        if (mark->where == TEXT ? !phrases->found[base + i]
                                : !text_find_fold(v->subject, -1, mark->words))
            return false;
    }
    return true;
}

static bool
has_one_of(const Phrases *phrases, gsize from, gsize to)
{
    for (gsize i = from; i < to; i++)
        if (phrases->found[i])
            return true;
    return false;
}

static bool
says_machine(const Phrases *phrases)
{
    return has_one_of(phrases, MACHINE, ABUSE);
}

static bool
speaks_of_abuse(const Vendor *v, const Phrases *phrases)
{
    Phrases in_subject = {0};

    find_phrases(v->subject, &in_subject);
    return has_one_of(phrases, ABUSE, N_PHRASES) || has_one_of(&in_subject, ABUSE, N_PHRASES);
}

/* -- a notice that nobody has described -----------------------------------------------------------
 */

static const char *
after_tags(const char *subject)
{
    while (*subject == '[' || *subject == ' ') {
        const char *end = *subject == '[' ? strchr(subject, ']') : subject;
        if (!end)
            break;
        subject = end + 1;
    }
    return subject;
}

/* It answers a mail of a domain of ours. */
static bool
answers_us(const Vendor *v)
{
    const char *id = v->parsing->complaint->in_reply_to, *sign = id ? strrchr(id, '@') : NULL;

    return sign && site_hosts_domain(v->parsing->site, sign + 1);
}

/* Words of a person, an automatic answer, or evidence that another format reads better. */
static bool
is_a_persons(const Vendor *v)
{
    const Message *message = v->parsing->message;
    g_auto(Paste) paste = {0};

    for (gsize i = 0; i < G_N_ELEMENTS(answers); i++)
        if (text_has_prefix_fold(after_tags(v->subject), answers[i]))
            return true;
    for (guint i = 0; i < message->entities->len; i++)
        if (message_entity(message, i)->is_message)
            return true;
    return answers_us(v) || content_acknowledges(v->parsing) ||
           format_auto_reply.probe(v->parsing) ||
           paste_find_trace(v->text->str, v->parsing->limits, &paste);
}

/* "[isp.example #10201]", "Incident [5433]", "Case ID 314620451", "[Ticket#XKHGT]" */
static bool
has_ticket_number(const char *subject)
{
    const char *ticket = text_find_fold(subject, -1, "ticket#");

    if (ticket && g_ascii_isalnum(ticket[strlen("ticket#")]))
        return true;
    for (const char *p = subject; (p = strpbrk(p, "0123456789")) != NULL;) {
        gsize digits = strspn(p, "0123456789");
        bool alone = p > subject && !g_ascii_isdigit(p[-1]) && p[-1] != '.' && p[digits] != '.';
        const char *word = p;
        if (digits >= 3 && alone && p[-1] == '#')
            return true;
        while (word > subject && !g_ascii_isalpha(word[-1]) && p - word < 4)
            word--;
        for (gsize i = 0; digits >= 3 && alone && i < G_N_ELEMENTS(ticket_words); i++) {
            gsize len = strlen(ticket_words[i]);
            if ((gsize)(word - subject) >= len &&
                g_ascii_strncasecmp(word - len, ticket_words[i], len) == 0 &&
                (word != p || word - len == subject || !g_ascii_isalnum(word[-1 - (gssize)len])))
                return true;
        }
        p += digits;
    }
    return false;
}

/* "Abuse report", "[Firewall Alert]" */
static bool
is_called_report(const char *subject)
{
    for (gsize i = 0; i < G_N_ELEMENTS(report_words); i++)
        if (text_find_fold(subject, -1, report_words[i]))
            return true;
    return false;
}

/* The first link to a domain of ours: *ret_domain, kept. */
static const char *
find_page(const Vendor *v, const char **ret_domain)
{
    Complaint *complaint = v->parsing->complaint;
    g_autoptr(GPtrArray) urls = g_ptr_array_new();

    prose_urls(v->text->str, complaint->text, urls, v->parsing->limits->urls);
    for (guint i = 0; i < urls->len; i++) {
        const char *url = g_ptr_array_index(urls, i), *host = strstr(url, "://") + 3;
        g_autofree char *domain = g_strndup(host, strcspn(host, "/:?#"));
        if (!site_hosts_domain(v->parsing->site, domain))
            continue;
        *ret_domain = complaint_keep(complaint, domain, -1);
        return url;
    }
    return NULL;
}

static bool
is_page_notice(const Vendor *v, const Phrases *phrases)
{
    const char *type = vendor_type(v->subject), *domain;

    return type && (strcmp(type, "phishing") == 0 || strcmp(type, "malware") == 0) &&
           authenticity_is_automatic(v->parsing) &&
           (says_machine(phrases) || has_ticket_number(v->subject)) && !is_a_persons(v) &&
           find_page(v, &domain);
}

static bool
is_machine_name(const char *address)
{
    gsize len = address ? strcspn(address, "@") : 0;

    for (gsize i = 0; i < G_N_ELEMENTS(machine_names); i++)
        if (len > 0 && text_find_fold(address, (gssize)len, machine_names[i]))
            return true;
    return false;
}

/* "https://host.example/page [192.0.2.1]": nobody but a machine writes so. */
static bool
has_page_with_address(const Vendor *v)
{
    return v->fields == 0 && g_array_index(v->events, VendorEvent, 0).url;
}

/* It is about abuse and names a source, and there are three marks in all: that a machine wrote it,
 * that the subject has the source, too, labelled fields, a list, a log. */
static bool
is_notice(Vendor *v, const Phrases *phrases)
{
    const char *subject = v->subject;
    bool automatic =
        authenticity_is_automatic(v->parsing) || is_machine_name(v->parsing->complaint->from);
    guint wrote = automatic + says_machine(phrases), machine = wrote + has_ticket_number(subject);
    guint marks;
    const char *type = vendor_type(subject);
    Addr addr;
    bool named = prose_next_addr(&subject, &addr), called = is_called_report(v->subject);

    if (machine + named + called == 0 || !v->of_abuse)
        return false;
    if (!named && header_has(v->parsing->message->header, "List-Unsubscribe")) /* news */
        return false;
    v->ports_are_sources = g_strcmp0(type, "copyright") == 0;
    vendor_take_notice(v);
    if (v->events->len == 0)
        return false;
    marks = machine + named + called + MIN(v->fields, 2);
    marks += wrote > 0 && type != NULL; /* a person, too, quotes our ticket and labels an address */
    marks += wrote > 0 && v->has_label;
    marks += v->listed > 0;
    marks += has_page_with_address(v) ? 2 : 0;
    if (marks < 3 && machine + v->fields > 0)
        marks += vendor_read_log(v) >= 2;
    return marks >= 3 && !is_a_persons(v);
}

/* -- the format -----------------------------------------------------------------------------------
 */

/* The layout of the mail, and its events; NULL: it is none of ours. */
static const Layout *
recognise(Vendor *v)
{
    Phrases phrases = {0};

    find_phrases(v->text->str, &phrases);
    v->of_abuse = speaks_of_abuse(v, &phrases);
    for (gsize i = 0; i < G_N_ELEMENTS(layouts); i++) {
        if (!has_marks(v, &phrases, &layouts[i]))
            continue;
        v->ports_are_sources = g_strcmp0(layouts[i].type, "copyright") == 0;
        layouts[i].take(v);
        if (v->events->len > 0)
            return &layouts[i];
    }
    vendor_take_tables(v);
    if (v->events->len > 0)
        return &table;
    if (has_marks(v, &phrases, &by_link))
        return &by_link;
    if (is_notice(v, &phrases))
        return &notice;
    return v->events->len == 0 && is_page_notice(v, &phrases) ? &page : NULL;
}

typedef struct {
    Vendor vendor;
    const Layout *layout;
} Seen;

static void
seen_free(gpointer data)
{
    Seen *seen = data;

    vendor_clear(&seen->vendor);
    g_free(seen);
}

static bool
vendor_probe(Parsing *parsing)
{
    Seen *seen = g_new0(Seen, 1);

    vendor_init(&seen->vendor, parsing);
    seen->layout = recognise(&seen->vendor);
    if (seen->layout) {
        format_leave(parsing, seen, seen_free);
        return true;
    }
    seen_free(seen);
    return false;
}

static void
add_incident(Vendor *v, const Layout *layout, const VendorEvent *event)
{
    Incident *incident = format_add_incident(v->parsing);

    if (!incident)
        return;
    incident->claimed_ip = event->ip;
    incident->source_port = event->port;
    incident->time = event->time;
    incident->count = event->count;
    incident->type = event->type;
    incident->subject = event->title;
    incident->blocked_by = layout->blocked_by;
    if (event->url)
        g_ptr_array_add(incident->urls, (gpointer)event->url);
    format_apply_claim(v->parsing, incident);
}

static void
add_page(Vendor *v, const char *type)
{
    Incident *incident = complaint_add_incident(v->parsing->complaint);

    g_ptr_array_add(incident->urls, (gpointer)find_page(v, &incident->domain));
    incident->type = type;
    evidence_apply(v->parsing, incident, NULL);
    incident->ours = true; /* the domain is */
}

/* What the notice is about, when an event does not say. */
static const char *
common_type(const Vendor *v, const Layout *layout)
{
    const char *type = layout->type ? layout->type : vendor_type(v->subject);
    g_autofree char *start = NULL;

    if (type)
        return type;
    start = g_strndup(v->text->str, 2000);
    type = vendor_type(start);
    return type ? type : "spam";
}

static void
vendor_parse(Parsing *parsing)
{
    Seen *seen = parsing->seen;
    Vendor *vendor = &seen->vendor;
    const Layout *layout = seen->layout;
    const char *common, *only = NULL;
    bool same = true;

    (void)vendor_read_log(vendor);
    format_keep_words(parsing, format_outer_text(parsing), NULL);
    common = common_type(vendor, layout);
    for (guint i = 0; i < vendor->events->len; i++) {
        VendorEvent *event = &g_array_index(vendor->events, VendorEvent, i);
        if (!event->type)
            event->type = common;
        same = same && (!only || strcmp(only, event->type) == 0);
        only = event->type;
    }
    parsing->complaint->feedback_type = vendor->events->len == 0 ? common : same ? only : NULL;
    for (guint i = 0; i < vendor->events->len; i++)
        add_incident(vendor, layout, &g_array_index(vendor->events, VendorEvent, i));
    if (layout == &page)
        add_page(vendor, common);
    else if (vendor->events->len == 0)
        complaint_add_problem(parsing->complaint, "no-evidence",
                              "the report itself is behind a link");
}

const Format format_vendor = {
    .format = FORMAT_VENDOR, .probe = vendor_probe, .parse = vendor_parse};
