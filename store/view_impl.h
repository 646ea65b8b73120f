/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_impl.h - what the models share. Private to store/. */
#pragma once

#include "store/view.h"

/* The one row of a statement that takes :id, as an object; json_null() when there is none.
 * (transfer full) */
json_t *view_row(Store *store, const char *statement, gint64 id, GError **error);
/* Its rows as object's member. */
bool view_rows(Store *store, json_t *object, const char *member, const char *statement, gint64 id,
               GError **error);
/* A page of rows with an id, newest first: the statement takes :before and :limit. {member: […],
 * "next"}. (transfer full) */
json_t *view_newest(Store *store, const char *statement, const char *member, const Page *page,
                    GError **error);
/* The members of what is packed are there, also when it cannot be read. */
void view_fill_detail(json_t *incident);
void view_fill_details(json_t *incidents);
