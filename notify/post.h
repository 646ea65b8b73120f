/* SPDX-License-Identifier: GPL-3.0-or-later */
/* post.h - a letter is put into the outbox: composed as the site's, once, and kept as it will
 * leave.
 */
#pragma once

#include "base/config.h"
#include "notify/mail.h"
#include "store/deed.h"
#include "store/store.h"

typedef struct {
    const char *kind; /* a word for lists: "test" */
    Mail mail; /* to, subject, text and what else there is; from, id and date are filled in here */
    gint64 ticket_id, listing_id; /* 0: about none */
    bool is_asked_for;            /* by a person: the day's limit does not count */
    bool takes_no_bounce;         /* an automatic answer: the null sender (RFC 3834 3.3) */
} Post;

/* In the caller's transaction, or one of its own. *ret_id 0: the recipient has had its letters of
 * the day. CONFIG: [mail] from is not set or none; BAD_INPUT: the recipient is no address. */
bool post_add(Store *store, const Config *config, const Post *post, const Deed *deed,
              gint64 *ret_id, GError **error);
