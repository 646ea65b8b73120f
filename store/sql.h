/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sql.h - the embedded SQL: blocks by name, migrations by engine. Private to store/. */
#pragma once

#include <glib.h>
#include <stdbool.h>

enum { SQL_NAME_SIZE = 48 };

typedef struct {
    char name[SQL_NAME_SIZE];
    const char *text; /* not NUL-terminated: points into the program's data */
    gsize len;
    const char *file; /* "ticket.sql" */
} SqlBlock;

typedef struct SqlIndex SqlIndex;

SqlIndex *sql_index_new(GError **error); /* (transfer full) */
void sql_index_free(SqlIndex *index);    /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SqlIndex, sql_index_free)
/* False: there is none. Looks through the text: a process that delivers one mail asks twenty times,
 * and a table of all would cost it more. */
bool sql_block_find(const SqlIndex *index, const char *name, SqlBlock *ret_block);
GArray *sql_block_list(const SqlIndex *index); /* (transfer full) SqlBlock */

guint sql_n_migrations(const char *engine);
/* Migration n, from 1. (transfer full) NUL-terminated text, or NULL with INTERNAL. */
char *sql_migration(const char *engine, guint n, GError **error);

GBytes *store_resource(const char *path, GError **error); /* "/plaint/store/mail.dict" */
