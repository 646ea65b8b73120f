/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delist/spf.h"

#include <string.h>

#include "base/text.h"

const char *const spf_result_names[N_SPF_RESULTS] = {
    [SPF_PASS] = "pass",           [SPF_NEUTRAL] = "neutral", [SPF_SOFTFAIL] = "softfail",
    [SPF_FAIL] = "fail",           [SPF_NONE] = "none",       [SPF_PERMERROR] = "permerror",
    [SPF_TEMPERROR] = "temperror", [SPF_UNKNOWN] = "unknown",
};

typedef struct {
    Dns *dns;
    DnsLane *lane;
    const Addr *addr;
    int lookups;
    char *why;
} Check;

/* What a term comes to: it matches, it does not, or the whole check ends. */
typedef enum { TERM_MATCH, TERM_NO_MATCH, TERM_END } Term;

typedef struct {
    const char *domain; /* whose record it is */
    const char *value;  /* what stands after ':' or '='; NULL: nothing */
    int prefix4, prefix6;
    SpfResult end; /* of TERM_END */
} TermInput;

static bool evaluate(Check *check, const char *domain, SpfResult *ret_result, GError **error);

/* False ends the check with *ret_end; error is set only when dns_run() failed. */
static bool
ask(Check *check, const char *name, DnsType type, DnsAnswer *ret_answer, SpfResult *ret_end,
    GError **error)
{
    if (++check->lookups > SPF_LOOKUPS_MAX) {
        g_free(check->why);
        check->why = g_strdup_printf("more than %d DNS look-ups", SPF_LOOKUPS_MAX);
        *ret_end = SPF_PERMERROR;
        return false;
    }
    if (!dns_answer(check->dns, check->lane, name, type, ret_answer, error))
        return false;
    if (ret_answer->outcome == DNS_FOUND || ret_answer->outcome == DNS_NO_NAME ||
        ret_answer->outcome == DNS_NO_DATA)
        return true;
    g_free(check->why);
    check->why = g_strdup_printf("%s: %s", name, dns_outcome_names[ret_answer->outcome]);
    dns_answer_clear(ret_answer);
    *ret_end = SPF_TEMPERROR;
    return false;
}

/* -- mechanisms --------------------------------------------------------------------------------
 */

/* "192.0.2.0" and 24 against the address. */
static bool
covers(const Check *check, const char *network, int prefix)
{
    Addr first = ADDR_NONE;
    Netmask mask = {0};

    if (!addr_parse(network, -1, &first) || addr_is_ipv4(&first) != addr_is_ipv4(check->addr))
        return false;
    netmask_fill(&mask, &first, (guint)prefix + (addr_is_ipv4(&first) ? 96 : 0));
    return netmask_contains(&mask, check->addr);
}

static Term
ip_term(Check *check, TermInput *in, bool is_v4)
{
    int prefix = is_v4 ? in->prefix4 : in->prefix6;
    Addr addr = ADDR_NONE;

    if (!in->value || !addr_parse(in->value, -1, &addr) || addr_is_ipv4(&addr) != is_v4) {
        in->end = SPF_PERMERROR;
        return TERM_END;
    }
    return covers(check, in->value, prefix) ? TERM_MATCH : TERM_NO_MATCH;
}

/* One of the host's addresses. `counts`: it is a look-up of its own. */
static Term
host_term(Check *check, const char *host, bool counts, TermInput *in, GError **error)
{
    bool is_v4 = addr_is_ipv4(check->addr);
    g_auto(DnsAnswer) answer = {0};

    check->lookups -= counts ? 0 : 1;
    if (!ask(check, host, is_v4 ? DNS_A : DNS_AAAA, &answer, &in->end, error))
        return TERM_END;
    for (guint i = 0; i < answer.records->len; i++)
        if (covers(check, g_ptr_array_index(answer.records, i), is_v4 ? in->prefix4 : in->prefix6))
            return TERM_MATCH;
    return TERM_NO_MATCH;
}

