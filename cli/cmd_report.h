/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/command.h"

extern const Command cmd_report_activity;
extern const Command cmd_report_customers;
extern const Command cmd_report_delisting;
extern const Command cmd_report_relays;
