/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/command.h"

extern const Command cmd_config_check;
extern const Command cmd_config_show;
extern const Command cmd_config_example;
