/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delist/sweep.h"

#include <poll.h>

#include "base/text.h"
#include "delist/own.h"
#include "delist/probe.h"
#include "delist/schedule.h"
#include "store/listing.h"
#include "store/lookup.h"
#include "store/provider.h"
#include "store/watched.h"

enum {
    AT_FIRST = 512,      /* lookups of the first lease: at a list's pace, a minute or two */
    AT_MOST = 4096,      /* … once they go fast: rows lie close together, and are written once */
    FAST = 2,            /* seconds */
    RECORD_EVERY = 1000, /* milliseconds: what a killed sweep has heard in vain */
    RELAY_HOSTS_MAX = 1024 /* of one [relay NAME] addresses */
};

/* -- who is looked up ----------------------------------------------------------------------------
 */

typedef struct {
    const Sweep *sweep;
    NetmaskSet *own;
    GHashTable *hot;  /* address text: on a live ticket or a listing */
    GHashTable *done; /* address text: wanted for good */
} Plan;

static bool
want_everywhere(const Plan *plan, const Addr *addr, bool is_kept, bool is_hot, GError **error)
{
    const Sweep *sweep = plan->sweep;

    for (guint i = 0; i < zones_count(sweep->zones); i++) {
        const Zone *zone = zones_at(sweep->zones, i);
        const LookupWanted wanted = {*addr, zone->name, is_kept, is_hot};

        if ((zone->families & (addr_is_ipv4(addr) ? ZONE_V4 : ZONE_V6)) &&
            !lookup_want(sweep->store, &wanted, sweep->now, error))
            return false;
    }
    return true;
}

static void
next_addr(Addr *addr)
{
    for (int i = 15; i >= 0 && ++addr->b[i] == 0; i--)
        ;
}

/* For good: a relay, or what a person wants to be watched. */
static bool
want_range(const Plan *plan, const Netmask *range, guint most, GError **error)
{
    Addr addr = range->first;

    for (guint hosts = 0; hosts < most; next_addr(&addr), hosts++) {
        g_autofree char *text = addr_dup_text(&addr);
        bool is_hot = g_hash_table_contains(plan->hot, text);

        if (!g_hash_table_contains(plan->done, text) && netmask_set_contains(plan->own, &addr)) {
            if (!want_everywhere(plan, &addr, true, is_hot, error))
                return false;
            (void)g_hash_table_add(plan->done, g_steal_pointer(&text));
        }
        if (addr_equal(&addr, &range->last))
            break;
    }
    return true;
}

static bool
want_relay(const Plan *plan, const char *group, GError **error)
{
    const char *const *texts = config_list(plan->sweep->config, group, "addresses");

    for (gsize i = 0; texts[i]; i++) {
        Netmask mask = {0};

        if (!netmask_parse(texts[i], &mask, error) ||
            !want_range(plan, &mask, RELAY_HOSTS_MAX, error))
            return false;
    }
    return true;
}

static bool
want_watched(const Plan *plan, GError **error)
{
    g_autoptr(GArray) ranges = watched_ranges(plan->sweep->store, error);

    for (guint i = 0; ranges && i < ranges->len; i++)
        if (!want_range(plan, &g_array_index(ranges, Netmask, i), WATCHED_ADDRESSES_MAX, error))
            return false;
    return ranges != NULL;
}

static bool
want_all(const Plan *plan, GError **error)
{
    const Sweep *sweep = plan->sweep;
    const char *const *relays = config_groups(sweep->config, "relay");
    g_autoptr(GArray) machines = lookup_machines(sweep->store, error);
    GHashTableIter iter;
    gpointer text = NULL;

    if (!machines)
        return false;
    for (guint i = 0; i < machines->len; i++) {
        const Addr *addr = &g_array_index(machines, Addr, i);

        if (netmask_set_contains(plan->own, addr))
            (void)g_hash_table_add(plan->hot, addr_dup_text(addr));
    }
    for (gsize i = 0; relays[i]; i++) {
        g_autofree char *group = g_strconcat("relay ", relays[i], NULL);

        if (!want_relay(plan, group, error))
            return false;
    }
    if (!want_watched(plan, error))
        return false;
    g_hash_table_iter_init(&iter, plan->hot);
    while (g_hash_table_iter_next(&iter, &text, NULL)) {
        Addr addr = ADDR_NONE;

        if (!g_hash_table_contains(plan->done, text) && addr_parse(text, -1, &addr) &&
            !want_everywhere(plan, &addr, false, true, error))
            return false;
    }
    return true;
}

