/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/provider.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "store/kind.h"
#include "store/listing.h"
#include "store/lookup.h"
#include "store/stmt.h"

enum { ZONE_LABELS_MAX = 8, EXPIRE_AT_ONCE = 500 };

/* clang-format off */
const Provider providers[] = {
    {"outlook.com", false, NULL},
    {"office365.com", false, "customer block list|bad outbound sender"},
    {"gmail.com", false, NULL},
    {"yahoo.com", false, "[bl21]|[bl23]"}, /* Spamhaus */
    {"icloud.com", false, NULL},
    {"proofpoint.com", false, NULL},
    {"cloudmark.com", false, NULL},
    {"mail-abuse.com", false, NULL},
    {"talosintelligence.com", false, NULL},
    {"orange.fr", false, NULL},
    {"laposte.net", false, NULL},
    {"free.fr", true, NULL},
    {"sfr.fr", false, NULL},
    {"gmx.net", false, NULL},
    {"web.de", false, NULL},
    {"ionos.com", false, NULL},
    {"t-online.de", false, NULL},
    {"comcast.net", false, NULL},
    {"bluewin.ch", false, NULL},
    {NULL, false, NULL},
};
/* Parts of a zone, as refusals name them. */
static const struct { const char *part, *zone; } parts[] = {
    {"sbl.spamhaus.org", "zen.spamhaus.org"}, {"xbl.spamhaus.org", "zen.spamhaus.org"},
    {"pbl.spamhaus.org", "zen.spamhaus.org"}, {"css.spamhaus.org", "zen.spamhaus.org"},
    {"sbl-xbl.spamhaus.org", "zen.spamhaus.org"}, {"cbl.abuseat.org", "zen.spamhaus.org"},
    {"zen.dq.spamhaus.net", "zen.spamhaus.org"},
};
/* clang-format on */

const Provider *
provider_find(const char *name)
{
    for (const Provider *row = providers; row->name; row++)
        if (text_equal_fold(row->name, name))
            return row;
    return NULL;
}

/* -- which bounces ---------------------------------------------------------------------------- */

/* The copy that came back has a line of ours, and the address refused is the one it left by. Who
 * forges that must have had mail from us; what it costs is a listing that ends by itself. */
static bool
is_true(const Complaint *complaint, const Incident *incident, const Addr *machine)
{
    bool has_line = false;

    for (guint i = 0; incident->hops && i < incident->hops->len; i++) {
        HopVerdict verdict = g_array_index(incident->hops, Hop, i).verdict;

        has_line |= verdict == VERDICT_ENTRY || verdict == VERDICT_EXIT;
    }
    return complaint->format == FORMAT_DSN && incident->blocked_by && incident->ours && has_line &&
           !addr_is_none(machine) && addr_equal(machine, &incident->blocked_ip) &&
           !text_equal_fold(complaint->authenticity, "fail");
}

/* An archive that is imported tells of blocks that are long over. */
static bool
is_past(const Complaint *complaint, gint64 now)
{
    return complaint->date != TIME_NONE && complaint->date < now - PROVIDER_QUIET;
}

static bool
is_excepted(const Provider *provider, const Incident *incident)
{
    g_auto(GStrv) words = g_strsplit(provider->but_for ? provider->but_for : "", "|", -1);

    for (char **word = words; *word; word++)
        if (incident->diagnostic && text_find_fold(incident->diagnostic, -1, *word))
            return true;
    return false;
}

static bool
is_temporary(const Incident *incident)
{
    return incident->status && incident->status[0] == '4';
}

/* -- a provider's refusal -----------------------------------------------------------------------
 */

typedef struct {
    Store *store;
    const Incident *incident;
    Addr machine;
    const Deed *deed;
} Refused;

static bool
keep_lookup(const Refused *refused, gint64 *ret_id, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(refused->store, "provider_lookup", error);

    if (!stmt)
        return false;
    stmt_bind_addr(stmt, ":address", &refused->machine);
    stmt_bind_text(stmt, ":zone", refused->incident->blocked_by);
    stmt_bind_int(stmt, ":now", refused->deed->now);
    return stmt_run_int(stmt, ret_id, error);
}

/* Temporary ones are a row each, so that they can be counted by their times. */
static bool
goes_on(const Refused *refused, gint64 lookup, bool *ret_goes, GError **error)
{
    g_autoptr(Stmt) stmt = NULL;
    int changes = 0;

    *ret_goes = false;
    if (is_temporary(refused->incident))
        return true;
    stmt = store_stmt(refused->store, "lookup_run_goes_on", error);
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", lookup);
    stmt_bind_int(stmt, ":now", refused->deed->now);
    stmt_bind_text(stmt, ":outcome", check_outcome_names[CHECK_LISTED]);
    stmt_bind_text(stmt, ":why", NULL);
    stmt_bind_text(stmt, ":codes", refused->incident->status);
    if (!stmt_run(stmt, &changes, error))
        return false;
    *ret_goes = changes > 0;
    return true;
}

