/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose an address was at a time, by rows of customers, networks and leases. */
#include "store/customer.h"

#include "base/clock.h"
#include "base/error.h"
#include "store/ticket.h"
#include "tests/store/desk.h"

typedef struct {
    Desk desk;
    GArray *lines; /* of the file that is being read */
    guint line;
} World;

static void
world_open(World *world)
{
    desk_open(&world->desk);
    world->lines = g_array_new(FALSE, TRUE, sizeof(guint));
}

static void
world_clear(World *world)
{
    desk_check(world->desk.store);
    desk_clear(&world->desk);
    g_array_unref(world->lines);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(World, world_clear)

static void
new_file(World *world)
{
    g_array_set_size(world->lines, 0);
    world->line = 0;
}

static bool
try_customer(World *world, const char *reference, const char *networks, PutCounts *counts,
             GError **error)
{
    g_autoptr(GArray) masks = g_array_new(FALSE, FALSE, sizeof(Netmask));
    g_auto(GStrv) words = g_strsplit(networks, " ", -1);
    Customer customer = {.reference = reference, .name = reference, .networks = masks};

    for (guint i = 0; words[i]; i++) {
        Netmask mask;

        g_assert_true(netmask_parse(words[i], &mask, error));
        g_array_append_val(masks, mask);
    }
    return customer_put(world->desk.store, &customer, world->lines, ++world->line, counts, error);
}

/* "1/0/0": added, changed, same. */
static void
put_customer(World *world, const char *reference, const char *networks, const char *wanted)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *got = NULL;
    PutCounts counts = {0};

    g_assert_true(try_customer(world, reference, networks, &counts, &error));
    g_assert_no_error(error);
    got = g_strdup_printf("%u/%u/%u", counts.added, counts.changed, counts.same);
    g_assert_cmpstr(got, ==, wanted);
}

/* "192.0.2.1 1024-2047 C-1 10 20": from 10 until 20, "-" for no ports and to this day. */
static void
add_lease(Store *store, GArray *leases, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    g_autoptr(GError) error = NULL;
    Lease lease = {0};
    char *end = NULL;

    g_assert_cmpuint(g_strv_length(words), ==, 5);
    g_assert_true(netmask_parse(words[0], &lease.network, &error));
    if (words[1][0] != '-') {
        lease.first_port = (guint16)strtoul(words[1], &end, 10);
        lease.last_port = (guint16)strtoul(end + 1, NULL, 10);
    }
    g_assert_true(customer_find(store, words[2], &lease.customer, &error));
    g_assert_cmpint(lease.customer, !=, 0);
    lease.since = g_ascii_strtoll(words[3], NULL, 10);
    lease.until = words[4][0] == '-' ? TIME_NONE : g_ascii_strtoll(words[4], NULL, 10);
    g_array_append_val(leases, lease);
}

static PutCounts
put_leases(Store *store, const char *const *texts)
{
    g_autoptr(GArray) leases = g_array_new(FALSE, FALSE, sizeof(Lease));
    g_autoptr(GError) error = NULL;
    PutCounts counts = {0};

    for (guint i = 0; texts[i]; i++)
        add_lease(store, leases, texts[i]);
    g_assert_true(lease_put_all(store, leases, &counts, &error));
    g_assert_no_error(error);
    return counts;
}

static char *
holder(Store *store, const char *address, guint port, gint64 at)
{
    g_autoptr(GError) error = NULL;
    Holder found = {0};
    Addr addr;
    char *reference = NULL;

    g_assert_true(addr_parse(address, -1, &addr));
    g_assert_true(customer_holder(store, &addr, port, at, &found, &error));
    g_assert_no_error(error);
    g_assert_true(customer_reference(store, &found, &reference, &error));
    return reference ? reference : g_strdup("nobody");
}

static void
assert_holder(Store *store, const char *address, gint64 at, const char *want)
{
    g_autofree char *got = holder(store, address, 0, at);

    g_assert_cmpstr(got, ==, want);
}

/* -- rows ------------------------------------------------------------------------------------- */

