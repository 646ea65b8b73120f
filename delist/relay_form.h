/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay_form.h - the forms in which a relay is asked to pass mail on, and what its replies mean.
 * Tables; nothing here connects. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "delist/smtp.h"
#include "store/relay_test.h"

typedef enum {
    FORM_LOCAL = 1 << 0,   /* may be taken for a mailbox of its own */
    FORM_CONTROL = 1 << 1, /* no relaying: what the server does with mail for itself */
    FORM_LOGIN = 1 << 2,   /* after a login that fails; only where AUTH is offered */
    FORM_NO_MAIL = 1 << 3, /* does not lead to the recipient when it is relayed */
} FormFlags;

/* from and to are what follows MAIL FROM: and RCPT TO:, with {S} the sender, {u} and {x} user and
 * domain of an outside recipient, {D} a domain hosted here, {H} the host's name, {L} its address as
 * a literal, {r} a random word. */
typedef struct {
    const char *id; /* "R01" */
    const char *from, *to;
    const char *what;
    guint flags;
} RelayForm;

extern const RelayForm relay_forms[]; /* the controls first; ends with a NULL id */

enum {
    PART_SENDER,
    PART_USER,
    PART_DOMAIN,
    PART_HOSTED,
    PART_HOST,
    PART_LITERAL,
    PART_RANDOM,
    N_PARTS
};
typedef struct {
    const char *part[N_PARTS]; /* NULL: there is none */
} FormParts;

/* The template filled in; NULL when a part of it is missing. (transfer full) */
char *relay_form_fill(const char *template, const FormParts *parts);

/* Of a reply to RCPT, and of one to MAIL that is not 2xx (code 0: aborted). */
RelayVerdict relay_verdict_of(const SmtpReply *reply);
RelayVerdict relay_verdict_of_mail(const SmtpReply *reply);
