/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint site`. */
#pragma once

#include "cli/command.h"

extern const Command cmd_site_check, cmd_site_list;
