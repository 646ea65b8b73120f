/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "store/lookup.h"
#include "store/report_group.h"
#include "store/report_round.h"
#include "store/state.h"
#include "store/stmt.h"

enum { LEVELS = 120, LEVEL_SECONDS = 3600 };

typedef struct {
    gint64 began, ended, requested; /* TIME_NONE: not */
    int state;                      /* at the end of the period */
    bool relisted;
    ReportRound round;
    char *why, *request;
} Spell;

/* What a list answered about an address. */
typedef struct {
    gint64 checks, unknown;
    gint64 clean_at; /* the first clean answer since it was listed; TIME_NONE: none */
    GArray *ends;    /* gint64: clean_at of spells before that, or NULL */
} Answers;

typedef struct {
    Store *store;
    const ReportSpec *spec;
    ReportGroup *total;
    GHashTable *zones, *causes; /* name -> ReportGroup */
    json_t *listed, *delisted;
    gint64 step;
    gint32 changes[LEVELS + 1];
    GHashTable *answers; /* id of a look-up -> Answers */
    GArray *spells;      /* of the listing at hand */
} Report;

/* -- a listing -------------------------------------------------------------------------------- */

static void
spell_clear(gpointer spell)
{
    g_free(((Spell *)spell)->why);
    g_free(((Spell *)spell)->request);
}

static void
take_event(Report *report, Stmt *stmt)
{
    gint64 at = stmt_time(stmt, 0);
    const char *from = stmt_text(stmt, 1), *to = stmt_text(stmt, 2);
    int state = text_name_find(listing_state_names, N_LISTING_STATES, to);
    bool back = from && (strcmp(from, "watched") == 0 || strcmp(from, "closed") == 0);
    Spell *last;

    if (at > report->spec->until || state < 0)
        return;
    if (state == LISTING_LISTED && (!from || back)) {
        Spell spell = {.began = at, .ended = TIME_NONE, .requested = TIME_NONE, .relisted = back};

        spell.why = g_strdup(stmt_text(stmt, 3));
        g_array_append_val(report->spells, spell);
    }
    if (report->spells->len == 0)
        return;
    last = &g_array_index(report->spells, Spell, report->spells->len - 1);
    last->state = state;
    if (state == LISTING_DELISTED && g_strcmp0(from, to) != 0)
        last->ended = at;
    if (state == LISTING_REQUESTED && g_strcmp0(from, to) != 0) {
        last->requested = last->requested == TIME_NONE ? at : last->requested;
        g_free(last->request);
        last->request = g_strdup(stmt_text(stmt, 3));
    }
}

static bool
read_events(Report *report, gint64 listing, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(report->store, "report_events", error);
    bool row = false;

    if (!stmt)
        return false;
    g_array_set_size(report->spells, 0);
    stmt_bind_int(stmt, ":id", listing);
    for (;;) {
        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            return true;
        take_event(report, stmt);
    }
}

static void
answers_free(Answers *answers)
{
    if (answers->ends)
        g_array_unref(answers->ends);
    g_free(answers);
}

static void
take_run(Report *report, Stmt *stmt)
{
    gint64 *id, key = stmt_int(stmt, 0);
    Answers *answers = g_hash_table_lookup(report->answers, &key);
    int outcome = text_name_find(check_outcome_names, N_CHECK_OUTCOMES, stmt_text(stmt, 3));

    if (!answers) {
        answers = g_new0(Answers, 1);
        answers->clean_at = TIME_NONE;
        id = g_new(gint64, 1);
        *id = key;
        g_hash_table_insert(report->answers, id, answers);
    }
    answers->checks += stmt_int(stmt, 2);
    if (outcome == CHECK_UNKNOWN)
        answers->unknown += stmt_int(stmt, 2);
    else if (outcome == CHECK_CLEAN && answers->clean_at == TIME_NONE)
        answers->clean_at = stmt_time(stmt, 1);
    else if (outcome == CHECK_LISTED && answers->clean_at != TIME_NONE) {
        if (!answers->ends)
            answers->ends = g_array_new(FALSE, FALSE, sizeof(gint64));
        g_array_append_val(answers->ends, answers->clean_at);
        answers->clean_at = TIME_NONE;
    }
}

