/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/customer.h"

#include "base/error.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/lease.h"

bool
customer_find(Store *store, const char *reference, gint64 *ret_id, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "customer_by_reference", error);

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":reference", reference);
    return stmt_run_int(stmt, ret_id, error);
}

/* -- what a row of a file changes ------------------------------------------------------------- */

typedef struct {
    Store *store;
    const Customer *customer;
    GArray *lines;
    gint64 id;                     /* 0: new */
    char *name, *email, *language; /* as they will be; NULL: none */
    bool differs;                  /* … from what they are */
    GPtrArray *given;              /* Netmask, of the file's row: another's now, or nobody's */
    GPtrArray *unknown;            /* … not there yet */
    GArray *dropped;               /* Netmask: no longer this customer's */
} Change;

static void
change_clear(Change *change)
{
    g_free(change->name);
    g_free(change->email);
    g_free(change->language);
    g_clear_pointer(&change->given, g_ptr_array_unref);
    g_clear_pointer(&change->unknown, g_ptr_array_unref);
    g_clear_pointer(&change->dropped, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Change, change_clear)

/* (transfer full); NULL: none */
static char *
choose(const char *wanted, const char *known, bool *differs)
{
    const char *value = wanted ? wanted : known;

    value = text_is_empty(value) ? NULL : value;
    *differs = *differs || g_strcmp0(value, known) != 0;
    return g_strdup(value);
}

static bool
compare_texts(Change *change, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(change->store, "customer_by_reference", error);
    const Customer *customer = change->customer;
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_text(stmt, ":reference", customer->reference);
    if (!stmt_step(stmt, &row, error))
        return false;
    change->id = row ? stmt_int(stmt, 0) : 0;
    change->name = choose(customer->name, row ? stmt_text(stmt, 1) : NULL, &change->differs);
    change->email = choose(customer->email, row ? stmt_text(stmt, 2) : NULL, &change->differs);
    change->language =
        choose(customer->language, row ? stmt_text(stmt, 3) : NULL, &change->differs);
    return true;
}

static guint
line_of(const GArray *lines, gint64 id)
{
    return id > 0 && id < lines->len ? g_array_index(lines, guint, id) : 0;
}

static bool
compare_network(Change *change, Netmask *network, GError **error)
{
    NetworkRow row = {0};
    guint line = 0;

    if (!network_load(change->store, network, &row, error))
        return false;
    line = line_of(change->lines, row.customer);
    if (line != 0 && row.customer != change->id) {
        g_autofree char *text = netmask_dup_text(network);

        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "network '%s' is given to another customer in line %u", text, line);
    }
    if (row.id == 0)
        g_ptr_array_add(change->unknown, network);
    else if (row.customer != change->id || change->id == 0)
        g_ptr_array_add(change->given, network);
    return true;
}

static gint
compare_masks(gconstpointer one, gconstpointer other)
{
    const Netmask *a = one, *b = other;
    gint order = addr_compare(&a->first, &b->first);

    return order != 0 ? order : (gint)a->bits - (gint)b->bits;
}

/* Sorted, each once. */
static void
sort_networks(GArray *networks)
{
    g_array_sort(networks, compare_masks);
    for (guint i = networks->len; i > 1; i--) {
        if (compare_masks(&g_array_index(networks, Netmask, i - 1),
                          &g_array_index(networks, Netmask, i - 2)) == 0)
            g_array_remove_index(networks, i - 1);
    }
}

static bool
find_dropped(Change *change, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(change->store, "networks_of_customer", error);
    bool row = false;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":customer", change->id);
    for (;;) {
        Netmask network;

        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            return true;
        network = network_of_row(stmt);
        if (!g_array_binary_search(change->customer->networks, &network, compare_masks, NULL))
            g_array_append_val(change->dropped, network);
    }
}

static bool
compare_networks(Change *change, GError **error)
{
    GArray *networks = change->customer->networks;

    change->given = g_ptr_array_new();
    change->unknown = g_ptr_array_new();
    change->dropped = g_array_new(FALSE, FALSE, sizeof(Netmask));
    if (!networks)
        return true;
    sort_networks(networks);
    for (guint i = 0; i < networks->len; i++) {
        if (!compare_network(change, &g_array_index(networks, Netmask, i), error))
            return false;
    }
    return change->id == 0 || find_dropped(change, error);
}

