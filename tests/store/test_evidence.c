/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "store/evidence.h"

static void
check_round_trip(GBytes *dictionary, const char *bytes, gsize len)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Evidence) evidence = evidence_new(dictionary, &error);
    g_autoptr(GBytes) raw = g_bytes_new(bytes, len);
    g_autoptr(GBytes) packed = evidence_pack(evidence, raw, &error);
    g_autoptr(GBytes) again = evidence_unpack(evidence, packed, len, &error);

    g_assert_no_error(error);
    g_assert_true(g_bytes_equal(raw, again));
}

static void
test_round_trip(void)
{
    g_autoptr(GBytes) dictionary = evidence_shipped_dictionary();
    g_autofree char *big = g_malloc0(3000000);

    g_assert_nonnull(dictionary);
    g_assert_cmpuint(g_bytes_get_size(dictionary), <=, 110 * 1024);
    for (int i = 0; i < 2; i++) {
        check_round_trip(i ? dictionary : NULL, "", 0);
        check_round_trip(i ? dictionary : NULL, "a\0b\xff", 4);
        check_round_trip(i ? dictionary : NULL, big, 3000000);
    }
}

/* What the row says is what must come out. */
static void
test_damage(void)
{
    g_autoptr(GBytes) dictionary = evidence_shipped_dictionary();
    g_autoptr(GError) error = NULL;
    g_autoptr(Evidence) evidence = evidence_new(dictionary, &error);
    g_autoptr(Evidence) plain = evidence_new(NULL, &error);
    g_autoptr(GBytes) raw = g_bytes_new_static("hello, hello, hello", 19);
    g_autoptr(GBytes) packed = evidence_pack(evidence, raw, &error);
    g_autoptr(GBytes) cut = g_bytes_new_from_bytes(packed, 0, g_bytes_get_size(packed) - 1);
    const struct {
        Evidence *evidence;
        GBytes *packed;
        gsize size;
    } cases[] = {
        {evidence, packed, 18},        {evidence, packed, 20},
        {evidence, cut, 19},           {evidence, raw, 19},
        {plain, packed, 19},           {evidence, packed, (gsize)LIMIT_MAIL_READ_BYTES + 1},
        {evidence, packed, G_MAXSIZE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_null(evidence_unpack(cases[i].evidence, cases[i].packed, cases[i].size, &error));
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_INTERNAL);
        g_clear_error(&error);
    }
    g_assert_null(evidence_new(raw, &error)); /* no dictionary */
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_INTERNAL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/evidence/round-trip", test_round_trip);
    g_test_add_func("/store/evidence/damage", test_damage);
    return g_test_run();
}
