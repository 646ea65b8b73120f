/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/authenticity.h"

#include <string.h>

#include "base/text.h"
#include "ingest/parse/org.h"

/* -- our own Authentication-Results ---------------------------------------------------------------
 */

/* The host after " by " of the topmost Received field, lower case. (transfer full), or NULL */
static char *
receiving_host(const HeaderBlock *header)
{
    const char *received = header_get(header, "Received");
    const char *by = received ? strstr(received, "by ") : NULL;

    if (!by || (by > received && by[-1] != ' '))
        return NULL;
    return g_ascii_strdown(by + 3, (gssize)strcspn(by + 3, " ;()"));
}

static bool
is_our_server(const Parsing *parsing, const char *id, const char *receiver)
{
    if (site_relay_by_name(parsing->site, id) || site_hosts_domain(parsing->site, id))
        return true;
    return receiver && strchr(receiver, '.') && strchr(id, '.') && org_hosts_same(id, receiver);
}

/* The first field of a server of ours; *ret_results is what follows its authserv-id. */
static bool
find_results(const Parsing *parsing, const char **ret_results)
{
    const HeaderBlock *header = parsing->message->header;
    g_autofree char *receiver = receiving_host(header);
    const Header *field;

    for (guint i = 0; i < 8 && (field = header_find(header, "Authentication-Results", i)); i++) {
        gsize len = strcspn(field->value, " ;(");
        g_autofree char *id = g_ascii_strdown(field->value, (gssize)len);
        if (!is_our_server(parsing, id, receiver))
            continue;
        *ret_results = field->value + len;
        return true;
    }
    return false;
}

/* -- reading it -----------------------------------------------------------------------------------
 */

/* Value of "key=" in [at, end): up to a blank, a bracket or a semicolon. (transfer full) or NULL */
static char *
property(const char *at, const char *end, const char *key)
{
    const char *p = text_find_fold(at, (gsize)(end - at), key);
    gsize len;

    if (!p)
        return NULL;
    p += strlen(key);
    if (*p == '"')
        p++;
    len = strcspn(p, " ;()\"");
    return len > 0 && p + len <= end ? g_ascii_strdown(p, (gssize)len) : NULL;
}

static bool
is_aligned(const char *value, const char *from_domain)
{
    const char *at = value ? strrchr(value, '@') : NULL;
    const char *domain = at ? at + 1 : value;

    return domain && *domain && from_domain && org_hosts_same(domain, from_domain);
}

typedef struct {
    bool pass, fail;
    const char *how, *domain;
} Judgement;

/* One "method=result …" clause; the first method of the table that passes for the domain counts. */
static void
judge_clause(Parsing *parsing, const char *at, const char *end, Judgement *j)
{
    static const struct {
        const char *result, *keys[2], *how;
    } methods[] = {
        {"dmarc=pass", {"header.from=", NULL}, "DMARC passed"},
        {"dkim=pass", {"header.d=", "header.i="}, "a DKIM signature of its domain is valid"},
        {"spf=pass", {"smtp.mailfrom=", NULL}, "SPF passed for its domain"},
    };
    const char *from_domain = parsing->complaint->reporter;

    at += strspn(at, " ;");
    j->fail = j->fail || text_has_prefix_fold(at, "dmarc=fail");
    for (gsize i = 0; i < G_N_ELEMENTS(methods) && at < end; i++) {
        g_autofree char *value = NULL;
        const char *sign;
        if (!text_has_prefix_fold(at, methods[i].result))
            continue;
        for (int k = 0; !value && k < 2 && methods[i].keys[k]; k++)
            value = property(at, end, methods[i].keys[k]);
        if (i > 0 && (j->pass || !is_aligned(value, from_domain)))
            return;
        sign = value ? strrchr(value, '@') : NULL;
        *j = (Judgement){.pass = true, .fail = j->fail, .how = methods[i].how};
        j->domain = value ? complaint_keep(parsing->complaint, sign ? sign + 1 : value, -1) : NULL;
    }
}

static const char *
judge_results(Parsing *parsing, GString *why)
{
    const char *results, *at, *end;
    Judgement j = {0};

    if (!find_results(parsing, &results)) {
        g_string_append(why, "no Authentication-Results of our own mail server");
        return "none";
    }
    for (at = results; *at; at = end) {
        end = strchr(at + 1, ';');
        if (!end)
            end = at + strlen(at);
        judge_clause(parsing, at, end, &j);
    }
    if (j.fail) { /* our server knows the sender's policy; it outweighs a signature */
        g_string_append(why, "DMARC failed: the sender's address is probably forged");
        return "fail";
    }
    if (!j.pass) {
        g_string_append(why, "neither DKIM nor SPF passed for the sender's domain");
        return "none";
    }
    g_string_append(why, j.how);
    if (j.domain)
        g_string_append_printf(why, " (%s)", j.domain);
    return "pass";
}

/* -- who it is ------------------------------------------------------------------------------------
 */

