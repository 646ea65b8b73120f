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
    GHashTable *left_out; /* names of a Maildir's mails, in this batch */
    guint64 seen;         /* mails */
    guint64 bytes_done;   /* of sources that are finished */
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

/* What was read goes to disk, while the names of the files that it came from are still there. */
static bool
fail_stopped(const Import *import, GError **error)
{
    return plaint_fail(error, PLAINT_ERROR_BUSY, "%sinterrupted: run it again to go on",
                       bulk_flush(import->bulk, NULL) ? "" : "not all that was read was stored: ");
}

/* Said at once, for a person, among what the summary says. */
static void
tell_left_out(const BulkPlace *place, const char *why, gpointer data)
{
    Import *import = data;
    g_autofree char *quoted = text_quote(place->file);

    (void)g_hash_table_add(import->left_out, (gpointer)place->file);
    progress_wipe(import->progress);
    (void)printf("mail %" G_GUINT64_FORMAT " of %s, at byte %" G_GUINT64_FORMAT
                 ", is not stored: %s\n",
                 place->number, quoted, place->offset, why);
    (void)fflush(stdout);
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

static void
leave_too_large(Import *import, const BulkPlace *place, guint64 bytes)
{
    g_autofree char *why = g_strdup_printf("it has %" G_GUINT64_FORMAT " bytes, more than %d MB",
                                           bytes, LIMIT_MAIL_READ_BYTES / (1024 * 1024));

    bulk_count_one(import->bulk, BULK_TOO_LARGE);
    tell_left_out(place, why, import);
}

/* name: of fd, lives until the next bulk_flush. */
static bool
import_mails(Import *import, int fd, const char *name, GError **error)
{
    g_autoptr(Mbox) mbox = mbox_new(fd, LIMIT_MAIL_READ_BYTES);
    BulkPlace place = {.file = name};

    mbox_before_read(mbox, wait_for_bytes, import);
    for (;;) {
        g_autoptr(GBytes) mail = NULL;
        MboxItem item = mbox_next(mbox, &mail, error);

        if (item == MBOX_ERROR) {
            (void)bulk_flush(import->bulk, NULL); /* what came before the bad block is kept */
            return false;
        }
        if (item == MBOX_END) {
            import->bytes_done += mbox_bytes_read(mbox);
            return true;
        }
        place.number++;
        place.offset = mbox_mail_offset(mbox);
        if (item == MBOX_TOO_LARGE)
            leave_too_large(import, &place, mbox_mail_size(mbox));
        else if (!bulk_add(import->bulk, mail, &place, error))
            return false;
        progress_update(import->progress, import->bytes_done + mbox_bytes_read(mbox),
                        ++import->seen);
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
    g_auto(AutoFd) fd = open_file(path, error);

    return fd >= 0 && import_mails(import, fd, path, error) && bulk_flush(import->bulk, error);
}

/* One batch: into the store, committed, and only then moved; what is left out stays. */
static bool
import_batch(Import *import, const Maildir *maildir, GPtrArray *names, GError **error)
{
    g_autoptr(GPtrArray) read = g_ptr_array_new();

    g_hash_table_remove_all(import->left_out);
    for (guint i = 0; i < names->len && !is_stopped(); i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autoptr(GError) gone = NULL;
        g_auto(AutoFd) fd = maildir_open_mail(maildir, name, &gone);

        if (fd < 0 && g_error_matches(gone, PLAINT_ERROR, PLAINT_ERROR_NOT_FOUND))
            continue;
        if (fd < 0 && g_error_matches(gone, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT)) {
            bulk_count_one(import->bulk, BULK_NO_MAIL);
            continue;
        }
        if (fd < 0) {
            bulk_count_one(import->bulk, BULK_UNREADABLE);
            tell_left_out(&(BulkPlace){.file = name, .number = 1}, gone->message, import);
            continue;
        }
        if (!import_mails(import, fd, name, error))
            return false;
        g_ptr_array_add(read, (char *)name);
    }
    if (!bulk_flush(import->bulk, error))
        return false;
    for (guint i = 0; i < read->len; i++) {
        const char *name = g_ptr_array_index(read, i);

        if (!g_hash_table_contains(import->left_out, name) && !maildir_move(maildir, name, error))
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
print_summary(const Bulk *bulk)
{
    /* clang-format off */
    static const struct {
        BulkCount count;
        const char *words;
        bool always;
    } rows[] = {
        {BULK_NEW,        "new",                           true},
        {BULK_KNOWN,      "already known",                 true},
        {BULK_OPENED,     "tickets opened",                true},
        {BULK_JOINED,     "incidents joined to a ticket",  true},
        {BULK_REOPENED,   "tickets reopened",              false},
        {BULK_FILED,      "incidents filed only",          true},
        {BULK_DIED,       "stored unparsed (parser died)", false},
        {BULK_TOO_LARGE,  "too large, not stored",         false},
        {BULK_REFUSED,    "refused, not stored",           false},
        {BULK_UNREADABLE, "cannot be read, not stored",    false},
        {BULK_NO_MAIL,    "no mail file, left there",      false},
    };
    /* clang-format on */
    G_STATIC_ASSERT(G_N_ELEMENTS(rows) == BULK_N_COUNTS);

    (void)printf("%-30s %10" G_GUINT64_FORMAT "\n", "messages",
                 bulk_count(bulk, BULK_NEW) + bulk_count(bulk, BULK_KNOWN));
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint64 n = bulk_count(bulk, rows[i].count);

        if (rows[i].always || n > 0)
            (void)printf("%-30s %10" G_GUINT64_FORMAT "\n", rows[i].words, n);
    }
}

static bool
any_counted(const Bulk *bulk)
{
    guint64 sum = 0;

    for (guint i = 0; i < BULK_N_COUNTS; i++)
        sum += bulk_count(bulk, i);
    return sum > 0;
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
    g_autoptr(Progress) progress = progress_new(total_bytes(options), "messages");
    g_autoptr(GHashTable) left_out = g_hash_table_new(NULL, NULL); /* by address */
    Import import = {.options = options, .progress = progress, .left_out = left_out};
    const char *source = options->files[0] ? "mbox" : "maildir";
    guint64 not_stored = 0;
    bool done = false;

    block_stop_signals(); /* before the parser's processes are forked: they are not to die of ^C */
    parser = parser_new(options->site, error);
    if (!parser)
        return false;
    store = store_open(options->store_url, options->store_mode, error);
    if (!store)
        return false;
    store_hooks(store, options->hooks);
    bulk = bulk_new(&(BulkOptions){store, parser, options->site, source, options->now,
                                   options->log_query, options->customer_lookup, tell_left_out,
                                   &import},
                    error);
    if (!bulk)
        return false;
    import.bulk = bulk;
    done = import_all(&import, error);
    g_clear_pointer(&progress, progress_free);
    if (done || any_counted(bulk))
        print_summary(bulk);
    if (done && !program_flush(error)) {
        g_prefix_error(error, "all that can be is stored, but ");
        return false;
    }
    not_stored = bulk_count(bulk, BULK_TOO_LARGE) + bulk_count(bulk, BULK_REFUSED) +
                 bulk_count(bulk, BULK_UNREADABLE);
    if (done && not_stored > 0)
        return plaint_fail(error, PLAINT_ERROR_BUSY, "%" G_GUINT64_FORMAT " mail%s not stored",
                           not_stored, not_stored == 1 ? " was" : "s were");
    return done;
}
