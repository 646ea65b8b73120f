/* SPDX-License-Identifier: GPL-3.0-or-later */
/* child.h - the parsing child: what runs inside the sandbox, and how it is spoken to.
 *
 * A child reads requests (head, then `length` bytes of mail) from one descriptor and answers each
 * with a reply (head, then `length` bytes) on the same. Its first reply is READY, once the sandbox
 * is closed. Private to ingest/intake.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#include "ingest/intake/parser.h"

typedef struct {
    guint32 mode; /* ParseMode */
    guint32 length;
    gint64 received_at;
} ChildRequest;

typedef enum {
    REPLY_READY = 1,  /* the sandbox is closed; nothing was read yet */
    REPLY_NO_SANDBOX, /* it could not be closed: why, as text; the child is gone */
    REPLY_COMPLAINT,  /* complaint_pack */
    REPLY_RETIRED,    /* enough CPU used; the child is gone, unanswered requests were not begun */
    REPLY_N,
} ReplyKind;

typedef struct {
    guint32 kind; /* ReplyKind */
    guint32 length;
} ChildReply;

/* Read once from the environment by child_options_init; the variables are for tests and mean
 * nothing unless PLAINT_TEST_HOOKS=1, and nothing at all in a setgid or setuid process. */
typedef struct {
    const SiteMap *site;
    bool hooks;          /* a forbidden call kills; X-Plaint-Test: is obeyed */
    bool no_sandbox;     /* PLAINT_TEST_SANDBOX=off, for valgrind, which needs calls of its own */
    gint64 wall_seconds; /* PLAINT_TEST_WALL_SECONDS, else LIMIT_CHILD_WALL_SECONDS */
} ChildOptions;

void child_options_init(ChildOptions *options, const SiteMap *site);

/* Everything that is loaded lazily, before the sandbox closes. mail: the only one that will be
 * parsed, or NULL. */
void child_prepare(GBytes *mail);

/* What the parser says of one mail; runs in the sandbox. (transfer full) */
Complaint *child_complaint(GBytes *mail, ParseMode mode, gint64 received_at,
                           const ChildOptions *options);

/* After a fork: keeps only fd (which becomes another number: returned) and the null device as
 * standard streams, and dies with its parent, `parent`. */
int child_detach(int fd, pid_t parent);

/* Serves requests until end of file. `first`, when not NULL, is answered as if it had been read,
 * and is then the only one. child_prepare() was called. Never returns. */
G_NORETURN void child_serve(int fd, const ChildOptions *options, const ChildRequest *first,
                            GBytes *mail);

/* Whole buffers, EINTR and short counts handled; false at end of file or error. */
bool child_read(int fd, void *buffer, gsize len);
bool child_write(int fd, const void *buffer, gsize len);
