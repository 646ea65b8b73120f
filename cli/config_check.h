/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config_check.h - a configuration that can be read is not yet one that is right: what is odd about
 * a site map, and what is good. */
#pragma once

#include "base/config.h"

typedef enum { FINDING_GOOD, FINDING_HINT, FINDING_ODD, N_FINDINGS } FindingLevel;
extern const char *const finding_names[N_FINDINGS]; /* "good", "hint", "odd" */

typedef struct {
    FindingLevel level;
    char *about; /* "[relay mx1] addresses" */
    char *text;
} Finding;

/* (transfer full) Finding, in the order of the file */
GArray *config_check(const Config *config);