static bool
keep_run(const Refused *refused, gint64 lookup, GError **error)
{
    const Incident *incident = refused->incident;
    const char *words = incident->diagnostic ? incident->diagnostic : incident->blocked_by;
    bool is_soft = is_temporary(incident), goes = false;
    g_autoptr(Stmt) stmt = NULL;

    if (!goes_on(refused, lookup, &goes, error))
        return false;
    if (goes)
        return true;
    stmt = store_stmt(refused->store, "lookup_run_add", error);
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", lookup);
    stmt_bind_int(stmt, ":now", refused->deed->now);
    stmt_bind_text(stmt, ":outcome", check_outcome_names[is_soft ? CHECK_UNKNOWN : CHECK_LISTED]);
    stmt_bind_text(stmt, ":why", is_soft ? "temporary" : NULL);
    stmt_bind_text(stmt, ":codes", incident->status);
    stmt_bind_text(stmt, ":raw", words);
    stmt_bind_text(stmt, ":text", incident->blocked_url);
    return stmt_run(stmt, NULL, error);
}

/* Does it open a listing, or keep one open? */
static bool
is_enough(const Refused *refused, gint64 lookup, bool *ret_enough, GError **error)
{
    g_autoptr(Stmt) stmt = NULL;
    gint64 recent = 0;

    *ret_enough = !is_temporary(refused->incident);
    if (*ret_enough)
        return true;
    stmt = store_stmt(refused->store, "provider_enough", error);
    if (!stmt)
        return false;
    stmt_bind_int(stmt, ":id", lookup);
    stmt_bind_int(stmt, ":since", refused->deed->now - PROVIDER_DAY);
    stmt_bind_int(stmt, ":times", PROVIDER_TIMES);
    if (!stmt_run_int(stmt, &recent, error))
        return false;
    *ret_enough = recent != 0;
    return true;
}

static bool
refused_by(const Refused *refused, const Provider *provider, GError **error)
{
    const Incident *incident = refused->incident;
    const char *status = incident->status ? incident->status : "refused";
    const char *words = incident->diagnostic ? incident->diagnostic : "";
    g_autofree char *text =
        strstr(words, status) ? g_strdup(words) : g_strdup_printf("%s %s", status, words);
    const ListingFound found = {.address = refused->machine,
                                .zone = provider->name,
                                .text = text,
                                .is_automatic = provider->is_automatic};
    gint64 lookup = 0;
    bool enough = false;

    return keep_lookup(refused, &lookup, error) && keep_run(refused, lookup, error) &&
           is_enough(refused, lookup, &enough, error) &&
           (!enough || listing_found(refused->store, &found, refused->deed, error));
}

/* -- a DNS list's ----------------------------------------------------------------------------- */

static bool
hint(const Refused *refused, const char *zone, GError **error)
{
    g_autoptr(Stmt) stmt = store_stmt(refused->store, "lookup_hint", error);

    if (!stmt)
        return false;
    stmt_bind_addr(stmt, ":address", &refused->machine);
    stmt_bind_text(stmt, ":zone", zone);
    stmt_bind_int(stmt, ":now", refused->deed->now);
    stmt_bind_int(stmt, ":gap", refused->deed->now - LOOKUP_HINT_GAP);
    return stmt_run(stmt, NULL, error);
}

/* In front of a zone there may be the receiver's key: "abc123.combined.mail.abusix.zone". */
static bool
hint_zones(const Refused *refused, GError **error)
{
    g_autofree char *lower = g_ascii_strdown(refused->incident->blocked_by, -1);
    const char *name = lower;

    for (int n = 0; n < ZONE_LABELS_MAX && name && strchr(name, '.'); n++) {
        const char *dot = strchr(name, '.');

        if (!hint(refused, name, error))
            return false;
        for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
            if (strcmp(parts[i].part, name) == 0 && !hint(refused, parts[i].zone, error))
                return false;
        name = dot + 1;
    }
    return true;
}

bool
provider_refused(Store *store, const Complaint *complaint, const Deed *deed, GError **error)
{
    if (complaint->format != FORMAT_DSN || is_past(complaint, deed->now))
        return true;
    for (guint i = 0; i < complaint->incidents->len; i++) {
        const Incident *incident = &g_array_index(complaint->incidents, Incident, i);
        const Refused refused = {store, incident, kind_machine(incident), deed};
        const Provider *provider = provider_find(incident->blocked_by);

        if (!is_true(complaint, incident, &refused.machine))
            continue;
        if (!provider && !hint_zones(&refused, error))
            return false;
        if (provider && !is_excepted(provider, incident) && !refused_by(&refused, provider, error))
            return false;
    }
    return true;
}

/* -- the end ---------------------------------------------------------------------------------- */

bool
provider_expire(Store *store, gint64 watch, const Deed *deed, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    const Addr first = ADDR_NONE;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(Stmt) stmt = NULL;
    bool row = false;

    if (!store_txn_begin(&txn, store, error))
        return false;
    stmt = store_stmt(store, "listings_silent", error);
    if (!stmt)
        return false;
    stmt_bind_blob(stmt, ":first", first.b, sizeof first.b);
    stmt_bind_int(stmt, ":before", deed->now - PROVIDER_QUIET);
    while (ids->len < EXPIRE_AT_ONCE) {
        gint64 id = 0;

        if (!stmt_step(stmt, &row, error))
            return false;
        if (!row)
            break;
        id = stmt_int(stmt, 0);
        if (provider_find(stmt_text(stmt, 1)))
            g_array_append_val(ids, id);
    }
    g_clear_pointer(&stmt, stmt_done);
    for (guint i = 0; i < ids->len; i++)
        if (!listing_end(store, g_array_index(ids, gint64, i), "no refusal for three days", watch,
                         deed, error))
            return false;
    return store_txn_commit(&txn, error);
}
