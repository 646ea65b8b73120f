/* SPDX-License-Identifier: GPL-3.0-or-later */
/* desk.h - a store of its own for each test, and complaints made by hand. */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "ingest/parse/complaint.h"
#include "store/check.h"
#include "store/deed.h"
#include "store/intake.h"
#include "store/stmt.h"
#include "store/store.h"

#define NOON ((gint64)1767268800) /* 2026-01-01T12:00:00Z */
#define HOUR 3600
#define DAY  (24 * HOUR)

typedef struct {
    char *folder;
    char *path;
    char *url;
    Store *store;
} Desk;

static inline void
desk_clear(Desk *desk)
{
    static const char *const tails[] = {"", "-wal", "-shm", "-journal"};

    g_clear_pointer(&desk->store, store_close);
    for (gsize i = 0; desk->path && i < G_N_ELEMENTS(tails); i++) {
        g_autofree char *path = g_strconcat(desk->path, tails[i], NULL);

        (void)g_unlink(path);
    }
    if (desk->folder)
        (void)g_rmdir(desk->folder);
    g_free(desk->folder);
    g_free(desk->path);
    g_free(desk->url);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desk, desk_clear)
#define DESK_INIT ((Desk){0})

static inline void
desk_open(Desk *desk)
{
    g_autoptr(GError) error = NULL;

    desk->folder = g_dir_make_tmp("plaint-XXXXXX", &error);
    g_assert_no_error(error);
    desk->path = g_build_filename(desk->folder, "plaint.db", NULL);
    desk->url = g_strconcat("sqlite:", desk->path, NULL);
    desk->store = store_open(desk->url, STORE_CREATE, &error);
    g_assert_no_error(error);
}

/* Nothing is wrong with the store. */
static inline void
desk_check(Store *store)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    g_assert_true(store_check(store, true, problems, &error));
    g_assert_no_error(error);
    for (guint i = 0; i < problems->len; i++)
        g_test_message("%s", (const char *)g_ptr_array_index(problems, i));
    g_assert_cmpuint(problems->len, ==, 0);
}

static inline gint64
desk_count(Store *store, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Stmt) stmt = store_stmt_text(store, sql, &error);
    gint64 value = 0;

    g_assert_no_error(error);
    g_assert_true(stmt_run_int(stmt, &value, &error));
    g_assert_no_error(error);
    return value;
}

/* One incident of ours on `machine`, with evidence, one hour before `at`. */
static inline Incident *
desk_incident(Complaint *complaint, const char *machine, gint64 at)
{
    Incident *incident = complaint_add_incident(complaint);

    g_assert_true(!machine || addr_parse(machine, -1, &incident->exit_ip));
    incident->source_ip = incident->exit_ip;
    incident->ours = true;
    incident->cause = CAUSE_OPEN_RELAY;
    incident->confidence = CONFIDENCE_MEDIUM;
    incident->has_evidence = true;
    incident->time = at - HOUR;
    incident->subject = "cheap watches";
    return incident;
}

static inline Complaint *
desk_complaint(ComplaintFormat format, const char *reporter)
{
    Complaint *complaint = complaint_new();

    complaint->format = format;
    complaint->reporter = reporter;
    complaint->from = "ann@victim.example";
    complaint->subject = "spam from your network";
    complaint->words = "Please stop this at once";
    complaint->authenticity = "none";
    return complaint;
}

static inline GBytes *
desk_mail(guint n)
{
    char *text = g_strdup_printf("From: <ann@victim.example>\nSubject: spam %u\n\nbody %u\n", n, n);

    return g_bytes_new_take(text, strlen(text));
}

static inline void
desk_digest(GBytes *raw, guint8 *digest)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    gsize len = DIGEST_SIZE, size = 0;
    const guchar *bytes = g_bytes_get_data(raw, &size);

    g_checksum_update(checksum, bytes, (gssize)size);
    g_checksum_get_digest(checksum, digest, &len);
}

/* Takes the complaint in as mail number n, received at `at`. */
static inline IntakeResult
desk_take(Store *store, guint n, const Complaint *complaint, gint64 at)
{
    g_autoptr(GBytes) raw = desk_mail(n);
    guint8 digest[DIGEST_SIZE];
    IntakeMessage message = {.raw = raw,
                             .digest = digest,
                             .complaint = complaint,
                             .sender = "ann@victim.example",
                             .recipient = "abuse@example.net",
                             .source = "lda",
                             .received_at = at};
    IntakeResult result = {0};
    g_autoptr(GError) error = NULL;

    desk_digest(raw, digest);
    g_assert_true(intake_add(store, &message, &result, &error));
    g_assert_no_error(error);
    return result;
}

/* The common case: a complaint about one machine. */
static inline IntakeResult
desk_take_one(Store *store, guint n, const char *machine, gint64 at)
{
    g_autoptr(Complaint) complaint = desk_complaint(FORMAT_ARF, "victim.example");

    desk_incident(complaint, machine, at);
    return desk_take(store, n, complaint, at);
}
