/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs: leased by one runner at a time, done once, put off when they fail, given up at last. */
#include "base/error.h"
#include "store/job.h"
#include "store/message.h"
#include "store/witness.h"
#include "tests/store/desk.h"

static Job
take(Store *store, const char *runner, gint64 now)
{
    g_autoptr(GError) error = NULL;
    Job job = {0};

    g_assert_true(job_take(store, runner, now, &job, &error));
    g_assert_no_error(error);
    return job;
}

static void
add(Store *store, gint64 ref, gint64 now)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(job_add(store, JOB_LOG_WITNESS, ref, now, &error));
    g_assert_no_error(error);
}

static void
finish(Store *store, const Job *job, const char *runner, bool good)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(job_done(store, job, runner, &error) == good);
    if (!good)
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_CONFLICT);
}

static gint64
fail(Store *store, const Job *job, const char *runner, gint64 now)
{
    g_autoptr(GError) error = NULL;
    gint64 due = 0;

    g_assert_true(job_fail(store, job, runner, "the log\nis away", now, &due, &error));
    g_assert_no_error(error);
    return due;
}

static void
test_lease(void)
{
    g_auto(Desk) desk = DESK_INIT;
    Job one = {0}, two = {0};

    desk_open(&desk);
    add(desk.store, 7, NOON);
    add(desk.store, 7, NOON); /* there is one */
    add(desk.store, 8, NOON + 1);
    g_assert_cmpint(take(desk.store, "a", NOON - 1).id, ==, 0);
    one = take(desk.store, "a", NOON + 1);
    two = take(desk.store, "b", NOON + 1);
    g_assert_cmpint(one.ref, ==, 7);
    g_assert_cmpint(one.kind, ==, JOB_LOG_WITNESS);
    g_assert_cmpint(two.ref, ==, 8);
    g_assert_cmpint(take(desk.store, "c", NOON + 1).id, ==, 0);
    finish(desk.store, &one, "b", false); /* not its own */
    finish(desk.store, &one, "a", true);
    finish(desk.store, &one, "a", false);
    finish(desk.store, &two, "b", true);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM job"), ==, 0);
}

/* Its runner was killed: another begins anew when the lease is over, and the first, should it live
 * after all, cannot finish. */
static void
test_killed_runner(void)
{
    g_auto(Desk) desk = DESK_INIT;
    Job one = {0}, again = {0};
    gint64 now = NOON;

    desk_open(&desk);
    add(desk.store, 7, NOON);
    one = take(desk.store, "a", now);
    g_assert_cmpint(take(desk.store, "b", now + JOB_LEASE - 1).id, ==, 0);
    again = take(desk.store, "b", now + JOB_LEASE);
    g_assert_cmpint(again.id, ==, one.id);
    g_assert_cmpuint(again.attempts, ==, 2);
    finish(desk.store, &one, "a", false);
    for (int i = 0; i < 10; i++)
        (void)take(desk.store, "c", now += JOB_LEASE);
    g_assert_cmpint(desk_count(desk.store,
                               "SELECT count(*) FROM job WHERE gave_up_at IS NOT NULL AND "
                               "last_error = 'its runner ended each time'"),
                    ==, 1);
    g_assert_cmpint(take(desk.store, "c", now + DAY).id, ==, 0);
    add(desk.store, 7, now + DAY); /* begun anew */
    g_assert_cmpuint(take(desk.store, "d", now + DAY).attempts, ==, 1);
}

static void
test_fails(void)
{
    static const gint64 delays[] = {60, 300, 1800, 7200, 21600, DAY, TIME_NONE};
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    gint64 now = NOON;
    json_t *list = NULL;

    desk_open(&desk);
    add(desk.store, 7, NOON);
    for (gsize i = 0; i < G_N_ELEMENTS(delays); i++) {
        Job job = take(desk.store, "a", now);
        gint64 due = fail(desk.store, &job, "a", now);

        g_assert_cmpuint(job.attempts, ==, i + 1);
        g_assert_cmpint(due, ==, delays[i] == TIME_NONE ? TIME_NONE : now + delays[i]);
        now = due == TIME_NONE ? now + 30 * DAY : due;
        g_assert_cmpint(take(desk.store, "a", due == TIME_NONE ? now : now - 1).id, ==, 0);
    }
    list = job_list(desk.store, 10, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(json_array_size(list), ==, 1);
    g_assert_cmpstr(json_string_value(json_object_get(json_array_get(list, 0), "last_error")), ==,
                    "the log is away");
    json_decref(list);
}

/* Only a mail that asks for one gets a job, in its own transaction, and once. */
static void
test_intake(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(Complaint) complaint = desk_complaint(FORMAT_ARF, "victim.example");
    g_autoptr(GBytes) raw = desk_mail(5);
    g_autoptr(GError) error = NULL;
    guint8 digest[DIGEST_SIZE];
    IntakeMessage message = {.raw = raw,
                             .digest = digest,
                             .complaint = complaint,
                             .source = "lda",
                             .received_at = NOON,
                             .log_witness = true};
    IntakeResult result = {0};

    desk_incident(complaint, "192.0.2.1", NOON);
    desk_digest(raw, digest);
    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM job"), ==, 0);
    for (int i = 0; i < 2; i++)
        g_assert_true(intake_add(desk.store, &message, &result, &error));
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM job"), ==, 1);
    g_assert_cmpint(take(desk.store, "a", NOON).ref, ==, result.message_id);
}

/* The first word stays, and a ticket takes its cause from its incidents unless a person has said.
 */
static void
test_witness(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    const Deed deed = {ACTOR_PLAINT, NOON};
    json_t *said = json_pack("{s:s}", "account", "bob"), *answer = NULL;
    const Witness none = {"4Xa0", "no such id", NULL}, some = {"4Xb0 4Xb1", "bob", said};
    bool asked = true;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    g_assert_true(witness_find(desk.store, 1, "4Xa0", &asked, &answer, &error));
    g_assert_false(asked);
    for (int i = 0; i < 2; i++) {
        g_assert_true(witness_add(desk.store, 1, &none, NOON, &error));
        g_assert_true(witness_add(desk.store, 1, &some, NOON, &error));
    }
    g_assert_true(witness_find(desk.store, 1, "4Xa0", &asked, &answer, &error));
    g_assert_true(asked);
    g_assert_null(answer);
    g_assert_true(witness_find(desk.store, 1, "4Xb0 4Xb1", &asked, &answer, &error));
    g_assert_true(json_equal(answer, said));
    desk_count(desk.store, "UPDATE incident SET cause = 'forwarding', confidence = 'low'");
    g_assert_true(witness_tell(desk.store, 1, "confirmed: bob", &deed, &error));
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket WHERE cause = 'forwarding' "
                                           "AND confidence = 'low'"),
                    ==, 1);
    desk_count(desk.store,
               "UPDATE ticket SET cause = 'open-proxy', by_hand = '{\"cause\":\"anna\"}'");
    g_assert_true(witness_tell(desk.store, 1, "confirmed: bob", &deed, &error));
    g_assert_cmpint(
        desk_count(desk.store, "SELECT count(*) FROM ticket WHERE cause = 'open-proxy'"), ==, 1);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM audit WHERE ticket_id = 1 AND "
                                           "deed = 'log-witness' AND actor = 'plaint'"),
                    ==, 2);
    json_decref(said);
    json_decref(answer);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/job/lease", test_lease);
    g_test_add_func("/job/killed-runner", test_killed_runner);
    g_test_add_func("/job/fails", test_fails);
    g_test_add_func("/job/intake", test_intake);
    g_test_add_func("/job/witness", test_witness);
    return g_test_run();
}
