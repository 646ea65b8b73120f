/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_customers STORE-URL NETWORKS LEASES LOOK-UPS: fills a store as imports do, with a log of
 * leases in the order of time, opens it anew and looks addresses up; each look-up is timed. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/error.h"
#include "store/customer.h"

enum { IN_BLOCK = 32, BATCH = 250 * 1000, PERIOD = 86400, PORTS = 512 };

static void
must(bool done, const GError *error)
{
    if (done)
        return;
    (void)fprintf(stderr, "bench_customers: %s\n", error ? error->message : "failed");
    exit(EXIT_FAILURE);
}

static gint64
nanoseconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (gint64)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Of 32: a /24 and 31 /29 inside; every eighth block is a /56 and /64 of IPv6. */
static Netmask
network_of(guint i)
{
    guint block = i / IN_BLOCK, n = i % IN_BLOCK;
    bool v6 = block % 8 == 7;
    Addr addr = {{0}};
    Netmask mask;

    if (v6) {
        addr = (Addr){{0x20, 0x01, 0x0d, 0xb8, (guint8)(block >> 16), (guint8)(block >> 8),
                       (guint8)block, (guint8)n}};
        netmask_fill(&mask, &addr, n == 0 ? 56 : 64);
        return mask;
    }
    addr = (Addr){.b = {[10] = 0xff,
                        [11] = 0xff,
                        [12] = (guint8)(10 + (block >> 16)),
                        [13] = (guint8)(block >> 8),
                        [14] = (guint8)block,
                        [15] = (guint8)(n * 8)}};
    netmask_fill(&mask, &addr, n == 0 ? 120 : 125);
    return mask;
}

/* Round r of the log: every network again, a day later; a quarter of them by ranges of ports. */
static Lease
lease_of(guint i, guint round)
{
    Lease lease = {.network = network_of(i), .since = (gint64)round * PERIOD + i % PERIOD};

    lease.until = lease.since + PERIOD - 600;
    lease.customer = 1 + (i + round) % 1000;
    if (i % 4 == 3) {
        lease.first_port = (guint16)(1024 + round % 100 * PORTS);
        lease.last_port = (guint16)(lease.first_port + PORTS - 1);
    }
    return lease;
}

static void
fill(Store *store, guint networks, guint leases)
{
    g_autoptr(GArray) lines = g_array_new(FALSE, TRUE, sizeof(guint));
    g_autoptr(GArray) batch = g_array_new(FALSE, FALSE, sizeof(Lease));
    g_autoptr(GError) error = NULL;
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    PutCounts counts = {0};

    must(store_txn_begin(&txn, store, &error), error);
    for (guint i = 0; i < networks; i += MAX(networks / 1000, 1)) {
        g_autofree char *reference = g_strdup_printf("C-%06u", i);
        g_autoptr(GArray) masks = g_array_new(FALSE, FALSE, sizeof(Netmask));
        Customer customer = {.reference = reference, .name = "Beta SA", .networks = masks};

        for (guint n = i; n < MIN(i + MAX(networks / 1000, 1), networks); n++) {
            Netmask mask = network_of(n);

            g_array_append_val(masks, mask);
        }
        must(customer_put(store, &customer, lines, i + 1, &counts, &error), error);
    }
    must(store_txn_commit(&txn, &error), error);
    for (guint i = 0; i < leases; i++) {
        Lease lease = lease_of(i % networks, i / networks);

        g_array_append_val(batch, lease);
        if (batch->len == BATCH || i + 1 == leases) {
            must(lease_put_all(store, batch, &counts, &error), error);
            g_array_set_size(batch, 0);
        }
    }
}

static int
compare(const void *one, const void *other)
{
    gint64 a = *(const gint64 *)one, b = *(const gint64 *)other;

    return (a > b) - (a < b);
}

static void
look_up(Store *store, guint networks, guint rounds, guint n)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20260101);
    g_autoptr(GError) error = NULL;
    g_autofree gint64 *times = g_new(gint64, n);
    g_auto(StoreTxn) txn = STORE_TXN_INIT; /* as when a complaint is filed */
    guint leased = 0, known = 0;

    must(store_txn_begin(&txn, store, &error), error);
    for (guint i = 0; i < n; i++) {
        guint which = (guint)g_rand_int_range(rand, 0, (gint32)networks);
        Addr addr = network_of(which).last;
        guint port = (guint)g_rand_int_range(rand, 0, 8192);
        gint64 at = g_rand_int_range(rand, 0, (gint32)(rounds + 1) * PERIOD);
        Holder holder = {0};
        gint64 begun = nanoseconds();

        must(customer_holder(store, &addr, port, at, &holder, &error), error);
        times[i] = nanoseconds() - begun;
        leased += holder.is_leased;
        known += holder.customer != 0;
    }
    qsort(times, n, sizeof *times, compare);
    printf("median_us=%.2f p99_us=%.2f worst_us=%.2f leased=%u known=%u ",
           (double)times[n / 2] / 1e3, (double)times[(gsize)n * 99 / 100] / 1e3,
           (double)times[n - 1] / 1e3, leased, known);
}

int
main(int argc, char **argv)
{
    guint networks = argc == 5 ? (guint)atoi(argv[2]) : 0;
    guint leases = networks ? (guint)atoi(argv[3]) : 0;
    g_autoptr(GError) error = NULL;
    Store *store = NULL;
    gint64 begun = nanoseconds();

    must(networks > 0 && leases >= networks && atoi(argv[4]) > 0, NULL);
    store = store_open(argv[1], STORE_CREATE, &error);
    must(store != NULL, error);
    fill(store, networks, leases);
    store_close(store);
    printf("seconds=%.2f ", (double)(nanoseconds() - begun) / 1e9);
    store = store_open(argv[1], STORE_WRITE, &error);
    must(store != NULL, error);
    look_up(store, networks, leases / networks, (guint)atoi(argv[4]));
    store_close(store);
    printf("\n");
    return EXIT_SUCCESS;
}
