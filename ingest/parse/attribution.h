/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attribution.h - which machine, which cause, and why: from trace headers and the site map to a
 * verdict for every hop (docs/attribution.md).
 *
 * A line is believed only if the complainant's side wrote it, or we did (and it can be), or a party
 * linked to them by an unbroken chain of believed lines. Below the first break all is decoration.
 */
#pragma once

#include "ingest/parse/complaint.h"
#include "ingest/parse/header.h"
#include "ingest/parse/site.h"

/* Fills of *incident: hops, relay_ip, exit_ip, origin_ip, account, script, ours, causes, cause,
 * confidence, claim, source_ip. Before the call claimed_ip, claimed_in_field, rcpt, pasted and
 * has_evidence are set by the format. `block` is the reported message's header, NULL when there is
 * none (then claim is no-chain or null, source_ip the claim). Problems go to complaint. */
void attribution_run(Complaint *complaint, Incident *incident, const HeaderBlock *block,
                     const SiteMap *site, const Limits *limits);
