/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that are asked, and what answers mean. */
#include <string.h>

#include "delist/dnsbl.h"

static void
check_names(void)
{
    /* RFC 5782, sections 2.1 and 2.4 */
    static const struct {
        const char *addr, *name;
    } cases[] = {
        {"203.0.113.9", "9.113.0.203.bl.example"},
        {"::ffff:203.0.113.9", "9.113.0.203.bl.example"},
        {"2001:db8:1:2:3:4:567:89ab",
         "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.bl.example"},
    };
    char name[DNSBL_NAME_SIZE];
    g_autofree char *label = g_strnfill(60, 'a');
    g_autofree char *longest = g_strjoin(".", label, label, label, label, NULL); /* 243 */

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        Addr addr;

        g_assert_true(addr_parse(cases[i].addr, -1, &addr));
        g_assert_true(dnsbl_name(&addr, "bl.example", name));
        g_assert_cmpstr(name, ==, cases[i].name);
        g_assert_false(dnsbl_name(&addr, longest, name));
    }
    dnsbl_point_name(false, true, "bl.example", name);
    g_assert_cmpstr(name, ==, "2.0.0.127.bl.example");
    dnsbl_point_name(true, false, "bl.example", name);
    g_assert_cmpstr(name, ==,
                    "1.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.bl.example");
}

static const ZoneCode codes[] = {{0x7f000002, "spam", false},
                                 {0x7f000004, "bot", false},
                                 {0x7f0000ff, "refused", true},
                                 {0, NULL, false}};
static const ZoneCode bits[] = {{1, "bot", false}, {4, "trap", false}, {0, NULL, false}};
static const Zone exact = {.name = "bl.example", .codes = codes};
static const Zone bitwise = {.name = "bits.example", .codes = bits, .coding = ZONE_BITS};

/* (transfer full) records: "127.0.0.2 127.0.0.4", "alias" first for a CNAME. */
static DnsAnswer
answer_of(DnsOutcome outcome, const char *records)
{
    DnsAnswer answer = {.outcome = outcome, .records = g_ptr_array_new_with_free_func(g_free)};
    g_auto(GStrv) words = g_strsplit(records, " ", -1);

    for (gsize i = 0; words[i]; i++)
        if (strcmp(words[i], "alias") == 0)
            answer.is_alias = true;
        else if (*words[i])
            g_ptr_array_add(answer.records, g_strdup(words[i]));
    return answer;
}

static void
judge(const Zone *zone, DnsOutcome outcome, const char *records, Check *ret_check)
{
    DnsAnswer answer = answer_of(outcome, records);

    dnsbl_judge(zone, &answer, ret_check);
    g_ptr_array_unref(answer.records);
}

