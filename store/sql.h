/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sql.h - the embedded SQL: blocks by name, migrations by engine. Private to store/. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    const char *name; /* owned by the index */
    const char *text; /* not NUL-terminated: points into the program's data */
    gsize len;
    const char *file; /* "ticket.sql" */
} SqlBlock;

typedef struct SqlIndex SqlIndex;

SqlIndex *sql_index_new(GError **error); /* (transfer full); INTERNAL: a name is there twice */
void sql_index_free(SqlIndex *index);    /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SqlIndex, sql_index_free)
const SqlBlock *sql_block_find(const SqlIndex *index, const char *name); /* NULL: none */
GPtrArray *sql_block_list(const SqlIndex *index); /* (transfer container) SqlBlock */

guint sql_n_migrations(const char *engine);
/* Migration n, from 1. (transfer full) NUL-terminated text, or NULL with INTERNAL. */
char *sql_migration(const char *engine, guint n, GError **error);

GBytes *store_resource(const char *path, GError **error); /* "/plaint/store/mail.dict" */
