/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What feed.h says of feeds, read off their days. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "store/feed.h"
#include "store/feed_impl.h"
#include "store/stmt.h"

enum {
    LOOK_DAYS = 365,
    RECENT_DAYS = 7,
    RECENT_MOST = 30,
    EARLIER_DAYS = 90,
    ENOUGH_MAILS = 5,
    ENOUGH_DAYS = 5,
    SILENT_GAPS = 3,
};
#define FALL_POINTS 0.1
#define FALL_ERRORS 3.0

/* Of one day, or of several. */
typedef struct {
    gint64 day, seen, recognised, without_source;
} FeedDay;

typedef struct {
    ComplaintFormat format;
    const char *reporter;
    GArray *days;   /* FeedDay, in order */
    FeedDay counts; /* since the day asked for */
    gint64 total;   /* seen in all of days */
    gint64 gap;     /* 0: not known */
    const char *flag;
} Feed;

typedef struct {
    char *name; /* "": unknown */
    Feed *feeds[N_FORMATS];
    GArray *days;      /* FeedDay, of reports, in order; NULL: it sends none */
    gint64 falls_from; /* the recent days begin there; G_MAXINT64: it does not fall */
} Reporter;

typedef struct {
    gint64 today, since;
    GHashTable *reporters; /* name: Reporter */
} Feeds;

static void
reporter_free(Reporter *reporter)
{
    for (int i = 0; i < N_FORMATS; i++) {
        if (reporter->feeds[i])
            g_array_unref(reporter->feeds[i]->days);
        g_free(reporter->feeds[i]);
    }
    g_clear_pointer(&reporter->days, g_array_unref);
    g_free(reporter->name);
    g_free(reporter);
}

static void
feeds_clear(Feeds *feeds)
{
    g_clear_pointer(&feeds->reporters, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Feeds, feeds_clear)

static void
day_add(FeedDay *sum, const FeedDay *day)
{
    sum->seen += day->seen;
    sum->recognised += day->recognised;
    sum->without_source += day->without_source;
}

static gint64
last_day(const GArray *days)
{
    return g_array_index(days, FeedDay, days->len - 1).day;
}

/* -- reading ----------------------------------------------------------------------------------- */

static Reporter *
reporter_of(Feeds *feeds, const char *name)
{
    Reporter *reporter = g_hash_table_lookup(feeds->reporters, name);

    if (reporter)
        return reporter;
    reporter = g_new0(Reporter, 1);
    reporter->name = g_strdup(name);
    reporter->falls_from = G_MAXINT64;
    g_hash_table_insert(feeds->reporters, reporter->name, reporter);
    return reporter;
}

static Feed *
feed_of(Reporter *reporter, ComplaintFormat format)
{
    Feed *feed = reporter->feeds[format];

    if (feed)
        return feed;
    feed = reporter->feeds[format] = g_new0(Feed, 1);
    feed->format = format;
    feed->reporter = reporter->name;
    feed->days = g_array_new(FALSE, FALSE, sizeof(FeedDay));
    return feed;
}

/* Is it only counted? Spammers write to the desk once, each from a name of its own. */
static bool
is_not_judged(ComplaintFormat format)
{
    return feed_formats_table[format].has_no_incidents && feed_formats_table[format].is_not_missed;
}

/* Days come in order. */
static void
take_day(Feeds *feeds, const char *name, ComplaintFormat format, const FeedDay *day)
{
    Reporter *reporter = NULL;
    Feed *feed = NULL;

    if (day->day < feeds->since && is_not_judged(format))
        return;
    reporter = reporter_of(feeds, name);
    feed = feed_of(reporter, format);
    if (day->day >= feeds->since)
        day_add(&feed->counts, day);
    feed->total += day->seen;
    g_array_append_val(feed->days, *day);
    if (feed_formats_table[format].has_no_incidents)
        return;
    if (!reporter->days)
        reporter->days = g_array_new(FALSE, FALSE, sizeof(FeedDay));
    if (reporter->days->len > 0 && last_day(reporter->days) == day->day)
        day_add(&g_array_index(reporter->days, FeedDay, reporter->days->len - 1), day);
    else
        g_array_append_val(reporter->days, *day);
}

static bool
read_days(Store *store, const FeedQuestion *question, Feeds *feeds, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "feed_days", error);
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":since", MIN(feeds->since, feeds->today - LOOK_DAYS + 1));
    stmt_bind_text(stmt, ":reporter", question->reporter);
    for (;;) {
        int format = 0;

        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            return true;
        format = text_name_find(format_names, N_FORMATS, stmt_text(stmt, 1));
        if (format >= 0)
            take_day(feeds, stmt_text(stmt, 0), (ComplaintFormat)format,
                     &(FeedDay){stmt_int(stmt, 2), stmt_int(stmt, 3), stmt_int(stmt, 4),
                                stmt_int(stmt, 5)});
    }
}

