/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parts.h - what a viewer may show of a mail: its entities as data, text only, nothing active.
 *
 * Runs inside the sandbox (plaint-parse --parts).
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "base/limits.h"

/* {"headers":[[name,value],…],"parts":[{"n":0,"parent":null,"depth":0,"type":"text/plain",
 * "name":null,"attachment":false,"size":12,"sha256":"…","text":"…","headers":null},…],
 * "problems":[{"name","why"},…]}. size and sha256 are of the decoded content that limits let us
 * look at; text is UTF-8 (HTML as text) and null when the part is not text; headers are those of an
 * enclosed message; a container has neither. (transfer full) */
json_t *mail_parts(GBytes *mail, const Limits *limits);