static void
check_answers(void)
{
    static const struct {
        const Zone *zone;
        DnsOutcome outcome;
        const char *records;
        CheckOutcome want;
        UnknownWhy why;
        const char *codes; /* joined by ", " */
    } cases[] = {
        {&exact, DNS_NO_NAME, "", CHECK_CLEAN, UNKNOWN_NONE, ""},
        {&exact, DNS_NO_DATA, "", CHECK_CLEAN, UNKNOWN_NONE, ""},
        {&exact, DNS_FOUND, "127.0.0.2", CHECK_LISTED, UNKNOWN_NONE, "127.0.0.2 spam"},
        {&exact, DNS_FOUND, "127.0.0.4 127.0.0.2", CHECK_LISTED, UNKNOWN_NONE,
         "127.0.0.2 spam, 127.0.0.4 bot"},
        {&exact, DNS_FOUND, "127.0.0.4 127.0.0.9", CHECK_LISTED, UNKNOWN_NONE, "127.0.0.4 bot"},
        {&exact, DNS_FOUND, "127.0.0.9", CHECK_UNKNOWN, UNKNOWN_UNLISTED_CODE, ""},
        /* what is never a listing */
        {&exact, DNS_FOUND, "127.0.0.1", CHECK_UNKNOWN, UNKNOWN_REFUSED, ""},
        {&exact, DNS_FOUND, "127.255.255.254", CHECK_UNKNOWN, UNKNOWN_REFUSED, ""},
        {&exact, DNS_FOUND, "127.0.0.2 127.255.255.255", CHECK_UNKNOWN, UNKNOWN_REFUSED, ""},
        {&exact, DNS_FOUND, "127.0.0.255", CHECK_UNKNOWN, UNKNOWN_REFUSED, ""},
        {&exact, DNS_FOUND, "198.51.100.7", CHECK_UNKNOWN, UNKNOWN_BROKEN_ZONE, ""},
        {&exact, DNS_FOUND, "127.0.0.2 198.51.100.7", CHECK_UNKNOWN, UNKNOWN_BROKEN_ZONE, ""},
        {&exact, DNS_FOUND, "alias 127.0.0.2", CHECK_UNKNOWN, UNKNOWN_BROKEN_ZONE, ""},
        {&exact, DNS_NO_DATA, "alias", CHECK_UNKNOWN, UNKNOWN_BROKEN_ZONE, ""},
        {&exact, DNS_SERVFAIL, "", CHECK_UNKNOWN, UNKNOWN_SERVFAIL, ""},
        {&exact, DNS_REFUSED, "", CHECK_UNKNOWN, UNKNOWN_REFUSED, ""},
        {&exact, DNS_TIMEOUT, "", CHECK_UNKNOWN, UNKNOWN_TIMEOUT, ""},
        {&exact, DNS_MALFORMED, "", CHECK_UNKNOWN, UNKNOWN_SERVFAIL, ""},
        {&bitwise, DNS_FOUND, "127.0.0.5", CHECK_LISTED, UNKNOWN_NONE,
         "127.0.0.5 bot, 127.0.0.5 trap"},
        {&bitwise, DNS_FOUND, "127.0.0.1", CHECK_LISTED, UNKNOWN_NONE, "127.0.0.1 bot"},
        {&bitwise, DNS_FOUND, "127.0.0.8", CHECK_UNKNOWN, UNKNOWN_UNLISTED_CODE, ""},
        {&bitwise, DNS_FOUND, "127.0.1.1", CHECK_UNKNOWN, UNKNOWN_UNLISTED_CODE, ""},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Check) check = {0};
        g_autoptr(GString) found = g_string_new(NULL);

        judge(cases[i].zone, cases[i].outcome, cases[i].records, &check);
        for (guint n = 0; n < check.codes->len; n++)
            g_string_append_printf(found, "%s%s", n > 0 ? ", " : "",
                                   (const char *)g_ptr_array_index(check.codes, n));
        g_test_message("%s %s", dns_outcome_names[cases[i].outcome], cases[i].records);
        g_assert_cmpint(check.outcome, ==, cases[i].want);
        g_assert_cmpint(check.why, ==, cases[i].why);
        g_assert_cmpstr(found->str, ==, cases[i].codes);
        g_assert_cmpstr(check.raw, ==,
                        *cases[i].records && strcmp(cases[i].records, "alias") != 0
                            ? cases[i].records
                            : check.raw);
    }
}

static void
check_health(void)
{
    static const struct {
        DnsOutcome listed, clean;
        const char *listed_records, *clean_records;
        UnknownWhy want;
    } cases[] = {
        {DNS_FOUND, DNS_NO_NAME, "127.0.0.2", "", UNKNOWN_NONE},
        {DNS_FOUND, DNS_NO_NAME, "127.0.0.15", "",
         UNKNOWN_NONE}, /* a code of the test point's own */
        {DNS_FOUND, DNS_FOUND, "127.0.0.2", "127.0.0.2", UNKNOWN_WILDCARD},
        {DNS_FOUND, DNS_FOUND, "127.0.0.9", "127.0.0.9", UNKNOWN_WILDCARD},
        {DNS_FOUND, DNS_FOUND, "198.51.100.7", "198.51.100.7", UNKNOWN_BROKEN_ZONE},
        {DNS_NO_NAME, DNS_NO_NAME, "", "", UNKNOWN_EMPTY},
        {DNS_FOUND, DNS_FOUND, "127.255.255.254", "127.255.255.254", UNKNOWN_REFUSED},
        {DNS_TIMEOUT, DNS_TIMEOUT, "", "", UNKNOWN_TIMEOUT},
        {DNS_SERVFAIL, DNS_NO_NAME, "", "", UNKNOWN_SERVFAIL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Check) listed = {0}, clean = {0};

        judge(&exact, cases[i].listed, cases[i].listed_records, &listed);
        judge(&exact, cases[i].clean, cases[i].clean_records, &clean);
        g_assert_cmpint(dnsbl_health(&listed, &clean), ==, cases[i].want);
    }
}

static void
check_words(void)
{
    for (int why = UNKNOWN_NONE + 1; why < N_UNKNOWNS; why++) {
        g_assert_nonnull(unknown_names[why]);
        g_assert_nonnull(unknown_words[why]);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/delist/dnsbl/names", check_names);
    g_test_add_func("/delist/dnsbl/answers", check_answers);
    g_test_add_func("/delist/dnsbl/health", check_health);
    g_test_add_func("/delist/dnsbl/words", check_words);
    return g_test_run();
}