/* -- judging ----------------------------------------------------------------------------------- */

/* Of the days from `from` to before `end`. */
static FeedDay
sum_of(const GArray *days, gint64 from, gint64 end)
{
    FeedDay sum = {0};

    for (guint i = days->len; i > 0; i--) {
        const FeedDay *day = &g_array_index(days, FeedDay, i - 1);

        if (day->day < from)
            break;
        if (day->day < end)
            day_add(&sum, day);
    }
    return sum;
}

/* Is the share `part` of `all` that much smaller than the one before? */
static bool
share_falls(gint64 part_before, gint64 all_before, gint64 part, gint64 all)
{
    double n = (double)all_before, m = (double)all;
    double fall = (double)part_before / n - (double)part / m;
    double share = (double)(part_before + part) / (n + m);
    double variance = share * (1 - share) * (1 / n + 1 / m);

    return fall >= FALL_POINTS && fall * fall >= FALL_ERRORS * FALL_ERRORS * variance;
}

static void
judge_reporter(Reporter *reporter, gint64 today)
{
    gint64 from = today - RECENT_DAYS + 1, end = today + 1;
    FeedDay recent = {0}, before = {0};

    if (!reporter->days || last_day(reporter->days) <= today - RECENT_MOST)
        return;
    recent = sum_of(reporter->days, from, end);
    while (recent.seen < ENOUGH_MAILS && from > today - RECENT_MOST + 1)
        recent = sum_of(reporter->days, --from, end);
    before = sum_of(reporter->days, from - EARLIER_DAYS, from);
    if (recent.seen < ENOUGH_MAILS || before.seen < ENOUGH_MAILS)
        return;
    if (share_falls(before.recognised, before.seen, recent.recognised, recent.seen) ||
        share_falls(before.recognised - before.without_source, before.seen,
                    recent.recognised - recent.without_source, recent.seen))
        reporter->falls_from = from;
}

static int
compare_gaps(const void *a, const void *b)
{
    gint64 one = *(const gint64 *)a, other = *(const gint64 *)b;

    return one < other ? -1 : one > other;
}

/* What three of four gaps are no longer than. */
static gint64
usual_gap(const GArray *days)
{
    g_autoptr(GArray) gaps = g_array_new(FALSE, FALSE, sizeof(gint64));

    for (guint i = 1; i < days->len; i++) {
        gint64 gap = g_array_index(days, FeedDay, i).day - g_array_index(days, FeedDay, i - 1).day;

        g_array_append_val(gaps, gap);
    }
    g_array_sort(gaps, compare_gaps);
    return gaps->len > 0 ? g_array_index(gaps, gint64, (3 * gaps->len + 3) / 4 - 1) : 0;
}

static void
judge_feed(Feed *feed, const Reporter *reporter, gint64 today)
{
    feed->gap = usual_gap(feed->days);
    if (feed->days->len >= ENOUGH_DAYS && !feed_formats_table[feed->format].is_not_missed &&
        today - last_day(feed->days) > SILENT_GAPS * feed->gap)
        feed->flag = "silent";
    else if (!feed_formats_table[feed->format].has_no_incidents &&
             last_day(feed->days) >= reporter->falls_from)
        feed->flag = "falling";
}

