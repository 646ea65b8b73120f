/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/command.h"

extern const Command cmd_mailbox_test;
extern const Command cmd_mailbox_list;
