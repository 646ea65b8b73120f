/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"
#include "store/filter.h"
#include "store/ticket.h"
#include "store/view.h"
#include "tests/store/desk.h"

/* -- text -------------------------------------------------------------------------------------- */

typedef struct {
    const char *name, *query, *canonical; /* canonical NULL: must fail */
    const char *message;                  /* … and say this */
} Case;

static const Case cases[] = {
    {"empty", "", "", NULL},
    {"blanks", "  \t ", "", NULL},
    {"states", "state:new,open", "state:new,open", NULL},
    {"case", "STATE:New", "state:new", NULL},
    {"network", "relay:192.0.2.0/24", "relay:192.0.2.0/24", NULL},
    {"host", "relay:192.0.2.1", "relay:192.0.2.1", NULL},
    {"ipv6", "relay:2001:DB8::/32", "relay:2001:db8::/32", NULL},
    {"ipv6-word", "2001:db8::1", "2001:db8::1", NULL},
    {"url-word", "http://shop.example/x", "http://shop.example/x", NULL},
    {"since", "since:7d", "since:2025-12-25T12:00:00Z", NULL},
    {"until", "until:2026-01-31", "until:2026-01-31T00:00:00Z", NULL},
    {"me", "assignee:me", "assignee:anna", NULL},
    {"none", "assignee:none", "assignee:none", NULL},
    {"no-customer", "customer:none", "customer:none", NULL},
    {"quoted", "customer:\"Beta, SA\"", "customer:\"Beta, SA\"", NULL},
    {"escaped", "customer:\"a \\\" b\"", "customer:\"a \\\" b\"", NULL},
    {"words", "cheap \"fine watches\" -rolex", "cheap \"fine watches\" -rolex", NULL},
    {"word-like-key", "\"state:new\"", "\"state:new\"", NULL},
    {"negated", "-state:resolved is:reopened", "-state:resolved is:reopened", NULL},
    {"lone-dash", "- x", "\"-\" x", "nothing to look for"},
    {"account-fold", "account:Anna@Example.NET", "account:anna@example.net", NULL},
    {"unknown-key", "stat:new", NULL, "did you mean 'state'?"},
    {"unknown-value", "cause:open-realy", NULL, "did you mean 'open-relay'?"},
    {"unknown-is", "is:reopend", NULL, "did you mean 'reopened'?"},
    {"no-value", "account:", NULL, "missing"},
    {"empty-in-list", "state:new,", NULL, "missing"},
    {"host-bits", "relay:192.0.2.1/24", NULL, "192.0.2.0/24"},
    {"bad-time", "since:yesterday", NULL, "since"},
    {"open-quote", "\"never closed", NULL, "quote"},
    {"glued", "state:\"new\"x", NULL, "blank"},
    {"only-not", "-word", NULL, "leave out"},
    {"only-controls", "\x01 \x1b", NULL, "nothing to look for"},
    {"only-invisible", "\u202e", NULL, "nothing to look for"},
    {"controls-beside", "\x01state:new", "state:new", NULL},
    {"punctuation", "\"***\"", NULL, "nothing to look for"},
};

static void
test_text(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(Filter) filter = filter_parse(c->query, LIST_TICKETS, "anna", NOON, &error);

    if (c->message) {
        g_assert_null(filter);
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
        if (!strstr(error->message, c->message))
            g_error("'%s' is not in '%s'", c->message, error->message);
        return;
    }
    g_assert_no_error(error);
    {
        g_autofree char *text = filter_text(filter);
        g_autoptr(Filter) again = filter_parse(text, LIST_TICKETS, NULL, NOON, &error);
        g_autofree char *twice = NULL;

        g_assert_cmpstr(text, ==, c->canonical);
        g_assert_no_error(error);
        twice = filter_text(again);
        g_assert_cmpstr(twice, ==, text);
    }
}

/* -- what it finds ----------------------------------------------------------------------------- */

