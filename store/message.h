/* SPDX-License-Identifier: GPL-3.0-or-later */
/* message.h - stored mail: reading it back, and running it again after the parser improved. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "ingest/parse/complaint.h"
#include "store/deed.h"
#include "store/store.h"

typedef struct {
    gint64 id;
    gint64 received_at;
    gsize size;  /* of the raw mail */
    bool sealed; /* category csam: admins only, never rendered, forwarded or exported */
} MessageInfo;

/* The raw mail, exactly as it came. NOT_FOUND; INTERNAL when it is damaged. (transfer full) */
GBytes *message_load(Store *store, gint64 id, MessageInfo *ret_info, GError **error);

/* The next message after `after` (0: from the start) received at or after `since` (TIME_NONE:
 * any). *ret_id is 0 at the end. For a loop; nothing stays open between calls. */
bool message_next(Store *store, gint64 after, gint64 since, gint64 *ret_id, GError **error);

/* What the store says now against what the parser says: {"message_id":1,"changed":bool,
 * "format":{"was":…,"is":…},"incidents":[{"n":0,"cause":{"was":…,"is":…},…}]}; only members that
 * differ. "by_hand" names its tickets with values set by hand: [{"id":1,"by_hand":{…}}]. NOT_FOUND.
 * (transfer full) */
json_t *reparse_diff(Store *store, gint64 message_id, const Complaint *complaint, GError **error);

typedef struct {
    bool changed;
    guint tickets_opened, tickets_joined, filed;
} ReparseResult;

/* Replaces the complaint and its incidents and files them again (incidents that agree with a
 * stored one stay where they are, also where a person put them). Nothing is written when nothing
 * changed. In one transaction. */
bool reparse_apply(Store *store, gint64 message_id, const Complaint *complaint, const Deed *deed,
                   ReparseResult *ret_result, GError **error);
