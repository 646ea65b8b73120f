/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send.h - letters that are due are handed to sendmail, one at a time. */
#pragma once

#include "store/outbox.h"

typedef struct {
    Store *store;
    const char *program; /* [mail] sendmail */
    const char *runner;  /* a name that no other has */
    gint64 now;
} Sender;

typedef struct {
    gint64 id; /* 0: nothing was due */
    char *recipient;
    const char *outcome; /* of attempt_names */
    char *said;          /* why not, or what sendmail said; or NULL */
    gint64 due;          /* when it is tried again; TIME_NONE: not */
} SendReport;
void send_report_clear(SendReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SendReport, send_report_clear)

/* The letter that is due the longest, if any. What sendmail does wrong is in the report; the error
 * is the store's. */
bool send_next(const Sender *sender, SendReport *ret_report, GError **error);