static bool
read_runs(Report *report, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(report->store, "report_runs", error);
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":since", report->spec->since);
    stmt_bind_int(stmt, ":until", report->spec->until);
    for (;;) {
        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            return true;
        take_run(report, stmt);
    }
}

/* The list was believed to have let go only at the last of several clean answers: the spell ended
 * with the first of them. */
static void
find_end(const Answers *answers, Spell *spell)
{
    gint64 end = TIME_NONE;

    for (guint i = 0; answers->ends && i < answers->ends->len; i++) {
        gint64 clean = g_array_index(answers->ends, gint64, i);

        end = clean <= spell->ended ? clean : end;
    }
    if (answers->clean_at != TIME_NONE && answers->clean_at <= spell->ended)
        end = answers->clean_at;
    if (end >= spell->began)
        spell->ended = end;
}

static json_t *
time_json(gint64 time)
{
    char text[TIME_TEXT_SIZE];

    return time == TIME_NONE ? json_null() : json_string(time_text(time, text));
}

static json_t *
text_json(const char *text)
{
    return text ? json_string(text) : json_null();
}

enum {
    ID,
    ADDRESS,
    ZONE,
    TICKET,
    PROMISED,
    REFERENCE,
    WATCH,
    TICKET_STATE,
    CAUSE,
    CUSTOMER,
    OPENED,
    FIRST,
    REOPENED,
    CONTAINED,
    FIXED,
    LOOKUP
};

/* What the listing says now holds of its last spell only. next: the one after it, or NULL. */
static json_t *
row_json(Report *report, Stmt *stmt, const Spell *spell, const Spell *next, GError **error)
{
    gint64 ticket = stmt_int(stmt, TICKET);
    Addr address = stmt_addr(stmt, ADDRESS);
    char text[ADDR_TEXT_SIZE];
    json_t *proofs =
        ticket ? report_round_proofs(report->store, ticket, &spell->round, error) : json_array();
    json_t *row;

    if (!proofs)
        return NULL;
    row = json_pack(
        "{s:I, s:s, s:s, s:s, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o}", "listing",
        stmt_int(stmt, ID), "address", addr_text(&address, text), "zone", stmt_text(stmt, ZONE),
        "state", listing_state_names[spell->state], "began_at", time_json(spell->began), "ended_at",
        time_json(spell->ended), "relisted", spell->relisted, "why", text_json(spell->why),
        "ticket_id", ticket ? json_integer(ticket) : json_null(), "ticket_state",
        text_json(stmt_text(stmt, TICKET_STATE)), "cause", text_json(stmt_text(stmt, CAUSE)),
        "customer", text_json(stmt_text(stmt, CUSTOMER)));
    json_object_set_new(row, "opened_at", time_json(stmt_time(stmt, OPENED)));
    json_object_set_new(row, "contained_at", time_json(spell->round.contained));
    json_object_set_new(row, "fixed_at", time_json(spell->round.fixed));
    json_object_set_new(row, "proofs", proofs);
    json_object_set_new(row, "requested_at", time_json(spell->requested));
    json_object_set_new(row, "request", text_json(spell->request));
    json_object_set_new(row, "reference", text_json(next ? NULL : stmt_text(stmt, REFERENCE)));
    json_object_set_new(row, "promised_at",
                        time_json(next ? TIME_NONE : stmt_time(stmt, PROMISED)));
    json_object_set_new(row, "watch_until", time_json(next ? TIME_NONE : stmt_time(stmt, WATCH)));
    json_object_set_new(row, "listed_again_at", time_json(next ? next->began : TIME_NONE));
    return row;
}

static bool
show(Report *report, Stmt *stmt, const Spell *spell, const Spell *next, GError **error)
{
    json_t *kept = spell->ended == TIME_NONE ? report->listed : report->delisted;
    bool keeps = json_array_size(kept) < report->spec->most;
    json_t *row;

    if (!keeps && !report->spec->row)
        return true;
    row = row_json(report, stmt, spell, next, error);
    if (!row)
        return false;
    if (report->spec->row)
        report->spec->row(row, report->spec->data);
    if (keeps)
        json_array_append(kept, row);
    json_decref(row);
    return true;
}

static bool
is_in(const Report *report, gint64 time)
{
    return time != TIME_NONE && time > report->spec->since && time <= report->spec->until;
}

