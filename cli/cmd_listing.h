/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/command.h"

extern const Command cmd_listing_list;
extern const Command cmd_listing_show;
extern const Command cmd_listing_check;
extern const Command cmd_listing_request;
extern const Command cmd_listing_refuse;
extern const Command cmd_listing_accept;
extern const Command cmd_listing_note;
