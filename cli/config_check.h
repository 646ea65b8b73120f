/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config_check.h - a configuration that can be read is not yet one that is right: what is odd about
 * a site map, and what is good. */
#pragma once

#include "base/config.h"

typedef enum { FINDING_GOOD, FINDING_HINT, FINDING_ODD, FINDING_WRONG, N_FINDINGS } FindingLevel;
extern const char *const finding_names[N_FINDINGS]; /* "good", "hint", "odd", "wrong" */

/* The widest network that a line may name, private space apart; wider is WRONG. All hosts in it are
 * believed to be whose the line says, so one that takes in strangers makes every forged trace
 * believable. No registry hands out more than an IPv4 /8 or an IPv6 /16 in one piece, so nobody has
 * more; who has several of them writes each. */
enum { WIDEST_IPV4 = 8, WIDEST_IPV6 = 16 };

typedef struct {
    FindingLevel level;
    char *about; /* "[relay mx1] addresses" */
    char *text;
} Finding;

/* (transfer full) Finding, in the order of the file */
GArray *config_check(const Config *config);
