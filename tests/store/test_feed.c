/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes in is counted by reporter, format and day, and what falls or falls silent is flagged.
 */
#include <sqlite3.h>

#include "store/feed.h"
#include "store/message.h"
#include "store/sql.h"
#include "tests/store/desk.h"

#define TODAY (NOON / DAY)

/* -- counting ---------------------------------------------------------------------------------- */

static char *
days_text(Store *store)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Stmt) stmt = store_stmt_text(
        store,
        "SELECT day, reporter, format, seen, recognised, without_source FROM feed_day "
        "ORDER BY day, reporter, format",
        &error);
    GString *text = g_string_new(NULL);
    bool row = false;

    g_assert_no_error(error);
    while (stmt_step(stmt, &row, &error) && row)
        g_string_append_printf(text, "%s%d %s %s %d %d %d", text->len > 0 ? "; " : "",
                               (int)(stmt_int(stmt, 0) - TODAY), stmt_text(stmt, 1),
                               stmt_text(stmt, 2), (int)stmt_int(stmt, 3), (int)stmt_int(stmt, 4),
                               (int)stmt_int(stmt, 5));
    g_assert_no_error(error);
    return g_string_free(text, FALSE);
}

static void
expect_days(Store *store, const char *want)
{
    g_autofree char *days = days_text(store);

    g_assert_cmpstr(days, ==, want);
    desk_check(store);
}

static void
take(Store *store, guint n, ComplaintFormat format, const char *reporter, const char *machine)
{
    g_autoptr(Complaint) complaint = desk_complaint(format, reporter);

    if (machine)
        desk_incident(complaint, *machine ? machine : NULL, NOON);
    (void)desk_take(store, n, complaint, NOON + n);
}

static void
test_counts(void)
{
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    take(desk.store, 1, FORMAT_ARF, "a.example", "192.0.2.1");
    take(desk.store, 2, FORMAT_ARF, "a.example", "");
    take(desk.store, 3, FORMAT_ARF, "a.example", NULL);
    take(desk.store, 4, FORMAT_MESSAGE, "a.example", "192.0.2.1");
    take(desk.store, 5, FORMAT_AUTO_REPLY, NULL, NULL);
    take(desk.store, (guint)DAY, FORMAT_ARF, "a.example", "192.0.2.1");
    take(desk.store, (guint)DAY, FORMAT_ARF, "a.example", "192.0.2.1"); /* the same again */
    expect_days(desk.store,
                "0  auto-reply 1 1 0; 0 a.example arf 3 2 1; 0 a.example message 1 0 0; "
                "1 a.example arf 1 1 0");
}

static void
test_reparse_moves_it(void)
{
    const Deed deed = {"anna", NOON + DAY};
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(Complaint) read = desk_complaint(FORMAT_ARF, "a.example");
    g_autoptr(GError) error = NULL;
    ReparseResult result = {0};

    desk_open(&desk);
    take(desk.store, 1, FORMAT_MESSAGE, "a.example", NULL);
    desk_incident(read, NULL, NOON);
    g_assert_true(reparse_apply(desk.store, 1, read, &deed, &result, &error));
    expect_days(desk.store, "0 a.example arf 1 1 1");
    g_assert_true(
        addr_parse("192.0.2.1", -1, &g_array_index(read->incidents, Incident, 0).source_ip));
    g_assert_true(reparse_apply(desk.store, 1, read, &deed, &result, &error));
    g_assert_true(result.changed);
    expect_days(desk.store, "0 a.example arf 1 1 0");
    g_assert_true(reparse_apply(desk.store, 1, read, &deed, &result, &error));
    g_assert_false(result.changed);
    expect_days(desk.store, "0 a.example arf 1 1 0");
}

