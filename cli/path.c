/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/path.h"
#include "cli/member.h"

#include <string.h>

#include "base/text.h"

#define VERDICT_WIDTH 8

/* clang-format off */
static const struct {
    const char *verdict;
    Style style;
    bool believed; /* lines up to the last believed one are above the trust boundary */
} verdicts[] = {
    {"trusted", STYLE_GREEN,   true},
    {"border",  STYLE_BOLD,    true},
    {"exit",    STYLE_BOLD,    true},
    {"entry",   STYLE_YELLOW,  true},
    {"claimed", STYLE_DIM,     false},
    {"forged",  STYLE_RED,     false},
    {"skipped", STYLE_DIM,     false},
};
/* clang-format on */

static gsize
verdict_row(const json_t *hop)
{
    const char *verdict = member_text(hop, "verdict");

    for (gsize i = 0; i < G_N_ELEMENTS(verdicts); i++)
        if (g_strcmp0(verdict, verdicts[i].verdict) == 0)
            return i;
    return G_N_ELEMENTS(verdicts) - 1;
}

/* "192.0.2.1 mail.example (said "pc-7")": address, looked-up name, and the claimed one if other. */
static char *
peer_text(const json_t *hop)
{
    const char *ip = member_text(hop, "ip");
    const char *rdns = member_text(hop, "rdns");
    const char *helo = member_text(hop, "helo");
    GString *text = g_string_new(ip ? ip : "");

    if (rdns)
        g_string_append_printf(text, "%s%s", text->len ? " " : "", rdns);
    if (helo && !text_equal_fold(helo, rdns) && g_strcmp0(helo, ip) != 0)
        g_string_append_printf(text, "%s\"%s\"", text->len ? " " : "", helo);
    if (text->len == 0)
        g_string_append(text,
                        member_text(hop, "ident") ? member_text(hop, "ident") : "no peer named");
    return g_string_free(text, FALSE);
}

