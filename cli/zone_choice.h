/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zone_choice.h - the lists that a command is about, and how they are asked. */
#pragma once

#include "cli/plaint.h"
#include "delist/dns.h"
#include "delist/zone.h"

/* Those named as operands, or all that are asked. (transfer container) const Zone; NULL with
 * NOT_FOUND, or with BAD_INPUT for one that is not asked, and why. */
GPtrArray *zone_choice(const Plaint *plaint, const Zones *zones, GError **error);

/* Through [dns] servers. (transfer full) */
Dns *zone_dns(const Config *config, GError **error);
