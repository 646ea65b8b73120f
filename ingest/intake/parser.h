/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parser.h - mails become complaints in a sandboxed child; this is its parent's side.
 *
 * Never parses in the calling process. A mail that kills the child, hangs it or makes it answer
 * nonsense still yields a complaint: a `message` with the problem `parser-died`. One child serves
 * many mails, and its end may be an earlier one's doing; so a mail is tried again, once, in a child
 * that has read no other, and blamed only for the end of such a one.
 * Children are forked from a small nursery process made by parser_new, so make the Parser before
 * the store is opened: then no child ever has a page of it. One thread, and a process without other
 * threads.
 *
 *     g_autoptr(Parser) parser = parser_new(site, error);
 *     g_autoptr(Complaint) complaint = parser_run(parser, mail, PARSE_COMPLAINT, now, error);
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "ingest/parse/complaint.h"
#include "ingest/parse/site.h"

typedef enum {
    PARSE_COMPLAINT, /* complaint_parse */
    PARSE_SPAM,      /* complaint_parse_spam: the mail itself is the reported message */
    PARSE_N_MODES,
} ParseMode;

typedef struct Parser Parser;

/* Keeps one child for any number of mails and replaces it when it dies. site must outlive the
 * parser. (transfer full), or NULL with BUSY when no process can be made. */
Parser *parser_new(const SiteMap *site, GError **error);

/* For a single mail, cheaper: the child is forked at once and already has the mail; call
 * parser_receive exactly once. (transfer full), or NULL with BUSY. */
Parser *parser_new_once(const SiteMap *site, GBytes *mail, ParseMode mode, gint64 received_at,
                        GError **error);
void parser_free(Parser *parser); /* NULL is fine; kills the child */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Parser, parser_free)

/* One mail, one answer. NULL only when no sandboxed child can be started (BUSY, INTERNAL): never
 * the fault of the mail. (transfer full) */
Complaint *parser_run(Parser *parser, GBytes *mail, ParseMode mode, gint64 received_at,
                      GError **error);

/* The same in two steps, so that several mails are on their way at once: answers come in the order
 * of sending. parser_send never blocks; parser_receive waits for the oldest answer (at most twice
 * LIMIT_CHILD_WALL_SECONDS). */
void parser_send(Parser *parser, GBytes *mail, ParseMode mode, gint64 received_at);
Complaint *parser_receive(Parser *parser, GError **error);
/* Waits a little for the oldest answer. True: parser_receive will not wait; false: it may. */
bool parser_wait(Parser *parser, int milliseconds);
/* While somebody else does what must be waited for: keeps the child at work on what was sent, until
 * stop_fd can be read. */
void parser_pump(Parser *parser, int stop_fd);
guint parser_pending(const Parser *parser); /* sent and not received */