static Term
mx_term(Check *check, TermInput *in, GError **error)
{
    g_auto(DnsAnswer) answer = {0};

    if (!ask(check, in->value ? in->value : in->domain, DNS_MX, &answer, &in->end, error))
        return TERM_END;
    for (guint i = 0; i < MIN(answer.records->len, SPF_LOOKUPS_MAX); i++) {
        const char *host = strchr(g_ptr_array_index(answer.records, i), ' ');
        Term term = host && host[1] ? host_term(check, host + 1, false, in, error) : TERM_NO_MATCH;

        if (term != TERM_NO_MATCH)
            return term;
    }
    return TERM_NO_MATCH;
}

/* Section 5.2: only its pass matches. */
static Term
include_term(Check *check, TermInput *in, GError **error)
{
    SpfResult result = SPF_NONE;

    in->end = SPF_PERMERROR;
    if (!in->value || !evaluate(check, in->value, &result, error))
        return TERM_END;
    switch (result) {
    case SPF_PASS:
        return TERM_MATCH;
    case SPF_FAIL:
    case SPF_SOFTFAIL:
    case SPF_NEUTRAL:
        return TERM_NO_MATCH;
    case SPF_TEMPERROR:
    case SPF_UNKNOWN:
        in->end = result;
        return TERM_END;
    default:
        return TERM_END;
    }
}

/* -- records -----------------------------------------------------------------------------------
 */

/* Cuts "/24//64" off. False: nonsense. */
static bool
cut_prefixes(char *term, TermInput *in)
{
    char *slash = strchr(term, '/');
    bool wants_v6 = text_has_prefix_fold(term, "ip6");
    guint64 bits = 0;

    in->prefix4 = 32;
    in->prefix6 = 128;
    if (!slash)
        return true;
    *slash++ = '\0';
    if (*slash != '/') {
        char *end = strchr(slash, '/');

        if (end)
            *end = '\0';
        if (!g_ascii_string_to_unsigned(slash, 10, 0, wants_v6 ? 128 : 32, &bits, NULL))
            return false;
        *(wants_v6 ? &in->prefix6 : &in->prefix4) = (int)bits;
        if (!end)
            return true;
        slash = end + 1;
    }
    if (*slash != '/' || !g_ascii_string_to_unsigned(slash + 1, 10, 0, 128, &bits, NULL))
        return false;
    in->prefix6 = (int)bits;
    return true;
}

static Term
mechanism(Check *check, char *term, TermInput *in, GError **error)
{
    const char *host = NULL;
    char *colon = NULL;

    in->end = strchr(term, '%') ? SPF_UNKNOWN : SPF_PERMERROR;
    if (in->end == SPF_UNKNOWN || !cut_prefixes(term, in))
        return TERM_END;
    colon = strchr(term, ':');
    if (colon && !colon[1])
        return TERM_END;
    if (colon) {
        *colon = '\0';
        in->value = colon + 1;
    }
    host = in->value ? in->value : in->domain;
    if (g_ascii_strcasecmp(term, "all") == 0)
        return TERM_MATCH;
    if (g_ascii_strcasecmp(term, "ip4") == 0 || g_ascii_strcasecmp(term, "ip6") == 0)
        return ip_term(check, in, term[2] == '4');
    if (g_ascii_strcasecmp(term, "a") == 0)
        return host_term(check, host, true, in, error);
    if (g_ascii_strcasecmp(term, "mx") == 0)
        return mx_term(check, in, error);
    if (g_ascii_strcasecmp(term, "include") == 0)
        return include_term(check, in, error);
    if (g_ascii_strcasecmp(term, "ptr") == 0 || g_ascii_strcasecmp(term, "exists") == 0)
        in->end = SPF_UNKNOWN;
    return TERM_END;
}

static SpfResult
qualified(char **term)
{
    static const char qualifiers[] = "+?~-";
    const char *at = strchr(qualifiers, **term);

    if (!at || **term == '\0')
        return SPF_PASS;
    (*term)++;
    return (SpfResult)(at - qualifiers);
}

