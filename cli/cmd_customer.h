/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/command.h"

extern const Command cmd_customer_list;
extern const Command cmd_customer_show;
extern const Command cmd_customer_find;
extern const Command cmd_customer_import;
extern const Command cmd_customer_lease_import;
