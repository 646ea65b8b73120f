/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forgery tests: each adds weight to a line's being made up; none alone is proof. The table is
 * repeated for people in docs/attribution.md. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/chain.h"
#include "ingest/parse/org.h"

enum {
    SKEW = 10 * 60, /* clocks differ */
    DAY = 24 * 60 * 60,
    LONG_QUEUE = 5 * DAY, /* what RFC 5321 lets a message wait */
};

/* A test sees line k and the line above it that is a hop (-1: none). */
typedef bool (*ForgeryTest)(const Chain *chain, int above, guint k);

static const Received *
at(const Chain *chain, guint k)
{
    return &chain->lines[k].r;
}

static bool
is_discontinuous(const Chain *chain, int above, guint k)
{
    return above >= 0 && !addr_is_none(&at(chain, (guint)above)->hop.ip) &&
           !chain_continues(chain, (guint)above, k);
}

/* How much older than the line above: negative when newer; 0 when a date is missing. */
static gint64
age(const Chain *chain, int above, guint k)
{
    gint64 upper, lower = at(chain, k)->hop.date;

    if (above < 0)
        return 0;
    upper = at(chain, (guint)above)->hop.date;
    return upper == TIME_NONE || lower == TIME_NONE ? 0 : upper - lower;
}

static bool
is_newer(const Chain *chain, int above, guint k)
{
    return age(chain, above, k) < -SKEW;
}

static bool
is_older(const Chain *chain, int above, guint k)
{
    gint64 seconds = age(chain, above, k);

    return seconds > DAY && seconds <= LONG_QUEUE;
}

static bool
is_ancient(const Chain *chain, int above, guint k)
{
    return age(chain, above, k) > LONG_QUEUE;
}

static bool
has_bare_writer(const Chain *chain, int above, guint k)
{
    const char *by = at(chain, k)->hop.by;

    (void)above;
    return by && !strchr(by, '.') && !strchr(by, ':') && !text_equal_fold(by, "localhost") &&
           !at(chain, k)->hop.dialect;
}

static bool
is_by_another_address(const Chain *chain, int above, guint k)
{
    const Received *line = at(chain, k);
    Addr addr;

    return above >= 0 && line->hop.by && addr_parse(line->hop.by, -1, &addr) && !line->internal &&
           addr_kind(&addr) == ADDR_PUBLIC && !addr_equal(&addr, &at(chain, (guint)above)->hop.ip);
}

/* Private space is normal inside one organisation, not between two. */
static bool
crosses_from_reserved(const Chain *chain, int above, guint k)
{
    const Hop *hop = &at(chain, k)->hop;
    AddrKind kind = addr_kind(&hop->ip);

    (void)above;
    if (kind == ADDR_MULTICAST || kind == ADDR_RESERVED)
        return !addr_is_none(&hop->ip);
    return (kind == ADDR_PRIVATE || kind == ADDR_CGN || kind == ADDR_LINK_LOCAL) &&
           org_of(hop->rdns) && !org_hosts_same(hop->rdns, hop->by) &&
           !site_owns(chain->site, &hop->ip);
}

/* Anonymisers use these ranges, so they only make a line weaker. */
static bool
is_documentation(const Chain *chain, int above, guint k)
{
    (void)above;
    return addr_kind(&at(chain, k)->hop.ip) == ADDR_DOCUMENTATION &&
           !site_owns(chain->site, &at(chain, k)->hop.ip);
}

static bool
is_munged(const Chain *chain, int above, guint k)
{
    (void)above;
    return at(chain, k)->munged && addr_is_none(&at(chain, k)->hop.ip);
}

static bool
is_provider_in_another_dialect(const Chain *chain, int above, guint k)
{
    /* clang-format off */
    static const struct { const char *suffix, *dialect; } providers[] = {
        {".google.com",             "gmail"},
        {".prod.outlook.com",       "exchange-online"},
        {".protection.outlook.com", "exchange-online"},
        {".mail.yahoo.com",         "yahoo"},
    };
    /* clang-format on */
    const Hop *hop = &at(chain, k)->hop;

    (void)above;
    for (gsize i = 0; i < G_N_ELEMENTS(providers) && hop->by; i++) {
        if (text_has_suffix_fold(hop->by, providers[i].suffix))
            return !hop->dialect || strcmp(hop->dialect, providers[i].dialect) != 0;
    }
    return false;
}

/* Another line of the same host, one that is believed, is in another dialect. */
static bool
is_in_another_dialect(const Chain *chain, int above, guint k)
{
    const Hop *hop = &at(chain, k)->hop;

    (void)above;
    for (guint i = 0; i < k && hop->by && hop->dialect; i++) {
        const Hop *other = &at(chain, i)->hop;

        if (other->by && other->dialect && other->dialect != hop->dialect &&
            chain->lines[i].verdict != VERDICT_CLAIMED &&
            chain->lines[i].verdict != VERDICT_FORGED && strcmp(other->dialect, "amavis") != 0 &&
            strcmp(hop->dialect, "amavis") != 0 && text_equal_fold(other->by, hop->by))
            return true;
    }
    return false;
}

static bool
is_alnum_run(const char *text, gsize len)
{
    for (gsize i = 0; i < len; i++) {
        if (!g_ascii_isalnum(text[i]))
            return false;
    }
    return true;
}

