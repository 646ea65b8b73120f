/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint outbox`. */
#pragma once

#include "cli/command.h"

extern const Command cmd_outbox_list, cmd_outbox_show, cmd_outbox_send, cmd_outbox_cancel,
    cmd_outbox_test;
