/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>

#include "store/sql.h"
#include "store/store_impl.h"
#include "tests/store/desk.h"

/* Every block is a statement of the migrated schema. */
static void
test_every_block_prepares(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GArray) blocks = NULL;

    desk_open(&desk);
    blocks = sql_block_list(desk.store->sql);
    g_assert_cmpuint(blocks->len, >, 50);
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = &g_array_index(blocks, SqlBlock, i);
        SqlBlock found;
        g_autoptr(GError) error = NULL;
        g_autoptr(Stmt) stmt = store_stmt(desk.store, block->name, &error);

        g_assert_no_error(error);
        g_assert_nonnull(stmt);
        /* No name is there twice. */
        g_assert_true(sql_block_find(desk.store->sql, block->name, &found));
        g_assert_true(found.text == block->text);
    }
}

/* What only SQLite understands would come back to bite with the second engine. */
static void
test_common_dialect(void)
{
    static const char *const refused[] = {"INSERT OR",     "REPLACE INTO", "last_insert_rowid",
                                          "unixepoch(",    "datetime(",    "ifnull(",
                                          "iif(",          "group_concat", "x'",
                                          "AUTOINCREMENT", " GLOB ",       "INDEXED BY"};
    g_autoptr(GError) error = NULL;
    g_autoptr(SqlIndex) index = sql_index_new(&error);
    g_autoptr(GArray) blocks = NULL;

    g_assert_no_error(error);
    blocks = sql_block_list(index);
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = &g_array_index(blocks, SqlBlock, i);
        g_autofree char *text = g_strndup(block->text, block->len);

        for (gsize k = 0; k < G_N_ELEMENTS(refused); k++) {
            if (strstr(text, refused[k]))
                g_error("%s: '%s' is not in the common dialect", block->name, refused[k]);
        }
    }
}

/* A block that no source file names is dead. */
static void
test_every_block_is_used(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SqlIndex) index = sql_index_new(&error);
    g_autoptr(GArray) blocks = sql_block_list(index);
    g_autoptr(GString) sources = g_string_new(NULL);
    g_autoptr(GDir) folder = g_dir_open("store", 0, NULL);
    const char *name = NULL;

    if (!folder) {
        g_test_skip("the sources are not here");
        return;
    }
    while ((name = g_dir_read_name(folder))) {
        g_autofree char *path = g_build_filename("store", name, NULL);
        g_autofree char *text = NULL;

        if (g_str_has_suffix(name, ".c") && g_file_get_contents(path, &text, NULL, NULL))
            g_string_append(sources, text);
    }
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = &g_array_index(blocks, SqlBlock, i);
        g_autofree char *quoted = g_strdup_printf("\"%s\"", block->name);
        g_autofree char *in_slot = g_strdup_printf("\"%s ", block->name);

        if (!strstr(sources->str, quoted) && !strstr(sources->str, in_slot))
            g_error("statement '%s' of %s is used by nobody", block->name, block->file);
    }
}

static void
test_unknown_name_and_parameter(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    g_autoptr(Stmt) stmt = NULL;
    bool row = false;

    desk_open(&desk);
    g_assert_null(store_stmt(desk.store, "no_such_statement", &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    stmt = store_stmt(desk.store, "ticket_row", &error);
    stmt_bind_int(stmt, ":idd", 1);
    stmt_bind_int(stmt, ":id", 1);
    g_assert_false(stmt_step(stmt, &row, &error));
    g_assert_nonnull(strstr(error->message, ":idd"));
}

/* A statement in use further up is not disturbed. */
static void
test_nested_use(void)
{
    g_auto(Desk) desk = DESK_INIT;
    g_autoptr(GError) error = NULL;
    bool row = false;

    desk_open(&desk);
    desk_take_one(desk.store, 1, "192.0.2.1", NOON);
    {
        g_autoptr(Stmt) outer = store_stmt(desk.store, "ticket_row", &error);

        stmt_bind_int(outer, ":id", 1);
        g_assert_true(stmt_step(outer, &row, &error));
        {
            g_autoptr(Stmt) inner = store_stmt(desk.store, "ticket_row", &error);

            g_assert_true(inner != outer);
            stmt_bind_int(inner, ":id", 2);
            g_assert_true(stmt_step(inner, &row, &error));
            g_assert_false(row);
        }
        g_assert_cmpstr(stmt_text(outer, 0), ==, "mail");
    }
    {
        g_autoptr(Stmt) again = store_stmt(desk.store, "ticket_row", &error);

        g_assert_true(stmt_step(again, &row, &error)); /* nothing is bound any more */
        g_assert_false(row);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/sql/every-block-prepares", test_every_block_prepares);
    g_test_add_func("/store/sql/common-dialect", test_common_dialect);
    g_test_add_func("/store/sql/every-block-is-used", test_every_block_is_used);
    g_test_add_func("/store/sql/unknown-name-and-parameter", test_unknown_name_and_parameter);
    g_test_add_func("/store/sql/nested-use", test_nested_use);
    return g_test_run();
}
