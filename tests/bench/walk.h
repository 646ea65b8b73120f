/* SPDX-License-Identifier: GPL-3.0-or-later */
/* walk.h - the peer: what a program must do that reads such mail with GMime and nothing else. */
#pragma once

#include <gmime/gmime.h>

typedef struct {
    guint parts, received, headers;
    gsize bytes;
} Walked;

/* One mail: a memory stream, every part decoded, attached messages entered, Received, Subject, From
 * and Date read of each message. */
void walk_mail(const void *bytes, gsize len, Walked *walked);