/* Exim: 6-6-2 letters and digits, since 4.97 6-11-4. */
static bool
is_exim_id(const char *id)
{
    gsize n = strlen(id);

    if (n != 16 && n != 23)
        return false;
    return id[6] == '-' && id[n == 16 ? 13 : 18] == '-' && is_alnum_run(id, 6) &&
           is_alnum_run(id + 7, n == 16 ? 6 : 11);
}

/* Postfix: hexadecimal of at least 6, or the long form without vowels; Sendmail: letters and
 * digits, at least 8. */
static bool
is_queue_id(const char *dialect, const char *id)
{
    gsize n = strlen(id);

    if (strcmp(dialect, "exim") == 0)
        return is_exim_id(id);
    if (strcmp(dialect, "sendmail") == 0)
        return n >= 8 && n <= 20 && is_alnum_run(id, n);
    if (strcmp(dialect, "postfix") == 0)
        return n <= 24 && is_alnum_run(id, n);
    return true;
}

static bool
has_odd_id(const Chain *chain, int above, guint k)
{
    const Hop *hop = &at(chain, k)->hop;

    (void)above;
    return hop->id && hop->dialect && !is_queue_id(hop->dialect, hop->id);
}

/* Programs that always write an id; of an unknown one that is only odd. */
static bool
lacks_due_id(const Chain *chain, int above, guint k)
{
    static const char *const always[] = {"postfix",   "sendmail", "exim",
                                         "opensmtpd", "haraka",   "gmail"};
    const Hop *hop = &at(chain, k)->hop;

    (void)above;
    for (gsize i = 0; i < G_N_ELEMENTS(always) && hop->dialect && !hop->id; i++) {
        if (strcmp(hop->dialect, always[i]) == 0)
            return true;
    }
    return false;
}

static bool
lacks_id(const Chain *chain, int above, guint k)
{
    const Hop *hop = &at(chain, k)->hop;

    (void)above;
    return !hop->id && !hop->dialect;
}

static bool
is_of_no_dialect(const Chain *chain, int above, guint k)
{
    (void)above;
    return !at(chain, k)->hop.dialect;
}

/* Trace fields are prepended, so they stand above From and Subject. */
static bool
is_below_body_fields(const Chain *chain, int above, guint k)
{
    (void)above;
    return !chain->block->pasted && chain->lines[k].field > chain->first_body_field;
}

static bool
repeats_an_id(const Chain *chain, int above, guint k)
{
    const Hop *hop = &at(chain, k)->hop;

    (void)above;
    for (guint i = 0; i < k && hop->id && hop->by; i++) {
        const Hop *other = &at(chain, i)->hop;

        if (other->id && other->by && strcmp(other->id, hop->id) == 0 &&
            !text_equal_fold(other->by, hop->by) && at(chain, i)->kind == RECEIVED_HOP)
            return true;
    }
    return false;
}

/* The framing guard: below a stranger, a line about us is that stranger's word. */
static bool
names_us_below_a_stranger(const Chain *chain, int above, guint k)
{
    (void)above;
    return chain->border >= 0 && chain->exit < 0 && chain->via == NULL && (int)k > chain->border &&
           (site_owns(chain->site, &at(chain, k)->hop.ip) || chain_writer_is_ours(chain, k));
}

/* clang-format off */
static const struct {
    const char *name;
    guint weight;
    ForgeryTest test;
    const char *words; /* the end of the hop's sentence */
} tests[] = {
    {"provider-dialect", 3, is_provider_in_another_dialect, "that provider writes its lines otherwise: made up"},
    {"other-dialect",    3, is_in_another_dialect,    "the same host wrote otherwise above: made up"},
    {"continuity",       2, is_discontinuous,         "but its writer is not the host that the line above received from"},
    {"newer",            2, is_newer,                 "but it is newer than the line above it"},
    {"ancient",          2, is_ancient,               "but it is more than five days older than the line above it"},
    {"writer-address",   2, is_by_another_address,    "but its writer's address is not the peer of the line above"},
    {"munged",           2, is_munged,                "but what it gives as an address is none"},
    {"odd-id",           2, has_odd_id,               "but that program does not make such ids"},
    {"due-id",           2, lacks_due_id,             "but that program always writes an id"},
    {"below-fields",     2, is_below_body_fields,     "but it stands below the message's own fields"},
    {"repeated-id",      2, repeats_an_id,            "but it repeats the id of another host's line"},
    {"framing",          2, names_us_below_a_stranger, "but only a stranger says so"},
    {"reserved",         1, crosses_from_reserved,    "but such an address cannot come from another organisation"},
    {"documentation",    1, is_documentation,         "but that address is for examples only"},
    {"older",            1, is_older,                 "but it is more than a day older than the line above it"},
    {"bare-writer",      1, has_bare_writer,          "but its writer has no full name"},
    {"no-id",            1, lacks_id,                 "but it has no queue id"},
    {"no-dialect",       1, is_of_no_dialect,         "but no known program writes so"},
};
/* clang-format on */

guint
forgery_weigh(const Chain *chain, int above, guint k, const char **ret_words)
{
    guint weight = 0, heaviest = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
        if (!tests[i].test(chain, above, k))
            continue;
        weight += tests[i].weight;
        if (tests[i].weight > heaviest) {
            heaviest = tests[i].weight;
            *ret_words = tests[i].words;
        }
    }
    return weight;
}

guint
forgery_n_tests(void)
{
    return G_N_ELEMENTS(tests);
}

const char *
forgery_test_name(guint nth)
{
    return tests[nth].name;
}