/* -- putting ---------------------------------------------------------------------------------- */

static bool
put_texts(Change *change, GError **error)
{
    const bool is_new = change->id == 0;
    g_autoptr(Stmt) stmt = NULL;

    if (!is_new && !change->differs)
        return true;
    stmt = store_stmt(change->store, is_new ? "customer_add" : "customer_update", error);
    if (!stmt)
        return false;
    if (is_new)
        stmt_bind_text(stmt, ":reference", change->customer->reference);
    stmt_bind_text(stmt, ":name", change->name);
    stmt_bind_text(stmt, ":email", change->email);
    stmt_bind_text(stmt, ":language", change->language);
    if (is_new)
        return stmt_run_int(stmt, &change->id, error);
    stmt_bind_int(stmt, ":id", change->id);
    return stmt_run(stmt, NULL, error);
}

static bool
give(Store *store, const Netmask *network, gint64 customer, GError **error)
{
    g_autoptr(Stmt) stmt = network_stmt(store, "network_give", network, error);

    if (!stmt)
        return false;
    stmt_bind_id(stmt, ":customer", customer);
    return stmt_run(stmt, NULL, error);
}

static bool
drop(Store *store, const Netmask *network, GError **error)
{
    g_autoptr(Stmt) stmt = network_stmt(store, "network_drop", network, error);
    int changes = 0;

    return stmt && stmt_run(stmt, &changes, error) &&
           (changes > 0 || give(store, network, 0, error)); /* it has leases */
}

static bool
put_networks(const Change *change, GError **error)
{
    for (guint i = 0; i < change->dropped->len; i++) {
        if (!drop(change->store, &g_array_index(change->dropped, Netmask, i), error))
            return false;
    }
    for (guint i = 0; i < change->given->len; i++) {
        if (!give(change->store, g_ptr_array_index(change->given, i), change->id, error))
            return false;
    }
    for (guint i = 0; i < change->unknown->len; i++) {
        if (!network_add(change->store, g_ptr_array_index(change->unknown, i), change->id, error))
            return false;
    }
    return true;
}

static bool
put(Change *change, PutCounts *counts, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;

    if (change->id == 0)
        counts->added++;
    else if (change->differs ||
             change->dropped->len + change->given->len + change->unknown->len > 0)
        counts->changed++;
    else {
        counts->same++;
        return true;
    }
    return store_txn_begin(&txn, change->store, error) && put_texts(change, error) &&
           put_networks(change, error) && store_txn_commit(&txn, error);
}

bool
customer_put(Store *store, const Customer *customer, GArray *lines, guint line, PutCounts *counts,
             GError **error)
{
    g_auto(Change) change = {.store = store, .customer = customer, .lines = lines};

    if (!compare_texts(&change, error))
        return false;
    if (line_of(lines, change.id) != 0) {
        g_autofree char *quoted = text_quote(customer->reference);

        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "customer %s stands in line %u, too",
                           quoted, line_of(lines, change.id));
    }
    if (!compare_networks(&change, error) || !put(&change, counts, error))
        return false;
    if (change.id >= lines->len)
        g_array_set_size(lines, (guint)change.id + 1);
    g_array_index(lines, guint, change.id) = line;
    return true;
}

bool
customer_audit(Store *store, const Deed *deed, const char *name, const char *file,
               const PutCounts *counts, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autofree char *clean = text_clean(file, -1, CUSTOMER_TEXT_BYTES);
    json_t *detail = json_pack("{s:s, s:i, s:i, s:i}", "file", clean, "new", (int)counts->added,
                               "changed", (int)counts->changed, "same", (int)counts->same);

    if (!store_txn_begin(&txn, store, error)) {
        json_decref(detail);
        return false;
    }
    return audit_add(store, deed, &(AuditEntry){.deed = name, .detail = detail}, NULL, error) &&
           store_txn_commit(&txn, error);
}