/* Ids of a list, "3,1"; the query is tried with its canonical text, too. */
static char *
find(Store *store, const char *query, ListKind list, Sort sort)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Filter) filter = filter_parse(query, list, "anna", NOON + DAY, &error);
    const Page page = {.sort = sort};
    GString *ids = g_string_new(NULL);
    json_t *model = NULL;
    const json_t *rows = NULL;

    g_assert_no_error(error);
    model = list == LIST_TICKETS ? view_ticket_list(store, filter, &page, &error)
                                 : view_filed_list(store, filter, &page, &error);
    g_assert_no_error(error);
    rows = json_object_get(model, list == LIST_TICKETS ? "tickets" : "complaints");
    for (gsize i = 0; i < json_array_size(rows); i++)
        g_string_append_printf(ids, "%s%" JSON_INTEGER_FORMAT, i ? "," : "",
                               json_integer_value(json_object_get(json_array_get(rows, i), "id")));
    json_decref(model);
    return g_string_free(ids, FALSE);
}

static void
fill(Store *store)
{
    static const struct {
        const char *machine, *account, *subject;
        Cause cause;
        bool ours;
    } rows[] = {
        {"192.0.2.1", NULL, "cheap watches", CAUSE_OPEN_RELAY, true},
        {"192.0.2.200", "anna@example.net", "café society", CAUSE_COMPROMISED_ACCOUNT, true},
        {"2001:db8::5", NULL, "your mailbox is full", CAUSE_LOCAL_SCRIPT, true},
        {"203.0.113.9", NULL, "cheap pills", CAUSE_NOT_OURS, false},
        {"203.0.113.10", NULL, "lottery", CAUSE_NOT_OURS, false},
    };
    const Deed deed = {"anna", NOON};
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Complaint) complaint =
            desk_complaint(i == 2 ? FORMAT_ATTACHED : FORMAT_ARF, i ? "b.example" : "a.example");
        Incident *incident = desk_incident(complaint, rows[i].machine, NOON);

        incident->account = rows[i].account;
        incident->subject = rows[i].subject;
        incident->cause = rows[i].cause;
        incident->ours = rows[i].ours;
        desk_take(store, i, complaint, NOON + i * HOUR);
    }
    desk_take_one(store, 20, "192.0.2.1", NOON + 10 * HOUR);
    g_assert_true(ticket_assign(store, 2, "anna", &deed, &error));
    g_assert_true(ticket_set(store, 3, "customer", "Beta, SA", &deed, &error));
    g_assert_true(ticket_move(
        store, &(TicketMove){.id = 3, .to = TICKET_REJECTED, .from = -1, .operand = "spam"}, &deed,
        &error));
    g_assert_no_error(error);
}

typedef struct {
    const char *query;
    ListKind list;
    Sort sort;
    const char *ids;
} Find;

