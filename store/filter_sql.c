/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/filter_sql.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "store/filter_impl.h"
#include "store/state.h"
#include "store/view.h"

#define DRIVER_WORDS 1000 /* above every term's number */

/* The index that an order is read along. */
typedef struct {
    const char *from;
    const char *keyset; /* rows after the page before; NULL: not an order of this list */
    const char *end;    /* … and no further than here */
    const char *order;
} OrderRow;

/* clang-format off */
static const OrderRow orders[N_LISTS][N_SORTS] = {
    [LIST_TICKETS] = {
        [SORT_ACTIVITY] = {"ticket t", "(t.last_at, t.id) < (:key, :id)",
                           "(t.last_at, t.id) >= (:end_key, :end_id)",
                           "t.last_at DESC, t.id DESC"},
        [SORT_OPENED]   = {"ticket t", "t.id < :id AND :key IS NOT NULL",
                           "t.id >= :end_id AND :end_key IS NOT NULL", "t.id DESC"},
        [SORT_SIZE]     = {"ticket t", FILTER_SIZE_KEY " < :key AND :id IS NOT NULL",
                           FILTER_SIZE_KEY " >= :end_key AND :end_id IS NOT NULL",
                           FILTER_SIZE_KEY " DESC"},
    },
    [LIST_FILED] = {
        [SORT_ACTIVITY] = {"complaint c", "c.filed = 1 AND (c.received_at, c.id) < (:key, :id)",
                           "(c.received_at, c.id) >= (:end_key, :end_id)",
                           "c.received_at DESC, c.id DESC"},
        [SORT_OPENED]   = {"complaint c", "c.filed = 1 AND (c.received_at, c.id) < (:key, :id)",
                           "(c.received_at, c.id) >= (:end_key, :end_id)",
                           "c.received_at DESC, c.id DESC"},
        [SORT_SIZE]     = {NULL, NULL, NULL, NULL},
    },
};
/* What full text finds: the newest complaints first, then their tickets. */
static const char *const picks_of_words[N_LISTS] = {
    [LIST_TICKETS] = "SELECT DISTINCT i.ticket_id FROM (SELECT rowid AS id FROM complaint_text "
                     "WHERE complaint_text MATCH :match ORDER BY rowid DESC LIMIT 10000) f "
                     "CROSS JOIN incident i WHERE i.complaint_id = f.id AND i.ticket_id IS NOT NULL",
    [LIST_FILED]   = "SELECT rowid FROM complaint_text WHERE complaint_text MATCH :match "
                     "ORDER BY rowid DESC LIMIT 10000",
};
/* clang-format on */
G_STATIC_ASSERT(FILTER_WORDS == 10000);

guint
filter_n_terms(const Filter *filter)
{
    return filter->terms->len;
}

ListKind
filter_list(const Filter *filter)
{
    return filter->list;
}

static const FilterTerm *
term_at(const Filter *filter, guint term)
{
    return g_ptr_array_index(filter->terms, term);
}

static const FilterPart *
part_of(const Filter *filter, const FilterTerm *term, guint i)
{
    const FilterValue *value = g_ptr_array_index(term->values, i);

    return value->is ? &value->is->on[filter->list] : &term->row->on[filter->list];
}

bool
filter_may_pick(const Filter *filter, guint term)
{
    const FilterTerm *t = term_at(filter, term);
    bool may = !t->negated;

    for (guint i = 0; may && i < t->values->len; i++) {
        const FilterValue *value = g_ptr_array_index(t->values, i);

        may = part_of(filter, t, i)->from &&
              !(value->param && value->param[0] == '\0'); /* "none" is in no index */
    }
    return may;
}

bool
filter_must_pick(const Filter *filter, int *ret_driver)
{
    if (filter->match)
        *ret_driver = DRIVER_WORDS;
    return filter->match != NULL;
}

