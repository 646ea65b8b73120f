/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/command.h"

extern const Command cmd_relay_test;
extern const Command cmd_relay_retest;
extern const Command cmd_relay_list;
extern const Command cmd_relay_show;
