/* SPDX-License-Identifier: GPL-3.0-or-later */
/* complaint_pack.h - a Complaint as bytes (between the parsing child and its parent) and as JSON
 * (the contract of `plaint explain --json`), both from one table of members.
 */
#pragma once

#include <jansson.h>

#include "ingest/parse/complaint.h"

/* (transfer full) */
GBytes *complaint_pack(const Complaint *complaint);

/* The child may be in the hands of the mail it read: every length, count, enumeration and string is
 * checked again. Returns: (transfer full), or NULL with BAD_INPUT. */
Complaint *complaint_unpack(GBytes *packed, GError **error);

/* The contract's object but for "file" and "index". (transfer full) */
json_t *complaint_to_json(const Complaint *complaint);
/* An incident's "hops", and "causes", as compact JSON text for the store. (transfer full) */
char *incident_hops_json(const Incident *incident);
char *incident_causes_json(const Incident *incident);
/* Its members of incident_extra_names that are there, each with its name and a comma behind it. */
char *incident_extras_json(const Incident *incident);
