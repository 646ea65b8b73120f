/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How sure we are: steps down from `high`, by a table (docs/attribution.md has it in words). */
#include "ingest/parse/chain.h"

static bool
has_no_border(const Chain *chain, Claim claim)
{
    (void)claim;
    return chain->border < 0 && chain->incident->claimed_in_field;
}

static bool
has_nothing(const Chain *chain, Claim claim)
{
    (void)claim;
    return chain->border < 0 && !chain->incident->claimed_in_field;
}

static bool
is_pasted(const Chain *chain, Claim claim)
{
    (void)claim;
    return chain->border >= 0 && (chain->block->pasted || chain->incident->pasted);
}

static bool
is_last_resort(const Chain *chain, Claim claim)
{
    return chain->border_kind == BORDER_LAST && claim != CLAIM_AGREES;
}

static bool
is_contradicted(const Chain *chain, Claim claim)
{
    (void)chain;
    return claim == CLAIM_DIFFERS && chain->incident->claimed_in_field;
}

static bool
has_one_between(const Chain *chain, Claim claim)
{
    (void)claim;
    return chain->intermediaries >= 1;
}

static bool
has_two_between(const Chain *chain, Claim claim)
{
    (void)claim;
    return chain->intermediaries >= 2;
}

static bool
has_weak_step(const Chain *chain, Claim claim)
{
    (void)claim;
    return chain->weak_steps > 0;
}

static bool
is_reserved(const Chain *chain, Claim claim)
{
    AddrKind kind;

    if (chain->border < 0 || claim == CLAIM_AGREES || chain->border_kind == BORDER_OURS)
        return false;
    kind = addr_kind(&chain->lines[chain->border].r.hop.ip);
    return kind != ADDR_PUBLIC && kind != ADDR_DOCUMENTATION;
}

static bool
is_unreadable_above(const Chain *chain, Claim claim)
{
    guint n = 0;

    (void)claim;
    for (guint k = 0; (int)k < chain->border; k++)
        n += chain->lines[k].r.kind == RECEIVED_UNPARSED;
    return n >= 3;
}

/* clang-format off */
static const struct {
    const char *name;
    guint steps;
    bool (*test)(const Chain *chain, Claim claim);
    const char *why;
} rules[] = {
    {"no-chain",       1, has_no_border,       "no trace: only a field of the report"},
    {"no-evidence",    2, has_nothing,         "no trace, and no field that names an address"},
    {"pasted",         1, is_pasted,           "the trace was pasted, not attached"},
    {"last-resort",    1, is_last_resort,      "the trace ends inside the complainant's side"},
    {"contradiction",  1, is_contradicted,     "the report names another address than its trace"},
    {"intermediary",   1, has_one_between,     "somebody stands between us and the complainant"},
    {"intermediaries", 1, has_two_between,     "more than one stands between us and the complainant"},
    {"weak-step",      1, has_weak_step,       "a host was taken for the complainant's on its own word"},
    {"reserved",       2, is_reserved,         "the peer's address is not a public one"},
    {"unreadable",     1, is_unreadable_above, "lines above the border cannot be read"},
};
/* clang-format on */

Confidence
confidence_weigh(const Chain *chain, Claim claim, const char **ret_why)
{
    guint steps = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (!rules[i].test(chain, claim))
            continue;
        if (steps == 0)
            *ret_why = rules[i].why;
        steps += rules[i].steps;
    }
    return steps == 0 ? CONFIDENCE_HIGH : steps == 1 ? CONFIDENCE_MEDIUM : CONFIDENCE_LOW;
}
