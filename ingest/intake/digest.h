/* SPDX-License-Identifier: GPL-3.0-or-later */
/* digest.h - one mail, one digest, however it was delivered.
 *
 * SHA-256 of the mail without what each delivery adds or changes:
 *   - a leading From_ line (also `>From `);
 *   - of the header fields at the top: Return-Path, Delivered-To, X-Original-To, Envelope-To,
 *     Delivery-Date; the first Received, and those directly after it (in the order of the trace)
 *     that one of our own relays wrote, by the name after `by`;
 *   - line ends (CRLF and LF are the same), blank lines at the end;
 *   - `>` before `From ` at the start of a line, which mailbox writers add (`>From ` and `From `
 * are the same; that cannot be undone exactly, but needs not for telling mails apart). So the same
 * mail by LMTP, pipe, alias, mbox or Maildir, to abuse@ and to postmaster@, is one.
 */
#pragma once

#include <glib.h>

#include "ingest/parse/site.h"

enum { MAIL_DIGEST_BYTES = 32 };

/* Writes MAIL_DIGEST_BYTES bytes. site may be empty. Linear in the mail, no copy of it. */
void mail_digest(GBytes *mail, const SiteMap *site, guint8 *ret_digest);

/* Bytes of the From_ line(s) at the start of a mail: 0 when there is none. */
gsize mail_from_line_length(const char *bytes, gsize len);