/* Appends the template with {v} and {w} replaced by the value's parameters. */
static void
append_template(GString *sql, const char *template, guint term, guint value)
{
    for (const char *at = template; *at; at++) {
        if (at[0] == '{' && (at[1] == 'v' || at[1] == 'w') && at[2] == '}') {
            g_string_append_printf(sql, ":t%uv%u%s", term, value, at[1] == 'w' ? "last" : "");
            at += 2;
        } else {
            g_string_append_c(sql, *at);
        }
    }
}

static void
append_values(GString *sql, const Filter *filter, guint number, bool pick)
{
    const FilterTerm *term = term_at(filter, number);

    for (guint i = 0; i < term->values->len; i++) {
        const FilterPart *part = part_of(filter, term, i);

        g_string_append(sql, i == 0 ? "(" : " OR ");
        append_template(sql, pick ? part->where : part->condition, number, i);
    }
    g_string_append_c(sql, ')');
}

static void
append_pick(GString *sql, const Filter *filter, int driver)
{
    if (driver == DRIVER_WORDS) {
        g_string_append(sql, picks_of_words[filter->list]);
        return;
    }
    g_string_append_printf(sql, "%s WHERE ",
                           part_of(filter, term_at(filter, (guint)driver), 0)->from);
    append_values(sql, filter, (guint)driver, true);
    g_string_append(sql, " LIMIT :most");
}

/* All that can match is live: then the index of live tickets will do. */
static bool
is_live_only(const Filter *filter)
{
    for (guint i = 0; i < filter->terms->len; i++) {
        const FilterTerm *term = term_at(filter, i);
        bool all_live = !term->negated;

        for (guint v = 0; all_live && v < term->values->len; v++) {
            const FilterValue *value = g_ptr_array_index(term->values, v);
            int state = strcmp(term->row->key, "state") == 0
                            ? text_name_find(ticket_state_names, N_TICKET_STATES, value->text)
                            : -1;

            all_live = (state >= 0 && ticket_state_is_live((TicketState)state)) ||
                       (value->is && strcmp(value->is->name, "live") == 0);
        }
        if (all_live && term->values->len > 0)
            return true;
    }
    return false;
}

/* The rows of the list in its order, from where the page before ended. */
static void
append_order(GString *sql, const Filter *filter, Sort sort, int driver)
{
    const OrderRow *order = &orders[filter->list][sort];
    const char *alias = filter->list == LIST_TICKETS ? "t" : "c";

    g_string_append_printf(sql, " FROM %s%s WHERE ",
                           driver == DRIVER_SORT ? "" : "pick CROSS JOIN ", order->from);
    if (driver != DRIVER_SORT)
        g_string_append_printf(sql, "%s.id = pick.id AND ", alias);
    else if (filter->list == LIST_TICKETS && sort == SORT_ACTIVITY && is_live_only(filter))
        g_string_append(sql, "t.live = 1 AND ");
    g_string_append(sql, order->keyset);
}

char *
filter_sql(const Filter *filter, Sort sort, int driver, const char *columns)
{
    const OrderRow *order = &orders[filter->list][sort];
    GString *sql = g_string_new(NULL);

    if (driver != DRIVER_SORT) {
        g_string_append(sql, "WITH pick (id) AS MATERIALIZED (SELECT DISTINCT * FROM (");
        append_pick(sql, filter, driver);
        g_string_append(sql, ") AS f) ");
    }
    g_string_append_printf(sql, "SELECT %s", columns);
    append_order(sql, filter, sort, driver);
    if (driver == DRIVER_SORT)
        g_string_append_printf(sql, " AND %s", order->end);
    for (guint i = 0; i < filter->terms->len; i++) {
        g_string_append(sql, term_at(filter, i)->negated ? " AND NOT " : " AND ");
        append_values(sql, filter, i, false);
    }
    g_string_append_printf(sql, " ORDER BY %s LIMIT :limit", order->order);
    return g_string_free(sql, FALSE);
}

