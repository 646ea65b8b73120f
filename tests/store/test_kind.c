/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of an incident: a case for each row of the table in kind.c, and for their order. */
#include "store/kind.h"

typedef struct {
    const char *name;
    ComplaintFormat format;
    const char *feedback;
    Incident incident;
    Filing filing;
    TicketKind kind;
    const char *why;
} Case;

static gpointer link_list[] = {(gpointer) "http://shop.example/"};
static GPtrArray links = {.pdata = link_list, .len = 1};

/* clang-format off */
static const Case cases[] = {
    {"auto-reply",    FORMAT_AUTO_REPLY,  NULL, {.ours = true}, FILING_FILE, KIND_MAIL, "an automatic answer"},
    {"desk-spam",     FORMAT_UNSOLICITED, NULL, {.ours = true}, FILING_FILE, KIND_MAIL, "spam sent to the desk itself"},
    {"dmarc",         FORMAT_DMARC,       NULL, {.ours = true}, FILING_FILE, KIND_MAIL, "a DMARC summary"},
    {"dmarc-failed",  FORMAT_DMARC,       "dmarc", {.ours = true, .type = "auth-failure"}, FILING_TICKET, KIND_MAIL, "mail from here fails DKIM and SPF"},
    {"dmarc-foreign", FORMAT_DMARC,       "dmarc", {.type = "auth-failure"}, FILING_FILE, KIND_MAIL, "a DMARC summary"},
    {"tls-rpt",       FORMAT_TLS_RPT,     NULL, {.ours = true}, FILING_FILE, KIND_MAIL, "a TLS summary"},
    {"not-spam",      FORMAT_ARF, "not-spam",   {.ours = true}, FILING_FILE, KIND_MAIL, "the reporter says it is not spam"},

    /* What frames us is as a rule not ours, and more than that. */
    {"forged",        FORMAT_ARF, NULL, {.cause = CAUSE_FORGED}, FILING_FILE, KIND_MAIL, "forged: it only claims to come from us"},
    {"forged-ours",   FORMAT_ARF, NULL, {.ours = true, .cause = CAUSE_FORGED}, FILING_FILE, KIND_MAIL, "forged: it only claims to come from us"},
    {"forged-attack", FORMAT_ARF, NULL, {.cause = CAUSE_FORGED, .type = "login-attack"}, FILING_FILE, KIND_MAIL, "forged: it only claims to come from us"},
    {"not-ours",      FORMAT_ARF, NULL, {.cause = CAUSE_NOT_OURS}, FILING_FILE, KIND_MAIL, "not ours"},
    {"not-ours-dsn",  FORMAT_DSN, NULL, {.cause = CAUSE_UNKNOWN}, FILING_FILE, KIND_MAIL, "not ours"},
    {"ours-not-ours", FORMAT_ARF, NULL, {.ours = true, .cause = CAUSE_NOT_OURS}, FILING_FILE, KIND_MAIL, "not ours"},

    {"csam",          FORMAT_ARF, NULL, {.ours = true, .category = CATEGORY_CSAM}, FILING_TICKET, KIND_CONTENT, "content"},
    {"copyright",     FORMAT_VENDOR, NULL, {.ours = true, .category = CATEGORY_COPYRIGHT}, FILING_TICKET, KIND_COPYRIGHT, "copyright"},
    {"intrusion",     FORMAT_XARF, NULL, {.ours = true, .category = CATEGORY_INTRUSION}, FILING_TICKET, KIND_INTRUSION, "an attack"},
    {"attack",        FORMAT_XARF, NULL, {.ours = true, .type = "Login-Attack"}, FILING_TICKET, KIND_INTRUSION, "an attack"},
    {"content",       FORMAT_MESSAGE, NULL, {.ours = true, .domain = "shop.example"}, FILING_TICKET, KIND_CONTENT, "content"},
    {"open-service",  FORMAT_VENDOR, NULL, {.ours = true, .type = "open-service"}, FILING_TICKET, KIND_INTRUSION, "an attack"},
    {"page",          FORMAT_VENDOR, NULL, {.ours = true, .category = CATEGORY_PHISHING}, FILING_TICKET, KIND_CONTENT, "content"},
    {"page-malware",  FORMAT_VENDOR, NULL, {.ours = true, .category = CATEGORY_MALWARE}, FILING_TICKET, KIND_CONTENT, "content"},
    {"page-listed",   FORMAT_VENDOR, NULL, {.ours = true, .category = CATEGORY_PHISHING, .blocked_by = "bl.example"}, FILING_TICKET, KIND_LISTING, "a receiver refuses our machine"},
    {"fraud-by-mail", FORMAT_ARF, "fraud",   {.ours = true, .category = CATEGORY_PHISHING}, FILING_TICKET, KIND_MAIL, "abusive mail from here"},
    {"infected",      FORMAT_XARF, "activity/malware", {.ours = true, .type = "infected-host", .category = CATEGORY_MALWARE}, FILING_TICKET, KIND_INTRUSION, "an attack"},
    {"page-xarf",     FORMAT_XARF, "content/phishing", {.ours = true, .urls = &links}, FILING_TICKET, KIND_CONTENT, "content"},
    {"page-old",      FORMAT_XARF_LEGACY, "phishing", {.ours = true, .urls = &links}, FILING_TICKET, KIND_CONTENT, "content"},
    {"page-spamcop",  FORMAT_SPAMCOP, NULL, {.ours = true, .urls = &links}, FILING_TICKET, KIND_CONTENT, "content"},
    {"page-in-mail",  FORMAT_XARF, "messaging/spam", {.ours = true, .urls = &links, .has_evidence = true}, FILING_TICKET, KIND_MAIL, "abusive mail from here"},
    {"page-of-sender", FORMAT_XARF, "messaging/spam", {.ours = true, .urls = &links, .from = "x@shop.example"}, FILING_TICKET, KIND_MAIL, "abusive mail from here"},
    {"account-first", FORMAT_MESSAGE, NULL, {.ours = true, .domain = "shop.example", .account = "bob"}, FILING_TICKET, KIND_MAIL, "abusive mail from here"},
    {"refused",       FORMAT_DSN, NULL, {.ours = true, .blocked_by = "bl.example"}, FILING_TICKET, KIND_LISTING, "a receiver refuses our machine"},

    {"backscatter",   FORMAT_DSN, NULL, {.ours = true, .cause = CAUSE_BACKSCATTER}, FILING_TICKET, KIND_MAIL, "we send bounces to strangers"},
    {"bounce",        FORMAT_DSN, NULL, {.ours = true}, FILING_ATTACH, KIND_MAIL, "a bounce of mail from here"},
    {"auth-failure",  FORMAT_ARF, "auth-failure", {.ours = true}, FILING_ATTACH, KIND_MAIL, "an authentication failure"},
    {"auth-failure-of-a-domain", FORMAT_ARF, "auth-failure", {.ours = true, .domain = "shop.example"}, FILING_ATTACH, KIND_MAIL, "an authentication failure"},
    {"mail",          FORMAT_ARF, "abuse", {.ours = true, .cause = CAUSE_OPEN_RELAY}, FILING_TICKET, KIND_MAIL, "abusive mail from here"},
};
/* clang-format on */

static void
test_decide(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(Complaint) complaint = complaint_new();
    TicketKind kind = N_KINDS;
    const char *why = NULL;

    complaint->format = c->format;
    complaint->feedback_type = c->feedback;
    g_assert_cmpint(kind_decide(complaint, &c->incident, &kind, &why), ==, c->filing);
    g_assert_cmpint(kind, ==, c->kind);
    g_assert_cmpstr(why, ==, c->why);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/store/kind/", cases[i].name, NULL);

        g_test_add_data_func(path, &cases[i], test_decide);
    }
    return g_test_run();
}
