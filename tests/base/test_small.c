/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small modules of base: clock, error, secret. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/secret.h"

#define SENTINEL G_GINT64_CONSTANT(9999)

/* -- clock ---------------------------------------------------------------------------------------
 */

typedef struct {
    const char *name, *in;
    const char *out; /* time_text of it; NULL: must be refused */
} TimeCase;

/* clang-format off */
static const TimeCase time_cases[] = {
    {"rfc-3339", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"},
    {"east", "2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z"},
    {"west-over-midnight", "2026-01-01T23:30:00-05:00", "2026-01-02T04:30:00Z"},
    {"fraction", "2026-01-02T03:04:05.999Z", "2026-01-02T03:04:05Z"},
    {"date", "2026-01-02", "2026-01-02T00:00:00Z"},
    {"date-and-minutes", "2026-01-02 03:04", "2026-01-02T03:04:00Z"},
    {"date-and-seconds", "2026-01-02 03:04:05", "2026-01-02T03:04:05Z"},
    {"no-zone-is-utc", "2026-01-02T03:04:05", "2026-01-02T03:04:05Z"},
    {"leap-day", "2024-02-29", "2024-02-29T00:00:00Z"},
    {"before-1970", "1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"},
    {"year-1", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
    {"far", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
    {"no-leap-day", "2026-02-29", NULL},
    {"month-13", "2026-13-01", NULL},
    {"hour-25", "2026-01-02 25:00", NULL},
    {"empty", "", NULL},
    {"word", "yesterday", NULL},
    {"us-date", "01/02/2026", NULL},
    {"trailing", "2026-01-02T03:04:05Zx", NULL},
    {"two-digit-year", "26-01-02", NULL},
    {"number", "1767323045", NULL},
    {"very-long", "2026-01-02T03:04:05.00000000000000000000000000000000000000Z", NULL},
};
/* clang-format on */

static void
check_time(gconstpointer data)
{
    const TimeCase *c = data;
    g_autoptr(GError) error = NULL;
    char buf[TIME_TEXT_SIZE];
    gint64 time = SENTINEL;

    if (!c->out) {
        g_assert_false(time_parse(c->in, &time, &error));
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
        g_assert_cmpint(time, ==, SENTINEL);
        return;
    }
    g_assert_true(time_parse(c->in, &time, &error));
    g_assert_cmpstr(time_text(time, buf), ==, c->out);
}

static void
check_time_text(void)
{
    char buf[TIME_TEXT_SIZE] = "x";

    g_assert_cmpstr(time_text(0, buf), ==, "1970-01-01T00:00:00Z");
    g_assert_cmpstr(time_text(TIME_NONE, buf), ==, "");
    g_assert_cmpstr(time_text(G_MAXINT64, buf), ==, "");
    g_assert_cmpstr(time_text(G_MININT64 + 1, buf), ==, "");
}

typedef struct {
    const char *name, *in;
    gint64 seconds; /* 0: must be refused */
} DurationCase;

/* clang-format off */
static const DurationCase duration_cases[] = {
    {"seconds", "90s", 90}, {"minutes", "15m", 900}, {"hours", "36h", 129600},
    {"days", "7d", 604800}, {"weeks", "2w", 1209600}, {"one", "1s", 1},
    {"zero", "0s", 0}, {"negative", "-7d", 0}, {"plus", "+7d", 0}, {"no-unit", "7", 0},
    {"no-number", "d", 0}, {"empty", "", 0}, {"unknown-unit", "7y", 0}, {"two-units", "1d12h", 0},
    {"blank", "7 d", 0}, {"blank-before", " 7d", 0}, {"fraction", "1.5h", 0}, {"upper", "7D", 0},
    {"overflow", "99999999999999999999w", 0}, {"too-long-a-time", "1000000000s", 0},
};
/* clang-format on */

static void
check_duration(gconstpointer data)
{
    const DurationCase *c = data;
    g_autoptr(GError) error = NULL;
    gint64 seconds = SENTINEL;
    bool ok = duration_parse(c->in, &seconds, &error);

    g_assert_cmpint(ok, ==, c->seconds != 0);
    g_assert_cmpint(seconds, ==, ok ? c->seconds : SENTINEL);
    if (!ok)
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
}

static void
check_since(void)
{
    gint64 now = 1767323045, time = SENTINEL;
    g_autoptr(GError) error = NULL;

    g_assert_true(time_parse_since("7d", now, &time, &error));
    g_assert_cmpint(time, ==, now - 604800);
    g_assert_true(time_parse_since("2026-01-02", now, &time, &error));
    g_assert_cmpint(time, ==, 1767312000);
    time = SENTINEL;
    g_assert_false(time_parse_since("soon", now, &time, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
    g_assert_nonnull(strstr(error->message, "'soon'"));
    g_assert_cmpint(time, ==, SENTINEL);
}

typedef struct {
    const char *text;
    gint64 ago; /* negative: ahead */
} AgoCase;

/* clang-format off */
static const AgoCase ago_cases[] = {
    {"just now", 0}, {"just now", 59}, {"just now", -59},
    {"1 min ago", 60}, {"59 min ago", 3599}, {"1 h ago", 3600}, {"23 h ago", 86399},
    {"1 d ago", 86400}, {"400 d ago", 400 * 86400LL},
    {"in 1 min", -60}, {"in 2 h", -7200}, {"in 2 d", -2 * 86400LL},
};
/* clang-format on */

static void
check_ago(void)
{
    char buf[TIME_TEXT_SIZE];
    gint64 now = 1767323045;

    for (gsize i = 0; i < G_N_ELEMENTS(ago_cases); i++)
        g_assert_cmpstr(time_ago(now - ago_cases[i].ago, now, buf), ==, ago_cases[i].text);
    g_assert_cmpstr(time_ago(TIME_NONE, now, buf), ==, "");
}

static void
check_now(void)
{
    gint64 before = g_get_real_time() / G_USEC_PER_SEC;

    g_setenv("PLAINT_NOW", "1767323045", TRUE);
    g_assert_cmpint(clock_now(), ==, 1767323045);
    g_setenv("PLAINT_NOW", "2026-01-02T03:04:05Z", TRUE);
    g_assert_cmpint(clock_now(), ==, 1767323045);
    g_setenv("PLAINT_NOW", "nonsense", TRUE);
    g_assert_cmpint(clock_now(), >=, before);
    g_unsetenv("PLAINT_NOW");
    g_assert_cmpint(clock_now(), >=, before);
    g_assert_cmpint(clock_now(), <=, g_get_real_time() / G_USEC_PER_SEC + 1);
}

/* -- error ---------------------------------------------------------------------------------------
 */

/* What callers of every program rely on. */
static const struct {
    PlaintError code;
    int exit_status; /* sysexits.h, ascending: the manual lists them so */
    guint http_status;
} surfaces[] = {
    {PLAINT_ERROR_USAGE, 64, 400},     {PLAINT_ERROR_BAD_INPUT, 65, 400},
    {PLAINT_ERROR_NOT_FOUND, 66, 404}, {PLAINT_ERROR_CONFLICT, 69, 409},
    {PLAINT_ERROR_INTERNAL, 70, 500},  {PLAINT_ERROR_IO, 74, 500},
    {PLAINT_ERROR_BUSY, 75, 503},      {PLAINT_ERROR_DENIED, 77, 403},
    {PLAINT_ERROR_CONFIG, 78, 500},
};
G_STATIC_ASSERT(G_N_ELEMENTS(surfaces) == PLAINT_N_ERRORS);

static void
check_error_surfaces(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (int code = 0; code < PLAINT_N_ERRORS; code++) {
        g_autoptr(GError) error = NULL;
        g_assert_cmpint(surfaces[code].code, ==, code);
        g_assert_false(plaint_fail(&error, (PlaintError)code, "no %s", "thing"));
        g_assert_error(error, PLAINT_ERROR, code);
        g_assert_cmpstr(error->message, ==, "no thing");
        g_assert_cmpint(plaint_error_code(error), ==, code);
        g_assert_cmpint(plaint_error_exit_status(error), ==, surfaces[code].exit_status);
        g_assert_cmpuint(plaint_error_http_status(error), ==, surfaces[code].http_status);
        g_assert_true(g_hash_table_add(seen, (gpointer)plaint_error_words(error)));
        if (code > 0)
            g_assert_cmpint(surfaces[code].exit_status, >, surfaces[code - 1].exit_status);
    }
}

static void
check_error_of_errno(void)
{
    g_assert_cmpint(plaint_error_of_errno(ENOENT), ==, PLAINT_ERROR_NOT_FOUND);
    g_assert_cmpint(plaint_error_of_errno(ENOTDIR), ==, PLAINT_ERROR_NOT_FOUND);
    g_assert_cmpint(plaint_error_of_errno(EACCES), ==, PLAINT_ERROR_DENIED);
    g_assert_cmpint(plaint_error_of_errno(EPERM), ==, PLAINT_ERROR_DENIED);
    g_assert_cmpint(plaint_error_of_errno(ENAMETOOLONG), ==, PLAINT_ERROR_BAD_INPUT);
    g_assert_cmpint(plaint_error_of_errno(ELOOP), ==, PLAINT_ERROR_BAD_INPUT);
    g_assert_cmpint(plaint_error_of_errno(EMFILE), ==, PLAINT_ERROR_BUSY);
    g_assert_cmpint(plaint_error_of_errno(ENFILE), ==, PLAINT_ERROR_BUSY);
    g_assert_cmpint(plaint_error_of_errno(ENOMEM), ==, PLAINT_ERROR_BUSY);
    g_assert_cmpint(plaint_error_of_errno(EIO), ==, PLAINT_ERROR_IO);
}

static void
check_error_foreign(void)
{
    g_autoptr(GError) foreign = g_error_new_literal(G_FILE_ERROR, G_FILE_ERROR_NOENT, "absent");
    g_autoptr(GError) beyond = g_error_new_literal(PLAINT_ERROR, PLAINT_N_ERRORS, "no such code");
    g_autoptr(GError) negative = g_error_new_literal(PLAINT_ERROR, -1, "no such code");

    g_assert_cmpint(plaint_error_code(foreign), ==, PLAINT_ERROR_INTERNAL);
    g_assert_cmpint(plaint_error_code(beyond), ==, PLAINT_ERROR_INTERNAL);
    g_assert_cmpint(plaint_error_code(negative), ==, PLAINT_ERROR_INTERNAL);
    g_assert_cmpint(plaint_error_exit_status(foreign), ==, 70);
    g_assert_false(plaint_fail(NULL, PLAINT_ERROR_BUSY, "nobody listens"));
}

/* -- limits --------------------------------------------------------------------------------------
 */

static void
check_limits(void)
{
    const Limits *l = &limits_default;

    g_assert_cmpuint(l->mail_bytes, <=, LIMIT_MAIL_READ_BYTES);
    g_assert_cmpuint(l->header_bytes, <=, l->header_block_bytes);
    g_assert_cmpuint(l->received_lines, <=, l->header_lines);
    g_assert_cmpuint(l->text_bytes, <=, l->part_bytes);
    g_assert_cmpuint(l->comment_depth, <=, l->comments);
    g_assert_cmpuint(MIN(MIN(l->parts, l->depth), MIN(l->incidents, l->urls)), >, 0);
    g_assert_cmpuint(MIN(l->field_bytes, l->words_bytes), >, 0);
    g_assert_cmpint(LIMIT_CHILD_CPU_SECONDS, <, LIMIT_CHILD_WALL_SECONDS);
}

/* -- secret --------------------------------------------------------------------------------------
 */

static void
check_token(void)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (int i = 0; i < 1000; i++) {
        char *token = secret_token();
        g_assert_cmpuint(strlen(token), ==, SECRET_TOKEN_CHARS);
        g_assert_cmpuint(strspn(token, allowed), ==, SECRET_TOKEN_CHARS);
        g_assert_true(g_hash_table_add(seen, token));
    }
}

static void
check_mac(void)
{
    guint8 key[SECRET_KEY_BYTES] = {1}, other[SECRET_KEY_BYTES] = {2};
    guint8 a[SECRET_MAC_BYTES], b[SECRET_MAC_BYTES], c[SECRET_MAC_BYTES], d[SECRET_MAC_BYTES];

    secret_mac(key, "words", 5, a);
    secret_mac(key, "words", 5, b);
    secret_mac(other, "words", 5, c);
    secret_mac(key, "word", 4, d);
    g_assert_true(secret_equal(a, b, sizeof a));
    g_assert_false(secret_equal(a, c, sizeof a));
    g_assert_false(secret_equal(a, d, sizeof a));
    b[SECRET_MAC_BYTES - 1] ^= 1;
    g_assert_false(secret_equal(a, b, sizeof a));
    g_assert_true(secret_equal(a, b, sizeof a - 1));
}

static void
check_wipe(void)
{
    guint8 bytes[64], zero[64] = {0};

    secret_random(bytes, sizeof bytes);
    g_assert_false(secret_equal(bytes, zero, sizeof bytes));
    secret_wipe(bytes, sizeof bytes);
    g_assert_true(secret_equal(bytes, zero, sizeof bytes));
}

static void
add(const char *group, const char *name, gconstpointer data, GTestDataFunc check)
{
    g_autofree char *path = g_strdup_printf("/base/%s/%s", group, name);

    g_test_add_data_func(path, data, check);
}

static void
test_mask_url(void)
{
    /* clang-format off */
    static const struct { const char *url, *want; } cases[] = {
        {"sqlite:/var/lib/plaint/plaint.db",     "sqlite:/var/lib/plaint/plaint.db"},
        {"postgresql://x:pw@h/d",                "postgresql://x:********@h/d"},
        {"postgresql://x:p@w@h/d",               "postgresql://x:********@h/d"},
        {"postgresql://x@h:5432/d",              "postgresql://x@h:5432/d"},
        {"postgresql://h/d?a=b:c@d",             "postgresql://h/d?a=b:c@d"},
        {"postgresql://x:a@h/d?password=b&c=d",  "postgresql://x:********@h/d?password=********&c=d"},
        {"postgresql:host=h password=pw dbname=d", "postgresql:host=h password=******** dbname=d"},
        {"postgresql:password='a b'",            "postgresql:password=********"},
        {"postgresql:password=",                 "postgresql:password=********"},
        {"", ""},
        {NULL, NULL},
    };
    /* clang-format on */

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = secret_mask_url(cases[i].url);
        g_assert_cmpstr(got, ==, cases[i].want);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (!secret_init(NULL))
        return EXIT_FAILURE;
    for (gsize i = 0; i < G_N_ELEMENTS(time_cases); i++)
        add("clock/time", time_cases[i].name, &time_cases[i], check_time);
    for (gsize i = 0; i < G_N_ELEMENTS(duration_cases); i++)
        add("clock/duration", duration_cases[i].name, &duration_cases[i], check_duration);
    g_test_add_func("/base/clock/time-text", check_time_text);
    g_test_add_func("/base/clock/since", check_since);
    g_test_add_func("/base/clock/ago", check_ago);
    g_test_add_func("/base/clock/now", check_now);
    g_test_add_func("/base/error/surfaces", check_error_surfaces);
    g_test_add_func("/base/error/of-errno", check_error_of_errno);
    g_test_add_func("/base/error/foreign", check_error_foreign);
    g_test_add_func("/base/limits/consistent", check_limits);
    g_test_add_func("/base/secret/token", check_token);
    g_test_add_func("/base/secret/mac", check_mac);
    g_test_add_func("/base/secret/wipe", check_wipe);
    g_test_add_func("/base/secret/mask-url", test_mask_url);
    return g_test_run();
}
