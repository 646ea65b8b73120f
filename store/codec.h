/* SPDX-License-Identifier: GPL-3.0-or-later */
/* codec.h - which dictionary a mail is written and read with. Private to store/. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "store/evidence.h"
#include "store/store.h"

/* The codec new mail is packed with (transfer none), and whether it has a dictionary. */
Evidence *codec_writer(Store *store, GError **error);
/* The row of the writer's dictionary, made when it is not there; 0: none. In a transaction. */
bool codec_writer_id(Store *store, gint64 now, gint64 *ret_id, GError **error);
/* (transfer none). dictionary 0: plain. */
Evidence *codec_reader(Store *store, gint64 dictionary, GError **error);