/* -- the model --------------------------------------------------------------------------------- */

static int
compare_feeds(const void *a, const void *b)
{
    const Feed *one = *(Feed *const *)a, *other = *(Feed *const *)b;
    int by_name = strcmp(one->reporter, other->reporter);

    if (!one->flag != !other->flag)
        return one->flag ? -1 : 1;
    if (one->total != other->total)
        return one->total > other->total ? -1 : 1;
    return by_name != 0 ? by_name : (int)one->format - (int)other->format;
}

static json_t *
date_json(gint64 day)
{
    char text[TIME_TEXT_SIZE];

    return json_sprintf("%.10s", time_text(day * FEED_DAY, text));
}

static json_t *
feed_json(const Feed *feed)
{
    return json_pack("{s:s?, s:s, s:I, s:I, s:I, s:o, s:o, s:s?}", "reporter",
                     *feed->reporter ? feed->reporter : NULL, "format", format_names[feed->format],
                     "seen", (json_int_t)feed->counts.seen, "recognised",
                     (json_int_t)feed->counts.recognised, "without_source",
                     (json_int_t)feed->counts.without_source, "last_seen",
                     date_json(last_day(feed->days)), "usual_gap_days",
                     feed->gap > 0 ? json_integer(feed->gap) : json_null(), "flag", feed->flag);
}

/* Adds the feeds that came since the day asked for, or are flagged. */
static void
judge(Reporter *reporter, gint64 today, GPtrArray *rows)
{
    judge_reporter(reporter, today);
    for (int i = 0; i < N_FORMATS; i++) {
        Feed *feed = reporter->feeds[i];

        if (!feed)
            continue;
        judge_feed(feed, reporter, today);
        if (feed->flag || feed->counts.seen > 0)
            g_ptr_array_add(rows, feed);
    }
}

static json_t *
stats_json(Feeds *feeds, guint limit)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    json_t *array = json_array();
    GHashTableIter iter;
    gpointer value = NULL;

    g_hash_table_iter_init(&iter, feeds->reporters);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        judge(value, feeds->today, rows);
    g_ptr_array_sort(rows, compare_feeds);
    for (guint i = 0; i < MIN(rows->len, limit); i++)
        json_array_append_new(array, feed_json(g_ptr_array_index(rows, i)));
    return json_pack("{s:o, s:i}", "feeds", array, "more",
                     (int)(rows->len - MIN(rows->len, limit)));
}

json_t *
feed_stats(Store *store, const FeedQuestion *question, GError **error)
{
    g_auto(Feeds) feeds = {
        .today = question->now / FEED_DAY,
        .since = question->since / FEED_DAY,
        .reporters =
            g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)reporter_free),
    };

    return read_days(store, question, &feeds, error) ? stats_json(&feeds, question->limit) : NULL;
}

json_t *
feed_formats(Store *store, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "feed_formats", error);
    json_t *model = json_object(), *array = json_array();
    bool row = stmt != NULL;

    json_object_set_new(model, "formats", array);
    for (int i = 0; i < N_FORMATS; i++)
        json_array_append_new(array, json_pack("{s:s, s:s, s:i, s:n}", "format", format_names[i],
                                               "what", format_words[i], "stored", 0, "last_seen"));
    while (row) {
        int format = -1;

        if (!stmt_step(stmt, &row, error)) {
            json_decref(model);
            return NULL;
        }
        format = row ? text_name_find(format_names, N_FORMATS, stmt_text(stmt, 0)) : -1;
        if (format < 0)
            continue;
        json_object_set_new(json_array_get(array, (gsize)format), "stored",
                            json_integer(stmt_int(stmt, 1)));
        json_object_set_new(json_array_get(array, (gsize)format), "last_seen",
                            date_json(stmt_int(stmt, 2)));
    }
    if (stmt)
        return model;
    json_decref(model);
    return NULL;
}