bool
sweep_plan(const Sweep *sweep, GError **error)
{
    const Deed deed = {ACTOR_PLAINT, sweep->now};
    g_autoptr(NetmaskSet) own = own_networks(sweep->config, error);
    g_autoptr(GHashTable) hot = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const Plan plan = {sweep, own, hot, done};
    g_auto(StoreTxn) txn = STORE_TXN_INIT;

    return own && store_txn_begin(&txn, sweep->store, error) &&
           listing_close_watched(sweep->store, &deed, error) &&
           provider_expire(sweep->store, config_int(sweep->config, "site", "watch"), &deed,
                           error) &&
           want_all(&plan, error) && lookup_cool(sweep->store, error) &&
           store_txn_commit(&txn, error);
}

/* -- looking up ----------------------------------------------------------------------------------
 */

/* An answer that is to be recorded. */
typedef struct {
    const Lookup *lookup; /* borrowed from the lease */
    CheckOutcome outcome;
    UnknownWhy why;
    char *codes, *raw, *text;
    guint32 ttl;
    GPtrArray *heard; /* where it goes once it has come */
} Heard;

static void
heard_free(gpointer data)
{
    Heard *heard = data;

    g_free(heard->codes);
    g_free(heard->raw);
    g_free(heard->text);
    g_free(heard);
}

static char *
joined(GPtrArray *codes)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < codes->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(codes, i));
    return text->len > 0 ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}

static void
hear(const ProbeResult *result, gpointer data)
{
    Heard *heard = data;

    heard->outcome = result->check.outcome;
    heard->why = result->check.why;
    heard->codes = joined(result->check.codes);
    heard->raw = g_strdup(result->check.raw);
    heard->text = g_strdup(result->text);
    heard->ttl = result->ttl;
    g_ptr_array_add(heard->heard, heard);
}

/* A sweep that keeps to the pace of its lists takes minutes. */
static gint64
time_of(const Sweep *sweep)
{
    return sweep->now + (g_get_monotonic_time() - sweep->begun) / G_USEC_PER_SEC;
}

static bool
record(const Sweep *sweep, const Heard *heard, GError **error)
{
    gint64 now = time_of(sweep);
    const Lookup *lookup = heard->lookup;
    const Zone *zone = zones_find(sweep->zones, lookup->zone);
    const ScheduleInput input = {.addr = lookup->addr,
                                 .zone = lookup->zone,
                                 .outcome = heard->outcome,
                                 .ttl = heard->ttl,
                                 .unknowns = lookup->unknowns + 1,
                                 .is_hot = lookup->is_hot || heard->outcome == CHECK_LISTED};
    const LookupAnswer answer = {.outcome = heard->outcome,
                                 .why = unknown_names[heard->why],
                                 .codes = heard->codes,
                                 .raw = heard->raw,
                                 .text = heard->text,
                                 .next_at = now + schedule_next(&input),
                                 .is_automatic = zone->removal == REMOVAL_AUTOMATIC,
                                 .opens_no_ticket = zone->is_network_wide,
                                 .watch = config_int(sweep->config, "site", "watch")};

    return lookup_done(sweep->store, lookup, sweep->runner, &answer, now, error);
}

static bool
record_all(const Sweep *sweep, const GPtrArray *all, SweepCounts *counts, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;

    if (!store_txn_begin(&txn, sweep->store, error))
        return false;
    for (guint i = 0; i < all->len; i++) {
        const Heard *heard = g_ptr_array_index(all, i);

        if (!record(sweep, heard, error))
            return false;
        counts->asked++;
        counts->listed += heard->outcome == CHECK_LISTED;
        counts->clean += heard->outcome == CHECK_CLEAN;
        counts->unknown += heard->outcome == CHECK_UNKNOWN;
    }
    return store_txn_commit(&txn, error);
}

typedef struct {
    GPtrArray *asked; /* Heard, owned */
    GPtrArray *heard; /* those of them that have come */
} Batch;

