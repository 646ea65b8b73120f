/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deed.h - who does something to the store, and when: what every audited change is told. */
#pragma once

#include <glib.h>

typedef struct {
    const char *actor; /* "anna", or "plaint" for what the program decides itself; never NULL */
    gint64 now;        /* clock_now() of the request */
} Deed;

#define ACTOR_PLAINT "plaint"
