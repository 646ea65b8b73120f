/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delist/relay_form.h"

#include <string.h>

/* clang-format off */
const RelayForm relay_forms[] = {
    {"C1",  "<{S}>", "<postmaster@{D}>",     "a mailbox that must be there",          FORM_CONTROL},
    {"C2",  "<{S}>", "<{r}@{D}>",            "a mailbox that is not there",           FORM_CONTROL},
    {"R01", "<{S}>", "<{u}@{x}>",            "a stranger to a stranger",              0},
    {"R02", "<>",    "<{u}@{x}>",            "the null sender",                       0},
    {"R03", "<spamtest@{D}>", "<{u}@{x}>",   "a sender in a domain hosted here",      0},
    {"R04", "<spamtest@{H}>", "<{u}@{x}>",   "a sender at the host",                  0},
    {"R05", "<spamtest@{L}>", "<{u}@{x}>",   "a sender at the host's address",        0},
    {"R06", "<spamtest>", "<{u}@{x}>",       "a sender without domain",               0},
    {"R07", "<spamtest@localhost>", "<{u}@{x}>", "a sender at localhost",             0},
    {"R08", "<{S}>", "<{u}%{x}@{D}>",        "percent, at a domain hosted here",      FORM_LOCAL},
    {"R09", "<{S}>", "<{u}%{x}@{H}>",        "percent, at the host",                  0},
    {"R09", "<{S}>", "<{u}%{x}@{L}>",        "percent, at the host's address",        0},
    {"R10", "<{S}>", "<{u}%{x}>",            "percent, bare",                         FORM_LOCAL},
    {"R11", "<{S}>", "<\"{u}@{x}\">",        "the whole address quoted",              FORM_LOCAL},
    {"R12", "<{S}>", "<\"{u}%{x}\">",        "percent, quoted",                       FORM_LOCAL},
    {"R13", "<{S}>", "<\"{u}@{x}\"@{D}>",    "quoted, at a domain hosted here",       FORM_LOCAL},
    {"R13", "<{S}>", "<\"{u}@{x}\"@{H}>",    "quoted, at the host",                   0},
    {"R13", "<{S}>", "<\"{u}@{x}\"@{L}>",    "quoted, at the host's address",         0},
    {"R14", "<{S}>", "<{u}@{x}@{D}>",        "two @, at a domain hosted here",        FORM_LOCAL},
    {"R14", "<{S}>", "<{u}@{x}@{H}>",        "two @, at the host",                    0},
    {"R14", "<{S}>", "<{u}@{x}@{L}>",        "two @, at the host's address",          0},
    {"R15", "<{S}>", "<@{H}:{u}@{x}>",       "a route through the host",              0},
    {"R15", "<{S}>", "<@{L}:{u}@{x}>",       "a route through the host's address",    0},
    {"R15", "<{S}>", "<@{D}:{u}@{x}>",       "a route through a domain hosted here",  0},
    {"R16", "<{S}>", "<{x}!{u}>",            "bang, bare",                            FORM_LOCAL},
    {"R17", "<{S}>", "<{x}!{u}@{D}>",        "bang, at a domain hosted here",         FORM_LOCAL},
    {"R17", "<{S}>", "<{x}!{u}@{H}>",        "bang, at the host",                     0},
    {"R17", "<{S}>", "<{x}!{u}@{L}>",        "bang, at the host's address",           0},
    /* An address for documents: nobody is there. */
    {"R18", "<{S}>", "<{u}@[203.0.113.1]>",  "an address outside as a literal",       FORM_NO_MAIL},
    {"R19", "<{S}>", "<{u}@{x}.>",           "a dot at the end",                      0},
    {"R20", "<{S}>", "{u}@{x}",              "without brackets",                      0},
    {"R20", "<{S}>", "<{u}@{x}>,<postmaster@{D}>", "two recipients at once",          0},
    {"R21", "<{S}> AUTH=<>", "<{u}@{x}>",    "said to have logged in elsewhere",      0},
    {"R21", "<{S}>", "<{u}@{x}>",            "after a login that failed",             FORM_LOGIN},
    {.id = NULL},
};

/* The first row that applies. 5.7.0 alone says nothing (it is the class's "other"), but with 530. */
static const struct {
    int first, last;
    RelayVerdict verdict;
} replies[] = {
    {200, 299, RELAY_ACCEPTED},
    {421, 421, RELAY_ABORTED},
    {400, 499, RELAY_DEFERRED},
    {530, 530, RELAY_CLOSED_AUTH},
    {538, 538, RELAY_CLOSED_AUTH},
    {500, 504, RELAY_CLOSED_SYNTAX},
    {555, 555, RELAY_CLOSED_SYNTAX},
    {505, 599, RELAY_CLOSED},
    {0,   599, RELAY_ABORTED},
};
/* clang-format on */

RelayVerdict
relay_verdict_of(const SmtpReply *reply)
{
    if (reply->code >= 500 && strcmp(reply->status, "5.7.0") == 0 &&
        strstr(reply->text, "uthentication"))
        return RELAY_CLOSED_AUTH;
    for (gsize i = 0; i < G_N_ELEMENTS(replies); i++)
        if (reply->code >= replies[i].first && reply->code <= replies[i].last)
            return replies[i].verdict;
    return RELAY_ABORTED;
}

RelayVerdict
relay_verdict_of_mail(const SmtpReply *reply)
{
    RelayVerdict verdict = relay_verdict_of(reply);

    return verdict == RELAY_CLOSED || verdict == RELAY_CLOSED_SYNTAX ? RELAY_NOT_TESTED : verdict;
}

char *
relay_form_fill(const char *template, const FormParts *parts)
{
    static const char letters[N_PARTS + 1] = "SuxDHLr";
    g_autoptr(GString) text = g_string_new(NULL);

    for (const char *at = template; *at; at++) {
        const char *letter = at[0] == '{' && at[1] && at[2] == '}' ? strchr(letters, at[1]) : NULL;

        if (!letter) {
            g_string_append_c(text, *at);
            continue;
        }
        if (!parts->part[letter - letters])
            return NULL;
        g_string_append(text, parts->part[letter - letters]);
        at += 2;
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