static void
batch_clear(Batch *batch)
{
    g_clear_pointer(&batch->asked, g_ptr_array_unref);
    g_clear_pointer(&batch->heard, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Batch, batch_clear)

/* A list that the configuration no longer has is left alone from now on. */
static bool
ask(Probe *probe, const Sweep *sweep, const Lookup *lookup, Batch *batch, GError **error)
{
    const Zone *zone = zones_find(sweep->zones, lookup->zone);
    Heard *one = NULL;

    if (!zone)
        return lookup_leave(sweep->store, lookup, sweep->runner, error);
    one = g_new0(Heard, 1);
    one->lookup = lookup;
    one->heard = batch->heard;
    g_ptr_array_add(batch->asked, one);
    return probe_ask(probe, &lookup->addr, zone, hear, one) ||
           lookup_leave(sweep->store, lookup, sweep->runner, error);
}

static guint
count_bad(const Sweep *sweep, const Probe *probe)
{
    guint n = 0;

    for (guint i = 0; i < zones_count(sweep->zones); i++) {
        const ZoneHealth *health = probe_health_of(probe, zones_at(sweep->zones, i));

        for (int family = 0; family < 2; family++)
            n += health->is_known[family] && health->why[family] != UNKNOWN_NONE;
    }
    return n;
}

static bool
is_stopped(const Sweep *sweep)
{
    struct pollfd pfd = {sweep->stop_fd, POLLIN, 0};

    return sweep->stop_fd >= 0 && poll(&pfd, 1, 0) > 0;
}

/* Asks, hears, and records what has come about once a second. */
static bool
hear_all(const Sweep *sweep, Batch *batch, SweepCounts *counts, GError **error)
{
    do {
        if (!dns_run_for(sweep->dns, 0, sweep->stop_fd, RECORD_EVERY, error) ||
            !record_all(sweep, batch->heard, counts, error))
            return false;
        g_ptr_array_set_size(batch->heard, 0);
    } while (dns_waiting(sweep->dns) > 0 && !is_stopped(sweep));
    return true;
}

static bool
run_batch(Probe *probe, const Sweep *sweep, const GPtrArray *taken, SweepCounts *counts,
          GError **error)
{
    g_auto(Batch) batch = {g_ptr_array_new_with_free_func(heard_free), g_ptr_array_new()};

    for (guint i = 0; i < taken->len; i++)
        if (!ask(probe, sweep, g_ptr_array_index(taken, i), &batch, error))
            return false;
    return hear_all(sweep, &batch, counts, error);
}

static bool
is_over(const Sweep *sweep)
{
    return is_stopped(sweep) ||
           (sweep->most_seconds && time_of(sweep) - sweep->now >= sweep->most_seconds);
}

static bool
prove_all(Probe *probe, const Sweep *sweep, GError **error)
{
    for (guint i = 0; i < zones_count(sweep->zones); i++)
        probe_test(probe, zones_at(sweep->zones, i));
    return dns_run(sweep->dns, 0, sweep->stop_fd, error);
}

bool
sweep_run(const Sweep *what, SweepCounts *ret_counts, GError **error)
{
    Sweep sweep = *what;
    g_autoptr(Probe) probe = probe_new(sweep.zones, sweep.dns);
    guint at_once = AT_FIRST, taken_now = at_once;
    bool is_proved = false;

    sweep.begun = g_get_monotonic_time();
    *ret_counts = (SweepCounts){0};
    while (taken_now == at_once && !is_over(&sweep)) {
        gint64 begun = time_of(&sweep);
        g_autoptr(GPtrArray) taken = lookup_take(sweep.store, sweep.runner, at_once, begun, error);

        if (!taken)
            return false;
        if (taken->len == 0)
            return true;
        if (!is_proved && !prove_all(probe, &sweep, error))
            return false;
        is_proved = true;
        ret_counts->zones_bad = count_bad(&sweep, probe);
        if (!run_batch(probe, &sweep, taken, ret_counts, error))
            return false;
        taken_now = taken->len;
        if (taken_now == at_once && time_of(&sweep) - begun < FAST)
            taken_now = at_once = MIN(2 * at_once, AT_MOST);
    }
    return true;
}
