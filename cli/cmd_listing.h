/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/plaint.h"

extern const Command cmd_listing_list;
extern const Command cmd_listing_show;
extern const Command cmd_listing_check;
extern const Command cmd_listing_request;
extern const Command cmd_listing_refuse;
extern const Command cmd_listing_accept;
extern const Command cmd_listing_note;
extern const Command cmd_listing_watch;
extern const Command cmd_listing_unwatch;
extern const Command cmd_listing_watched;

/* The listing as it is now: a line, or with --json the whole of it. */
bool listing_print(const Plaint *plaint, gint64 id, const char *what, GError **error);
/* The words after the number as one text, NULL when there are none. (transfer full) */
bool listing_words(const Plaint *plaint, char **ret_text, GError **error);