/* "2026-01-02T03:04:05Z, ESMTPSA, id 4Xa0, for ann@victim.example": what finds it in a log. */
static char *
facts_text(const json_t *hop)
{
    static const struct {
        const char *member;
        const char *before;
    } facts[] = {
        {"date", ""},       {"with", ""}, {"id", "id "}, {"for", "for "}, {"auth", "logged in: "},
        {"ident", "ident "}};
    g_autoptr(GString) text = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(facts); i++) {
        const char *value = member_text(hop, facts[i].member);

        if (value)
            g_string_append_printf(text, "%s%s%s", text->len ? ", " : "", facts[i].before, value);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

guint
path_width(const Term *term)
{
    return term->width ? MIN(term->width, 100) : 100;
}

static void
draw_boundary(const Term *term, GString *out)
{
    guint width = path_width(term);
    static const char words[] = " trust ends here: whoever sent it could write what is below ";
    guint bars = width > sizeof words + 6 ? width - (guint)(sizeof words - 1) - 4 : 4;
    g_autoptr(GString) line = g_string_new("  ══");

    g_string_append(line, words);
    for (guint i = 0; i < bars - 2; i++)
        g_string_append(line, "═");
    term_add(out, term, STYLE_RED, line->str);
    g_string_append_c(out, '\n');
}

/* Who handed it to whom; what the line says beside; what to make of it. */
static void
draw_hop(const json_t *hop, const Term *term, GString *out)
{
    gsize row = verdict_row(hop);
    g_autofree char *peer = peer_text(hop);
    g_autofree char *facts = facts_text(hop);
    const char *by = member_text(hop, "by");
    const char *why = member_text(hop, "why");
    Wrap dim = {.indent = VERDICT_WIDTH + 4, .width = path_width(term), .style = STYLE_DIM};
    Wrap plain = {.indent = VERDICT_WIDTH + 4, .width = path_width(term)};

    g_string_append(out, "  ");
    term_add(out, term, verdicts[row].style, verdicts[row].verdict);
    g_string_append_printf(out, "%*s", (int)(VERDICT_WIDTH + 2 - strlen(verdicts[row].verdict)),
                           "");
    term_add(out, term, verdicts[row].believed ? STYLE_BOLD : STYLE_DIM, peer);
    if (by) {
        bool fits =
            VERDICT_WIDTH + 8 + term_text_width(peer) + term_text_width(by) <= path_width(term);

        if (!fits)
            g_string_append_printf(out, "\n%*s", VERDICT_WIDTH + 3, "");
        g_string_append(out, " -> ");
        term_add(out, term, STYLE_PLAIN, by);
    }
    g_string_append_c(out, '\n');
    if (facts[0])
        term_wrap(out, term, &dim, facts);
    if (why)
        term_wrap(out, term, &plain, why);
}

/* Index of the last hop that is believed, -1: none. */
static int
last_believed(const json_t *hops)
{
    int last = -1;

    for (gsize i = 0; i < json_array_size(hops); i++)
        if (verdicts[verdict_row(json_array_get(hops, i))].believed)
            last = (int)i;
    return last;
}

void
path_draw(const json_t *hops, const Term *term, GString *out)
{
    int last = last_believed(hops);
    int n = (int)json_array_size(hops);

    for (int i = 0; i < n; i++) {
        draw_hop(json_array_get(hops, (gsize)i), term, out);
        if (i == last && i + 1 < n)
            draw_boundary(term, out);
    }
}

char *
path_cause_words(const char *cause)
{
    return g_strdelimit(g_strdup(cause ? cause : "unknown"), "-", ' ');
}

/* "192.0.2.1 (mx1.example)": the address, and the name it has in the path. */
static char *
named_address(const json_t *incident, const char *ip)
{
    const json_t *hops = json_object_get(incident, "hops");

    for (gsize i = 0; i < json_array_size(hops); i++) {
        const json_t *hop = json_array_get(hops, i);
        const char *rdns = member_text(hop, "rdns");

        if (rdns && g_strcmp0(member_text(hop, "ip"), ip) == 0)
            return g_strdup_printf("%s (%s)", ip, rdns);
    }
    return g_strdup(ip);
}

static char *
machine_sentence(const json_t *incident)
{
    const char *exit_ip = member_text(incident, "exit_ip");
    const char *source = exit_ip ? exit_ip : member_text(incident, "source_ip");
    const char *origin = member_text(incident, "origin_ip");
    const char *account = member_text(incident, "account");
    const char *script = member_text(incident, "script");
    bool ours = json_is_true(json_object_get(incident, "ours"));
    g_autofree char *where = source ? named_address(incident, source) : NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    if (!where)
        return g_strdup("The mail names no machine that could be looked up.");
    g_string_append_printf(text, "It left %s, which is %s", where, ours ? "ours" : "not ours");
    if (account)
        g_string_append_printf(text, "; the account %s sent it", account);
    if (origin && g_strcmp0(origin, source) != 0)
        g_string_append_printf(text, "%s %s", account ? " from" : "; the client was", origin);
    if (script)
        g_string_append_printf(text, "; the script was %s", script);
    g_string_append_c(text, '.');
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *
cause_sentence(const json_t *incident)
{
    const json_t *first = json_array_get(json_object_get(incident, "causes"), 0);
    g_autofree char *words = path_cause_words(member_text(incident, "cause"));
    const char *confidence = member_text(incident, "confidence");
    const char *certainty = member_text(first, "certainty");
    const char *why = member_text(first, "why");
    g_autofree char *reason = why ? g_strconcat(": ", why, NULL) : g_strdup("");

    g_strchomp(reason);
    return g_strdup_printf("Cause: %s%s%s, confidence %s%s%s", words, certainty ? ", " : "",
                           certainty ? certainty : "", confidence ? confidence : "low", reason,
                           g_str_has_suffix(reason, ".") ? "" : ".");
}

char *
path_conclusion(const json_t *incident)
{
    g_autofree char *machine = machine_sentence(incident);
    g_autofree char *cause = cause_sentence(incident);

    return g_strdup_printf("%s %s", machine, cause);
}
