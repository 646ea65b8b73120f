/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_hops MBOX CONFIG [MOST [TURNS]]: trace fields read and attributed, from header blocks that
 * are already split; prints CPU seconds, hops and what came of them. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ingest/parse/attribution.h"
#include "ingest/parse/parse.h"
#include "tests/bench/mails.h"

typedef struct {
    guint hops, unread, ours, accounts;
} Seen;

static void
attribute(const HeaderBlock *block, const SiteMap *site, Seen *seen)
{
    g_autoptr(Complaint) complaint = complaint_new();
    Incident *incident = complaint_add_incident(complaint);

    attribution_run(complaint, incident, block, site, &limits_default);
    seen->hops += incident->hops->len;
    seen->ours += incident->ours;
    seen->accounts += incident->account != NULL;
    for (guint i = 0; i < incident->hops->len; i++)
        seen->unread += g_array_index(incident->hops, Hop, i).verdict == VERDICT_SKIPPED;
}

static double
cpu_seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static guint
number(int argc, char **argv, int nth, guint fallback)
{
    return argc > nth ? (guint)strtoul(argv[nth], NULL, 10) : fallback;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = argc > 2 ? config_load(argv[2], &error) : NULL;
    g_autoptr(SiteMap) site = config ? site_map_load(config, &error) : NULL;
    g_autoptr(GPtrArray) blocks = g_ptr_array_new_with_free_func((GDestroyNotify)header_block_free);
    Seen seen = {0};
    Mails mails;
    double start;

    if (!site) {
        fprintf(stderr, "bench_hops: %s\n", error ? error->message : "MBOX CONFIG [MOST [TURNS]]");
        return EXIT_FAILURE;
    }
    parse_init();
    mails_open(argv[1], number(argc, argv, 3, G_MAXUINT), &mails);
    for (guint i = 0; i < mails.list->len; i++) {
        gsize len;
        const char *bytes = g_bytes_get_data(mails.list->pdata[i], &len);
        g_ptr_array_add(blocks, header_block_parse(bytes, len, 0, &limits_default, NULL));
    }
    start = cpu_seconds();
    for (guint turn = number(argc, argv, 4, 1); turn > 0; turn--) {
        for (guint i = 0; i < blocks->len; i++)
            attribute(blocks->pdata[i], site, &seen);
    }
    printf("seconds=%f mails=%u hops=%u unread=%u ours=%u accounts=%u limit=%u\n",
           cpu_seconds() - start, blocks->len, seen.hops, seen.unread, seen.ours, seen.accounts,
           limits_default.received_lines);
    mails_close(&mails);
    return EXIT_SUCCESS;
}
