/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions and answers, with a server of the test's own on loopback. */
#include "base/error.h"
#include "delist/dns.h"
#include "tests/delist/dns_server.h"

typedef struct {
    Dns *dns;
    DnsLane *lane;
    guint n, forgotten;
    DnsOutcome outcome;
    char *records; /* joined by " " */
    guint32 ttl;
    bool is_alias;
    guint more; /* to ask from done */
} Heard;

static void
hear(const DnsAnswer *answer, gpointer data)
{
    Heard *heard = data;

    if (!answer) {
        heard->forgotten++;
        return;
    }
    heard->n++;
    heard->outcome = answer->outcome;
    heard->ttl = answer->ttl;
    heard->is_alias = answer->is_alias;
    g_free(heard->records);
    g_ptr_array_add(answer->records, NULL);
    heard->records = g_strjoinv(" ", (char **)answer->records->pdata);
    g_ptr_array_set_size(answer->records, (int)answer->records->len - 1);
    if (heard->more > 0) {
        heard->more--;
        dns_ask(heard->dns, heard->lane, "found.test", DNS_A, hear, heard);
    }
}

static Dns *
client(const DnsServer *server, guint outstanding)
{
    g_autoptr(GError) error = NULL;
    Dns *dns = dns_new(&(DnsOptions){server->servers, 200, 2, outstanding}, &error);

    g_assert_no_error(error);
    return dns;
}

static void
check_outcomes(void)
{
    static const struct {
        const char *name;
        DnsType type;
        DnsOutcome want;
        const char *records;
        guint32 ttl;
    } cases[] = {
        {"found.test", DNS_A, DNS_FOUND, "127.0.0.2", 40},
        {"two.test", DNS_A, DNS_FOUND, "127.0.0.2 127.0.0.4", 20},
        {"txt.test", DNS_TXT, DNS_FOUND, "hello, world", 30},
        {"mx.test", DNS_MX, DNS_FOUND, "10 m1.test", 30},
        {"nullmx.test", DNS_MX, DNS_FOUND, "0 ", 30}, /* RFC 7505 */
        {"six.test", DNS_AAAA, DNS_FOUND, "2001:db8::19", 30},
        {"host.test", DNS_PTR, DNS_FOUND, "m1.test", 30},
        {"alias.test", DNS_A, DNS_FOUND, "127.0.0.2", 40},
        {"nxdomain.test", DNS_A, DNS_NO_NAME, "", 60},
        {"nodata.test", DNS_A, DNS_NO_DATA, "", 60},
        {"servfail.test", DNS_A, DNS_SERVFAIL, "", 0},
        {"refused.test", DNS_A, DNS_REFUSED, "", 0},
        {"silent.test", DNS_A, DNS_TIMEOUT, "", 0},
        {"garbage.test", DNS_A, DNS_TIMEOUT, "", 0}, /* no answer that could be believed */
        {"a..b", DNS_A, DNS_MALFORMED, "", 0},
    };
    DnsServer server;

    server_start(&server);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Dns) dns = client(&server, 0);
        g_autoptr(GError) error = NULL;
        Heard heard = {0};

        dns_ask(dns, dns_lane(dns, 0), cases[i].name, cases[i].type, hear, &heard);
        g_assert_true(dns_run(dns, 0, -1, &error));
        g_test_message("%s: %s '%s' %u", cases[i].name, dns_outcome_names[heard.outcome],
                       heard.records, heard.ttl);
        g_assert_cmpuint(heard.n, ==, 1);
        g_assert_cmpint(heard.outcome, ==, cases[i].want);
        g_assert_cmpstr(heard.records, ==, cases[i].records);
        g_assert_cmpuint(heard.ttl, ==, cases[i].ttl);
        g_assert_true(heard.is_alias == g_str_has_prefix(cases[i].name, "alias"));
        g_free(heard.records);
    }
    server_stop(&server);
}

/* Many lanes, few outstanding, and more asked while hearing: each is answered once. */
static void
check_many(void)
{
    enum { LANES = 7, EACH = 300 };
    DnsServer server;
    g_autoptr(GError) error = NULL;
    g_autoptr(Dns) dns = NULL;
    Heard heard = {.more = 50};

    server_start(&server);
    heard.dns = dns = client(&server, 10);
    for (int lane = 0; lane < LANES; lane++) {
        heard.lane = dns_lane(dns, 0);
        for (int i = 0; i < EACH; i++)
            dns_ask(dns, heard.lane, "found.test", DNS_A, hear, &heard);
    }
    g_assert_cmpuint(dns_waiting(dns), ==, LANES * EACH);
    g_assert_true(dns_run(dns, 100, -1, &error));
    g_assert_cmpuint(dns_waiting(dns), <=, 100);
    g_assert_cmpuint(dns_waiting(dns), >, 100 - 2 * 32); /* it stops soon */
    g_assert_true(dns_run(dns, 0, -1, &error));
    g_assert_cmpuint(heard.n, ==, LANES * EACH + 50);
    g_free(heard.records);
    server_stop(&server);
}

