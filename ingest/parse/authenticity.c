/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/authenticity.h"

#include <libpsl.h>
#include <string.h>

#include "base/text.h"

/* -- our own Authentication-Results ---------------------------------------------------------------
 */

static const char *
registered_domain(const char *host)
{
    const char *domain = psl_registrable_domain(psl_builtin(), host);

    return domain ? domain : host;
}

static bool
same_organisation(const char *a, const char *b)
{
    return strcmp(registered_domain(a), registered_domain(b)) == 0;
}

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
    return receiver && strchr(receiver, '.') && strchr(id, '.') && same_organisation(id, receiver);
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

    return domain && *domain && from_domain && same_organisation(domain, from_domain);
}

typedef struct {
    bool pass, fail;
    const char *how;
} Judgement;

/* One "method=result …" clause. */
static void
judge_clause(const char *at, const char *end, const char *from_domain, Judgement *j)
{
    g_autofree char *domain = NULL;

    while (at < end && (*at == ' ' || *at == ';'))
        at++;
    if (text_has_prefix_fold(at, "dmarc=pass")) {
        *j = (Judgement){.pass = true, .fail = j->fail, .how = "DMARC passed"};
    } else if (text_has_prefix_fold(at, "dmarc=fail")) {
        j->fail = true;
    } else if (text_has_prefix_fold(at, "dkim=pass")) {
        domain = property(at, end, "header.d=");
        if (!domain)
            domain = property(at, end, "header.i=");
        if (is_aligned(domain, from_domain) && !j->pass)
            *j = (Judgement){
                .pass = true, .fail = j->fail, .how = "a DKIM signature of its domain is valid"};
    } else if (text_has_prefix_fold(at, "spf=pass")) {
        domain = property(at, end, "smtp.mailfrom=");
        if (is_aligned(domain, from_domain) && !j->pass)
            *j = (Judgement){.pass = true, .fail = j->fail, .how = "SPF passed for its domain"};
    }
}

static void
tell(Complaint *complaint, const char *verdict, const char *why)
{
    complaint->authenticity = verdict;
    complaint->authenticity_why = why;
}

void
authenticity_judge(Parsing *parsing)
{
    Complaint *complaint = parsing->complaint;
    const char *results, *at, *end;
    Judgement j = {0};

    if (!find_results(parsing, &results)) {
        tell(complaint, "none", "no Authentication-Results of our own mail server");
        return;
    }
    for (at = results; *at; at = end) {
        end = strchr(at + 1, ';');
        if (!end)
            end = at + strlen(at);
        judge_clause(at, end, complaint->reporter, &j);
    }
    if (j.fail) /* our server knows the sender's policy; it outweighs a signature */
        tell(complaint, "fail", "DMARC failed: the sender's address is probably forged");
    else if (j.pass)
        tell(complaint, "pass", j.how);
    else
        tell(complaint, "none", "neither DKIM nor SPF passed for the sender's domain");
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
