/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prose.h - IP addresses and links in running text, defanged ones too. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/addr.h"

/* The first address at or after *at ("192.0.2.1", "[192.0.2.1]", "192[.]0[.]2[.]1",
 * "192.0.2.1:25", "2001:db8::1"); version numbers and longer dotted numbers are none. Moves *at
 * behind it. */
bool prose_next_addr(const char **at, Addr *ret_addr);

/* The first host name at or after *at ("shop.example", "www[.]shop[.]example") that is no part of a
 * mail address and in no quoted line ("> …"). Moves *at behind it. */
bool prose_next_host(const char **at, char *ret_host, gsize size);

/* One address field of a report: its first address, whatever follows. */
bool prose_addr(const char *value, Addr *ret_addr);

/* Appends the http(s) links in text to urls, each once, defanging undone, strings kept in chunk;
 * stops at `max` links. */
void prose_urls(const char *text, GStringChunk *chunk, GPtrArray *urls, guint max);