static const Find finds[] = {
    {"", LIST_TICKETS, SORT_ACTIVITY, "1,3,2"},
    {"", LIST_TICKETS, SORT_OPENED, "3,2,1"},
    {"", LIST_TICKETS, SORT_SIZE, "1,3,2"},
    {"state:new", LIST_TICKETS, SORT_ACTIVITY, "1,2"},
    {"-state:new", LIST_TICKETS, SORT_ACTIVITY, "3"},
    {"is:live", LIST_TICKETS, SORT_SIZE, "1,2"},
    {"relay:192.0.2.0/24", LIST_TICKETS, SORT_ACTIVITY, "1,2"},
    {"relay:192.0.2.128/25", LIST_TICKETS, SORT_ACTIVITY, "2"},
    {"-relay:192.0.2.128/25", LIST_TICKETS, SORT_ACTIVITY, "1,3"},
    {"relay:2001:db8::5", LIST_TICKETS, SORT_ACTIVITY, "3"},
    {"cause:open-relay,local-script", LIST_TICKETS, SORT_ACTIVITY, "1,3"},
    {"account:ANNA@example.net", LIST_TICKETS, SORT_ACTIVITY, "2"},
    {"reporter:a.example", LIST_TICKETS, SORT_ACTIVITY, "1"},
    {"reporter:victim.example", LIST_TICKETS, SORT_ACTIVITY, "1"},
    {"format:attached", LIST_TICKETS, SORT_ACTIVITY, "3"},
    {"-format:attached", LIST_TICKETS, SORT_ACTIVITY, "1,2"},
    {"customer:\"Beta, SA\"", LIST_TICKETS, SORT_ACTIVITY, "3"},
    {"customer:none", LIST_TICKETS, SORT_ACTIVITY, "1,2"},
    {"-customer:none", LIST_TICKETS, SORT_ACTIVITY, "3"},
    {"assignee:me", LIST_TICKETS, SORT_ACTIVITY, "2"},
    {"assignee:none", LIST_TICKETS, SORT_ACTIVITY, "1,3"},
    {"is:unassigned state:new", LIST_TICKETS, SORT_ACTIVITY, "1"},
    {"since:2026-01-01T20:00:00Z", LIST_TICKETS, SORT_ACTIVITY, "1"},
    {"until:2026-01-01T13:30:00Z", LIST_TICKETS, SORT_ACTIVITY, "2"},
    {"until:2026-01-01T13:30:00Z", LIST_TICKETS, SORT_SIZE, "2"},
    {"watches", LIST_TICKETS, SORT_ACTIVITY, "1"},
    {"cafe", LIST_TICKETS, SORT_ACTIVITY, "2"},
    {"\"mailbox is full\"", LIST_TICKETS, SORT_ACTIVITY, "3"},
    {"\"full mailbox\"", LIST_TICKETS, SORT_ACTIVITY, ""},
    {"stop -watches", LIST_TICKETS, SORT_OPENED, "3,2"},
    {"anna@example.net", LIST_TICKETS, SORT_ACTIVITY, "2"},
    {"192.0.2.200", LIST_TICKETS, SORT_ACTIVITY, "2"},
    {"stop state:new relay:192.0.2.0/24", LIST_TICKETS, SORT_ACTIVITY, "1,2"},
    {"NEAR OR AND", LIST_TICKETS, SORT_ACTIVITY, ""},
    {"", LIST_FILED, SORT_ACTIVITY, "5,4"},
    {"relay:203.0.113.9", LIST_FILED, SORT_ACTIVITY, "4"},
    {"-relay:203.0.113.9", LIST_FILED, SORT_ACTIVITY, "5"},
    {"cheap", LIST_FILED, SORT_ACTIVITY, "4"},
    {"format:arf cause:not-ours", LIST_FILED, SORT_OPENED, "5,4"},
    {"reporter:b.example", LIST_FILED, SORT_ACTIVITY, "5,4"},
};

static void
test_finds(void)
{
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    fill(desk.store);
    for (gsize i = 0; i < G_N_ELEMENTS(finds); i++) {
        g_autofree char *ids = find(desk.store, finds[i].query, finds[i].list, finds[i].sort);

        if (g_strcmp0(ids, finds[i].ids) != 0)
            g_error("'%s' finds '%s', not '%s'", finds[i].query, ids, finds[i].ids);
    }
}

/* Text that would be SQL or FTS syntax, were it ever pasted. */
static void
test_hostile_text(void)
{
    static const char *const queries[] = {
        "';DROP TABLE ticket;--",
        "account:';DROP TABLE ticket;--",
        "\"a\\\" OR 1=1\"",
        "subject:x",
        "a* b^ {c d}:e",
        "customer:\"x' OR '1'='1\"",
        "( ) AND NOT",
        "\"NEAR(a b, 2)\"",
        "reporter:%",
        "account:\xff\xfe x",
        "-\"x\" \"y\" -\"z\"",
        "word\x01word",
    };
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    fill(desk.store);
    for (gsize i = 0; i < G_N_ELEMENTS(queries); i++) {
        for (int list = 0; list < N_LISTS; list++) {
            g_autoptr(GError) error = NULL;
            g_autoptr(Filter) filter = filter_parse(queries[i], (ListKind)list, NULL, NOON, &error);
            const Page page = {.sort = SORT_ACTIVITY};
            json_t *model = NULL;

            if (!filter) {
                g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
                continue;
            }
            model = list == LIST_TICKETS ? view_ticket_list(desk.store, filter, &page, &error)
                                         : view_filed_list(desk.store, filter, &page, &error);
            g_assert_no_error(error);
            json_decref(model);
        }
    }
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket"), ==, 3);
}

