/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mail.h - one letter as the bytes that leave: MIME, threaded, marked as written by a machine.
 *
 * Whatever the texts hold, a letter has the header fields of this page and no other: control
 * characters become blanks, and what is not the form of an address is refused.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    const char *name; /* "report.csv" */
    const char *type; /* "text/csv"; a text is in UTF-8 */
    GBytes *bytes;
} MailFile;

typedef struct {
    const char *from_name; /* NULL: the address alone */
    const char *from;      /* "abuse@example.net" */
    const char *to;        /* one address */
    const char *subject;
    const char *message_id;  /* without < and >: store/outbox.h makes it */
    const char *in_reply_to; /* of the mail that is answered, with or without < and >; or NULL */
    const char *references;  /* its References field, or NULL */
    const char *text;        /* UTF-8; lines are wrapped */
    const char *html;        /* the same for those who like it, or NULL */
    const MailFile *files;
    guint n_files;
    gint64 at; /* the Date */
} Mail;

enum { MAIL_WIDTH = 78, MAIL_ADDRESS_MAX = 254 };

/* "name@example.net" as far as we write to it: no quotes, no comments, no blanks, ASCII. */
bool mail_address_is_good(const char *address); /* false for NULL */
/* The part behind the @. */
const char *mail_address_domain(const char *address);

/* The letter, lines ended by LF, as sendmail reads it. BAD_INPUT: an address or a type is none.
 * (transfer full) */
GBytes *mail_compose(const Mail *mail, GError **error);

/* Lines of at most MAIL_WIDTH characters where there are blanks to break at; a line that begins
 * with a blank or '>' stays. (transfer full) */
char *mail_wrap(const char *text);
