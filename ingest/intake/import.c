/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/import.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "ingest/intake/bulk.h"
#include "ingest/intake/maildir.h"
#include "ingest/intake/mbox.h"
#include "ingest/intake/program.h"
#include "ingest/intake/progress.h"

enum {
    MAILDIR_BATCH = 500,
    STOP_POLL_MILLISECONDS =
        200, /* how often a signal is looked for while there is nothing to read */
};

typedef struct {
    const ImportOptions *options;
    Bulk *bulk;
    Progress *progress;
    guint64 bytes_done; /* of sources that are finished */
    bool stopped;       /* by a signal, between two mails */
} Import;

/* The signals that stop an import are blocked and looked for between two mails: so no handler, and
 * no half of anything. */
static void
block_stop_signals(void)
{
    static const int stops[] = {SIGINT, SIGTERM, SIGHUP};
    sigset_t set;

    (void)sigemptyset(&set);
    for (gsize i = 0; i < G_N_ELEMENTS(stops); i++)
        (void)sigaddset(&set, stops[i]);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
}

static bool
is_stopped(void)
{
    sigset_t set;

    return sigpending(&set) == 0 &&
           (sigismember(&set, SIGINT) || sigismember(&set, SIGTERM) || sigismember(&set, SIGHUP));
}

static bool
fail_stopped(Import *import, GError **error)
{
    import->stopped = true;
    return plaint_fail(error, PLAINT_ERROR_BUSY, "interrupted: run it again to go on");
}

/* -- sources -------------------------------------------------------------------------------------
 */

/* While a source has nothing to read yet, what was read goes to disk: it would keep the store's
 * lock from others. */
static bool
wait_for_bytes(int fd, gpointer data, GError **error)
{
    Import *import = data;
    struct pollfd pfd = {fd, POLLIN, 0};
    int ready = poll(&pfd, 1, 0);

    if (ready == 0 && !bulk_flush(import->bulk, error))
        return false;
    for (;;) {
        if (is_stopped())
            return fail_stopped(import, error);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return true; /* an error is for read() to tell */
        ready = poll(&pfd, 1, STOP_POLL_MILLISECONDS);
    }
}

static bool
import_mails(Import *import, int fd, bool *ret_too_large, GError **error)
{
    g_autoptr(Mbox) mbox = mbox_new(fd, LIMIT_MAIL_READ_BYTES);

    mbox_before_read(mbox, wait_for_bytes, import);
    for (;;) {
        g_autoptr(GBytes) mail = NULL;
        MboxItem item = mbox_next(mbox, &mail, error);

        if (item == MBOX_ERROR)
            return false;
        if (item == MBOX_END) {
            import->bytes_done += mbox_bytes_read(mbox);
            return true;
        }
        if (item == MBOX_TOO_LARGE) {
            bulk_count_too_large(import->bulk);
            *ret_too_large = true;
        } else if (!bulk_add(import->bulk, mail, error)) {
            return false;
        }
        progress_update(import->progress, import->bytes_done + mbox_bytes_read(mbox),
                        bulk_counts(import->bulk)->messages);
        if (is_stopped())
            return fail_stopped(import, error);
    }
}

/* Non-blocking, so that a pipe which nobody writes to is opened and waited for where a signal is
 * seen; the reads block again. */
static int
open_file(const char *path, GError **error)
{
    g_autofree char *quoted = NULL;
    struct stat st;
    g_auto(AutoFd) fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                               : open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    int number = errno;

    if (fd >= 0 && fstat(fd, &st) == 0) {
        int flags = fcntl(fd, F_GETFL);

        if (!S_ISDIR(st.st_mode)) {
            (void)fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
            return autofd_steal(&fd);
        }
        number = EISDIR;
    }
    quoted = text_quote(path);
    (void)plaint_fail(error, plaint_error_of_errno(number), "cannot read %s: %s", quoted,
                      number == EISDIR ? "it is a folder; a Maildir is given with --maildir"
                                       : g_strerror(number));
    return -1;
}

static bool
import_file(Import *import, const char *path, GError **error)
{
    bool too_large = false;
    g_auto(AutoFd) fd = open_file(path, error);

    return fd >= 0 && import_mails(import, fd, &too_large, error) &&
           bulk_flush(import->bulk, error);
}