/* clang-format off */
static const char *const customers[][2] = {
    {"wide", "192.0.0.0/16 2001:db8::/32"}, {"middle", "192.0.2.0/24"}, {"narrow", "192.0.2.128/25"},
    {"host", "192.0.2.200 2001:db8::5"},    {"site", "2001:db8:1::/48"}, {"pool", "198.51.100.0/24"},
    {"all-6", "::/0"},
    {"A", "203.0.113.255"}, {"B", "10.0.0.0/8"}, {"C", "10.1.0.0/16"},
};
static const char *const leases[] = {
    "192.0.2.50 - A 100 200", "192.0.2.50 - B 200 300",
    "192.0.2.60 - A 100 -",   "192.0.2.60 - B 200 300",     /* B within what A had for good */
    "192.0.2.70 - A 100 300", "192.0.2.70 - B 200 400",     /* the end of one, the beginning of the other */
    "192.0.2.0/26 - C 100 200",                             /* wins over the smaller network, is larger itself */
    "192.0.2.16/28 - B 100 200",
    "198.51.100.7 1024-2047 A 100 200", "198.51.100.7 2048-3071 B 100 200", "198.51.100.7 1-65535 C 300 400",
    "198.51.100.7 1500-2500 C 150 160",                     /* later, over two */
    "198.51.100.7 65535-65535 A 100 -",
    "2001:db8:1:2::/64 - B 100 200",
    "192.0.2.80 - A 100 1000", "192.0.2.80 - B 110 120", "192.0.2.80 - B 130 140", "192.0.2.80 - C 150 160",
    NULL,
};
static const struct {
    const char *address;
    guint port;
    gint64 at;
    const char *reference;
} finds[] = {
    {"192.0.1.255", 0, 100, "wide"}, {"192.0.2.0", 0, 99, "middle"}, {"192.0.2.255", 0, 0, "narrow"},
    {"192.0.2.200", 0, 0, "host"},   {"192.0.2.199", 0, 0, "narrow"}, {"192.0.2.201", 0, 0, "narrow"},
    {"192.0.2.127", 0, 0, "middle"}, {"192.0.2.128", 0, 0, "narrow"}, {"192.0.3.0", 0, 0, "wide"},
    {"192.1.0.0", 0, 0, "nobody"},   {"191.255.255.255", 0, 0, "nobody"}, {"::ffff:192.0.2.200", 0, 0, "host"},
    {"2001:db8::5", 0, 0, "host"},   {"2001:db8::6", 0, 0, "wide"}, {"2001:db8:1::1", 0, 0, "site"},
    {"2001:db8:2::", 0, 0, "wide"},  {"2001:db9::", 0, 0, "all-6"},  {"1.2.3.4", 0, 0, "nobody"},
    {"203.0.113.254", 0, 0, "nobody"}, {"203.0.113.255", 0, 0, "A"}, {"10.1.2.3", 0, 0, "C"}, {"10.2.0.0", 0, 0, "B"},
    /* time: the beginning belongs to it, the end does not */
    {"192.0.2.50", 0, 99, "middle"}, {"192.0.2.50", 0, 100, "A"}, {"192.0.2.50", 0, 199, "A"},
    {"192.0.2.50", 0, 200, "B"},     {"192.0.2.50", 0, 299, "B"}, {"192.0.2.50", 0, 300, "middle"},
    {"192.0.2.60", 0, 199, "A"}, {"192.0.2.60", 0, 200, "B"}, {"192.0.2.60", 0, 300, "A"}, {"192.0.2.60", 0, 1 << 30, "A"},
    {"192.0.2.70", 0, 250, "B"}, {"192.0.2.70", 0, 350, "B"}, {"192.0.2.70", 0, 400, "middle"},
    {"192.0.2.80", 0, 105, "A"}, {"192.0.2.80", 0, 115, "B"}, {"192.0.2.80", 0, 125, "A"}, {"192.0.2.80", 0, 155, "C"},
    {"192.0.2.80", 0, 999, "A"}, {"192.0.2.80", 0, 1000, "middle"},
    {"192.0.2.5", 0, 150, "C"},  {"192.0.2.20", 0, 150, "B"}, {"192.0.2.20", 0, 200, "middle"},
    {"192.0.2.50", 25, 150, "A"}, /* of all ports */
    /* ports */
    {"198.51.100.7", 0, 150, "pool"},    {"198.51.100.7", 1023, 150, "pool"}, {"198.51.100.7", 1024, 150, "A"},
    {"198.51.100.7", 2047, 149, "A"},    {"198.51.100.7", 2048, 149, "B"},    {"198.51.100.7", 3072, 150, "pool"},
    {"198.51.100.7", 2047, 155, "C"},    {"198.51.100.7", 2048, 155, "C"},    {"198.51.100.7", 1499, 155, "A"},
    {"198.51.100.7", 2047, 160, "A"},    {"198.51.100.7", 1, 300, "C"},       {"198.51.100.7", 65535, 300, "C"},
    {"198.51.100.7", 65535, 400, "A"},   {"198.51.100.7", 65534, 400, "pool"}, {"198.51.100.7", 70000, 300, "pool"},
    {"198.51.100.8", 1024, 150, "pool"},
    {"2001:db8:1:2::9", 0, 150, "B"}, {"2001:db8:1:3::9", 0, 150, "site"}, {"2001:db8:1:2::9", 0, 200, "site"},
};
/* clang-format on */

