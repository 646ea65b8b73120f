/* SPDX-License-Identifier: GPL-3.0-or-later */
/* codec.h - which dictionary a mail is written and read with. Private to store/. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "store/evidence.h"
#include "store/store.h"

/* The codec new mail is packed with (transfer none), and whether it has a dictionary. */
Evidence *codec_writer(Store *store, GError **error);
/* Another of the same. (transfer full) */
Evidence *codec_writer_new(Store *store, GError **error);
/* The row of the writer's dictionary, made when it is not there; 0: none. In a transaction. */
bool codec_writer_id(Store *store, gint64 now, gint64 *ret_id, GError **error);
/* (transfer none). dictionary 0: plain. */
Evidence *codec_reader(Store *store, gint64 dictionary, GError **error);

/* Text that is long, alike from row to row and read seldom (hops) is packed the same way; its bytes
 * name the dictionary. Readers need not know: stmt_text() unpacks a blob. (transfer full) */
GBytes *codec_pack_text(Store *store, const char *text, GError **error); /* in a transaction */
char *codec_unpack_text(Store *store, const void *packed, gsize len, GError **error);
