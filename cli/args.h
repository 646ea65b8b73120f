/* SPDX-License-Identifier: GPL-3.0-or-later */
/* args.h - the words after a command's name, sorted into options and operands by its row. */
#pragma once

#include "cli/command.h"

typedef struct {
    GHashTable *options; /* name -> value ("" for a switch); of the last occurrence */
    GPtrArray *operands; /* char *, NULL-terminated */
} Args;

/* --name, --name=value, --name value; options and operands in any order; `--` ends the options; a
 * lone `-` is an operand. Fails with USAGE and the way out: unknown option (with the nearest),
 * missing or unknown value, too few or too many operands. (transfer full) */
Args *args_parse(const Command *command, char **argv, GError **error);
void args_free(Args *args); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Args, args_free)

const char *args_get(const Args *args, const char *option); /* NULL: not given */
bool args_has(const Args *args, const char *option);
char **args_operands(const Args *args);              /* (transfer none), never NULL */
const char *args_operand(const Args *args, guint n); /* NULL: not given */

typedef enum {
    ID_TICKET,
    ID_COMPLAINT,
    ID_INCIDENT,
    ID_LISTING,
    ID_LETTER,
    ID_RELAY_TEST,
    N_ID_KINDS
} IdKind;

/* A word as the number of an object ("412", "#412"); BAD_INPUT, saying which list shows them. */
bool args_id_parse(const char *text, IdKind kind, gint64 *ret_id, GError **error);
/* Operand n so. */
bool args_id(const Args *args, guint n, IdKind kind, gint64 *ret_id, GError **error);
/* Operands first to end - 1 so, none of them twice. (transfer full) gint64; NULL with error */
GArray *args_ids(const Args *args, guint first, guint end, IdKind kind, GError **error);
