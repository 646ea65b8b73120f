/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forged chains and their genuine twins, tests/fixtures/chain/forged-*.txt: a forged one blames no
 * address but the one that the complainant's side saw, no account and no script that the forger
 * named; its twin, which differs only in what makes it true, is not lost. */
#include "ingest/parse/chain.h"
#include "tests/parse/chain_file.h"

static const char *const files[] = {"forged-walk.txt", "forged-weights.txt", "forged-words.txt"};

/* cause=, relay=, exit=, account=, script= are what it has to come to; none without (ours=yes:
 * without an exit). */
static char *
judge(const ChainRow *row, const SiteMap *site)
{
    gsize start;
    g_autoptr(Complaint) complaint = chain_row_run(row, site, &start);
    const Incident *incident = &g_array_index(complaint->incidents, Incident, 0);
    GString *wrong = g_string_new(NULL);
    const char *source = chain_row_get(row, "source");
    const char *exit_text = chain_row_get(row, "exit");
    bool ours = exit_text || chain_row_get(row, "ours");

    chain_want(wrong, "cause", chain_row_get(row, "cause"), cause_names[incident->cause]);
    chain_want_addr(wrong, "relay", chain_row_get(row, "relay"), &incident->relay_ip);
    chain_want_addr(wrong, "exit", exit_text, &incident->exit_ip);
    chain_want(wrong, "account", chain_row_get(row, "account"), incident->account);
    chain_want(wrong, "script", chain_row_get(row, "script"), incident->script);
    if (chain_row_get(row, "lines")) {
        g_autofree char *lines = chain_letters(incident);

        chain_want(wrong, "lines", chain_row_get(row, "lines"), lines);
    }
    if (incident->ours != ours)
        g_string_append(wrong, incident->ours ? " taken for ours;" : " not taken for ours;");
    if (!source && !ours && site_owns(site, &incident->source_ip))
        g_string_append(wrong, " its source is said to be ours;");
    if (wrong->len > 0)
        chain_tell_hops(incident);
    return g_string_free(wrong, FALSE);
}

static void
check_file(gconstpointer data)
{
    g_autoptr(GArray) rows = chain_file_read(data);
    g_autoptr(SiteMap) site = fixture_site(FIXTURE_SITE);
    guint forged = 0, right = 0;

    for (guint i = 0; i < rows->len; i++) {
        const ChainRow *row = &g_array_index(rows, ChainRow, i);
        g_autofree char *wrong = judge(row, site);

        forged += strcmp(row->label, "forged") == 0;
        right += *wrong == '\0';
        if (*wrong)
            g_test_message("%s, %s:%s", row->name, row->label, wrong);
    }
    g_test_message("%s: %u of %u chains, %u of them forged", (const char *)data, right, rows->len,
                   forged);
    if (right < rows->len)
        g_test_fail();
}

/* Every forged chain has a twin, in the file's order, and every test of the table decides one. */
static void
check_cover(void)
{
    g_autoptr(GHashTable) tests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (gsize f = 0; f < G_N_ELEMENTS(files); f++) {
        g_autoptr(GArray) rows = chain_file_read(files[f]);

        g_assert_cmpuint(rows->len % 2, ==, 0);
        for (guint i = 0; i < rows->len; i += 2) {
            const ChainRow *genuine = &g_array_index(rows, ChainRow, i);
            const ChainRow *forged = &g_array_index(rows, ChainRow, i + 1);

            g_assert_cmpstr(genuine->label, ==, "genuine");
            g_assert_cmpstr(forged->label, ==, "forged");
            g_assert_cmpstr(genuine->name, ==, forged->name);
            if (chain_row_get(forged, "test"))
                g_hash_table_add(tests, g_strdup(chain_row_get(forged, "test")));
        }
    }
    for (guint i = 0; i < forgery_n_tests(); i++) {
        if (!g_hash_table_contains(tests, forgery_test_name(i)))
            g_test_fail_printf("no forged chain for the test %s", forgery_test_name(i));
    }
    g_assert_cmpuint(g_hash_table_size(tests), ==, forgery_n_tests());
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    parse_init();
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path =
            g_strdup_printf("/parse/chain/%.*s", (int)strcspn(files[i], "."), files[i]);

        g_test_add_data_func(path, files[i], check_file);
    }
    g_test_add_func("/parse/chain/every-test-has-a-twin", check_cover);
    return g_test_run();
}
