/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Letters: leased by one sender at a time, tried again later and later, and known by their ids. */
#include "base/clock.h"
#include "base/error.h"
#include "store/outbox.h"
#include "tests/store/desk.h"

static const Deed deed = {"anna", NOON};

static gint64
add(Store *store, const char *to, guint per_day, gint64 now)
{
    const OutboxNew what = {.kind = "test",
                            .sender = "abuse@example.net",
                            .recipient = to,
                            .subject = "s",
                            .per_day = per_day};
    const Deed then = {"anna", now};
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) mail = g_bytes_new_static("mail\n", 5);
    gint64 id = -1;

    g_assert_true(outbox_add(store, &what, &then, &id, &error));
    g_assert_no_error(error);
    g_assert_true(id == 0 || outbox_fill(store, id, mail, &error));
    return id;
}

static gint64
take(Store *store, const char *runner, gint64 now, Outgoing *outgoing)
{
    g_autoptr(GError) error = NULL;

    outgoing_clear(outgoing);
    g_assert_true(outbox_take(store, runner, now, outgoing, &error));
    g_assert_no_error(error);
    return outgoing->id;
}

static gint64
end(Store *store, const Outgoing *outgoing, const char *runner, int outcome, gint64 now)
{
    const Attempt attempt = {outcome, 0, "word"};
    g_autoptr(GError) error = NULL;
    gint64 due = 0;

    g_assert_true(outbox_end(store, outgoing, runner, &attempt, now, &due, &error));
    g_assert_no_error(error);
    return due;
}

