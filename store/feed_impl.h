/* SPDX-License-Identifier: GPL-3.0-or-later */
/* feed_impl.h - what counting feeds and judging them share. Private to store/. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "ingest/parse/complaint.h"

#define FEED_DAY ((gint64)24 * 60 * 60)

/* What is special about a format; the others report incidents, again and again. */
typedef struct {
    bool has_no_incidents; /* recognised as what it is */
    bool is_not_missed;    /* when no more of it comes */
} FeedFormat;
extern const FeedFormat feed_formats_table[N_FORMATS];
