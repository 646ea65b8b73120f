/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/view.h"

#include "base/error.h"
#include "ingest/parse/complaint.h"
#include "store/filter_sql.h"
#include "store/stmt.h"
#include "store/view_impl.h"

#define PAGE_DEFAULT 50

/* Where a page ended: the sort key and the id of its last row. */
typedef struct {
    gint64 key, id;
} Cursor;

static bool
cursor_parse(const Page *page, Cursor *ret_cursor, GError **error)
{
    const char *text = page->cursor;
    Cursor cursor = {G_MAXINT64, G_MAXINT64};
    char *end = NULL;
    bool valid = true;

    if (text) {
        valid = text[0] == sort_names[page->sort][0];
        cursor.key = valid ? g_ascii_strtoll(text + 1, &end, 10) : 0;
        valid = valid && end > text + 1 && *end == '.';
        text = valid ? end + 1 : "";
        cursor.id = g_ascii_strtoll(text, &end, 10);
        valid = valid && end > text && *end == '\0';
    }
    if (!valid)
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "the cursor does not belong to this list: begin with the first page");
    *ret_cursor = cursor;
    return true;
}

static json_t *
cursor_json(Sort sort, const Cursor *cursor)
{
    return json_sprintf("%c%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, sort_names[sort][0],
                        cursor->key, cursor->id);
}

static guint
page_limit(const Page *page)
{
    return page->limit == 0 ? PAGE_DEFAULT : MIN(page->limit, VIEW_PAGE_MAX);
}

/* -- one statement's rows --------------------------------------------------------------------- */

json_t *
view_row(Store *store, const char *statement, gint64 id, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, statement, error);
    bool row = false;

    if (!stmt)
        return NULL;
    stmt_bind_int(stmt, ":id", id);
    if (!stmt_step(stmt, &row, error))
        return NULL;
    return row ? stmt_row_json(stmt) : json_null();
}

bool
view_rows(Store *store, json_t *object, const char *member, const char *statement, gint64 id,
          GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, statement, error);
    json_t *array = json_array();

    json_object_set_new(object, member, array);
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", id);
    return stmt_rows_json(stmt, array, error);
}

/* -- lists ------------------------------------------------------------------------------------ */

/* The look for a page's rows. */
typedef struct {
    Store *store;
    const Filter *filter;
    const Page *page;
    const char *columns;
    Cursor from, end; /* what lies between them is looked at … */
    bool cut;         /* … and there is more beyond */
    GArray *rows;     /* Cursor: the page, in order; one more when there is a next one */
} Search;

/* Prepares a statement of the look; it begins where the page before ended. */
static Stmt *
search_stmt(const Search *search, const char *sql, GError **error)
{
    Stmt *stmt = store_stmt_text(search->store, sql, error);

    if (stmt) {
        stmt_bind_int(stmt, ":key", search->from.key);
        stmt_bind_int(stmt, ":id", search->from.id);
    }
    return stmt;
}

/* Where it begins and ends, as far as the cursor and the times asked for say. */
static bool
search_begin(Search *search, GError **error)
{
    static const char *const columns[N_LISTS][N_SORTS] = {
        [LIST_TICKETS] = {"t.last_at, t.id", "t.id AS key, t.id", FILTER_SIZE_KEY ", t.id"},
        [LIST_FILED] = {"c.received_at, c.id", "c.received_at, c.id", NULL},
    };
    ListKind list = filter_list(search->filter);
    gint64 since = 0, until = 0;

    search->columns = columns[list][search->page->sort];
    if (!search->columns)
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "filed complaints have no size: sort them by activity");
    if (!cursor_parse(search->page, &search->from, error))
        return false;
    search->end = (Cursor){G_MININT64, G_MININT64};
    if (list == LIST_TICKETS && search->page->sort != SORT_ACTIVITY)
        return true;
    filter_times(search->filter, &since, &until);
    search->end.key = since;
    if (until < search->from.key)
        search->from = (Cursor){until, G_MININT64};
    return true;
}

/* … and no further than a walk. */
static bool
search_end(Search *search, GError **error)
{
    g_autofree char *sql = filter_end_sql(search->filter, search->page->sort, search->columns);
    g_autoptr(Stmt) stmt = search_stmt(search, sql, error);

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":limit", 1);
    stmt_bind_int(stmt, ":walk", VIEW_WALK_MAX - 1);
    if (!stmt_step(stmt, &search->cut, error))
        return false;
    search->cut = search->cut && stmt_int(stmt, 0) >= search->end.key;
    if (search->cut)
        search->end = (Cursor){stmt_int(stmt, 0), stmt_int(stmt, 1)};
    return true;
}

static bool
search_rows(Search *search, int driver, GError **error)
{
    g_autofree char *sql = filter_sql(search->filter, search->page->sort, driver, search->columns);
    g_autoptr(Stmt) stmt = search_stmt(search, sql, error);
    bool row = false;

    if (!stmt)
        return false;
    if (driver == DRIVER_SORT) {
        stmt_bind_int(stmt, ":end_key", search->end.key);
        stmt_bind_int(stmt, ":end_id", search->end.id);
    }
    filter_bind(search->filter, stmt, driver);
    stmt_bind_int(stmt, ":limit", page_limit(search->page) + 1);
    for (;;) {
        Cursor cursor = {0};

        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            return true;
        cursor = (Cursor){stmt_int(stmt, 0), stmt_int(stmt, 1)};
        g_array_append_val(search->rows, cursor);
    }
}

