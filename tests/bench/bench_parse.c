/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_parse MBOX CONFIG [MOST]: our whole parse in process (format, evidence, received,
 * attribution, category) over an mbox; prints seconds, mails and what came of them. */
#include <stdio.h>
#include <stdlib.h>

#include "ingest/parse/parse.h"
#include "tests/bench/mails.h"

typedef struct {
    guint formats[N_FORMATS];
    guint incidents, hops, problems, caused, categorised;
} Seen;

static void
look(const Complaint *complaint, Seen *seen)
{
    seen->formats[complaint->format]++;
    seen->problems += complaint->problems->len;
    for (guint i = 0; i < complaint->incidents->len; i++) {
        const Incident *incident = &g_array_index(complaint->incidents, Incident, i);
        seen->incidents++;
        seen->hops += incident->hops->len;
        seen->caused += incident->cause != CAUSE_UNKNOWN;
        seen->categorised += incident->category != CATEGORY_NONE;
    }
}

static void
print(const Mails *mails, const Seen *seen, double seconds)
{
    printf("seconds=%f mails=%u bytes=%zu incidents=%u hops=%u problems=%u caused=%u "
           "categorised=%u",
           seconds, mails->list->len, mails->bytes, seen->incidents, seen->hops, seen->problems,
           seen->caused, seen->categorised);
    for (int format = 0; format < N_FORMATS; format++)
        if (seen->formats[format] > 0)
            printf(" %s=%u", format_names[format], seen->formats[format]);
    putchar('\n');
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = argc > 2 ? config_load(argv[2], &error) : NULL;
    g_autoptr(SiteMap) site = config ? site_map_load(config, &error) : NULL;
    Seen seen = {0};
    Mails mails;
    double start;

    if (!site) {
        fprintf(stderr, "bench_parse: %s\n", error ? error->message : "MBOX CONFIG [MOST]");
        return EXIT_FAILURE;
    }
    parse_init();
    mails_open(argv[1], argc > 3 ? (guint)strtoul(argv[3], NULL, 10) : G_MAXUINT, &mails);
    start = seconds_now();
    for (guint i = 0; i < mails.list->len; i++) {
        g_autoptr(Complaint) complaint =
            complaint_parse(mails.list->pdata[i], site, &limits_default, 1767225600);
        look(complaint, &seen);
    }
    print(&mails, &seen, seconds_now() - start);
    mails_close(&mails);
    return EXIT_SUCCESS;
}