/* In each time that is known and falls into the period; negative ones are 0. */
static void
measure(const Report *report, Stmt *stmt, const Spell *spell, gint64 ret_times[REPORT_N_TIMES])
{
    gint64 opened = stmt_time(stmt, OPENED), sign = stmt_time(stmt, FIRST);
    gint64 contained = spell->round.contained;

    if (contained == TIME_NONE)
        contained = spell->round.fixed;
    if (sign == TIME_NONE || spell->relisted)
        sign = spell->began;
    for (int i = 0; i < REPORT_N_TIMES; i++)
        ret_times[i] = TIME_NONE;
    if (opened != TIME_NONE && is_in(report, spell->began))
        ret_times[REPORT_DETECT] = opened - MIN(sign, spell->began);
    if (opened != TIME_NONE && is_in(report, contained) &&
        (spell->ended == TIME_NONE || contained < spell->ended))
        ret_times[REPORT_CONTAIN] = contained < spell->began ? 0 : contained - spell->round.opened;
    if (is_in(report, spell->requested))
        ret_times[REPORT_REQUEST] = spell->requested - spell->began;
    if (is_in(report, spell->ended))
        ret_times[REPORT_DELIST] = spell->ended - spell->began;
}

static void
count(const Report *report, ReportGroup *group, const Spell *spell,
      const gint64 times[REPORT_N_TIMES])
{
    gint64 end = spell->ended == TIME_NONE ? report->spec->until : spell->ended;

    group->listed += spell->ended == TIME_NONE;
    group->began += is_in(report, spell->began);
    group->ended += is_in(report, spell->ended);
    group->relisted += spell->relisted && is_in(report, spell->began);
    group->seconds +=
        MAX(0, MIN(end, report->spec->until) - MAX(spell->began, report->spec->since));
    for (int i = 0; i < REPORT_N_TIMES; i++) {
        gint32 time = (gint32)CLAMP(times[i], 0, G_MAXINT32);

        if (times[i] != TIME_NONE)
            g_array_append_val(group->times[i], time);
    }
}

/* Where it is on the line of levels; what is before the period counts from its beginning. */
static void
draw(Report *report, const Spell *spell)
{
    gint64 from = MAX(spell->began, report->spec->since) - report->spec->since;
    gint64 to = spell->ended == TIME_NONE ? report->spec->until : spell->ended;

    report->changes[MIN(from / report->step, LEVELS)]++;
    report->changes[MIN((to - report->spec->since) / report->step + 1, LEVELS)]--;
}

/* Reopening takes off a ticket what was done; of a spell that was over by then it still holds. */
static bool
find_round(const Report *report, Stmt *stmt, Spell *spell, GError **error)
{
    gint64 opened = stmt_time(stmt, OPENED), reopened = stmt_time(stmt, REOPENED);

    spell->round = (ReportRound){.opened = MAX(opened, reopened),
                                 .contained = stmt_time(stmt, CONTAINED),
                                 .fixed = stmt_time(stmt, FIXED),
                                 .until = TIME_NONE};
    if (reopened == TIME_NONE || spell->ended == TIME_NONE || spell->ended > reopened)
        return true;
    spell->round.opened = opened;
    return report_round_then(report->store, stmt_int(stmt, TICKET), spell->ended, &spell->round,
                             error);
}

static bool
take_listing(Report *report, Stmt *stmt, GError **error)
{
    const ReportSpec *spec = report->spec;
    const char *zone = stmt_text(stmt, ZONE), *cause = stmt_text(stmt, CAUSE);
    gint64 lookup = stmt_int(stmt, LOOKUP);
    const Answers *answers = g_hash_table_lookup(report->answers, &lookup);
    ReportGroup *groups[3] = {report->total};
    bool counts = false;

    if ((spec->zone && !text_equal_fold(spec->zone, zone)) ||
        (spec->customer && g_strcmp0(spec->customer, stmt_text(stmt, CUSTOMER)) != 0))
        return true;
    if (!read_events(report, stmt_int(stmt, ID), error))
        return false;
    for (guint i = 0; i < report->spells->len; i++) {
        Spell *spell = &g_array_index(report->spells, Spell, i);
        gint64 times[REPORT_N_TIMES];

        if (spell->ended != TIME_NONE && answers)
            find_end(answers, spell);
        if (spell->ended != TIME_NONE && spell->ended <= spec->since)
            continue;
        if (!find_round(report, stmt, spell, error))
            return false;
        groups[1] = report_group_of(report->zones, zone);
        groups[2] = report_group_of(report->causes, cause ? cause : "no ticket");
        counts = true;
        measure(report, stmt, spell, times);
        for (int g = 0; g < 3; g++)
            count(report, groups[g], spell, times);
        draw(report, spell);
        if (!show(report, stmt, spell, i + 1 < report->spells->len ? spell + 1 : NULL, error))
            return false;
    }
    for (int g = 0; counts && answers && g < 3; g++) {
        groups[g]->checks += answers->checks;
        groups[g]->unknown += answers->unknown;
    }
    return true;
}

