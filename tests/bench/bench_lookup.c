/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_lookup CONFIG probe|sweep [HOURS]: looks every address that the configuration watches up in
 * every list. probe: the engine alone (lanes, proved zones, judged answers); sweep: a whole sweep
 * with its leases and records, HOURS after the first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "delist/probe.h"
#include "delist/sweep.h"

enum { ADDRESSES = 1024, START = 1790000000 };

static void
must(bool done, const GError *error)
{
    if (done)
        return;
    (void)fprintf(stderr, "bench_lookup: %s\n", error ? error->message : "failed");
    exit(EXIT_FAILURE);
}

static void
count(const ProbeResult *result, gpointer data)
{
    SweepCounts *counts = data;

    counts->asked++;
    counts->listed += result->check.outcome == CHECK_LISTED;
    counts->clean += result->check.outcome == CHECK_CLEAN;
    counts->unknown += result->check.outcome == CHECK_UNKNOWN;
}

static bool
probe_all(const Sweep *sweep, SweepCounts *counts, GError **error)
{
    g_autoptr(Probe) probe = probe_new(sweep->zones, sweep->dns);
    guint zones = zones_count(sweep->zones);
    Addr addr = ADDR_NONE;

    for (guint i = 0; i < zones; i++)
        probe_test(probe, zones_at(sweep->zones, i));
    if (!dns_run(sweep->dns, 0, -1, error) || !addr_parse("192.168.0.0", -1, &addr))
        return false;
    for (guint n = 0; n < ADDRESSES; n++) {
        addr.b[14] = (guint8)(n / 256);
        addr.b[15] = (guint8)n;
        for (guint i = 0; i < zones; i++)
            if (!probe_ask(probe, &addr, zones_at(sweep->zones, i), count, counts))
                return false;
        if (!dns_run(sweep->dns, 100, -1, error))
            return false;
    }
    return dns_run(sweep->dns, 0, -1, error);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = argc >= 3 ? config_load(argv[1], &error) : NULL;
    g_autofree char *url = config ? config_store_url(config) : NULL;
    g_autofree char *servers =
        config ? g_strjoinv(",", (char **)(gpointer)config_list(config, "dns", "servers")) : NULL;
    g_autoptr(Zones) zones = config ? zones_load(config, &error) : NULL;
    const DnsOptions options = {.servers = servers};
    g_autoptr(Dns) dns = zones ? dns_new(&options, &error) : NULL;
    g_autoptr(Store) store = dns ? store_open(url, STORE_CREATE, &error) : NULL;
    gint64 begin = 0, hours = argc > 3 ? atoi(argv[3]) : 0;
    SweepCounts counts = {0};
    struct rusage usage;
    Sweep sweep = {.store = store,
                   .config = config,
                   .zones = zones,
                   .dns = dns,
                   .runner = "bench",
                   .now = START + hours * 3600,
                   .stop_fd = -1};

    must(store, error);
    if (strcmp(argv[2], "sweep") == 0) {
        must(sweep_plan(&sweep, &error), error);
        begin = g_get_monotonic_time();
        must(sweep_run(&sweep, &counts, &error), error);
    } else {
        begin = g_get_monotonic_time();
        must(probe_all(&sweep, &counts, &error), error);
    }
    begin = g_get_monotonic_time() - begin;
    (void)getrusage(RUSAGE_SELF, &usage);
    printf("lookups=%u found=%u clean=%u unknown=%u seconds=%.6f rss_kb=%ld\n", counts.asked,
           counts.listed, counts.clean, counts.unknown, (double)begin / G_USEC_PER_SEC,
           usage.ru_maxrss);
    return counts.unknown == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
