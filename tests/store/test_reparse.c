/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"
#include "store/message.h"
#include "store/ticket.h"
#include "store/view.h"
#include "tests/store/desk.h"

static const Deed deed = {"anna", NOON + DAY};

static Complaint *
sample(const char *machine, const char *account)
{
    Complaint *complaint = desk_complaint(FORMAT_ARF, "victim.example");

    desk_incident(complaint, machine, NOON)->account = account;
    return complaint;
}

static bool
is_changed(Store *store, gint64 id, const Complaint *complaint)
{
    g_autoptr(GError) error = NULL;
    json_t *diff = reparse_diff(store, id, complaint, &error);
    bool changed = json_is_true(json_object_get(diff, "changed"));

    g_assert_no_error(error);
    json_decref(diff);
    return changed;
}

static ReparseResult
apply(Store *store, gint64 id, const Complaint *complaint)
{
    ReparseResult result = {0};
    g_autoptr(GError) error = NULL;

    g_assert_true(reparse_apply(store, id, complaint, &deed, &result, &error));
    g_assert_no_error(error);
    desk_check(store);
    return result;
}

/* A full complaint: every member survives the way into the store and back. */
static void
test_same_is_no_change(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(Complaint) complaint = sample("192.0.2.1", "anna@example.net");
    Incident *incident = &g_array_index(complaint->incidents, Incident, 0);
    Hop hop = {.n = 0,
               .helo = "pc",
               .by = "mx.example.net",
               .verdict = VERDICT_BORDER,
               .date = NOON,
               .why = "the last line that we believe"};
    CauseFinding finding = {
        .cause = CAUSE_OPEN_RELAY, .why = "no authentication", .header = "R: x"};

    hop.ip = incident->exit_ip;
    g_array_append_val(incident->hops, hop);
    g_array_append_val(incident->causes, finding);
    g_ptr_array_add(incident->urls, (gpointer) "http://shop.example/");
    incident->script = "/srv/x.php";
    incident->source_port = 2525;
    incident->relay_ip = incident->origin_ip = incident->claimed_ip = incident->exit_ip;
    incident->claim = CLAIM_AGREES;
    incident->category = CATEGORY_PHISHING;
    incident->category_why = "the report says fraud";
    incident->blocked_by = "bl.example";
    incident->rcpt_redacted = "redacted@y.example";
    incident->cfbl_address = "fbl@x.example";
    incident->list_id = "offers.x.example";
    incident->feedback_id = "111:222";
    incident->remote_mta = "mx.y.example";
    incident->status = "5.7.1";
    incident->diagnostic = "smtp; 550 5.7.1 \"no\"";
    incident->blocked_ip = incident->exit_ip;
    incident->blocked_url = "https://y.example/why";
    incident->message_id = "m@x.example";
    incident->from = "a@x.example";
    incident->rcpt = "b@y.example";
    incident->date = NOON - 5;
    incident->count = 3;
    complaint->feedback_type = "abuse";
    complaint_add_problem(complaint, "too-many-parts", "1001 of them");
    desk_open(&desk);
    desk_take(desk.store, 1, complaint, NOON);
    {
        g_autoptr(GError) error = NULL;
        json_t *diff = reparse_diff(desk.store, 1, complaint, &error);
        char *text = json_dumps(diff, JSON_COMPACT);

        g_test_message("%s", text);
        g_assert_false(json_is_true(json_object_get(diff, "changed")));
        free(text);
        json_decref(diff);
    }
    g_assert_false(apply(desk.store, 1, complaint).changed);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM audit WHERE deed = 'reparse'"), ==,
                    0);
}

/* A mail that killed the parser is healed. */
static void
test_heals(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(Complaint) died = desk_complaint(FORMAT_MESSAGE, NULL);
    g_autoptr(Complaint) read = sample("192.0.2.1", NULL);
    ReparseResult result = {0};

    desk_open(&desk);
    complaint_add_problem(died, "parser-died", "signal 11");
    desk_take(desk.store, 1, died, NOON);
    g_assert_true(is_changed(desk.store, 1, read));
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket"), ==, 0); /* a dry run */
    result = apply(desk.store, 1, read);
    g_assert_true(result.changed);
    g_assert_cmpuint(result.tickets_opened, ==, 1);
    g_assert_cmpint(desk_count(desk.store, "SELECT filed FROM complaint"), ==, 0);
    g_assert_false(apply(desk.store, 1, read).changed);
}

/* A better account moves the incident; the ticket that is left empty is closed, if untouched. */
static void
test_moves(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(Complaint) before = sample("192.0.2.1", NULL);
    g_autoptr(Complaint) after = sample("192.0.2.1", "anna@example.net");

    desk_open(&desk);
    desk_take(desk.store, 1, before, NOON);
    apply(desk.store, 1, after);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket WHERE live = 1"), ==, 1);
    g_assert_cmpint(
        desk_count(desk.store, "SELECT incidents FROM ticket WHERE account = 'anna@example.net'"),
        ==, 1);
    g_assert_cmpint(desk_count(desk.store, "SELECT incidents FROM ticket WHERE id = 1"), ==, 0);
}

/* Where a person has put an incident it stays, when the parser says the same of it. */
static void
test_keeps_what_a_person_did(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GArray) one = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GError) error = NULL;
    g_autoptr(Complaint) better = sample("192.0.2.1", NULL);
    gint64 incident = 1, id = 0;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    desk_take_one(desk.store, 2, "192.0.2.1", NOON);
    g_array_append_val(one, incident);
    g_assert_true(ticket_split(desk.store, 1, one, &deed, &id, &error));
    g_array_index(better->incidents, Incident, 0).confidence = CONFIDENCE_HIGH;
    apply(desk.store, 1, better);
    g_assert_cmpint(desk_count(desk.store, "SELECT ticket_id FROM incident WHERE complaint_id = 1"),
                    ==, id);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket"), ==, 2);
}

static void
test_search_follows(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(Complaint) after = sample("192.0.2.1", NULL);
    static const struct {
        const char *word;
        gint64 found;
    } cases[] = {{"zebra", 1}, {"stop", 0}};

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    after->words = "A zebra, of all things";
    after->feedback_type = "abuse";
    apply(desk.store, 1, after);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *sql = g_strdup_printf(
            "SELECT count(*) FROM complaint_text WHERE complaint_text MATCH '%s'", cases[i].word);

        g_assert_cmpint(desk_count(desk.store, sql), ==, cases[i].found);
    }
}

static void
test_iterates(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    gint64 id = 0;
    guint n = 0;

    desk_open(&desk);
    for (guint i = 0; i < 10; i++)
        desk_take_one(desk.store, i, "192.0.2.1", NOON + (10 - i) * HOUR);
    while (message_next(desk.store, id, NOON + 6 * HOUR, &id, &error) && id != 0)
        n++;
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 5);
    g_assert_null(message_load(desk.store, 99, NULL, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_NOT_FOUND);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/reparse/same-is-no-change", test_same_is_no_change);
    g_test_add_func("/store/reparse/heals", test_heals);
    g_test_add_func("/store/reparse/moves", test_moves);
    g_test_add_func("/store/reparse/keeps-what-a-person-did", test_keeps_what_a_person_did);
    g_test_add_func("/store/reparse/search-follows", test_search_follows);
    g_test_add_func("/store/reparse/iterates", test_iterates);
    return g_test_run();
}