static void
check_pace(void)
{
    DnsServer server;
    g_autoptr(GError) error = NULL;
    g_autoptr(Dns) dns = NULL;
    Heard slow = {0}, fast = {0};
    DnsLane *lanes[2];
    gint64 begun = 0, took = 0;

    server_start(&server);
    dns = client(&server, 0);
    lanes[0] = dns_lane(dns, 20);
    lanes[1] = dns_lane(dns, 0);
    for (int i = 0; i < 5; i++)
        dns_ask(dns, lanes[0], "found.test", DNS_A, hear, &slow);
    for (int i = 0; i < 50; i++)
        dns_ask(dns, lanes[1], "found.test", DNS_A, hear, &fast);
    begun = g_get_monotonic_time();
    g_assert_true(
        dns_run(dns, 4, -1, &error)); /* the first of the slow lane and all of the other */
    g_assert_cmpuint(fast.n, ==, 50);
    g_assert_true(dns_run(dns, 0, -1, &error));
    took = g_get_monotonic_time() - begun;
    g_assert_cmpint(took, >=, 4 * 50 * 1000); /* four gaps of 50 ms */
    g_assert_cmpuint(slow.n, ==, 5);
    g_free(slow.records);
    g_free(fast.records);
    server_stop(&server);
}

static void
check_stop(void)
{
    DnsServer server;
    g_autoptr(GError) error = NULL;
    g_autoptr(Dns) dns = NULL;
    Heard heard = {0};
    int ends[2];

    server_start(&server);
    g_assert_cmpint(pipe(ends), ==, 0);
    dns = client(&server, 1);
    dns_ask(dns, dns_lane(dns, 0), "silent.test", DNS_A, hear, &heard);
    dns_ask(dns, dns_lane(dns, 0), "found.test", DNS_A, hear, &heard);
    g_assert_cmpint(write(ends[1], "x", 1), ==, 1);
    g_assert_true(dns_run(dns, 0, ends[0], &error));
    g_assert_cmpuint(dns_waiting(dns), ==, 2);
    g_clear_pointer(&dns, dns_free);
    g_assert_cmpuint(heard.n, ==, 0);
    g_assert_cmpuint(heard.forgotten, ==, 2);
    (void)close(ends[0]);
    (void)close(ends[1]);
    server_stop(&server);
}

static void
check_servers(void)
{
    static const char *const wrong[] = {"nonsense", "127.0.0.1:port", "300.1.1.1"};

    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(dns_new(&(DnsOptions){.servers = wrong[i]}, &error));
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFIG);
    }
    for (int i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Dns) dns =
            dns_new(&(DnsOptions){.servers = i == 0 ? "[::1]:5353" : "127.0.0.1,[::1]:53"}, &error);

        g_assert_no_error(error);
    }
}

static void
check_reverse(void)
{
    static const struct {
        const char *addr, *name;
    } cases[] = {
        {"192.0.2.25", "25.2.0.192.in-addr.arpa"},
        {"2001:db8::19",
         "9.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        char name[DNS_REVERSE_SIZE];
        Addr addr = ADDR_NONE;

        g_assert_true(addr_parse(cases[i].addr, -1, &addr));
        dns_reverse_name(&addr, name);
        g_assert_cmpstr(name, ==, cases[i].name);
    }
}

static void
check_one(void)
{
    DnsServer server;

    server_start(&server);
    {
        g_autoptr(Dns) dns = client(&server, 0);
        g_autoptr(GError) error = NULL;
        g_auto(DnsAnswer) answer = {0};

        g_assert_true(dns_answer(dns, dns_lane(dns, 0), "host.test", DNS_PTR, &answer, &error));
        g_assert_cmpint(answer.outcome, ==, DNS_FOUND);
        g_assert_cmpstr(g_ptr_array_index(answer.records, 0), ==, "m1.test");
    }
    server_stop(&server);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/delist/dns/one", check_one);
    g_test_add_func("/delist/dns/reverse", check_reverse);
    g_test_add_func("/delist/dns/outcomes", check_outcomes);
    g_test_add_func("/delist/dns/many", check_many);
    g_test_add_func("/delist/dns/pace", check_pace);
    g_test_add_func("/delist/dns/stop", check_stop);
    g_test_add_func("/delist/dns/servers", check_servers);
    return g_test_run();
}
