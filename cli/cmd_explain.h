/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_explain.h - `plaint explain`: what the parser makes of a mail; nothing is stored. */
#pragma once

#include "cli/command.h"

extern const Command cmd_explain;
