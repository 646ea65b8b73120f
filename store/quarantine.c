/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/quarantine.h"

#include <jansson.h>

#include "store/stmt.h"

static bool
is_by_hand(const char *by_hand)
{
    json_t *marks = by_hand ? json_loads(by_hand, 0, NULL) : NULL;
    bool is = json_object_get(marks, "cause") != NULL;

    json_decref(marks);
    return is;
}

static int
compare(gconstpointer a, gconstpointer b)
{
    const Quarantined *one = a, *two = b;
    int order = addr_compare(&one->address, &two->address);

    return order ? order : (one->ticket_id > two->ticket_id) - (one->ticket_id < two->ticket_id);
}

/* Of a sorted list: the first of each address stays. */
static void
drop_doubles(GArray *list)
{
    guint kept = 0;

    for (guint i = 0; i < list->len; i++) {
        const Quarantined *row = &g_array_index(list, Quarantined, i);

        if (kept > 0 &&
            addr_equal(&g_array_index(list, Quarantined, kept - 1).address, &row->address))
            continue;
        g_array_index(list, Quarantined, kept++) = *row;
    }
    g_array_set_size(list, kept);
}

GArray *
quarantine_list(Store *store, GError **error)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Quarantined));
    g_autoptr(Stmt) stmt = store_stmt(store, "quarantine_tickets", error);
    bool row = false;

    if (!stmt)
        return NULL;
    for (;;) {
        if (!stmt_step(stmt, &row, error))
            return NULL;
        if (!row)
            break;
        if (g_strcmp0(stmt_text(stmt, 2), "high") == 0 || is_by_hand(stmt_text(stmt, 3))) {
            const Quarantined found = {stmt_addr(stmt, 1), stmt_int(stmt, 0)};

            g_array_append_val(list, found);
        }
    }
    g_array_sort(list, compare);
    drop_doubles(list);
    return g_steal_pointer(&list);
}