char *
filter_end_sql(const Filter *filter, Sort sort, const char *columns)
{
    GString *sql = g_string_new(NULL);

    g_string_append_printf(sql, "SELECT %s", columns);
    append_order(sql, filter, sort, DRIVER_SORT);
    /* For a limit that it knows, the planner may rather sort. */
    g_string_append_printf(sql, " ORDER BY %s LIMIT :limit OFFSET :walk",
                           orders[filter->list][sort].order);
    return g_string_free(sql, FALSE);
}

char *
filter_count_sql(const Filter *filter, guint term)
{
    GString *sql = g_string_new("SELECT count(*) FROM (");

    append_pick(sql, filter, (int)term);
    g_string_append(sql, ") AS pick");
    return g_string_free(sql, FALSE);
}

static void
bind_value(const FilterTerm *term, const FilterValue *value, Stmt *stmt, guint i, guint v)
{
    char name[32];

    g_snprintf(name, sizeof name, ":t%uv%u", i, v);
    if (value->is)
        return;
    if (term->row->type == VALUE_NETWORK) {
        stmt_bind_blob(stmt, name, value->mask.first.b, sizeof value->mask.first.b);
        g_strlcat(name, "last", sizeof name);
        stmt_bind_blob(stmt, name, value->mask.last.b, sizeof value->mask.last.b);
    } else if (term->row->type == VALUE_BIT || term->row->type == VALUE_TIME) {
        stmt_bind_int(stmt, name, value->number);
    } else {
        stmt_bind_text(stmt, name, value->param);
    }
}

static void
bind_term(const Filter *filter, Stmt *stmt, guint term)
{
    const FilterTerm *t = term_at(filter, term);

    for (guint v = 0; v < t->values->len; v++)
        bind_value(t, g_ptr_array_index(t->values, v), stmt, term, v);
}

void
filter_bind(const Filter *filter, Stmt *stmt, int driver)
{
    for (guint i = 0; i < filter->terms->len; i++)
        bind_term(filter, stmt, i);
    if (driver == DRIVER_WORDS)
        stmt_bind_text(stmt, ":match", filter->match);
    else if (driver != DRIVER_SORT)
        stmt_bind_int(stmt, ":most", VIEW_WALK_MAX + 1);
}

void
filter_times(const Filter *filter, gint64 *ret_since, gint64 *ret_until)
{
    *ret_since = G_MININT64;
    *ret_until = G_MAXINT64;
    for (guint i = 0; i < filter->terms->len; i++) {
        const FilterTerm *term = term_at(filter, i);
        const FilterValue *value = g_ptr_array_index(term->values, 0);

        if (term->row->type != VALUE_TIME || term->negated || term->values->len > 1)
            continue;
        if (strcmp(term->row->key, "since") == 0)
            *ret_since = MAX(*ret_since, value->number);
        else
            *ret_until = MIN(*ret_until, value->number);
    }
}

static bool
count_term(Store *store, const Filter *filter, guint term, guint most, gint64 *ret_count,
           GError **error)
{
    g_autofree char *sql = filter_count_sql(filter, term);
    g_autoptr(Stmt) stmt = store_stmt_text(store, sql, error);

    if (!stmt)
        return false;
    bind_term(filter, stmt, term);
    stmt_bind_int(stmt, ":most", (gint64)most + 1);
    return stmt_run_int(stmt, ret_count, error);
}

bool
filter_choose(Store *store, const Filter *filter, guint most, int *ret_driver, GError **error)
{
    gint64 least = (gint64)most + 1;
    int driver = DRIVER_SORT;

    if (filter_must_pick(filter, ret_driver))
        return true;
    for (guint i = 0; i < filter->terms->len; i++) {
        gint64 count = 0;

        if (!filter_may_pick(filter, i))
            continue;
        if (!count_term(store, filter, i, most, &count, error))
            return false;
        if (count < least) {
            least = count;
            driver = (int)i;
        }
    }
    *ret_driver = driver;
    return true;
}
