/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/sql.h"

#include <gio/gio.h>
#include <string.h>

#include "base/error.h"

/* Made by glib-compile-resources from sql/ and store/mail.dict. */
GResource *plaint_sql_get_resource(void);
GResource *plaint_store_get_resource(void);

struct SqlIndex {
    GHashTable *blocks; /* name: SqlBlock */
    GPtrArray *files;   /* GBytes: keeps the texts */
};

static const char header_mark[] = "-- name: ";

static void
block_free(gpointer data)
{
    SqlBlock *block = data;

    g_free((char *)block->name);
    g_free((char *)block->file);
    g_free(block);
}

/* The line after `at`, or end. */
static const char *
next_line(const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (gsize)(end - at));

    return newline ? newline + 1 : end;
}

static bool
index_file(SqlIndex *index, const char *file, GBytes *bytes, GError **error)
{
    gsize size = 0;
    const char *at = g_bytes_get_data(bytes, &size), *end = at + size;
    SqlBlock *open = NULL;

    for (; at < end; at = next_line(at, end)) {
        if ((gsize)(end - at) > strlen(header_mark) &&
            memcmp(at, header_mark, strlen(header_mark)) == 0) {
            const char *name = at + strlen(header_mark), *body = next_line(at, end);

            open = g_new0(SqlBlock, 1);
            open->name = g_strchomp(g_strndup(name, (gsize)(body - name)));
            open->file = g_strdup(file);
            open->text = body;
            if (!g_hash_table_insert(index->blocks, (char *)open->name, open))
                return plaint_fail(error, PLAINT_ERROR_INTERNAL, "two statements have one name");
        } else if (open) {
            open->len = (gsize)(next_line(at, end) - open->text);
        }
    }
    return true;
}

SqlIndex *
sql_index_new(GError **error)
{
    g_autoptr(SqlIndex) index = g_new0(SqlIndex, 1);
    g_auto(GStrv) files = NULL;

    index->blocks = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, block_free);
    index->files = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    files = g_resource_enumerate_children(plaint_sql_get_resource(), "/plaint/sql",
                                          G_RESOURCE_LOOKUP_FLAGS_NONE, error);
    for (char **file = files; file && *file; file++) {
        g_autofree char *path = g_strconcat("/plaint/sql/", *file, NULL);
        GBytes *bytes = NULL;

        if (!g_str_has_suffix(*file, ".sql"))
            continue; /* an engine's folder */
        bytes = g_resource_lookup_data(plaint_sql_get_resource(), path,
                                       G_RESOURCE_LOOKUP_FLAGS_NONE, error);
        if (!bytes)
            return NULL;
        g_ptr_array_add(index->files, bytes);
        if (!index_file(index, *file, bytes, error))
            return NULL;
    }
    return files ? g_steal_pointer(&index) : NULL;
}

void
sql_index_free(SqlIndex *index)
{
    if (!index)
        return;
    g_clear_pointer(&index->blocks, g_hash_table_unref);
    g_clear_pointer(&index->files, g_ptr_array_unref);
    g_free(index);
}

const SqlBlock *
sql_block_find(const SqlIndex *index, const char *name)
{
    return g_hash_table_lookup(index->blocks, name);
}

GPtrArray *
sql_block_list(const SqlIndex *index)
{
    GPtrArray *list = g_ptr_array_new();
    GHashTableIter iter;
    gpointer block = NULL;

    g_hash_table_iter_init(&iter, index->blocks);
    while (g_hash_table_iter_next(&iter, NULL, &block))
        g_ptr_array_add(list, block);
    return list;
}

/* "0001-desk.sql" …; no files, no migrations. */
static GStrv
migration_files(const char *engine)
{
    g_autofree char *folder = g_strconcat("/plaint/sql/", engine, NULL);
    g_auto(GStrv) files = g_resource_enumerate_children(plaint_sql_get_resource(), folder,
                                                        G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

    if (!files)
        return g_new0(char *, 1);
    return g_steal_pointer(&files);
}

guint
sql_n_migrations(const char *engine)
{
    g_auto(GStrv) files = migration_files(engine);

    return g_strv_length(files);
}

char *
sql_migration(const char *engine, guint n, GError **error)
{
    g_auto(GStrv) files = migration_files(engine);
    g_autofree char *prefix = g_strdup_printf("%04u-", n);

    for (char **file = files; *file; file++) {
        g_autofree char *path = g_strconcat("/plaint/sql/", engine, "/", *file, NULL);
        g_autoptr(GBytes) bytes = NULL;
        gsize size = 0;
        const char *text = NULL;

        if (!g_str_has_prefix(*file, prefix))
            continue;
        bytes = g_resource_lookup_data(plaint_sql_get_resource(), path,
                                       G_RESOURCE_LOOKUP_FLAGS_NONE, error);
        if (!bytes)
            return NULL;
        text = g_bytes_get_data(bytes, &size);
        return g_strndup(text, size);
    }
    plaint_fail(error, PLAINT_ERROR_INTERNAL, "migration %u is missing", n);
    return NULL;
}

GBytes *
store_resource(const char *path, GError **error)
{
    return g_resource_lookup_data(plaint_store_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE,
                                  error);
}