static void
fill(World *world)
{
    PutCounts counts;

    for (gsize i = 0; i < G_N_ELEMENTS(customers); i++)
        put_customer(world, customers[i][0], customers[i][1], "1/0/0");
    counts = put_leases(world->desk.store, leases);
    g_assert_cmpuint(counts.added, ==, G_N_ELEMENTS(leases) - 1);
}

static void
test_finds(void)
{
    g_auto(World) world = {0};

    world_open(&world);
    fill(&world);
    for (gsize i = 0; i < G_N_ELEMENTS(finds); i++) {
        g_autofree char *got =
            holder(world.desk.store, finds[i].address, finds[i].port, finds[i].at);

        if (strcmp(got, finds[i].reference) != 0)
            g_error("%s port %u at %d is %s's, not %s's", finds[i].address, finds[i].port,
                    (int)finds[i].at, got, finds[i].reference);
    }
}

/* -- against looking at every row -------------------------------------------------------------- */

enum { N_PARTIES = 6 };

static bool
is_better(const Lease *lease, const Lease *best)
{
    if (!best || lease->network.bits != best->network.bits)
        return !best || lease->network.bits > best->network.bits;
    return lease->since > best->since;
}

static const Lease *
look_at_all(const GArray *rows, const Addr *addr, guint port, gint64 at)
{
    const Lease *best = NULL;

    for (guint i = 0; i < rows->len; i++) {
        const Lease *lease = &g_array_index(rows, Lease, i);
        bool all_ports = lease->last_port == 0;

        if (netmask_contains(&lease->network, addr) && lease->since <= at &&
            (lease->until == TIME_NONE || at < lease->until) &&
            (all_ports || (port >= lease->first_port && port <= lease->last_port)) &&
            is_better(lease, best))
            best = lease;
    }
    return best;
}

static Lease
random_lease(GRand *rand, gint64 since)
{
    Addr addr = {.b = {[10] = 0xff, [11] = 0xff, [12] = 192, [15] = (guint8)g_rand_int(rand)}};
    Lease lease = {.since = since,
                   .until = g_rand_int_range(rand, 0, 8) == 0
                                ? TIME_NONE
                                : since + g_rand_int_range(rand, 1, 400),
                   .customer = g_rand_int_range(rand, 1, N_PARTIES + 1)};

    addr.b[15] &= 0x07;
    netmask_fill(&lease.network, &addr, (guint)g_rand_int_range(rand, 124, 129));
    if (g_rand_boolean(rand)) {
        lease.first_port = (guint16)g_rand_int_range(rand, 1, 100);
        lease.last_port = (guint16)(lease.first_port + g_rand_int_range(rand, 0, 64));
    }
    return lease;
}

/* Rows in any order, in several files, ends moved: always what a look at all rows finds. */
static void
test_random(void)
{
    g_auto(World) world = {0};
    g_autoptr(GRand) rand = g_rand_new_with_seed(20260101);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Lease));
    g_autoptr(GError) error = NULL;

    world_open(&world);
    for (guint i = 0; i < N_PARTIES; i++) {
        g_autofree char *reference = g_strdup_printf("P-%u", i);

        put_customer(&world, reference, "", "1/0/0");
    }
    for (int since = 0; since < 600; since++) {
        Lease lease = random_lease(rand, since); /* no two begin at once */

        g_array_insert_val(rows, (guint)g_rand_int_range(rand, 0, since + 1), lease);
    }
    for (guint begin = 0; begin < rows->len; begin += 40) {
        g_autoptr(GArray) file = g_array_new(FALSE, FALSE, sizeof(Lease));
        PutCounts counts = {0};

        for (guint i = 0; i < begin; i += 7) { /* what was open ends, what ended goes on */
            Lease *lease = &g_array_index(rows, Lease, i);

            lease->until = lease->until == TIME_NONE ? lease->since + 50 : lease->until + 30;
            g_array_append_val(file, *lease);
        }
        g_array_append_vals(file, &g_array_index(rows, Lease, begin), 40);
        g_assert_true(lease_put_all(world.desk.store, file, &counts, &error));
        g_assert_no_error(error);
    }
    for (guint n = 0; n < 20000; n++) {
        Addr addr = {.b = {[10] = 0xff, [11] = 0xff, [12] = 192}};
        guint port = (guint)g_rand_int_range(rand, 0, 170);
        gint64 at = g_rand_int_range(rand, -5, 1100);
        const Lease *wanted = NULL;
        Holder found = {0};

        addr.b[15] = (guint8)g_rand_int_range(rand, 0, 16);
        wanted = look_at_all(rows, &addr, port, at);
        g_assert_true(customer_holder(world.desk.store, &addr, port, at, &found, &error));
        g_assert_no_error(error);
        g_assert_cmpint(found.customer, ==, wanted ? wanted->customer : 0);
        if (wanted)
            g_assert_cmpint(found.since, ==, wanted->since);
    }
}

