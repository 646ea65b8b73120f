/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delist/mailbox_test.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "delist/own.h"
#include "delist/relay_setup.h"

/* -- replies -------------------------------------------------------------------------------------
 */

MailboxVerdict
mailbox_verdict_of(const SmtpReply *reply)
{
    /* The first row that applies; status NULL: any. */
    static const struct {
        int first, last;
        const char *status; /* without its class */
        MailboxVerdict verdict;
    } rows[] = {
        {200, 299, NULL, MAILBOX_OK},          {452, 452, NULL, MAILBOX_FULL},
        {400, 599, ".2.2", MAILBOX_FULL},      {552, 552, NULL, MAILBOX_FULL},
        {421, 421, NULL, MAILBOX_UNREACHABLE}, {400, 499, NULL, MAILBOX_DEFERRED},
        {500, 599, ".1.", MAILBOX_MISSING},    {500, 599, ".7.", MAILBOX_BLOCKED},
        {530, 530, NULL, MAILBOX_BLOCKED},     {554, 554, NULL, MAILBOX_BLOCKED},
        {500, 599, NULL, MAILBOX_MISSING},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        if (reply->code >= rows[i].first && reply->code <= rows[i].last &&
            (!rows[i].status ||
             (reply->status[0] && g_str_has_prefix(reply->status + 1, rows[i].status))))
            return rows[i].verdict;
    return MAILBOX_UNREACHABLE;
}

/* -- one server ----------------------------------------------------------------------------------
 */

/* A conversation with one address of an MX. */
typedef struct {
    const MailboxTest *test;
    const char *mx;
    SmtpTarget target;
    Transcript transcript; /* not kept */
    Smtp *smtp;
    json_t *rows; /* borrowed */
} Visit;

static void
visit_clear(Visit *visit)
{
    smtp_close(visit->smtp);
    transcript_clear(&visit->transcript);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Visit, visit_clear)

static void
add_row(json_t *rows, const char *mailbox, const char *mx, const char *address,
        MailboxVerdict verdict, const char *reply)
{
    json_array_append_new(rows, json_pack("{s:s?, s:s, s:s?, s:s, s:s?}", "mailbox", mailbox, "mx",
                                          mx, "address", address, "verdict",
                                          mailbox_verdict_names[verdict], "reply", reply));
}

static bool
greet(Visit *visit, SmtpReply *reply)
{
    g_autofree char *name = NULL;

    if (visit->smtp)
        return true;
    visit->smtp = smtp_open(&visit->target, &visit->transcript, reply);
    if (visit->smtp && reply->code < 400) {
        name = relay_setup_name(visit->test->setup, visit->smtp);
        if (smtp_greet(visit->smtp, name, reply) && reply->code < 400)
            return true;
    }
    g_clear_pointer(&visit->smtp, smtp_close);
    return false;
}

/* MAIL, RCPT, RSET; the reply that decides. */
static MailboxVerdict
ask(Visit *visit, const char *sender, const char *mailbox, SmtpReply *reply)
{
    g_auto(SmtpReply) reset = {0};
    MailboxVerdict verdict = MAILBOX_UNREACHABLE;
    bool at_rcpt = false;

    if (!relay_setup_pause(visit->test->setup) || !greet(visit, reply))
        return MAILBOX_UNREACHABLE;
    if (smtp_say(visit->smtp, reply, "MAIL FROM:<%s>", sender) && reply->code < 300)
        at_rcpt = smtp_say(visit->smtp, reply, "RCPT TO:<%s>", mailbox);
    verdict = mailbox_verdict_of(reply);
    if (!at_rcpt && verdict == MAILBOX_MISSING) /* the sender was refused, not the mailbox */
        verdict = MAILBOX_BLOCKED;
    if (verdict == MAILBOX_UNREACHABLE || !smtp_say(visit->smtp, &reset, "RSET") ||
        reset.code == 421)
        g_clear_pointer(&visit->smtp, smtp_close);
    return verdict;
}

static void
try_mailbox(Visit *visit, const char *sender, const char *mailbox)
{
    g_auto(SmtpReply) reply = {0}, null_reply = {0};
    const SmtpReply *deciding = &reply;
    char address[ADDR_TEXT_SIZE];
    MailboxVerdict verdict = ask(visit, sender, mailbox, &reply);
    g_autofree char *said = NULL;
    g_autofree char *clean = NULL;

    if (verdict == MAILBOX_OK) {
        MailboxVerdict of_null = ask(visit, "", mailbox, &null_reply);

        if (of_null != MAILBOX_OK) {
            deciding = &null_reply;
            verdict = of_null >= MAILBOX_FULL && of_null <= MAILBOX_MISSING
                          ? MAILBOX_NULL_SENDER_REFUSED
                          : of_null;
        }
    }
    said = deciding->code ? g_strdup_printf("%d %s", deciding->code, deciding->text)
                          : g_strdup(deciding->text);
    clean = text_clean(said ? said : "", -1, 200);
    add_row(visit->rows, mailbox, visit->mx, addr_text(&visit->target.addr, address), verdict,
            clean);
}

static void
visit_address(const MailboxTest *test, const char *domain, const char *mx, const Addr *addr,
              json_t *rows)
{
    static const char *const roles[] = {"postmaster@", "Postmaster@", "abuse@"};
    g_auto(Visit) visit = {.test = test, .mx = mx, .rows = rows};
    g_auto(SmtpReply) reply = {0};
    g_autofree char *sender = NULL;
    char address[ADDR_TEXT_SIZE];

    transcript_init(&visit.transcript);
    visit.target = relay_setup_target(test->setup, addr, test->port);
    if (!greet(&visit, &reply)) {
        add_row(rows, NULL, mx, addr_text(addr, address), MAILBOX_UNREACHABLE, reply.text);
        return;
    }
    sender = relay_setup_sender(test->setup, visit.smtp);
    for (gsize i = 0; i < G_N_ELEMENTS(roles); i++) {
        g_autofree char *mailbox = g_strconcat(roles[i], domain, NULL);

        try_mailbox(&visit, sender, mailbox);
    }
    try_mailbox(&visit, sender, "postmaster");
    if (visit.smtp)
        (void)smtp_say(visit.smtp, &reply, "QUIT");
}

/* -- a domain ------------------------------------------------------------------------------------
 */

static void
visit_mx(const MailboxTest *test, const char *domain, const char *mx, json_t *rows)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(OwnHost) host = own_host_find(test->config, test->dns, mx, &error);

    if (!host) {
        bool is_foreign = plaint_error_code(error) == PLAINT_ERROR_DENIED;

        add_row(rows, NULL, mx, NULL, is_foreign ? MAILBOX_NOT_OURS : MAILBOX_UNREACHABLE,
                is_foreign ? "an MX of another operator: not connected to" : error->message);
        return;
    }
    for (guint i = 0; i < host->addrs->len; i++)
        visit_address(test, domain, mx, &g_array_index(host->addrs, Addr, i), rows);
}

