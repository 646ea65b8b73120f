/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay_trace.h - a mail that came back from a relay test: its nonce, and whether its trace names
 * the tested host. Looks at the header block only, at most RELAY_HEADER_BYTES of it, so that a
 * bounce that quotes the mail is none. Pure. Private to store/. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/addr.h"

enum { RELAY_HEADER_BYTES = 256 * 1024 };

/* What stands behind the first RELAY_NONCE_MARK. (transfer full) or NULL */
char *relay_trace_nonce(GBytes *raw);

/* Whether a Received field has the address in brackets, or was written by the host of that name
 * (NULL: none). */
bool relay_trace_names(GBytes *raw, const Addr *address, const char *host);
