/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/command.h"

extern const Command cmd_init;
extern const Command cmd_status;
extern const Command cmd_complaint_list;
extern const Command cmd_complaint_show;
extern const Command cmd_format_list;
extern const Command cmd_format_stats;
extern const Command cmd_optout_export;
extern const Command cmd_quarantine_export;
extern const Command cmd_reparse;
extern const Command cmd_job_run;
extern const Command cmd_job_list;