/* A store from before is counted when it is brought up to date. */
static void
test_counts_what_is_stored(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    g_autofree char *script = sql_migration("sqlite", 7, &error);
    g_autofree char *days = NULL;
    sqlite3 *db = NULL;

    desk_open(&desk);
    take(desk.store, 1, FORMAT_ARF, "a.example", "192.0.2.1");
    take(desk.store, 2, FORMAT_ARF, "a.example", "");
    take(desk.store, 3, FORMAT_ARF, "a.example", NULL);
    take(desk.store, 4, FORMAT_MESSAGE, NULL, "");
    take(desk.store, (guint)DAY, FORMAT_UNSOLICITED, "a.example", NULL);
    days = days_text(desk.store);
    (void)desk_count(desk.store, "DROP TABLE feed_day");
    g_clear_pointer(&desk.store, store_close);
    g_assert_cmpint(sqlite3_open(desk.path, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(db, script, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(db);
    desk.store = store_open(desk.url, STORE_WRITE, &error);
    g_assert_no_error(error);
    expect_days(desk.store, days);
}

static void
test_check_sees_a_wrong_count(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    desk_open(&desk);
    take(desk.store, 1, FORMAT_ARF, "a.example", NULL);
    (void)desk_count(desk.store, "UPDATE feed_day SET recognised = 1");
    g_assert_true(store_check(desk.store, false, problems, &error));
    g_assert_cmpuint(problems->len, ==, 1);
}

static void
test_formats(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    json_t *model = NULL, *row = NULL;

    desk_open(&desk);
    take(desk.store, 1, FORMAT_DSN, "a.example", NULL);
    take(desk.store, (guint)DAY, FORMAT_DSN, "b.example", NULL);
    model = feed_formats(desk.store, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(json_array_size(json_object_get(model, "formats")), ==, N_FORMATS);
    row = json_array_get(json_object_get(model, "formats"), FORMAT_DSN);
    g_assert_cmpint(json_integer_value(json_object_get(row, "stored")), ==, 2);
    g_assert_cmpstr(json_string_value(json_object_get(row, "last_seen")), ==, "2026-01-02");
    row = json_array_get(json_object_get(model, "formats"), FORMAT_ARF);
    g_assert_cmpint(json_integer_value(json_object_get(row, "stored")), ==, 0);
    g_assert_true(json_is_null(json_object_get(row, "last_seen")));
    json_decref(model);
}

/* -- judging ----------------------------------------------------------------------------------- */

/* So many mails of a feed on every `step`th day from `from` days ago to `to` days ago. */
typedef struct {
    const char *reporter, *format;
    int from, to, step, seen, recognised, without_source;
} Stretch;

typedef struct {
    const char *name;
    const char *want; /* rows: reporter format seen flag */
    Stretch stretches[4];
} Case;

/* clang-format off */
static const Case cases[] = {
    {"nothing", "", {{NULL}}},
    {"steady", "a.example arf 22 -", {{"a.example", "arf", 60, 0, 3, 2, 2, 0}}},
    {"rots-into-message", "a.example arf 48 silent; a.example message 7 falling",
        {{"a.example", "arf", 30, 7, 1, 2, 2, 0}, {"a.example", "message", 6, 0, 1, 1, 0, 0}}},
    {"rots-within-its-format", "a.example arf 31 falling",
        {{"a.example", "arf", 30, 7, 1, 1, 1, 0}, {"a.example", "arf", 6, 0, 1, 1, 0, 0}}},
    {"loses-its-sources", "a.example arf 31 falling",
        {{"a.example", "arf", 30, 7, 1, 1, 1, 0}, {"a.example", "arf", 6, 0, 1, 1, 1, 1}}},
    {"one-rots-others-do-not", "a.example arf 17 falling; b.example arf 31 -",
        {{"a.example", "arf", 30, 21, 1, 1, 1, 0}, {"b.example", "arf", 30, 0, 1, 1, 1, 0},
         {"a.example", "arf", 6, 0, 1, 1, 0, 0}}},
    {"too-few-lately", "a.example arf 4 -",
        {{"a.example", "arf", 60, 40, 1, 8, 8, 0}, {"a.example", "arf", 15, 0, 5, 1, 0, 0}}},
    {"too-few-before", "a.example arf 10 -",
        {{"a.example", "arf", 22, 20, 1, 1, 1, 0}, {"a.example", "arf", 6, 0, 1, 1, 0, 0}}},
    {"no-more-than-chance", "a.example arf 31 -",
        {{"a.example", "arf", 30, 7, 1, 1, 1, 0}, {"a.example", "arf", 6, 1, 1, 1, 1, 0},
         {"a.example", "arf", 0, 0, 1, 1, 0, 0}}},
    {"sure-but-small", "a.example arf 31000 -",
        {{"a.example", "arf", 30, 7, 1, 1000, 990, 0}, {"a.example", "arf", 6, 0, 1, 1000, 930, 0}}},
    {"never-was-better", "a.example message 31 -", {{"a.example", "message", 30, 0, 1, 1, 0, 0}}},
    {"spam-is-no-report", "a.example arf 11 -; a.example unsolicited 7 -",
        {{"a.example", "arf", 30, 0, 3, 1, 1, 0}, {"a.example", "unsolicited", 6, 0, 1, 1, 1, 0}}},
    {"long-ago-rotten", "a.example arf 0 silent; a.example message 31 -",
        {{"a.example", "arf", 300, 200, 1, 1, 1, 0}, {"a.example", "message", 150, 0, 1, 1, 0, 0}}},

    {"daily-silent", "a.example arf 27 silent", {{"a.example", "arf", 30, 4, 1, 1, 1, 0}}},
    {"daily-not-yet", "a.example arf 28 -", {{"a.example", "arf", 30, 3, 1, 1, 1, 0}}},
    {"weekly-silent", "a.example arf 2 silent", {{"a.example", "arf", 57, 22, 7, 1, 1, 0}}},
    {"weekly-not-yet", "a.example arf 2 -", {{"a.example", "arf", 56, 21, 7, 1, 1, 0}}},
    {"silent-beyond-since", "a.example arf 0 silent", {{"a.example", "arf", 90, 60, 1, 1, 1, 0}}},
    {"at-random", "a.example arf 9 -",
        {{"a.example", "arf", 31, 26, 1, 1, 1, 0}, {"a.example", "arf", 24, 20, 4, 1, 1, 0},
         {"a.example", "arf", 16, 6, 10, 1, 1, 0}}},
    {"one-gap-is-not-usual", "a.example arf 10 silent",
        {{"a.example", "arf", 30, 26, 1, 1, 1, 0}, {"a.example", "arf", 8, 4, 1, 1, 1, 0}}},
    {"too-few-days", "a.example arf 400 -", {{"a.example", "arf", 13, 10, 1, 100, 100, 0}}},
    {"a-year-ago", "", {{"a.example", "arf", 400, 380, 1, 1, 1, 0}}},
    {"spam-is-not-missed", "a.example unsolicited 11 -", {{"a.example", "unsolicited", 20, 10, 1, 1, 1, 0}}},
    {"summaries-are", "a.example dmarc 11 silent", {{"a.example", "dmarc", 20, 10, 1, 1, 1, 0}}},
    {"unknown-reporter", "- dsn 11 silent", {{"", "dsn", 20, 10, 1, 1, 1, 0}}},
    {"flagged-first-then-large", "c.example arf 11 silent; b.example arf 62 -; a.example arf 31 -",
        {{"a.example", "arf", 30, 0, 1, 1, 1, 0}, {"b.example", "arf", 30, 0, 1, 2, 2, 0},
         {"c.example", "arf", 20, 10, 1, 1, 1, 0}}},
};
/* clang-format on */

static void
add_stretch(Store *store, const Stretch *stretch)
{
    for (int ago = stretch->from; stretch->reporter && ago >= stretch->to; ago -= stretch->step) {
        g_autofree char *sql =
            g_strdup_printf("INSERT INTO feed_day (day, reporter, format, seen, recognised, "
                            "without_source) VALUES (%d, '%s', '%s', %d, %d, %d)",
                            (int)TODAY - ago, stretch->reporter, stretch->format, stretch->seen,
                            stretch->recognised, stretch->without_source);

        (void)desk_count(store, sql);
    }
}

static char *
stats_text(Store *store, const FeedQuestion *question)
{
    g_autoptr(GError) error = NULL;
    json_t *model = feed_stats(store, question, &error), *row = NULL;
    GString *text = g_string_new(NULL);
    gsize i = 0;

    g_assert_no_error(error);
    json_array_foreach(json_object_get(model, "feeds"), i, row)
    {
        const char *reporter = json_string_value(json_object_get(row, "reporter"));
        const char *flag = json_string_value(json_object_get(row, "flag"));

        g_string_append_printf(text, "%s%s %s %d %s", i > 0 ? "; " : "", reporter ? reporter : "-",
                               json_string_value(json_object_get(row, "format")),
                               (int)json_integer_value(json_object_get(row, "seen")),
                               flag ? flag : "-");
    }
    if (json_integer_value(json_object_get(model, "more")) > 0)
        g_string_append_printf(text, "; %d more",
                               (int)json_integer_value(json_object_get(model, "more")));
    json_decref(model);
    return g_string_free(text, FALSE);
}

static void
test_flags(gconstpointer data)
{
    const Case *c = data;
    const FeedQuestion question = {.since = NOON - 30 * DAY, .now = NOON, .limit = 50};
    g_auto(Desk) desk = DESK_INIT;
    g_autofree char *got = NULL;

    desk_open(&desk);
    for (gsize i = 0; i < G_N_ELEMENTS(c->stretches); i++)
        add_stretch(desk.store, &c->stretches[i]);
    got = stats_text(desk.store, &question);
    g_assert_cmpstr(got, ==, c->want);
}

static void
test_narrowed(void)
{
    static const Stretch stretches[] = {{"a.example", "arf", 9, 0, 1, 1, 1, 0},
                                        {"b.example", "arf", 9, 0, 1, 2, 2, 0},
                                        {"b.example", "dsn", 9, 0, 1, 1, 1, 0}};
    FeedQuestion question = {.since = NOON - 4 * DAY, .now = NOON, .limit = 50};
    g_auto(Desk) desk = DESK_INIT;
    g_autofree char *one = NULL, *few = NULL;

    desk_open(&desk);
    for (gsize i = 0; i < G_N_ELEMENTS(stretches); i++)
        add_stretch(desk.store, &stretches[i]);
    question.limit = 2;
    few = stats_text(desk.store, &question);
    g_assert_cmpstr(few, ==, "b.example arf 10 -; a.example arf 5 -; 1 more");
    question.reporter = "b.example";
    question.limit = 50;
    one = stats_text(desk.store, &question);
    g_assert_cmpstr(one, ==, "b.example arf 10 -; b.example dsn 5 -");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/feed/counts", test_counts);
    g_test_add_func("/store/feed/reparse-moves-it", test_reparse_moves_it);
    g_test_add_func("/store/feed/counts-what-is-stored", test_counts_what_is_stored);
    g_test_add_func("/store/feed/check-sees-a-wrong-count", test_check_sees_a_wrong_count);
    g_test_add_func("/store/feed/formats", test_formats);
    g_test_add_func("/store/feed/narrowed", test_narrowed);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/store/feed/flags/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_flags);
    }
    return g_test_run();
}
