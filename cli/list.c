/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/list.h"

#include "base/error.h"
#include "base/text.h"

/* (transfer full) */
static Filter *
list_filter(const Plaint *plaint, ListKind list, const char *otherwise, GError **error)
{
    g_autofree char *words = g_strjoinv(" ", args_operands(plaint->args));

    return filter_parse(words[0] ? words : otherwise, list, plaint->actor, plaint->now, error);
}

bool
list_page(const Plaint *plaint, Page *ret_page, GError **error)
{
    const char *limit = args_get(plaint->args, "limit");
    const char *sort = args_get(plaint->args, "sort");
    guint64 n = 0;

    if (limit && !g_ascii_string_to_unsigned(limit, 10, 1, VIEW_PAGE_MAX, &n, NULL))
        return plaint_fail(error, PLAINT_ERROR_USAGE, "--limit takes 1 to %d: see 'plaint help %s'",
                           VIEW_PAGE_MAX, plaint->command->name);
    ret_page->limit = (guint)n;
    ret_page->cursor = args_get(plaint->args, "after");
    if (sort)
        ret_page->sort = (Sort)text_name_find(sort_names, N_SORTS, sort);
    return true;
}

void
list_print(const Plaint *plaint, json_t *list, const char *member, ListDraw draw)
{
    const json_t *rows = json_object_get(list, member);
    const char *next = json_string_value(json_object_get(list, "next"));
    g_autoptr(GString) out = g_string_new(NULL);

    if (plaint->json) {
        plaint_print_json(list);
        return;
    }
    draw(rows, &plaint->term, plaint->now, out);
    if (json_array_size(rows) == 0) {
        g_string_append_printf(out, "No %s%s", member,
                               args_operand(plaint->args, 0) ? " that match" : "");
        if (next)
            g_string_append_printf(out, " among the %d looked at", VIEW_WALK_MAX);
        g_string_append(out, ".\n");
    }
    if (next)
        g_string_append_printf(out, "\nMore: the same with --after=%s\n", next);
    term_print(out);
    json_decref(list);
}

bool
list_run(const Plaint *plaint, const ListCommand *command, const char *otherwise, GError **error)
{
    g_autoptr(Filter) filter = list_filter(plaint, command->kind, otherwise, error);
    Page page = {0};
    json_t *list = NULL;

    if (!filter || !list_page(plaint, &page, error))
        return false;
    list = command->view(plaint->store, filter, &page, error);
    if (!list)
        return false;
    list_print(plaint, list, command->member, command->draw);
    return true;
}