/* -- files ------------------------------------------------------------------------------------ */

static void
test_customer_again(void)
{
    g_auto(World) world = {0};
    Store *store = NULL;

    world_open(&world);
    store = world.desk.store;
    put_customer(&world, "C-1", "192.0.2.0/24 192.0.2.0/24 198.51.100.0/24", "1/0/0");
    put_customer(&world, "C-2", "203.0.113.0/24", "1/0/0");
    new_file(&world);
    put_customer(&world, "C-1", "198.51.100.0/24 192.0.2.0/24", "0/0/1");
    put_customer(&world, "C-2", "203.0.113.0/24", "0/0/1");
    new_file(&world);
    put_customer(&world, "C-2", "203.0.113.0/24 198.51.100.0/24", "0/1/0"); /* moves */
    put_customer(&world, "C-1", "192.0.2.0/25", "0/1/0");
    g_assert_cmpint(desk_count(store, "SELECT count(*) FROM network"), ==, 3);
    assert_holder(store, "192.0.2.200", 0, "nobody");
    assert_holder(store, "198.51.100.1", 0, "C-2");
    new_file(&world);
    put_customer(&world, "C-1", "192.0.2.0/25", "0/0/1");
}

/* A network of leases stays when its customer goes. */
static void
test_network_with_leases(void)
{
    static const char *const lease[] = {"192.0.2.0/24 - C-2 100 200", NULL};
    g_auto(World) world = {0};
    Store *store = NULL;

    world_open(&world);
    store = world.desk.store;
    put_customer(&world, "C-1", "192.0.2.0/24", "1/0/0");
    put_customer(&world, "C-2", "", "1/0/0");
    put_leases(store, lease);
    assert_holder(store, "192.0.2.1", 200, "C-1");
    new_file(&world);
    put_customer(&world, "C-1", "", "0/1/0");
    assert_holder(store, "192.0.2.1", 200, "nobody");
    assert_holder(store, "192.0.2.1", 150, "C-2");
    put_customer(&world, "C-2", "192.0.2.0/24", "0/1/0");
    assert_holder(store, "192.0.2.1", 200, "C-2");
}

static void
test_contradictions(void)
{
    g_auto(World) world = {0};
    PutCounts counts = {0};
    g_autoptr(GError) twice = NULL;
    g_autoptr(GError) taken = NULL;

    world_open(&world);
    put_customer(&world, "C-1", "192.0.2.0/24", "1/0/0");
    g_assert_false(try_customer(&world, "C-1", "192.0.2.0/24", &counts, &twice));
    g_assert_cmpint(plaint_error_code(twice), ==, PLAINT_ERROR_BAD_INPUT);
    g_assert_nonnull(strstr(twice->message, "line 1"));
    g_assert_false(try_customer(&world, "C-2", "10.0.0.0/8 192.0.2.0/24", &counts, &taken));
    g_assert_cmpint(plaint_error_code(taken), ==, PLAINT_ERROR_BAD_INPUT);
    g_assert_nonnull(
        strstr(taken->message, "'192.0.2.0/24' is given to another customer in line 1"));
    g_assert_cmpint(desk_count(world.desk.store, "SELECT count(*) FROM network"), ==, 1);
    g_assert_cmpint(desk_count(world.desk.store, "SELECT count(*) FROM customer"), ==, 1);
}

