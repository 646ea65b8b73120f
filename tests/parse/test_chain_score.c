/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scored table, tests/fixtures/chain/score.txt: cause, exit, origin, account, script and claim
 * of each chain, and the very bytes of the mail that decided. Printed as a score; all must be
 * right. */
#include "tests/parse/chain_file.h"

static void
want_decision(GString *wrong, const ChainRow *row, const CauseFinding *first, gsize start)
{
    gsize length = row->length;

    if (row->decides < 0) {
        if (first->length > 0)
            g_string_append_printf(wrong, " decided by %s;", first->header);
        return;
    }
    if (first->offset != start + (gsize)row->decides ||
        (first->length != length && first->length + 1 != length))
        g_string_append_printf(wrong, " decided by %u+%u (%s), want %zu+%zu;", first->offset,
                               first->length, first->header ? first->header : "nothing",
                               start + (gsize)row->decides, length);
}

static char *
judge(const ChainRow *row, const SiteMap *site)
{
    gsize start;
    g_autoptr(Complaint) complaint = chain_row_run(row, site, &start);
    const Incident *incident = &g_array_index(complaint->incidents, Incident, 0);
    GString *wrong = g_string_new(NULL);

    chain_want(wrong, "cause", chain_row_get(row, "cause"), cause_names[incident->cause]);
    chain_want_addr(wrong, "exit", chain_row_get(row, "exit"), &incident->exit_ip);
    chain_want_addr(wrong, "origin", chain_row_get(row, "origin"), &incident->origin_ip);
    chain_want(wrong, "account", chain_row_get(row, "account"), incident->account);
    chain_want(wrong, "script", chain_row_get(row, "script"), incident->script);
    chain_want(wrong, "claim", chain_row_get(row, "claim"), claim_names[incident->claim]);
    want_decision(wrong, row, &g_array_index(incident->causes, CauseFinding, 0), start);
    if (wrong->len > 0)
        chain_tell_hops(incident);
    return g_string_free(wrong, FALSE);
}

static void
check_score(void)
{
    g_autoptr(GArray) rows = chain_file_read("score.txt");
    g_autoptr(SiteMap) site = fixture_site(FIXTURE_SITE);
    guint right = 0, seen[N_CAUSES] = {0};

    for (guint i = 0; i < rows->len; i++) {
        const ChainRow *row = &g_array_index(rows, ChainRow, i);
        g_autofree char *wrong = judge(row, site);

        right += *wrong == '\0';
        if (*wrong)
            g_test_message("%s:%s", row->name, wrong);
        for (int cause = 0; cause < N_CAUSES; cause++)
            seen[cause] += g_strcmp0(chain_row_get(row, "cause"), cause_names[cause]) == 0;
    }
    g_test_message("chains %u/%u", right, rows->len);
    g_assert_cmpuint(rows->len, >=, 100);
    for (int cause = 0; cause < N_CAUSES; cause++) {
        if (seen[cause] < 3)
            g_test_fail_printf("%s has %u chains", cause_names[cause], seen[cause]);
    }
    if (right < rows->len)
        g_test_fail();
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    parse_init();
    g_test_add_func("/parse/chain/score", check_score);
    return g_test_run();
}
