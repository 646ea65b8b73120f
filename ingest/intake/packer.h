/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packer.h - a thread that compresses mails while others are parsed and written. Private to
 * ingest/intake.
 *
 * What goes in first comes out first. The only thread beside the main one: start it after the
 * processes that fork (parser.h).
 */
#pragma once

#include <glib.h>

#include "store/evidence.h"

typedef struct Packer Packer;

/* Takes evidence over. (transfer full) */
Packer *packer_new(Evidence *evidence);
void packer_free(Packer *packer); /* waits for the thread; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Packer, packer_free)

void packer_push(Packer *packer, GBytes *raw);

/* The oldest one pushed, packed; waits for it. (transfer full), or NULL with BUSY. */
GBytes *packer_pop(Packer *packer, GError **error);
