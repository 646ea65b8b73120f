/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/sql.h"

#include <gio/gio.h>
#include <string.h>

#include "base/error.h"

/* Made by glib-compile-resources from sql/ and store/mail.dict. */
GResource *plaint_sql_get_resource(void);
GResource *plaint_store_get_resource(void);

typedef struct {
    char *name;
    GBytes *text;
} SqlFile;

struct SqlIndex {
    GArray *files; /* SqlFile */
};

static const char header_mark[] = "-- name: ";

static void
file_clear(gpointer data)
{
    SqlFile *file = data;

    g_free(file->name);
    g_bytes_unref(file->text);
}

SqlIndex *
sql_index_new(GError **error)
{
    g_autoptr(SqlIndex) index = g_new0(SqlIndex, 1);
    g_auto(GStrv) names = g_resource_enumerate_children(plaint_sql_get_resource(), "/plaint/sql",
                                                        G_RESOURCE_LOOKUP_FLAGS_NONE, error);

    index->files = g_array_new(FALSE, FALSE, sizeof(SqlFile));
    g_array_set_clear_func(index->files, file_clear);
    for (char **name = names; name && *name; name++) {
        g_autofree char *path = g_strconcat("/plaint/sql/", *name, NULL);
        SqlFile file = {0};

        if (!g_str_has_suffix(*name, ".sql"))
            continue; /* an engine's folder */
        file.text = g_resource_lookup_data(plaint_sql_get_resource(), path,
                                           G_RESOURCE_LOOKUP_FLAGS_NONE, error);
        if (!file.text)
            return NULL;
        file.name = g_strdup(*name);
        g_array_append_val(index->files, file);
    }
    return names ? g_steal_pointer(&index) : NULL;
}

void
sql_index_free(SqlIndex *index)
{
    if (!index)
        return;
    g_array_unref(index->files);
    g_free(index);
}

/* The next header from `at` on, or end. */
static const char *
next_header(const char *start, const char *at, const char *end)
{
    while ((at = memmem(at, (gsize)(end - at), header_mark, strlen(header_mark))) && at != start &&
           at[-1] != '\n')
        at++;
    return at ? at : end;
}

/* The block after *at, which moves behind it. False: no more. */
static bool
next_block(const SqlFile *file, const char **at, SqlBlock *ret_block)
{
    gsize size = 0, name_len = 0;
    const char *start = g_bytes_get_data(file->text, &size), *end = start + size;
    const char *name = next_header(start, *at ? *at : start, end), *line_end = NULL;

    if (name == end)
        return false;
    name += strlen(header_mark);
    line_end = memchr(name, '\n', (gsize)(end - name));
    line_end = line_end ? line_end : end;
    name_len = (gsize)(line_end - name);
    g_assert(name_len < sizeof ret_block->name);
    memcpy(ret_block->name, name, name_len);
    ret_block->name[name_len] = '\0';
    ret_block->text = line_end;
    *at = next_header(start, line_end, end);
    ret_block->len = (gsize)(*at - line_end);
    ret_block->file = file->name;
    return true;
}

bool
sql_block_find(const SqlIndex *index, const char *name, SqlBlock *ret_block)
{
    for (guint i = 0; i < index->files->len; i++) {
        const SqlFile *file = &g_array_index(index->files, SqlFile, i);
        SqlBlock block;

        for (const char *at = NULL; next_block(file, &at, &block);) {
            if (strcmp(block.name, name) == 0) {
                *ret_block = block;
                return true;
            }
        }
    }
    return false;
}

GArray *
sql_block_list(const SqlIndex *index)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(SqlBlock));

    for (guint i = 0; i < index->files->len; i++) {
        const SqlFile *file = &g_array_index(index->files, SqlFile, i);
        SqlBlock block;

        for (const char *at = NULL; next_block(file, &at, &block);)
            g_array_append_val(list, block);
    }
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
