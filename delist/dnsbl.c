/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delist/dnsbl.h"

#include <arpa/inet.h>
#include <string.h>

const char *const unknown_names[N_UNKNOWNS] = {
    [UNKNOWN_REFUSED] = "refused",
    [UNKNOWN_UNLISTED_CODE] = "unlisted-code",
    [UNKNOWN_BROKEN_ZONE] = "broken-zone",
    [UNKNOWN_WILDCARD] = "wildcard",
    [UNKNOWN_EMPTY] = "empty",
    [UNKNOWN_SERVFAIL] = "servfail",
    [UNKNOWN_TIMEOUT] = "timeout",
};

const char *const unknown_words[N_UNKNOWNS] = {
    [UNKNOWN_REFUSED] =
        "it does not answer this resolver: ask through one of your own, or with a key",
    [UNKNOWN_UNLISTED_CODE] =
        "it answers with a code that its row does not know: see the list's page",
    [UNKNOWN_BROKEN_ZONE] =
        "the answer is no list's: the domain has changed hands, or the resolver rewrites",
    [UNKNOWN_WILDCARD] = "it lists the whole world: do not use it",
    [UNKNOWN_EMPTY] = "it does not list its own test point: it is empty, or shut down",
    [UNKNOWN_SERVFAIL] = "its name servers could not answer",
    [UNKNOWN_TIMEOUT] = "its name servers, or the resolver, did not answer in time",
};

void
check_clear(Check *check)
{
    g_clear_pointer(&check->codes, g_ptr_array_unref);
    g_clear_pointer(&check->raw, g_free);
}

/* -- names ---------------------------------------------------------------------------------------
 */

static const guint8 *
v4_bytes(const guint8 bytes[16])
{
    return bytes + 12;
}

static void
reversed(const guint8 bytes[16], bool is_v6, GString *name)
{
    if (!is_v6) {
        const guint8 *b = v4_bytes(bytes);

        g_string_printf(name, "%u.%u.%u.%u.", b[3], b[2], b[1], b[0]);
        return;
    }
    for (int i = 15; i >= 0; i--)
        g_string_append_printf(name, "%x.%x.", bytes[i] & 15U, bytes[i] >> 4);
}

static bool
full_name(const guint8 bytes[16], bool is_v6, const char *domain, char *ret_name)
{
    g_autoptr(GString) name = g_string_sized_new(DNSBL_NAME_SIZE);

    reversed(bytes, is_v6, name);
    g_string_append(name, domain);
    return g_strlcpy(ret_name, name->str, DNSBL_NAME_SIZE) < DNSBL_NAME_SIZE - 1;
}

bool
dnsbl_name(const Addr *addr, const char *domain, char ret_name[DNSBL_NAME_SIZE])
{
    return full_name(addr->b, !addr_is_ipv4(addr), domain, ret_name);
}

void
dnsbl_point_name(bool is_v6, bool is_listed, const char *domain, char ret_name[DNSBL_NAME_SIZE])
{
    const guint8 point[16] = {[10] = 0xff, 0xff, 127, 0, 0, is_listed ? 2 : 1};

    (void)full_name(point, is_v6, domain, ret_name);
}

/* -- answers -------------------------------------------------------------------------------------
 */

static guint32
address_of(const char *text)
{
    struct in_addr addr = {0};

    return inet_pton(AF_INET, text, &addr) == 1 ? g_ntohl(addr.s_addr) : 0;
}

static bool
has_code(const Zone *zone, guint32 code, guint32 address)
{
    return zone->coding == ZONE_BITS ? (address & 0xffffff00U) == 0x7f000000U && (address & code)
                                     : address == code;
}

/* An answer that no list gives for a listing, whatever its row says. */
static UnknownWhy
why_never(const Zone *zone, guint32 address)
{
    if (address >> 24 != 127)
        return UNKNOWN_BROKEN_ZONE;
    /* 127.255.255.x: a common convention; 127.0.0.1: others' "refused". */
    if (address >> 8 == 0x7fffff || (zone->coding == ZONE_EXACT && address == 0x7f000001U))
        return UNKNOWN_REFUSED;
    return UNKNOWN_NONE;
}

static UnknownWhy
judge_records(const Zone *zone, const GPtrArray *records, GPtrArray *codes)
{
    for (guint i = 0; i < records->len; i++) {
        UnknownWhy why = why_never(zone, address_of(g_ptr_array_index(records, i)));

        if (why != UNKNOWN_NONE)
            return why;
    }
    for (const ZoneCode *code = zone->codes; code->name; code++)
        for (guint i = 0; i < records->len; i++) {
            const char *record = g_ptr_array_index(records, i);

            if (!has_code(zone, code->code, address_of(record)))
                continue;
            if (code->is_refusal)
                return UNKNOWN_REFUSED;
            g_ptr_array_add(codes, g_strdup_printf("%s %s", record, code->name));
            break;
        }
    return codes->len > 0 ? UNKNOWN_NONE : UNKNOWN_UNLISTED_CODE;
}

static UnknownWhy
why_of_outcome(DnsOutcome outcome)
{
    switch (outcome) {
    case DNS_REFUSED:
        return UNKNOWN_REFUSED;
    case DNS_TIMEOUT:
        return UNKNOWN_TIMEOUT;
    default:
        return UNKNOWN_SERVFAIL;
    }
}

static char *
raw_text(const DnsAnswer *answer)
{
    g_autoptr(GString) raw = g_string_new(answer->is_alias ? "alias " : "");

    for (guint i = 0; i < answer->records->len; i++)
        g_string_append_printf(raw, "%s%s", i > 0 ? " " : "",
                               (const char *)g_ptr_array_index(answer->records, i));
    if (answer->records->len == 0)
        g_string_append(raw, dns_outcome_names[answer->outcome]);
    return g_string_free(g_steal_pointer(&raw), FALSE);
}

void
dnsbl_judge(const Zone *zone, const DnsAnswer *answer, Check *ret_check)
{
    Check check = {.codes = g_ptr_array_new_with_free_func(g_free), .raw = raw_text(answer)};

    if (answer->outcome == DNS_NO_NAME || answer->outcome == DNS_NO_DATA)
        check.why = answer->is_alias ? UNKNOWN_BROKEN_ZONE : UNKNOWN_NONE;
    else if (answer->outcome != DNS_FOUND)
        check.why = why_of_outcome(answer->outcome);
    else
        check.why = answer->is_alias ? UNKNOWN_BROKEN_ZONE
                                     : judge_records(zone, answer->records, check.codes);
    if (check.why != UNKNOWN_NONE) {
        check.outcome = CHECK_UNKNOWN;
        g_ptr_array_set_size(check.codes, 0);
    } else {
        check.outcome = check.codes->len > 0 ? CHECK_LISTED : CHECK_CLEAN;
    }
    *ret_check = check;
}

UnknownWhy
dnsbl_health(const Check *listed_point, const Check *clean_point)
{
    /* Listing the point that must not be listed, by any answer of a list, comes first: such a zone
     * has the other right, too. */
    if (clean_point->outcome == CHECK_LISTED || clean_point->why == UNKNOWN_UNLISTED_CODE)
        return UNKNOWN_WILDCARD;
    if (clean_point->why != UNKNOWN_NONE)
        return clean_point->why;
    if (listed_point->outcome == CHECK_CLEAN)
        return UNKNOWN_EMPTY;
    /* Some lists answer their test point with a code that they use for nothing else. */
    if (listed_point->why == UNKNOWN_UNLISTED_CODE)
        return UNKNOWN_NONE;
    return listed_point->why;
}
