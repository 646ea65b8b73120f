/* SPDX-License-Identifier: GPL-3.0-or-later */
/* envelope.h - who sent a mail and to which of our mailboxes, and when it came in.
 *
 * Only the first header fields are looked at, by hand: a hostile mail is not parsed here.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    char *sender;    /* "" is the null sender; NULL: unknown */
    char *recipient; /* NULL: unknown */
} Envelope;

void envelope_clear(Envelope *envelope);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Envelope, envelope_clear)

/* What the MTA says outside of the mail; any of them may be NULL. */
typedef struct {
    const char *sender, *recipient;         /* arguments: -f, -a */
    const char *env_sender, *env_recipient; /* $SENDER, $RECIPIENT */
} EnvelopeHints;

/* Each side from the argument, else the environment, else the mail: Return-Path; X-Original-To,
 * Delivered-To, Envelope-To. Empty, `<>` and MAILER-DAEMON are the null sender. Brackets are taken
 * off, text is cleaned. ret_envelope is overwritten. */
void envelope_find(GBytes *mail, const EnvelopeHints *hints, Envelope *ret_envelope);

/* The first header field of that name at the top of the mail, unfolded and cleaned, or NULL.
 * (transfer full) */
char *envelope_field(GBytes *mail, const char *name);

/* When an imported mail came in: its From_ line, else the topmost Received, else its Date; never
 * after `now`, and `now` when there is none. */
gint64 envelope_received_at(GBytes *mail, gint64 now);
