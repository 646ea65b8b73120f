/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/lookup.h"

#include "base/error.h"
#include "store/listing.h"
#include "store/stmt.h"

const char *const check_outcome_names[N_CHECK_OUTCOMES] = {
    [CHECK_CLEAN] = "clean", [CHECK_LISTED] = "listed", [CHECK_UNKNOWN] = "unknown"};

void
lookup_free(Lookup *lookup)
{
    if (!lookup)
        return;
    g_free(lookup->zone);
    g_free(lookup);
}

bool
lookup_want(Store *store, const LookupWanted *wanted, gint64 now, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "lookup_want", error);

    if (!stmt)
        return false;
    stmt_bind_addr(stmt, ":address", &wanted->addr);
    stmt_bind_text(stmt, ":zone", wanted->zone);
    stmt_bind_int(stmt, ":kept", wanted->is_kept);
    stmt_bind_int(stmt, ":hot", wanted->is_hot);
    stmt_bind_int(stmt, ":now", now);
    return stmt_run(stmt, NULL, error);
}

bool
lookup_cool(Store *store, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "lookup_cool", error);

    return stmt && stmt_run(stmt, NULL, error);
}

GArray *
lookup_machines(Store *store, GError **error)
{
    g_autoptr(GArray) machines = g_array_new(FALSE, FALSE, sizeof(Addr));
    g_autoptr(Stmt) stmt = store_stmt(store, "lookup_machines", error);
    const Addr first = ADDR_NONE;
    bool row = false;

    if (!stmt)
        return NULL;
    stmt_bind_blob(stmt, ":first", first.b, sizeof first.b);
    for (;;) {
        Addr addr = ADDR_NONE;

        if (!stmt_step(stmt, &row, error))
            return NULL;
        if (!row)
            return g_steal_pointer(&machines);
        addr = stmt_addr(stmt, 0);
        g_array_append_val(machines, addr);
    }
}

static Lookup *
lookup_of_row(Stmt *stmt)
{
    Lookup *lookup = g_new0(Lookup, 1);

    lookup->id = stmt_int(stmt, 0);
    lookup->addr = stmt_addr(stmt, 1);
    lookup->zone = g_strdup(stmt_text(stmt, 2));
    lookup->is_hot = stmt_int(stmt, 3) != 0;
    lookup->unknowns = (guint)stmt_int(stmt, 4);
    lookup->cleans = (guint)stmt_int(stmt, 5);
    return lookup;
}

GPtrArray *
lookup_take(Store *store, const char *runner, guint most, gint64 now, GError **error)
{
    g_autoptr(GPtrArray) taken = g_ptr_array_new_with_free_func((GDestroyNotify)lookup_free);
    g_autoptr(Stmt) stmt = store_stmt(store, "lookup_take", error);
    bool row = false;

    if (!stmt)
        return NULL;
    stmt_bind_int(stmt, ":until", now + LOOKUP_LEASE);
    stmt_bind_text(stmt, ":by", runner);
    stmt_bind_int(stmt, ":now", now);
    stmt_bind_int(stmt, ":limit", most);
    for (;;) {
        if (!stmt_step(stmt, &row, error))
            return NULL;
        if (!row)
            return g_steal_pointer(&taken);
        g_ptr_array_add(taken, lookup_of_row(stmt));
    }
}

/* -- the answer ------------------------------------------------------------------------------- */

static bool
lost(GError **error)
{
    return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                       "the lookup took so long that another runner has it now");
}

static bool
save(Store *store, const Lookup *lookup, const char *runner, const LookupAnswer *answer, gint64 now,
     guint cleans, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "lookup_done", error);
    guint unknowns = answer->outcome == CHECK_UNKNOWN ? lookup->unknowns + 1 : 0;
    int changes = 0;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":next", answer->next_at);
    stmt_bind_int(stmt, ":now", now);
    stmt_bind_text(stmt, ":outcome", check_outcome_names[answer->outcome]);
    stmt_bind_int(stmt, ":id", lookup->id);
    stmt_bind_text(stmt, ":by", runner);
    stmt_bind_int(stmt, ":cleans", cleans);
    stmt_bind_int(stmt, ":unknowns", unknowns);
    if (!stmt_run(stmt, &changes, error))
        return false;
    return changes == 1 || lost(error);
}

static void
bind_run(Stmt *stmt, const Lookup *lookup, const LookupAnswer *answer, gint64 now)
{
    stmt_bind_int(stmt, ":id", lookup->id);
    stmt_bind_int(stmt, ":now", now);
    stmt_bind_text(stmt, ":outcome", check_outcome_names[answer->outcome]);
    stmt_bind_text(stmt, ":why", answer->why);
    stmt_bind_text(stmt, ":codes", answer->codes);
}

/* One row for as long as the list says the same. */
static bool
keep_history(Store *store, const Lookup *lookup, const LookupAnswer *answer, gint64 now,
             GError **error)
{
    g_autoptr(Stmt) goes_on = store_stmt(store, "lookup_run_goes_on", error);
    g_autoptr(Stmt) begins = NULL;
    int changes = 0;

    if (!goes_on)
        return false;
    bind_run(goes_on, lookup, answer, now);
    if (!stmt_run(goes_on, &changes, error))
        return false;
    if (changes > 0)
        return true;
    begins = store_stmt(store, "lookup_run_add", error);
    if (!begins)
        return false;
    bind_run(begins, lookup, answer, now);
    stmt_bind_text(begins, ":raw", answer->raw);
    stmt_bind_text(begins, ":text", answer->text);
    return stmt_run(begins, NULL, error);
}

static bool
move_listing(Store *store, const Lookup *lookup, const LookupAnswer *answer, guint cleans,
             gint64 now, GError **error)
{
    const Deed deed = {ACTOR_PLAINT, now};

    if (answer->outcome == CHECK_LISTED) {
        g_autofree char *text = answer->text
                                    ? g_strdup_printf("%s: %s", answer->codes, answer->text)
                                    : g_strdup(answer->codes);
        const ListingFound found = {.address = lookup->addr,
                                    .zone = lookup->zone,
                                    .text = text,
                                    .is_automatic = answer->is_automatic,
                                    .opens_no_ticket = answer->opens_no_ticket};

        return listing_found(store, &found, &deed, error);
    }
    return answer->outcome != CHECK_CLEAN || cleans != LOOKUP_CLEANS ||
           listing_gone(store, &lookup->addr, lookup->zone, answer->watch, &deed, error);
}

bool
lookup_done(Store *store, const Lookup *lookup, const char *runner, const LookupAnswer *answer,
            gint64 now, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    guint cleans =
        answer->outcome == CHECK_LISTED ? 0 : lookup->cleans + (answer->outcome == CHECK_CLEAN);

    return store_txn_begin(&txn, store, error) &&
           save(store, lookup, runner, answer, now, cleans, error) &&
           keep_history(store, lookup, answer, now, error) &&
           move_listing(store, lookup, answer, cleans, now, error) && store_txn_commit(&txn, error);
}

bool
lookup_leave(Store *store, const Lookup *lookup, const char *runner, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(store, "lookup_leave", error);
    int changes = 0;

    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", lookup->id);
    stmt_bind_text(stmt, ":by", runner);
    if (!stmt_run(stmt, &changes, error))
        return false;
    return changes == 1 || lost(error);
}
