/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mails.h - an mbox in memory, cut into mails: the same input, for nothing, to every program. */
#pragma once

#include <glib.h>

typedef struct {
    GMappedFile *file;
    GPtrArray *list; /* GBytes of each mail, without its From_ line and `>From ` quoting as it is */
    gsize bytes;
} Mails;

/* Every page has been touched. Ends the program when the file cannot be read. */
void mails_open(const char *path, guint most, Mails *ret_mails);
void mails_close(Mails *mails);

double seconds_now(void); /* monotonic */
