/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An incident's detail (hops, causes, urls …) is packed in the store; whoever reads it by
 * stmt_text() or as members of its row does not see it. */
#include "ingest/parse/complaint_pack.h"
#include "store/codec.h"
#include "tests/store/desk.h"

enum { HOPS = 6 };

static void
add_trace(Complaint *complaint, Incident *incident)
{
    CauseFinding finding = {.cause = CAUSE_OPEN_RELAY,
                            .why = "our host relayed it for a stranger",
                            .header = "Received: from [203.0.113.9] by mx1.example.net"};

    for (guint i = 0; i < HOPS; i++) {
        Hop hop = {.n = i, .date = NOON - i, .by = "mx1.example.net", .with = "ESMTP"};
        hop.why =
            complaint_printf(complaint, "written by mx1.example.net, hop %u of \"%d\"", i, HOPS);
        g_assert_true(addr_parse("192.0.2.1", -1, &hop.ip));
        g_array_append_val(incident->hops, hop);
    }
    g_array_append_val(incident->causes, finding);
}

static Stmt *
first_row(Store *store, const char *sql)
{
    g_autoptr(GError) error = NULL;
    Stmt *stmt = store_stmt_text(store, sql, &error);
    bool row = false;

    g_assert_no_error(error);
    g_assert_true(stmt_step(stmt, &row, &error));
    g_assert_true(row);
    return stmt;
}

static void
test_round_trip(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(Complaint) complaint = desk_complaint(FORMAT_ARF, "victim.example");
    Incident *incident = desk_incident(complaint, "192.0.2.1", NOON);

    add_trace(complaint, incident);
    g_autofree char *hops = incident_hops_json(incident);
    g_autofree char *causes = incident_causes_json(incident);
    desk_open(&desk);
    (void)desk_take(desk.store, 1, complaint, NOON);
    g_autoptr(Stmt) stmt =
        first_row(desk.store, "SELECT detail, typeof(detail), length(detail), detail AS "
                              "\"detail:members\" FROM incident");
    g_assert_nonnull(strstr(stmt_text(stmt, 0), hops));
    g_assert_nonnull(strstr(stmt_text(stmt, 0), causes));
    g_assert_nonnull(strstr(stmt_text(stmt, 0), hops)); /* and again */
    g_assert_cmpstr(stmt_text(stmt, 1), ==, "blob");
    g_assert_cmpint(stmt_int(stmt, 2), <, (gint64)strlen(hops) / 3);
    json_t *row = stmt_row_json(stmt);
    g_assert_cmpuint(json_array_size(json_object_get(row, "hops")), ==, HOPS);
    g_assert_cmpuint(json_array_size(json_object_get(row, "causes")), ==, 1);
    g_assert_true(json_is_array(json_object_get(row, "urls")));
    g_assert_nonnull(json_object_get(row, "rcpt"));
    json_decref(row);
    desk_check(desk.store);
}

static void
test_empty_lists(void)
{
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    (void)desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    g_autoptr(Stmt) stmt =
        first_row(desk.store, "SELECT detail AS \"detail:members\" FROM incident");
    json_t *row = stmt_row_json(stmt);
    g_assert_cmpuint(json_array_size(json_object_get(row, "hops")), ==, 0);
    g_assert_true(json_is_array(json_object_get(row, "hops")));
    g_assert_true(json_is_null(json_object_get(row, "category_why")) ||
                  json_is_string(json_object_get(row, "category_why")));
    json_decref(row);
}

/* Damage, and blobs that are no packed text, read as nothing; an unknown dictionary, too. */
static void
test_damage(void)
{
    static const char *const blobs[] = {"x''",
                                        "x'00'",
                                        "x'28b52ffd'",
                                        "zeroblob(16)",
                                        "x'28b52ffd2003616263'",
                                        "x'28b52ffd23efbeadde0301000061'"};
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    for (gsize i = 0; i < G_N_ELEMENTS(blobs); i++) {
        g_autofree char *sql = g_strdup_printf("SELECT %s AS \"hops:json\"", blobs[i]);
        g_autoptr(Stmt) stmt = first_row(desk.store, sql);
        g_assert_null(stmt_text(stmt, 0));
        json_t *row = stmt_row_json(stmt);
        g_assert_true(json_is_null(json_object_get(row, "hops")));
        json_decref(row);
    }
}

static void
test_long_text(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autofree char *text = g_strnfill(1024 * 1024, 'x');
    g_autoptr(GError) error = NULL;

    desk_open(&desk);
    g_autoptr(GBytes) packed = codec_pack_text(desk.store, text, &error);
    g_assert_no_error(error);
    gsize len = 0;
    const void *bytes = g_bytes_get_data(packed, &len);
    g_assert_cmpuint(len, <, 1024);
    g_autofree char *back = codec_unpack_text(desk.store, bytes, len, &error);
    g_assert_cmpstr(back, ==, text);
    g_autofree char *cut = codec_unpack_text(desk.store, bytes, len - 1, &error);
    g_assert_null(cut);
    g_assert_nonnull(error);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/packed/round-trip", test_round_trip);
    g_test_add_func("/store/packed/empty-lists", test_empty_lists);
    g_test_add_func("/store/packed/damage", test_damage);
    g_test_add_func("/store/packed/long-text", test_long_text);
    return g_test_run();
}
