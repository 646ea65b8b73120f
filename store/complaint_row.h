/* SPDX-License-Identifier: GPL-3.0-or-later */
/* complaint_row.h - the row of a complaint and its place in full text search. Private to store/. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "ingest/parse/complaint.h"
#include "store/filing.h"
#include "store/store.h"

/* After filing_decide(), before filing_write(). */
bool complaint_row_add(const FilingJob *job, GError **error);

/* Category csam: the evidence is sealed. */
bool complaint_is_sealed(const Complaint *complaint);
