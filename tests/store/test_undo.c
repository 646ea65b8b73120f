/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/view.h"
#include "tests/store/deeds.h"

/* -- undo ------------------------------------------------------------------------------------- */

static char *
snapshot(Store *store)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Stmt) stmt = store_stmt_text(
        store,
        "SELECT t.id, kind, state, key, machine AS \"machine:addr\", account, cause, customer, "
        "assignee, resolution, reason, by_hand, contained_at, fixed_at, resolved_at, watch_until, "
        "complaints, incidents, first_at, last_at, event_at, formats, merged_into, "
        "(SELECT count(*) FROM note n WHERE n.ticket_id = t.id) AS notes FROM ticket t "
        "WHERE state <> 'rejected' ORDER BY t.id",
        &error);
    json_t *rows = json_array();
    char *text = NULL, *copy = NULL;

    g_assert_no_error(error);
    g_assert_true(stmt_rows_json(stmt, rows, &error));
    text = json_dumps(rows, JSON_COMPACT);
    copy = g_strdup(text);
    free(text);
    json_decref(rows);
    return copy;
}

static void
undo_ok(Store *store, gint64 id, const char *what)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *undone = NULL;

    g_assert_true(ticket_undo(store, id, &anna, &undone, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(undone, ==, what);
}

static void
test_undo_each(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autofree char *before = NULL, *middle = NULL, *after = NULL;
    g_autoptr(GError) error = NULL;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    before = snapshot(desk.store);
    g_assert_false(ticket_undo(desk.store, 1, &anna, NULL, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFLICT);
    g_clear_error(&error);
    move_ok(desk.store, 1, TICKET_OPEN, NULL, NULL, NOON);
    g_assert_true(ticket_assign(desk.store, 1, "anna", &anna, &error));
    middle = snapshot(desk.store);
    g_assert_true(ticket_set(desk.store, 1, "relay", "192.0.2.77", &anna, &error));
    move_ok(desk.store, 1, TICKET_RESOLVED, "false-report", NULL, NOON);
    undo_ok(desk.store, 1, "moved open to resolved");
    undo_ok(desk.store, 1, "set relay to 192.0.2.77");
    after = snapshot(desk.store);
    g_assert_cmpstr(after, ==, middle);
    undo_ok(desk.store, 1, "assigned to anna");
    undo_ok(desk.store, 1, "moved new to open");
    g_free(after);
    after = snapshot(desk.store);
    g_assert_cmpstr(after, ==, before);
    g_assert_false(ticket_undo(desk.store, 1, &anna, NULL, &error));
    desk_check(desk.store);
}

/* What must hold of a state holds however it is reached. */
static void
test_undo_meets_the_guard(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    g_autoptr(Stmt) listing = NULL;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    move_ok(desk.store, 1, TICKET_OPEN, NULL, NULL, NOON);
    move_ok(desk.store, 1, TICKET_CONTAINED, NULL, NULL, NOON);
    move_ok(desk.store, 1, TICKET_FIXED, NULL, "locked", NOON);
    move_ok(desk.store, 1, TICKET_RESOLVED, "fixed", NULL, NOON);
    move_ok(desk.store, 1, TICKET_OPEN, NULL, NULL, NOON + 1);
    listing = store_stmt_text(
        desk.store,
        "INSERT INTO listing (address, zone, ticket_id, state, first_at, last_at) VALUES "
        "(zeroblob(16), 'bl.example', 1, 'listed', 0, 0)",
        &error);
    g_assert_true(stmt_run(listing, NULL, &error));
    g_assert_false(ticket_undo(desk.store, 1, &anna, NULL, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFLICT);
    g_assert_nonnull(strstr(error->message, "listing"));
    g_assert_cmpint(state_of(desk.store, 1), ==, TICKET_OPEN);
    desk_check(desk.store);
}

static void
test_note_too_long(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    g_autofree char *longest = g_strnfill(8192, 'x'), *longer = g_strnfill(8193, 'x');

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    g_assert_false(ticket_note(desk.store, 1, longer, &anna, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
    g_clear_error(&error);
    g_assert_true(ticket_note(desk.store, 1, longest, &anna, &error));
    g_autoptr(Stmt) stmt = store_stmt_text(desk.store, "SELECT length(text) FROM note", &error);
    gint64 length = 0;
    g_assert_true(stmt_run_int(stmt, &length, &error));
    g_assert_cmpint(length, ==, 8192); /* nothing of it was cut */
}

/* Undoing a resolution onto a key that somebody else has by now. */
static void
test_undo_onto_taken_key(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    move_ok(desk.store, 1, TICKET_REJECTED, "not-abuse", NULL, NOON);
    desk_take_one(desk.store, 2, "192.0.2.1", NOON + HOUR);
    g_assert_false(ticket_undo(desk.store, 1, &anna, NULL, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFLICT);
    g_assert_nonnull(strstr(error->message, "ticket 2"));
    g_assert_nonnull(strstr(error->message, "merge"));
    move_fails(desk.store, 1, TICKET_OPEN, NULL, PLAINT_ERROR_CONFLICT, "ticket 2");
    g_assert_cmpint(state_of(desk.store, 1), ==, TICKET_REJECTED);
}

static void
test_merge_and_undo(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autofree char *before = NULL, *after = NULL;
    g_autoptr(GError) error = NULL;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    desk_take_one(desk.store, 2, "192.0.2.2", NOON + HOUR);
    desk_take_one(desk.store, 3, "192.0.2.2", NOON + HOUR);
    g_assert_true(ticket_note(desk.store, 1, "called them", &anna, &error));
    before = snapshot(desk.store);
    g_assert_false(ticket_merge(desk.store, 1, 1, &anna, &error));
    g_clear_error(&error);
    g_assert_true(ticket_merge(desk.store, 1, 2, &anna, &error));
    g_assert_no_error(error);
    g_assert_cmpint(desk_count(desk.store, "SELECT complaints FROM ticket WHERE id = 2"), ==, 3);
    g_assert_cmpint(desk_count(desk.store, "SELECT ticket_id FROM note"), ==, 2);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket_relay WHERE ticket_id = 2"),
                    ==, 2);
    /* What comes for the merged ticket goes to the one it was merged into. */
    desk_take_one(desk.store, 4, "192.0.2.1", NOON + 2 * HOUR);
    g_assert_cmpint(desk_count(desk.store, "SELECT complaints FROM ticket WHERE id = 2"), ==, 4);
    move_fails(desk.store, 1, TICKET_OPEN, NULL, PLAINT_ERROR_CONFLICT, "undo the merge");
    desk_check(desk.store);
    undo_ok(desk.store, 2, "merged 1 into 2");
    g_assert_cmpint(desk_count(desk.store, "SELECT complaints FROM ticket WHERE id = 1"), ==, 1);
    g_assert_cmpint(desk_count(desk.store, "SELECT complaints FROM ticket WHERE id = 2"), ==, 3);
    g_assert_cmpint(desk_count(desk.store, "SELECT ticket_id FROM note"), ==, 1);
    desk_check(desk.store);
}

/* One complaint that names a merged machine and the ticket's own is one complaint about it. */
static void
test_merged_and_own_key_at_once(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(Complaint) complaint = desk_complaint(FORMAT_ARF, "victim.example");
    g_autoptr(GError) error = NULL;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    desk_take_one(desk.store, 2, "192.0.2.2", NOON);
    g_assert_true(ticket_merge(desk.store, 1, 2, &anna, &error));
    desk_incident(complaint, "192.0.2.1", NOON + HOUR);
    desk_incident(complaint, "192.0.2.2", NOON + HOUR);
    IntakeResult result = desk_take(desk.store, 3, complaint, NOON + HOUR);
    g_assert_cmpuint(result.tickets_joined, ==, 1);
    g_assert_cmpint(desk_count(desk.store, "SELECT complaints FROM ticket WHERE id = 2"), ==, 3);
    g_assert_cmpint(desk_count(desk.store, "SELECT incidents FROM ticket WHERE id = 2"), ==, 4);
    desk_check(desk.store);
}

/* Ticket 1 (192.0.2.1) is merged into 2 (192.0.2.2), which is resolved. */
static void
merge_and_resolve(Desk *desk)
{
    g_autoptr(GError) error = NULL;

    desk_open(desk);
    desk_take_one(desk->store, 1, "192.0.2.1", NOON);
    desk_take_one(desk->store, 2, "192.0.2.2", NOON);
    g_assert_true(ticket_merge(desk->store, 1, 2, &anna, &error));
    move_ok(desk->store, 2, TICKET_OPEN, NULL, NULL, NOON + HOUR);
    move_ok(desk->store, 2, TICKET_RESOLVED, "customer-left", NULL, NOON + 2 * HOUR);
}

/* The reopening rule holds for a ticket that is reached through a merge. */
static void
test_merged_then_resolved(void)
{
    g_auto(Desk) desk = DESK_INIT;

    merge_and_resolve(&desk);
    g_assert_cmpuint(desk_take_one(desk.store, 3, "192.0.2.1", NOON + 2 * HOUR).tickets_opened, ==,
                     0); /* an event from before: attached */
    g_assert_cmpint(state_of(desk.store, 2), ==, TICKET_RESOLVED);
    IntakeResult after = desk_take_one(desk.store, 4, "192.0.2.1", NOON + DAY);
    g_assert_cmpuint(after.tickets_reopened, ==, 1);
    g_assert_cmpuint(after.tickets_opened, ==, 0);
    g_assert_cmpint(state_of(desk.store, 2), ==, TICKET_OPEN);
    desk_check(desk.store);
}

/* … but not onto a key that a live ticket has by now: the mail is filed somewhere all the same. */
static void
test_merged_then_key_taken(void)
{
    g_auto(Desk) desk = DESK_INIT;

    merge_and_resolve(&desk);
    /* Long after the watch a new ticket has the key of the second. */
    desk_take_one(desk.store, 3, "192.0.2.2", NOON + 100 * DAY);
    g_assert_cmpuint(desk_take_one(desk.store, 4, "192.0.2.1", NOON + DAY).tickets_reopened, ==, 0);
    g_assert_cmpint(state_of(desk.store, 2), ==, TICKET_RESOLVED);
    desk_check(desk.store);
}

static void
test_merge_round_trip(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autofree char *before = NULL, *after = NULL;
    g_autoptr(GError) error = NULL;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    desk_take_one(desk.store, 2, "192.0.2.2", NOON + HOUR);
    before = snapshot(desk.store);
    g_assert_true(ticket_merge(desk.store, 2, 1, &anna, &error));
    undo_ok(desk.store, 2, "merged 2 into 1");
    after = snapshot(desk.store);
    g_assert_cmpstr(after, ==, before);
    desk_check(desk.store);
}

static void
test_split_and_undo(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GArray) some = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autofree char *before = NULL, *after = NULL;
    g_autoptr(GError) error = NULL;
    gint64 one = 1, two = 2, id = 0;

    desk_open(&desk);
    for (guint i = 0; i < 3; i++)
        desk_take_one(desk.store, i, "192.0.2.1", NOON + i);
    before = snapshot(desk.store);
    g_assert_false(ticket_split(desk.store, 1, some, &anna, &id, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
    g_clear_error(&error);
    g_array_append_val(some, one);
    g_array_append_val(some, two);
    g_assert_true(ticket_split(desk.store, 1, some, &anna, &id, &error));
    g_assert_no_error(error);
    g_assert_cmpint(desk_count(desk.store, "SELECT incidents FROM ticket WHERE id = 1"), ==, 1);
    g_assert_cmpint(desk_count(desk.store, "SELECT incidents FROM ticket WHERE id = 2"), ==, 2);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket WHERE key IS NULL"), ==, 1);
    g_assert_false(ticket_split(desk.store, 1, some, &anna, &id, &error)); /* not on it any more */
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFLICT);
    g_clear_error(&error);
    desk_check(desk.store);
    undo_ok(desk.store, 1, "split 2 incidents off to 2");
    after = snapshot(desk.store);
    g_assert_cmpstr(after, ==, before);
    desk_check(desk.store);
}

/* -- audit ------------------------------------------------------------------------------------ */

static void
test_audit_is_append_only(void)
{
    static const char *const attempts[] = {"DELETE FROM audit",
                                           "UPDATE audit SET actor = 'nobody'"};
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    for (gsize i = 0; i < G_N_ELEMENTS(attempts); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Stmt) stmt = store_stmt_text(desk.store, attempts[i], &error);

        g_assert_no_error(error);
        g_assert_false(stmt_run(stmt, NULL, &error));
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFLICT);
    }
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM audit"), ==, 1);
}

static void
test_every_deed_is_audited(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) one = g_array_new(FALSE, FALSE, sizeof(gint64));
    gint64 incident = 1, id = 0;
    json_t *ticket = NULL;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    desk_take_one(desk.store, 2, "192.0.2.1", NOON);
    g_assert_true(ticket_note(desk.store, 1, "a note", &anna, &error));
    g_assert_true(ticket_assign(desk.store, 1, "bob", &anna, &error));
    g_assert_true(ticket_prove(desk.store, 1, PROOF_STATEMENT, "patched", &anna, &error));
    g_assert_true(ticket_set(desk.store, 1, "title", "x", &anna, &error));
    move_ok(desk.store, 1, TICKET_OPEN, NULL, NULL, NOON);
    g_array_append_val(one, incident);
    g_assert_true(ticket_split(desk.store, 1, one, &anna, &id, &error));
    g_assert_true(ticket_merge(desk.store, id, 1, &anna, &error));
    g_assert_true(ticket_undo(desk.store, 1, &anna, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(DISTINCT deed) FROM audit"), ==, 11);
    ticket = view_ticket(desk.store, 1, NOON, &error);
    g_assert_no_error(error);
    for (gsize i = 0; i < json_array_size(json_object_get(ticket, "history")); i++) {
        const json_t *entry = json_array_get(json_object_get(ticket, "history"), i);

        g_assert_nonnull(json_string_value(json_object_get(entry, "what")));
    }
    json_decref(ticket);
    desk_check(desk.store);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/ticket/undo-each", test_undo_each);
    g_test_add_func("/store/ticket/undo-onto-taken-key", test_undo_onto_taken_key);
    g_test_add_func("/store/ticket/merge-and-undo", test_merge_and_undo);
    g_test_add_func("/store/ticket/merged-and-own-key-at-once", test_merged_and_own_key_at_once);
    g_test_add_func("/store/ticket/merged-then-resolved", test_merged_then_resolved);
    g_test_add_func("/store/ticket/merged-then-key-taken", test_merged_then_key_taken);
    g_test_add_func("/store/ticket/merge-round-trip", test_merge_round_trip);
    g_test_add_func("/store/ticket/split-and-undo", test_split_and_undo);
    g_test_add_func("/store/ticket/audit-is-append-only", test_audit_is_append_only);
    g_test_add_func("/store/ticket/every-deed-is-audited", test_every_deed_is_audited);
    g_test_add_func("/store/undo/meets-the-guard", test_undo_meets_the_guard);
    g_test_add_func("/store/note/too-long", test_note_too_long);
    return g_test_run();
}