static void
test_limits(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *longest = g_strnfill(5000, 'x');
    g_autoptr(GString) terms = g_string_new(NULL);

    g_assert_null(filter_parse(longest, LIST_TICKETS, NULL, NOON, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
    g_clear_error(&error);
    for (int i = 0; i < 40; i++)
        g_string_append(terms, "x ");
    g_assert_null(filter_parse(terms->str, LIST_TICKETS, NULL, NOON, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
}

/* Pages one by one give all, each once, whatever is added meanwhile. */
static void
test_pages(gconstpointer data)
{
    Sort sort = (Sort)GPOINTER_TO_INT(data);
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    g_autoptr(Filter) filter = filter_parse("", LIST_TICKETS, NULL, NOON, &error);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autofree char *cursor = NULL;
    guint pages = 0;

    desk_open(&desk);
    for (guint i = 1; i <= 25; i++) {
        g_autofree char *machine = g_strdup_printf("192.0.2.%u", i);

        desk_take_one(desk.store, i, machine, NOON + i % 3);
    }
    do {
        const Page page = {.sort = sort, .limit = 4, .cursor = cursor};
        json_t *model = view_ticket_list(desk.store, filter, &page, &error);
        const json_t *rows = json_object_get(model, "tickets");

        g_assert_no_error(error);
        for (gsize i = 0; i < json_array_size(rows); i++) {
            gint64 id = json_integer_value(json_object_get(json_array_get(rows, i), "id"));

            g_assert_true(g_hash_table_add(seen, GINT_TO_POINTER((int)id)));
        }
        g_free(cursor);
        cursor = g_strdup(json_string_value(json_object_get(model, "next")));
        json_decref(model);
        if (++pages == 2)
            desk_take_one(desk.store, 99, "198.51.100.1", NOON + HOUR);
    } while (cursor && pages < 20);
    g_assert_cmpuint(g_hash_table_size(seen), ==, 25);
    g_assert_cmpuint(pages, ==, 7);
}

static void
test_bad_cursors(void)
{
    static const char *const cursors[] = {"", "x1.2", "a", "a1", "a1.", "a.2", "a1.2x", "o1.2"};
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    g_autoptr(Filter) filter = filter_parse(NULL, LIST_TICKETS, NULL, NOON, &error);

    desk_open(&desk);
    for (gsize i = 0; i < G_N_ELEMENTS(cursors); i++) {
        const Page page = {.sort = SORT_ACTIVITY, .cursor = cursors[i]};

        g_assert_null(view_ticket_list(desk.store, filter, &page, &error));
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
        g_clear_error(&error);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/store/filter/text/", cases[i].name, NULL);

        g_test_add_data_func(path, &cases[i], test_text);
    }
    g_test_add_func("/store/filter/finds", test_finds);
    g_test_add_func("/store/filter/hostile-text", test_hostile_text);
    g_test_add_func("/store/filter/limits", test_limits);
    for (int sort = 0; sort < N_SORTS; sort++) {
        g_autofree char *path = g_strconcat("/store/filter/pages/", sort_names[sort], NULL);

        g_test_add_data_func(path, GINT_TO_POINTER(sort), test_pages);
    }
    g_test_add_func("/store/filter/bad-cursors", test_bad_cursors);
    return g_test_run();
}