/* clang-format off */
/* Feedback loops: the domain that signs, and whose loop it is. Only once the domain is proven. */
static const struct { const char *domain, *name; } feeds[] = {
    {"arf.mail.yahoo.com", "Yahoo's feedback loop"}, {"aol.net", "AOL's feedback loop"},
    {"hotmail.com", "Microsoft's junk mail reports"}, {"outlook.com", "Microsoft's junk mail reports"},
    {"senderscore.net", "Validity's feedback loops"}, {"senderscore.com", "Validity's feedback loops"},
    {"spamcop.net", "SpamCop"}, {"abusix.com", "Abusix"}, {"amazonses.com", "Amazon SES"},
    {"signal-spam.fr", "Signal Spam"}, {"shadowserver.org", "Shadowserver"}, {"blocklist.de", "blocklist.de"},
};
/* clang-format on */

static void
add_feed(const Parsing *parsing, GString *why)
{
    const Complaint *complaint = parsing->complaint;

    if (site_lists_reporter(parsing->site, complaint->reporter))
        g_string_append(why, "; a reporter that the desk lists");
    else if (complaint->format <= FORMAT_VENDOR || complaint->feedback_type)
        for (gsize i = 0; i < G_N_ELEMENTS(feeds); i++) {
            const char *at = strstr(complaint->reporter, feeds[i].domain);
            if (at && text_equal_fold(at, feeds[i].domain) &&
                (at == complaint->reporter || at[-1] == '.')) {
                g_string_append_printf(why, "; a known feed: %s", feeds[i].name);
                return;
            }
        }
}

/* Who took the sample in: the reporter's own server is a witness, another's must be believed. */
static void
judge_sample(const Complaint *complaint, Incident *incident)
{
    for (guint n = 0; incident->has_evidence && n < incident->hops->len; n++) {
        const Hop *hop = &g_array_index(incident->hops, Hop, n);
        if (hop->verdict != VERDICT_BORDER || !hop->by || !strchr(hop->by, '.'))
            continue;
        if (org_hosts_same(hop->by, complaint->reporter))
            incident->sample_by = "reporter";
        return;
    }
}

void
authenticity_judge(Parsing *parsing)
{
    Complaint *complaint = parsing->complaint;
    g_autoptr(GString) why = g_string_new(NULL);

    complaint->authenticity = judge_results(parsing, why);
    if (complaint->reporter && strcmp(complaint->authenticity, "pass") == 0)
        add_feed(parsing, why);
    for (guint i = 0; complaint->reporter && i < complaint->incidents->len; i++)
        judge_sample(complaint, &g_array_index(complaint->incidents, Incident, i));
    complaint->authenticity_why = complaint_keep(complaint, why->str, -1);
}

/* -- automatic ------------------------------------------------------------------------------------
 */

/* clang-format off */
static const char *const machine_senders[] = {
    "mailer-daemon@", "postmaster@", "root@", "noreply", "no-reply", "donotreply", "do-not-reply", "owner-",
    "no_reply", "bounce",
};
static const char *const machine_suffixes[] = {"-request@", "-bounces@", "-noreply@", "-owner@"};
static const char *const list_fields[] = {"List-Id", "List-Post", "List-Unsubscribe", "List-Help", "X-Loop"};
/* clang-format on */

static bool
is_machine(const char *address)
{
    if (!address)
        return true; /* nobody to answer to */
    for (gsize i = 0; i < G_N_ELEMENTS(machine_senders); i++)
        if (text_has_prefix_fold(address, machine_senders[i]))
            return true;
    for (gsize i = 0; i < G_N_ELEMENTS(machine_suffixes); i++)
        if (text_find_fold(address, strlen(address), machine_suffixes[i]))
            return true;
    return false;
}

bool
authenticity_is_automatic(const Parsing *parsing)
{
    const HeaderBlock *header = parsing->message->header;
    const char *path = header_get(header, "Return-Path");
    const char *auto_submitted = header_get(header, "Auto-Submitted");
    const char *precedence = header_get(header, "Precedence");
    const char *suppress = header_get(header, "X-Auto-Response-Suppress");

    switch (parsing->complaint->format) {
    case FORMAT_ATTACHED:
    case FORMAT_INLINE:
    case FORMAT_MESSAGE:
        if (parsing->complaint->feedback_type) /* a feed */
            return true;
        break;
    default: /* machines and feeds, bounces, spam */
        return true;
    }
    if ((path && strcmp(path, "<>") == 0) ||
        (auto_submitted && !text_has_prefix_fold(auto_submitted, "no")))
        return true;
    if (precedence && !text_equal_fold(precedence, "first-class") &&
        !text_equal_fold(precedence, "special-delivery") && !text_equal_fold(precedence, "normal"))
        return true;
    if (suppress &&
        (strstr(suppress, "All") || strstr(suppress, "AutoReply") || strstr(suppress, "OOF")))
        return true;
    for (gsize i = 0; i < G_N_ELEMENTS(list_fields); i++)
        if (header_has(header, list_fields[i]))
            return true;
    return is_machine(parsing->complaint->from);
}