static void
test_leases_again(void)
{
    static const char *const today[] = {"192.0.2.50 - A 100 200", "192.0.2.50 - C 200 -", NULL};
    g_auto(World) world = {0};
    PutCounts counts;

    world_open(&world);
    fill(&world);
    counts = put_leases(world.desk.store, leases);
    g_assert_cmpuint(counts.same, ==, G_N_ELEMENTS(leases) - 1);
    counts = put_leases(world.desk.store, today);
    g_assert_cmpuint(counts.same, ==, 1);
    g_assert_cmpuint(counts.changed, ==, 1);
    assert_holder(world.desk.store, "192.0.2.50", 300, "C");
}

/* -- tickets ---------------------------------------------------------------------------------- */

static void
assert_customer(Store *store, gint64 id, const char *want)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Ticket) ticket = ticket_load(store, id, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(ticket->customer ? ticket->customer : "nobody", ==, want);
}

static void
lease_at_noon(World *world)
{
    g_autofree char *one = g_strdup_printf("192.0.2.1 - C-1 %d %d", (int)(NOON - DAY), (int)NOON);
    g_autofree char *two = g_strdup_printf("192.0.2.1 - C-2 %d -", (int)NOON);
    const char *const rows[] = {one, two, NULL};

    put_customer(world, "C-1", "", "1/0/0");
    put_customer(world, "C-2", "", "1/0/0");
    put_leases(world->desk.store, rows);
}

/* Each incident is its own time's; a later event tells, an earlier one does not. */
static void
test_ticket(void)
{
    g_auto(World) world = {0};
    Store *store = NULL;

    world_open(&world);
    store = world.desk.store;
    lease_at_noon(&world);
    desk_take_one(store, 1, "192.0.2.1", NOON); /* an hour before */
    desk_take_one(store, 2, "192.0.2.9", NOON);
    assert_customer(store, 1, "C-1");
    assert_customer(store, 2, "nobody");
    desk_take_one(store, 3, "192.0.2.1", NOON + HOUR);
    assert_customer(store, 1, "C-2");
    g_assert_cmpint(desk_count(store, "SELECT count(*) FROM audit WHERE deed = 'ticket-customer'"),
                    ==, 1);
    desk_take_one(store, 4, "192.0.2.1", NOON);
    assert_customer(store, 1, "C-2");
}

static void
test_by_hand(void)
{
    const Deed anna = {"anna", NOON};
    g_auto(World) world = {0};
    g_autoptr(GError) error = NULL;
    Store *store = NULL;

    world_open(&world);
    store = world.desk.store;
    lease_at_noon(&world);
    desk_take_one(store, 1, "192.0.2.1", NOON);
    g_assert_true(ticket_set(store, 1, "customer", "C-77", &anna, &error));
    desk_take_one(store, 2, "192.0.2.1", NOON + 2 * HOUR);
    assert_customer(store, 1, "C-77");
}

/* Of a mail through our relay, the client's. The port is the source's. */
static void
test_client_and_port(void)
{
    static const char *const rows[] = {"198.51.100.7 1024-2047 C-1 0 -",
                                       "198.51.100.7 2048-3071 C-2 0 -", NULL};
    g_auto(World) world = {0};
    g_autoptr(Complaint) relayed = desk_complaint(FORMAT_ARF, "victim.example");
    g_autoptr(Complaint) direct = desk_complaint(FORMAT_ARF, "victim.example");
    Incident *incident = NULL;

    world_open(&world);
    put_customer(&world, "C-1", "192.0.2.64/26", "1/0/0");
    put_customer(&world, "C-2", "", "1/0/0");
    put_leases(world.desk.store, rows);
    incident = desk_incident(relayed, "192.0.2.1", NOON);
    g_assert_true(addr_parse("192.0.2.70", -1, &incident->origin_ip));
    desk_take(world.desk.store, 1, relayed, NOON);
    assert_customer(world.desk.store, 1, "C-1");
    incident = desk_incident(direct, "198.51.100.7", NOON);
    incident->source_port = 2050;
    desk_take(world.desk.store, 2, direct, NOON);
    assert_customer(world.desk.store, 2, "C-2");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/customer/finds", test_finds);
    g_test_add_func("/store/customer/random", test_random);
    g_test_add_func("/store/customer/customers-again", test_customer_again);
    g_test_add_func("/store/customer/network-with-leases", test_network_with_leases);
    g_test_add_func("/store/customer/contradictions", test_contradictions);
    g_test_add_func("/store/customer/leases-again", test_leases_again);
    g_test_add_func("/store/customer/ticket", test_ticket);
    g_test_add_func("/store/customer/by-hand", test_by_hand);
    g_test_add_func("/store/customer/client-and-port", test_client_and_port);
    return g_test_run();
}
