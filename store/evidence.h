/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence.h - raw mail, compressed: zstd with a dictionary that the store holds.
 *
 * The shipped dictionary is written to the table `dictionary` once and every message names the one
 * it was written with, so that a store can always be read, whatever a later version ships. An
 * Evidence belongs to one thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Evidence Evidence;

/* dictionary: its bytes; NULL: none (plain zstd). (transfer full) or NULL with INTERNAL. */
Evidence *evidence_new(GBytes *dictionary, GError **error);
void evidence_free(Evidence *evidence); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Evidence, evidence_free)

GBytes *evidence_shipped_dictionary(void); /* (transfer full) store/mail.dict */

/* What packed bytes say of themselves: the number in their dictionary (0: none), and their size
 * unpacked. False: they are not packed, or do not say. */
bool evidence_look(const void *packed, gsize len, guint32 *ret_number, gsize *ret_size);

GBytes *evidence_pack(Evidence *evidence, GBytes *raw, GError **error); /* (transfer full) */

/* size: what the row says the mail had; anything else, or more than LIMIT_MAIL_READ_BYTES, is
 * INTERNAL ("damaged"). (transfer full) */
GBytes *evidence_unpack(Evidence *evidence, GBytes *packed, gsize size, GError **error);