/* One batch: into the store, committed, and only then moved. */
static bool
import_batch(Import *import, const Maildir *maildir, GPtrArray *names, GError **error)
{
    g_autoptr(GPtrArray) stored = g_ptr_array_new();

    for (guint i = 0; i < names->len && !is_stopped(); i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autoptr(GError) gone = NULL;
        bool too_large = false;
        g_auto(AutoFd) fd = maildir_open_mail(maildir, name, &gone);

        if (fd < 0 && g_error_matches(gone, PLAINT_ERROR, PLAINT_ERROR_NOT_FOUND))
            continue;
        if (fd < 0 && g_error_matches(gone, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT)) {
            bulk_count_no_mail(import->bulk);
            continue;
        }
        if (fd < 0) {
            g_propagate_error(error, g_steal_pointer(&gone));
            return false;
        }
        if (!import_mails(import, fd, &too_large, error))
            return false;
        if (!too_large)
            g_ptr_array_add(stored, (char *)name);
    }
    if (!bulk_flush(import->bulk, error))
        return false;
    for (guint i = 0; i < stored->len; i++) {
        if (!maildir_move(maildir, g_ptr_array_index(stored, i), error))
            return false;
    }
    return is_stopped() ? fail_stopped(import, error) : true;
}

static bool
import_maildir(Import *import, const char *path, GError **error)
{
    g_autoptr(Maildir) maildir = maildir_open(path, error);

    if (!maildir)
        return false;
    for (;;) {
        g_autoptr(GPtrArray) names = maildir_next(maildir, MAILDIR_BATCH);

        if (names->len == 0)
            return true;
        if (!import_batch(import, maildir, names, error))
            return false;
    }
}

/* -- around them ---------------------------------------------------------------------------------
 */

/* 0 when one of them has no known size. */
static guint64
total_bytes(const ImportOptions *options)
{
    guint64 sum = 0;

    for (gsize i = 0; options->files[i]; i++) {
        struct stat st;

        if (stat(options->files[i], &st) != 0 || !S_ISREG(st.st_mode))
            return 0;
        sum += (guint64)st.st_size;
    }
    for (gsize i = 0; options->maildirs && options->maildirs[i]; i++) {
        g_autoptr(Maildir) maildir = maildir_open(options->maildirs[i], NULL);

        sum += maildir ? maildir_bytes(maildir) : 0;
    }
    return sum;
}

static void
print_summary(const BulkCounts *counts)
{
    /* clang-format off */
    const struct {
        const char *words;
        guint64 n;
        bool always;
    } rows[] = {
        {"messages",                     counts->messages,         true},
        {"new",                          counts->added,            true},
        {"already known",                counts->known,            true},
        {"tickets opened",               counts->tickets_opened,   true},
        {"incidents joined to a ticket", counts->tickets_joined,   true},
        {"tickets reopened",             counts->tickets_reopened, false},
        {"incidents filed only",         counts->filed,            true},
        {"stored unparsed (parser died)", counts->died,            false},
        {"too large, not stored",        counts->too_large,        false},
        {"no mail file, left there",     counts->no_mail,          false},
    };
    /* clang-format on */

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].always || rows[i].n > 0)
            (void)printf("%-30s %10" G_GUINT64_FORMAT "\n", rows[i].words, rows[i].n);
    }
}

static bool
import_all(Import *import, GError **error)
{
    const ImportOptions *options = import->options;

    for (gsize i = 0; options->files[i]; i++) {
        if (!import_file(import, options->files[i], error))
            return false;
    }
    for (gsize i = 0; options->maildirs && options->maildirs[i]; i++) {
        if (!import_maildir(import, options->maildirs[i], error))
            return false;
    }
    return true;
}

bool
import_run(const ImportOptions *options, GError **error)
{
    g_autoptr(Parser) parser = NULL;
    g_autoptr(Store) store = NULL;
    g_autoptr(Bulk) bulk = NULL;
    g_autoptr(Progress) progress = progress_new(total_bytes(options));
    Import import = {.options = options, .progress = progress};
    const char *source = options->files[0] ? "mbox" : "maildir";
    bool done = false;

    block_stop_signals(); /* before the parser's processes are forked: they are not to die of ^C */
    parser = parser_new(options->site, error);
    if (!parser)
        return false;
    store = store_open(options->store_url, options->store_mode, error);
    if (!store)
        return false;
    bulk = bulk_new(&(BulkOptions){store, parser, options->site, source, options->now}, error);
    if (!bulk)
        return false;
    import.bulk = bulk;
    done = import_all(&import, error);
    if (import.stopped && !bulk_flush(bulk, NULL))
        g_prefix_error(error, "not all that was read was stored: ");
    g_clear_pointer(&progress, progress_free);
    if (done || bulk_counts(bulk)->messages > 0)
        print_summary(bulk_counts(bulk));
    if (done && !program_flush(error)) {
        g_prefix_error(error, "all is stored, but ");
        return false;
    }
    if (done && bulk_counts(bulk)->too_large > 0)
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "mails larger than %d MB were not stored",
                           LIMIT_MAIL_READ_BYTES / (1024 * 1024));
    return done;
}