static void
say(Check *check, const char *domain, const char *term)
{
    g_autofree char *clean = text_clean(term, -1, 100);

    if (check->why && g_str_has_prefix(check->why, "more than"))
        return;
    g_free(check->why);
    check->why = g_strdup_printf("%s in the record of %s", clean, domain);
}

/* Term after term, the first that matches decides (section 4.6.2); then `redirect` (6.1). */
static bool
run_record(Check *check, const char *domain, const char *record, SpfResult *ret_result,
           GError **error)
{
    g_auto(GStrv) terms = g_strsplit_set(record, " \t", SPF_TERMS_MAX);
    const char *redirect = NULL;

    for (guint i = 1; terms[i]; i++) {
        g_autofree char *whole = g_strdup(terms[i]);
        char *term = terms[i];
        bool is_modifier = term[strcspn(term, "=:/")] == '=';
        SpfResult result = is_modifier ? SPF_PASS : qualified(&term);
        TermInput in = {.domain = domain};
        Term came = TERM_NO_MATCH;
        g_autoptr(GError) failed = NULL;

        if (*term == '\0')
            continue;
        if (is_modifier) {
            if (text_has_prefix_fold(term, "redirect="))
                redirect = term + 9;
            continue;
        }
        came = mechanism(check, term, &in, &failed);
        if (failed) {
            g_propagate_error(error, g_steal_pointer(&failed));
            return false;
        }
        if (came == TERM_NO_MATCH)
            continue;
        *ret_result = came == TERM_MATCH ? result : in.end;
        if (came == TERM_MATCH || in.end == SPF_PERMERROR || in.end == SPF_UNKNOWN)
            say(check, domain, whole);
        return true;
    }
    *ret_result = redirect ? SPF_UNKNOWN : SPF_NEUTRAL;
    say(check, domain, redirect ? redirect : "no term");
    if (!redirect || strchr(redirect, '%'))
        return true;
    if (!evaluate(check, redirect, ret_result, error))
        return false;
    *ret_result = *ret_result == SPF_NONE ? SPF_PERMERROR : *ret_result;
    return true;
}

static bool
is_spf(const char *record)
{
    return g_ascii_strncasecmp(record, "v=spf1", 6) == 0 && (record[6] == ' ' || !record[6]);
}

static bool
evaluate(Check *check, const char *domain, SpfResult *ret_result, GError **error)
{
    g_auto(DnsAnswer) answer = {0};
    g_autoptr(GError) failed = NULL;
    const char *record = NULL;
    guint n = 0;

    if (!ask(check, domain, DNS_TXT, &answer, ret_result, &failed)) {
        if (!failed)
            return true;
        g_propagate_error(error, g_steal_pointer(&failed));
        return false;
    }
    for (guint i = 0; i < answer.records->len; i++) {
        const char *text = g_ptr_array_index(answer.records, i);

        if (is_spf(text)) {
            record = text;
            n++;
        }
    }
    *ret_result = n == 0 ? SPF_NONE : SPF_PERMERROR;
    if (n == 1 && strlen(record) < DNS_TEXT_MAX)
        return run_record(check, domain, record, ret_result, error);
    if (n == 1)
        *ret_result = SPF_UNKNOWN;
    g_free(check->why);
    check->why = g_strdup_printf(n == 0   ? "%s has no SPF record"
                                 : n == 1 ? "the record of %s is too long for us"
                                          : "%s has more than one SPF record",
                                 domain);
    return true;
}

bool
spf_check(Dns *dns, DnsLane *lane, const Addr *addr, const char *domain, SpfResult *ret_result,
          char **ret_why, GError **error)
{
    /* The domain's own record is none of the ten. */
    Check check = {.dns = dns, .lane = lane, .addr = addr, .lookups = -1};

    if (!evaluate(&check, domain, ret_result, error)) {
        g_free(check.why);
        return false;
    }
    *ret_why = check.why;
    return true;
}
