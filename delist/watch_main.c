/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plaint-watch - what the clock does: jobs, letters, lookups in lists, relay tests. */
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/runner.h"
#include "cli/jobs.h"
#include "cli/zone_choice.h"
#include "delist/relay_test.h"
#include "delist/service.h"
#include "delist/site_check.h"
#include "delist/sweep.h"
#include "delist/watch.h"
#include "ingest/intake/program.h"
#include "notify/send.h"
#include "notify/site_alarm.h"
#include "store/finding.h"

#define NAME "plaint-watch"

enum { TURN_SECONDS = 20 }; /* as often as jobs and letters are looked for */

static char *opt_config; /* filled by GOption */
static gboolean opt_once;

static const GOptionEntry entries[] = {
    {"config", 'c', 0, G_OPTION_ARG_FILENAME, &opt_config, "configuration", "FILE"},
    {"once", 0, 0, G_OPTION_ARG_NONE, &opt_once, "do what is due and stop", NULL},
    G_OPTION_ENTRY_NULL,
};

/* All that the configuration decides. */
typedef struct {
    Config *config;
    SiteMap *site;
    Parser *parser;
    Store *store;
    Zones *zones;
    Dns *dns;
} Desk;

static void
desk_clear(Desk *desk)
{
    g_clear_pointer(&desk->dns, dns_free);
    g_clear_pointer(&desk->zones, zones_free);
    g_clear_pointer(&desk->store, store_close);
    g_clear_pointer(&desk->parser, parser_free);
    g_clear_pointer(&desk->site, site_map_free);
    g_clear_pointer(&desk->config, config_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desk, desk_clear)

typedef struct {
    Desk desk;
    char *runner;
    AutoFd stop_fd, hup_fd;
    int status; /* of the first task that failed */
} Watcher;

static bool
desk_open(Desk *ret_desk, GError **error)
{
    g_auto(Desk) desk = {0};
    g_autofree char *url = NULL;

    desk.config = config_load(opt_config, error);
    desk.site = desk.config ? site_map_load(desk.config, error) : NULL;
    /* Before the store: no child that parses has a page of it. */
    desk.parser = desk.site ? parser_new(desk.site, error) : NULL;
    desk.zones = desk.parser ? zones_load(desk.config, error) : NULL;
    desk.dns = desk.zones ? zone_dns(desk.config, error) : NULL;
    if (!desk.dns)
        return false;
    url = config_store_url(desk.config);
    desk.store = store_open(url, STORE_WRITE, error);
    if (!desk.store)
        return false;
    store_hooks(desk.store, config_is_set(desk.config, "hooks", "on-move"));
    *ret_desk = desk;
    desk = (Desk){0};
    return true;
}

static bool
is_stopped(gpointer data)
{
    const Watcher *watcher = data;
    struct pollfd pfd = {watcher->stop_fd, POLLIN, 0};

    if (service_watchdog() > 0) /* one piece of work is done */
        service_tell("WATCHDOG=1");
    return poll(&pfd, 1, 0) > 0;
}

/* Seconds after which lookups, which keep to the pace of their lists, let other tasks have a turn.
 */
enum { LOOKUP_TURN = 60 };

/* Many jobs, or a sendmail that hangs, do not keep the other tasks from their turn for long. */
static bool
goes_on(gpointer data, gint64 begun)
{
    return !is_stopped(data) &&
           (opt_once || g_get_monotonic_time() - begun < TURN_SECONDS * (gint64)G_USEC_PER_SEC);
}

/* -- tasks ------------------------------------------------------------------------------------- */

static bool
do_jobs(gpointer data, gint64 now, char **ret_words, GError **error)
{
    const Watcher *watcher = data;
    const Desk *desk = &watcher->desk;
    const JobDesk jobs = {desk->store, desk->parser, desk->site, desk->config, watcher->runner};
    gint64 begun = g_get_monotonic_time();
    guint done = 0, failed = 0;

    while (goes_on(data, begun)) {
        g_auto(JobReport) job = {0};

        if (!jobs_next(&jobs, MAX(now, clock_now()), &job, error))
            return false;
        if (job.id == 0)
            break;
        done += g_strcmp0(job.outcome, "done") == 0;
        failed += job.outcome && g_strcmp0(job.outcome, "done") != 0;
    }
    if (done + failed > 0)
        *ret_words = g_strdup_printf("%u done, %u failed", done, failed);
    return true;
}

static bool
do_lookups(gpointer data, gint64 now, char **ret_words, GError **error)
{
    const Watcher *watcher = data;
    const Desk *desk = &watcher->desk;
    SweepCounts counts = {0};
    const Sweep sweep = {.store = desk->store,
                         .config = desk->config,
                         .zones = desk->zones,
                         .dns = desk->dns,
                         .runner = watcher->runner,
                         .now = now,
                         .stop_fd = watcher->stop_fd,
                         .most_seconds = LOOKUP_TURN};

    if (!sweep_plan(&sweep, error) || !sweep_run(&sweep, &counts, error))
        return false;
    if (counts.asked > 0)
        *ret_words = g_strdup_printf("%u looked up: %u listed, %u clean, %u unknown", counts.asked,
                                     counts.listed, counts.clean, counts.unknown);
    return true;
}

static bool
do_letters(gpointer data, gint64 now, char **ret_words, GError **error)
{
    const Watcher *watcher = data;
    const Desk *desk = &watcher->desk;
    gint64 begun = g_get_monotonic_time();
    guint sent = 0, later = 0, given_up = 0;

    if (!config_bool(desk->config, "mail", "send"))
        return true;
    while (goes_on(data, begun)) {
        g_auto(SendReport) report = {0};
        const Sender sender = {desk->store, config_text(desk->config, "mail", "sendmail"),
                               watcher->runner, MAX(now, clock_now())};

        if (!send_next(&sender, &report, error))
            return false;
        if (report.id == 0)
            break;
        if (g_strcmp0(report.outcome, attempt_names[ATTEMPT_SENT]) == 0)
            sent++;
        else if (report.due == TIME_NONE)
            given_up++;
        else
            later++;
    }
    if (sent + later + given_up > 0)
        *ret_words = g_strdup_printf("%u sent, %u again later, %u given up", sent, later, given_up);
    return true;
}

static bool
do_retests(gpointer data, gint64 now, char **ret_words, GError **error)
{
    const Desk *desk = &((const Watcher *)data)->desk;
    guint done = 0;

    if (!relay_retest(desk->store, desk->config, now, is_stopped, data, &done, error))
        return false;
    if (done > 0)
        *ret_words = g_strdup_printf("%u tested again", done);
    return true;
}

static bool
do_site(gpointer data, gint64 now, char **ret_words, GError **error)
{
    const Watcher *watcher = data;
    const Desk *desk = &watcher->desk;
    const SiteCheck site = {.store = desk->store,
                            .config = desk->config,
                            .dns = desk->dns,
                            .now = now,
                            .stop = is_stopped,
                            .stop_data = data};
    gint64 letter = 0;
    bool is_ours = false;

    if (!config_bool(desk->config, "site", "check"))
        return true;
    if (!finding_claim(desk->store, SITE_CHECK_SECONDS, now, &is_ours, error))
        return false;
    if (!is_ours)
        return true;
    if (!site_check_run(&site, error) ||
        !site_alarm(desk->store, desk->config, now, &letter, error))
        return false;
    *ret_words =
        letter ? g_strdup_printf("checked; letter %" G_GINT64_FORMAT " says what has turned bad",
                                 letter)
               : g_strdup("checked");
    return true;
}

static const WatchTask tasks[] = {
    {"jobs", TURN_SECONDS, do_jobs}, {"letters", TURN_SECONDS, do_letters},
    {"lookups", 60, do_lookups},     {"relay tests", 600, do_retests},
    {"site", 600, do_site},
};

static void
tell(gpointer data, const WatchTask *task, const char *words, const GError *error)
{
    Watcher *watcher = data;

    if (!error) {
        log_line(LOG_LINE_INFO, "%s: %s", task->name, words);
        return;
    }
    log_line(LOG_LINE_ERROR, "%s: %s", task->name, error->message);
    if (watcher->status == 0)
        watcher->status = plaint_error_exit_status(error);
}

/* -- the loop ---------------------------------------------------------------------------------- */

/* What is wrong with the new configuration is said, and the old one stays. */
static void
reload(Watcher *watcher)
{
    g_autoptr(GError) error = NULL;
    g_auto(Desk) fresh = {0};
    struct signalfd_siginfo info;

    while (read(watcher->hup_fd, &info, sizeof info) > 0)
        ;
    if (!desk_open(&fresh, &error)) {
        log_line(LOG_LINE_ERROR, "the configuration stays as it was: %s", error->message);
        return;
    }
    desk_clear(&watcher->desk);
    watcher->desk = fresh;
    fresh = (Desk){0};
    log_line(LOG_LINE_INFO, "the configuration was read again");
}

static void
loop(Watcher *watcher, Watch *watch)
{
    struct pollfd fds[] = {{watcher->stop_fd, POLLIN, 0}, {watcher->hup_fd, POLLIN, 0}};
    gint64 beat = service_watchdog() > 0 ? MAX(service_watchdog() / 2, 1) : WATCH_SLEEP_MAX;

    service_tell("READY=1");
    while (!is_stopped(watcher)) {
        watch_tick(watch, clock_now());
        (void)poll(fds, G_N_ELEMENTS(fds), (int)MIN(watch_sleep(watch, clock_now()), beat) * 1000);
        if (fds[1].revents && !is_stopped(watcher)) {
            reload(watcher);
            memset(watch->next, 0, sizeof watch->next);
        }
    }
    service_tell("STOPPING=1");
}

/* A descriptor that can be read once one of these signals has come. */
static int
signal_fd(int one, int other)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, one);
    (void)sigaddset(&set, other);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool
run(int *ret_status, GError **error)
{
    Watcher watcher = {.stop_fd = -1, .hup_fd = -1};
    Watch watch = {.tasks = tasks,
                   .n_tasks = G_N_ELEMENTS(tasks),
                   .data = &watcher,
                   .is_stopped = is_stopped,
                   .tell = tell};
    g_autofree char *runner = runner_name();
    bool good = desk_open(&watcher.desk, error);

    if (!good)
        return false;
    watcher.runner = runner;
    watcher.stop_fd = signal_fd(SIGTERM, SIGINT);
    watcher.hup_fd = signal_fd(SIGHUP, SIGHUP);
    if (watcher.stop_fd < 0 || watcher.hup_fd < 0)
        good = plaint_fail(error, PLAINT_ERROR_BUSY, "no descriptor for signals");
    else if (opt_once)
        watch_tick(&watch, clock_now());
    else
        loop(&watcher, &watch);
    autofd_clear(&watcher.stop_fd);
    autofd_clear(&watcher.hup_fd);
    desk_clear(&watcher.desk);
    *ret_status = opt_once ? watcher.status : 0;
    return good;
}

int
main(int argc, char **argv)
{
    static const ProgramOptions command_line = {.entries = entries};
    g_autoptr(GError) error = NULL;
    bool helped = false;
    int status = 0;

    (void)setlocale(LC_CTYPE, "");
    (void)signal(SIGPIPE, SIG_IGN);
    program_guard_descriptors();
    log_open(NAME, LOG_TO_STDERR);
    if (!program_options(&command_line, &argc, &argv, &helped, &error))
        return program_fail(NAME, error);
    if (helped)
        return 0;
    if (argc > 1) {
        (void)plaint_fail(&error, PLAINT_ERROR_USAGE, "no operands: see '" NAME " --help'");
        return program_fail(NAME, error);
    }
    return run(&status, &error) ? status : program_fail(NAME, error);
}
