/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many processes at one store, as deliveries are: each opens it for itself. */
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "tests/store/desk.h"

enum { PROCESSES = 32, MAILS = 640, MACHINES = 20 };

/* Every mail is taken in by two processes, as after a retry. The store may not exist yet. */
static void
deliver(const char *url, guint process)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = store_open(url, STORE_CREATE, &error);

    if (!store) {
        g_printerr("# open: %s\n", error->message);
        _exit(1);
    }
    for (guint n = process % (PROCESSES / 2); n < MAILS; n += PROCESSES / 2) {
        g_autoptr(Complaint) complaint = desk_complaint(FORMAT_ARF, "victim.example");
        g_autofree char *machine = g_strdup_printf("192.0.2.%u", n % MACHINES + 1);
        g_autoptr(GBytes) raw = desk_mail(n);
        guint8 digest[DIGEST_SIZE];
        IntakeMessage message = {.raw = raw,
                                 .digest = digest,
                                 .complaint = complaint,
                                 .recipient =
                                     process % 2 ? "abuse@example.net" : "postmaster@example.net",
                                 .source = "lda",
                                 .received_at = NOON};
        IntakeResult result = {0};

        desk_digest(raw, digest);
        desk_incident(complaint, machine, NOON);
        if (!intake_add(store, &message, &result, &error)) {
            g_printerr("# intake: %s\n", error->message);
            _exit(2);
        }
    }
    g_clear_pointer(&store, store_close);
    _exit(0);
}

static void
test_deliveries(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    pid_t pids[PROCESSES];

    desk.folder = g_dir_make_tmp("plaint-XXXXXX", &error);
    desk.path = g_build_filename(desk.folder, "plaint.db", NULL);
    desk.url = g_strconcat("sqlite:", desk.path, NULL);
    for (guint i = 0; i < PROCESSES; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            deliver(desk.url, i);
    }
    for (guint i = 0; i < PROCESSES; i++) {
        int status = 0;

        g_assert_cmpint(waitpid(pids[i], &status, 0), ==, pids[i]);
        g_assert_cmpint(status, ==, 0);
    }
    desk.store = store_open(desk.url, STORE_WRITE, &error);
    g_assert_no_error(error);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM message"), ==, MAILS);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM incident"), ==, MAILS);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM ticket"), ==, MACHINES);
    g_assert_cmpint(desk_count(desk.store, "SELECT sum(complaints) FROM ticket"), ==, MAILS);
    g_assert_cmpint(desk_count(desk.store, "SELECT count(*) FROM dictionary"), ==, 1);
    desk_check(desk.store);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/concurrency/deliveries", test_deliveries);
    return g_test_run();
}