static bool
find_listings(const Report *report, const char *statement, GArray *ids, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(report->store, statement, error);
    const Addr first = {{0}};
    bool row = false;

    if (!stmt)
        return false;
    if (strcmp(statement, "report_closed") == 0)
        stmt_bind_int(stmt, ":since", report->spec->since);
    else
        stmt_bind_blob(stmt, ":first", first.b, sizeof first.b);
    for (;;) {
        gint64 id;

        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            return true;
        id = stmt_int(stmt, 0);
        g_array_append_val(ids, id);
    }
}

static int
compare_ids(const void *one, const void *other)
{
    gint64 a = *(const gint64 *)one, b = *(const gint64 *)other;

    return (a > b) - (a < b);
}

/* The oldest first: as they, their tickets and events lie in the store, which is read along. */
static bool
take_listings(Report *report, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));

    if (!find_listings(report, "report_unclosed", ids, error) ||
        !find_listings(report, "report_closed", ids, error))
        return false;
    if (ids->len > 0)
        qsort(ids->data, ids->len, sizeof(gint64), compare_ids);
    for (guint i = 0; i < ids->len; i++) {
        bool row = false;
        g_autoptr(Stmt) stmt = store_stmt_by_id(report->store, "report_listing",
                                                g_array_index(ids, gint64, i), &row, error);

        if (!stmt || (row && !take_listing(report, stmt, error)))
            return false;
    }
    return true;
}

static json_t *
model(Report *report)
{
    const ReportSpec *spec = report->spec;
    json_t *values = json_array();
    gint64 level = 0;

    for (gint64 i = 0; i < LEVELS && spec->since + i * report->step < spec->until; i++) {
        level += report->changes[i];
        json_array_append_new(values, json_integer(level));
    }
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:O, s:O, s:{s:o, s:I, s:o}}", "report",
        "delisting", "since", time_json(spec->since), "until", time_json(spec->until), "customer",
        text_json(spec->customer), "zone", text_json(spec->zone), "total",
        report_group_json(report->total), "zones", report_groups_json(report->zones), "causes",
        report_groups_json(report->causes), "listed", report->listed, "delisted", report->delisted,
        "levels", "from", time_json(spec->since), "step", report->step, "values", values);
}

json_t *
report_delisting(Store *store, const ReportSpec *spec, GError **error)
{
    GDestroyNotify done = (GDestroyNotify)report_group_free;
    g_autoptr(GHashTable) zones = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, done);
    g_autoptr(GHashTable) causes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, done);
    g_autoptr(GArray) spells = g_array_new(FALSE, FALSE, sizeof(Spell));
    g_autoptr(GHashTable) answers =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)answers_free);
    Report report = {.store = store,
                     .spec = spec,
                     .total = report_group_new("all"),
                     .zones = zones,
                     .causes = causes,
                     .listed = json_array(),
                     .delisted = json_array(),
                     .step = MAX((spec->until - spec->since + LEVELS - 1) / LEVELS, LEVEL_SECONDS),
                     .spells = spells,
                     .answers = answers};
    g_autoptr(Stmt) hold = store_stmt(store, "report_hold", error);
    json_t *made = NULL;
    bool row = false;

    g_array_set_clear_func(spells, spell_clear);
    if (hold && stmt_step(hold, &row, error) && read_runs(&report, error) &&
        take_listings(&report, error))
        made = model(&report);
    json_decref(report.listed);
    json_decref(report.delisted);
    report_group_free(report.total);
    return made;
}
