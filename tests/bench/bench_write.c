/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_write MBOX CONFIG [MOST]: the write side alone, into the configuration's store: digest and
 * intake_add (compression included) in transactions of 1,000, of complaints parsed beforehand and
 * not counted. Prints seconds and mails. */
#include <stdio.h>
#include <stdlib.h>

#include "ingest/intake/digest.h"
#include "ingest/parse/parse.h"
#include "store/intake.h"
#include "tests/bench/mails.h"

enum { BATCH = 1000 };

static bool
write_batch(Store *store, const SiteMap *site, const Mails *mails, guint from,
            const GPtrArray *complaints, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;

    if (!store_txn_begin(&txn, store, error))
        return false;
    for (guint i = 0; i < complaints->len; i++) {
        guint8 digest[MAIL_DIGEST_BYTES];
        IntakeResult result = {0};
        IntakeMessage message = {
            .raw = mails->list->pdata[from + i],
            .digest = digest,
            .complaint = complaints->pdata[i],
            .recipient = "abuse@example.net",
            .source = "mbox",
            .received_at = 1767225600 + from + i,
        };
        mail_digest(message.raw, site, digest);
        if (!intake_add(store, &message, &result, error))
            return false;
    }
    return store_txn_commit(&txn, error);
}

static bool
run(const Config *config, const SiteMap *site, const Mails *mails, GError **error)
{
    g_autofree char *url = config_store_url(config);
    g_autoptr(Store) store = store_open(url, STORE_CREATE, error);
    double seconds = 0;

    if (!store)
        return false;
    for (guint from = 0; from < mails->list->len; from += BATCH) {
        g_autoptr(GPtrArray) complaints =
            g_ptr_array_new_with_free_func((GDestroyNotify)complaint_free);
        for (guint i = from; i < MIN(from + BATCH, mails->list->len); i++)
            g_ptr_array_add(complaints, complaint_parse(mails->list->pdata[i], site,
                                                        &limits_default, 1767225600 + i));
        double start = seconds_now();
        if (!write_batch(store, site, mails, from, complaints, error))
            return false;
        seconds += seconds_now() - start;
    }
    printf("seconds=%f mails=%u bytes=%zu\n", seconds, mails->list->len, mails->bytes);
    return true;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = argc > 2 ? config_load(argv[2], &error) : NULL;
    g_autoptr(SiteMap) site = config ? site_map_load(config, &error) : NULL;
    Mails mails;

    if (!site) {
        fprintf(stderr, "bench_write: %s\n", error ? error->message : "MBOX CONFIG [MOST]");
        return EXIT_FAILURE;
    }
    parse_init();
    mails_open(argv[1], argc > 3 ? (guint)strtoul(argv[3], NULL, 10) : G_MAXUINT, &mails);
    if (!run(config, site, &mails, &error)) {
        fprintf(stderr, "bench_write: %s\n", error->message);
        return EXIT_FAILURE;
    }
    mails_close(&mails);
    return EXIT_SUCCESS;
}