static int
by_preference(gconstpointer a, gconstpointer b)
{
    guint64 one = g_ascii_strtoull(*(const char *const *)a, NULL, 10);
    guint64 other = g_ascii_strtoull(*(const char *const *)b, NULL, 10);

    return one < other ? -1 : one > other;
}

static void
visit_configured(const MailboxTest *test, const char *domain, json_t *rows)
{
    const char *const *relays = config_groups(test->config, "relay");

    for (gsize i = 0; relays[i]; i++) {
        g_autofree char *group = g_strconcat("relay ", relays[i], NULL);
        const char *const *roles = config_list(test->config, group, "roles");

        if (g_strv_contains(roles, "mx") || g_strv_contains(roles, "backup-mx"))
            visit_mx(test, domain, relays[i], rows);
    }
    /* Without any MX a domain's own address takes its mail (RFC 5321, section 5.1). */
    if (json_array_size(rows) == 0)
        visit_mx(test, domain, domain, rows);
}

json_t *
mailbox_test(const MailboxTest *test, const char *domain, GError **error)
{
    g_auto(DnsAnswer) answer = {0};
    json_t *rows = json_array();

    if (!dns_answer(test->dns, dns_lane(test->dns, 0), domain, DNS_MX, &answer, error)) {
        json_decref(rows);
        return NULL;
    }
    if (answer.outcome != DNS_FOUND) {
        visit_configured(test, domain, rows);
        return rows;
    }
    g_ptr_array_sort(answer.records, by_preference);
    for (guint i = 0; i < answer.records->len; i++) {
        const char *record = g_ptr_array_index(answer.records, i);
        const char *mx = strchr(record, ' ') ? strchr(record, ' ') + 1 : "";

        if (mx[0])
            visit_mx(test, domain, mx, rows);
        else
            add_row(rows, NULL, ".", NULL, MAILBOX_NO_MAIL, "the domain takes no mail (Null MX)");
    }
    return rows;
}