static void
test_lease(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_auto(Outgoing) one = {0}, two = {0};
    g_autoptr(GError) error = NULL;
    gint64 id = 0, due = 0;

    desk_open(&desk);
    id = add(desk.store, "a@example.org", 0, NOON);
    g_assert_cmpint(take(desk.store, "a", NOON - 1, &one), ==, 0);
    g_assert_cmpint(take(desk.store, "a", NOON, &one), ==, id);
    g_assert_cmpstr(one.recipient, ==, "a@example.org");
    g_assert_cmpuint(g_bytes_get_size(one.mail), ==, 5);
    g_assert_cmpint(take(desk.store, "b", NOON, &two), ==, 0);
    /* killed: another one has it when the lease is over, and the first can say nothing any more */
    g_assert_cmpint(take(desk.store, "b", NOON + OUTBOX_LEASE, &two), ==, id);
    g_assert_false(
        outbox_end(desk.store, &one, "a", &(Attempt){ATTEMPT_SENT, 0, NULL}, NOON, &due, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFLICT);
    g_assert_cmpint(end(desk.store, &two, "b", ATTEMPT_SENT, NOON + OUTBOX_LEASE), ==, TIME_NONE);
    g_assert_cmpint(take(desk.store, "a", NOON + DAY, &one), ==, 0);
}

static void
test_later_and_later(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_auto(Outgoing) out = {0};
    gint64 now = NOON, wait = 0, count = 0;
    g_autoptr(GError) error = NULL;
    guint attempts = 0;

    desk_open(&desk);
    add(desk.store, "a@example.org", 0, NOON);
    for (gint64 due = NOON; due != TIME_NONE; attempts++) {
        now = due;
        g_assert_cmpint(take(desk.store, "a", now, &out), !=, 0);
        due = end(desk.store, &out, "a", ATTEMPT_FAILED, now);
        g_assert_true(due == TIME_NONE || due - now >= wait);
        wait = due - now;
    }
    g_assert_cmpuint(attempts, ==, 9);
    g_assert_cmpint(now - NOON, >, 3 * DAY);
    g_assert_true(outbox_count(desk.store, OUTBOX_GAVE_UP, &count, &error));
    g_assert_cmpint(count, ==, 1);
    g_assert_true(outbox_again(desk.store, out.id, &deed, &error));
    g_assert_cmpint(take(desk.store, "a", now, &out), !=, 0);
    g_assert_cmpint(end(desk.store, &out, "a", ATTEMPT_REFUSED, now), ==, TIME_NONE);
}

/* Whoever takes it is killed: it is given up, too. */
static void
test_deadly(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_auto(Outgoing) out = {0};
    gint64 now = NOON, count = 0;
    g_autoptr(GError) error = NULL;

    desk_open(&desk);
    add(desk.store, "a@example.org", 0, NOON);
    for (int i = 0; i < 9; i++, now += OUTBOX_LEASE)
        g_assert_cmpint(take(desk.store, "a", now, &out), !=, 0);
    g_assert_cmpint(take(desk.store, "a", now, &out), ==, 0);
    g_assert_true(outbox_count(desk.store, OUTBOX_GAVE_UP, &count, &error));
    g_assert_cmpint(count, ==, 1);
}

static void
test_limit(void)
{
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    g_assert_cmpint(add(desk.store, "a@example.org", 2, NOON), !=, 0);
    g_assert_cmpint(add(desk.store, "A@Example.org", 2, NOON), !=, 0);
    g_assert_cmpint(add(desk.store, "a@example.org", 2, NOON + DAY - 1), ==, 0);
    g_assert_cmpint(add(desk.store, "b@example.org", 2, NOON), !=, 0);
    g_assert_cmpint(add(desk.store, "a@example.org", 0, NOON), !=, 0);
    g_assert_cmpint(add(desk.store, "a@example.org", 2, NOON + DAY + 1), !=, 0);
}

static void
test_by_hand(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_auto(Outgoing) out = {0};
    g_autoptr(GError) error = NULL;
    gint64 id = 0;

    desk_open(&desk);
    id = add(desk.store, "a@example.org", 0, NOON);
    g_assert_true(outbox_cancel(desk.store, id, &deed, &error));
    g_assert_cmpint(take(desk.store, "a", NOON, &out), ==, 0);
    g_assert_false(outbox_cancel(desk.store, id, &deed, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_true(outbox_again(desk.store, id, &deed, &error));
    g_assert_cmpint(take(desk.store, "a", NOON, &out), ==, id);
    g_assert_false(outbox_cancel(desk.store, id, &deed, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_false(outbox_cancel(desk.store, 99, &deed, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_NOT_FOUND);
}

static void
test_message_id(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_auto(Desk) other = DESK_INIT;
    g_autoptr(GError) error = NULL;
    g_autofree char *id = NULL, *foreign = NULL, *angled = NULL;
    static const char *const none[] = {"",
                                       "<>",
                                       "x@y",
                                       "plaint.",
                                       "plaint.7",
                                       "plaint.7.@x",
                                       "plaint.7.00@x",
                                       "plaint.-7.x@y",
                                       "<plaint.7.00000000000000000000000000000000@example.net>"};
    gint64 found = 0;

    desk_open(&desk);
    desk_open(&other);
    id = outbox_message_id(desk.store, 7, "example.net", &error);
    g_assert_true(g_str_has_prefix(id, "plaint.7.") && g_str_has_suffix(id, "@example.net"));
    angled = g_strconcat("<", id, ">", NULL);
    g_assert_true(outbox_of_message_id(desk.store, angled, &found, &error));
    g_assert_cmpint(found, ==, 7);
    g_assert_true(outbox_of_message_id(other.store, id, &found, &error));
    g_assert_cmpint(found, ==, 0);
    foreign = outbox_message_id(other.store, 7, "example.net", &error);
    g_assert_cmpstr(foreign, !=, id);
    for (gsize i = 0; i < G_N_ELEMENTS(none); i++) {
        g_assert_true(outbox_of_message_id(desk.store, none[i], &found, &error));
        g_assert_cmpint(found, ==, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/outbox/lease", test_lease);
    g_test_add_func("/store/outbox/later-and-later", test_later_and_later);
    g_test_add_func("/store/outbox/deadly", test_deadly);
    g_test_add_func("/store/outbox/limit", test_limit);
    g_test_add_func("/store/outbox/by-hand", test_by_hand);
    g_test_add_func("/store/outbox/message-id", test_message_id);
    return g_test_run();
}