/* A term of few rows picks them. Else the order is walked, which mostly fills a page soon; where it
 * does not, a term that is no wider than a walk answers for the whole list. */
static bool
search_page(Search *search, GError **error)
{
    int driver = DRIVER_SORT;

    if (!search_begin(search, error) ||
        !filter_choose(search->store, search->filter, FILTER_PICK, &driver, error) ||
        (driver == DRIVER_SORT && filter_n_terms(search->filter) > 0 &&
         !search_end(search, error)) ||
        !search_rows(search, driver, error))
        return false;
    search->cut = search->cut && search->rows->len <= page_limit(search->page);
    if (!search->cut)
        return true;
    if (!filter_choose(search->store, search->filter, VIEW_WALK_MAX, &driver, error))
        return false;
    if (driver == DRIVER_SORT)
        return true;
    g_array_set_size(search->rows, 0);
    search->cut = false;
    return search_rows(search, driver, error);
}

/* The cursor of the page after this one. */
static json_t *
search_next(const Search *search)
{
    guint limit = page_limit(search->page);

    if (search->rows->len > limit)
        return cursor_json(search->page->sort, &g_array_index(search->rows, Cursor, limit - 1));
    return search->cut ? cursor_json(search->page->sort, &search->end) : json_null();
}

static json_t *
view_list(Store *store, const Filter *filter, const Page *page, GError **error)
{
    bool tickets = filter_list(filter) == LIST_TICKETS;
    g_autoptr(GArray) cursors = g_array_new(FALSE, FALSE, sizeof(Cursor));
    Search search = {.store = store, .filter = filter, .page = page, .rows = cursors};
    json_t *list = json_object(), *rows = json_array();

    json_object_set_new(list, tickets ? "tickets" : "complaints", rows);
    if (!search_page(&search, error)) {
        json_decref(list);
        return NULL;
    }
    for (guint i = 0; i < MIN(cursors->len, page_limit(page)); i++) {
        json_t *row = view_row(store, tickets ? "view_ticket_line" : "view_filed_line",
                               g_array_index(cursors, Cursor, i).id, error);

        if (!row) {
            json_decref(list);
            return NULL;
        }
        if (json_is_null(row)) /* gone meanwhile */
            json_decref(row);
        else
            json_array_append_new(rows, row);
    }
    json_object_set_new(list, "next", search_next(&search));
    return list;
}

static json_t *
checked_list(Store *store, const Filter *filter, ListKind kind, const Page *page, GError **error)
{
    if (filter_list(filter) == kind)
        return view_list(store, filter, page, error);
    plaint_fail(error, PLAINT_ERROR_INTERNAL, "a filter of another list");
    return NULL;
}

json_t *
view_ticket_list(Store *store, const Filter *filter, const Page *page, GError **error)
{
    return checked_list(store, filter, LIST_TICKETS, page, error);
}

json_t *
view_filed_list(Store *store, const Filter *filter, const Page *page, GError **error)
{
    return checked_list(store, filter, LIST_FILED, page, error);
}

static bool
add_incidents(Store *store, gint64 id, gint64 before, guint limit, json_t *list, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "view_incidents_of_ticket", error);

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":ticket", id);
    stmt_bind_int(stmt, ":id", before);
    stmt_bind_int(stmt, ":limit", limit);
    return stmt_rows_json(stmt, list, error);
}

/* An incident whose detail cannot be read still has all its members. */
void
view_fill_detail(json_t *incident)
{
    static const char *const lists[] = {"causes", "urls", "hops"};
    static const char *const texts[] = {"category_why", "from", "rcpt"};

    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        if (!json_object_get(incident, lists[i]))
            json_object_set_new(incident, lists[i], json_array());
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (!json_object_get(incident, texts[i]))
            json_object_set_new(incident, texts[i], json_null());
    for (const char *const *name = incident_extra_names; *name; name++)
        if (!json_object_get(incident, *name))
            json_object_set_new(incident, *name, json_null());
}

void
view_fill_details(json_t *incidents)
{
    for (gsize i = 0; i < json_array_size(incidents); i++)
        view_fill_detail(json_array_get(incidents, i));
}

json_t *
view_ticket_incidents(Store *store, gint64 id, const Page *page, GError **error)
{
    const Page by_id = {SORT_OPENED, page->limit, page->cursor};
    guint limit = page_limit(page);
    json_t *line = view_row(store, "view_ticket_line", id, error);
    json_t *list = json_array(), *next = json_null();
    Cursor cursor = {0};
    bool found = line && !json_is_null(line);

    json_decref(line);
    if (line && !found)
        plaint_fail(error, PLAINT_ERROR_NOT_FOUND, "no ticket %" G_GINT64_FORMAT, id);
    if (!found || !cursor_parse(&by_id, &cursor, error) ||
        !add_incidents(store, id, cursor.id, limit + 1, list, error)) {
        json_decref(list);
        return NULL;
    }
    if (json_array_size(list) > limit) {
        json_array_remove(list, limit);
        cursor.key = cursor.id =
            json_integer_value(json_object_get(json_array_get(list, limit - 1), "id"));
        next = cursor_json(SORT_OPENED, &cursor);
    }
    view_fill_details(list);
    return json_pack("{s:o, s:o}", "incidents", list, "next", next);
}
