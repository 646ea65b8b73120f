/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/command.h"

extern const Command cmd_ticket_list;
extern const Command cmd_ticket_show;
/* Deeds: cmd_ticket_deed.c */
extern const Command cmd_ticket_new;
extern const Command cmd_ticket_note;
extern const Command cmd_ticket_assign;
extern const Command cmd_ticket_move;
extern const Command cmd_ticket_set;
extern const Command cmd_ticket_merge;
extern const Command cmd_ticket_split;
extern const Command cmd_ticket_undo;
