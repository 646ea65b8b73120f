/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server that is not to be trusted, in a thread: what it sends, and what we make of it. */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "delist/mailbox_test.h"
#include "delist/relay_form.h"
#include "delist/smtp.h"

typedef enum { STAY, HANG_UP, FOREVER, TRICKLE } After;

/* It sends `greeting`, then `reply` to each line; then what `after` says. */
typedef struct {
    const char *name;
    const char *greeting, *reply;
    After after;
    int code; /* of the reply to EHLO, or of the greeting when there is no reply */
    const char *text;
} Script;

typedef struct {
    const Script *script;
    int fd;
    guint16 port;
    GThread *thread;
} Server;

static bool
put(int fd, const char *text)
{
    return send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
}

static gpointer
serve(gpointer data)
{
    const Server *server = data;
    const Script *script = server->script;
    int fd = accept(server->fd, NULL, NULL);
    char buffer[512];

    (void)put(fd, script->greeting);
    if (script->after == FOREVER)
        while (put(fd, script->greeting))
            ;
    if (script->after == TRICKLE)
        while (put(fd, "2"))
            g_usleep(20 * 1000);
    while (script->after == STAY && recv(fd, buffer, sizeof buffer, 0) > 0)
        if (script->reply && !put(fd, script->reply))
            break;
    (void)close(fd);
    return NULL;
}

static void
server_start(Server *server)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = g_htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;

    server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(server->fd, (void *)&at, sizeof at), ==, 0);
    g_assert_cmpint(listen(server->fd, 5), ==, 0);
    g_assert_cmpint(getsockname(server->fd, (void *)&at, &size), ==, 0);
    server->port = g_ntohs(at.sin_port);
    server->thread = g_thread_new("server", serve, server);
}

static const Script scripts[] = {
    {"plain", "220 x ESMTP\r\n", "250 ok\r\n", STAY, 250, "ok"},
    {"lines", "220 x\r\n", "250-x\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n", STAY, 250, "x STARTTLS"},
    {"bare", "220\n", "250\n", STAY, 250, ""},
    {"status", "220 x\r\n", "550 5.7.1 no\r\n", STAY, 550, "5.7.1 no"},
    {"refused", "554 go away\r\n", NULL, STAY, 554, "go away"},
    {"nobody", "", NULL, HANG_UP, 0, "closed"},
    {"silent", "", NULL, STAY, 0, "time limit"},
    {"mute", "220 x\r\n", NULL, STAY, 0, "time limit"},
    {"garbage", "SSH-2.0-x\r\n", NULL, STAY, 0, "no SMTP reply"},
    {"codes", "220 x\r\n", "250-x\r\n550 y\r\n", STAY, 0, "no SMTP reply"},
    {"high", "220 x\r\n", "950 x\r\n", STAY, 0, "no SMTP reply"},
    {"long-line", "2", NULL, FOREVER, 0, "does not end"},
    {"long-reply", "220-x\r\n", NULL, FOREVER, 0, "does not end"},
    {"trickle", "2", NULL, TRICKLE, 0, "time limit"},
    {"early", "220 x\r\n250 you may\r\n", "250 ok\r\n", STAY, 0, "before it was asked"},
    {"early-421", "220 x\r\n421 bye\r\n", "250 ok\r\n", STAY, 421, "bye"},
    {"escapes", "220 x\r\n", "250 \033[2Jok\r\n", STAY, 250, "[2Jok"},
};

static void
test_script(gconstpointer data)
{
    Server server = {.script = data};
    g_auto(Transcript) transcript = {0};
    g_auto(SmtpReply) reply = {0};
    g_autoptr(Smtp) smtp = NULL;
    SmtpTarget target = {.timeout = 300};

    g_assert_true(addr_parse("127.0.0.1", -1, &target.addr));
    server_start(&server);
    target.port = server.port;
    transcript_init(&transcript);
    smtp = smtp_open(&target, &transcript, &reply);
    if (smtp && reply.code == 220) {
        g_usleep(20 * 1000);
        (void)smtp_greet(smtp, "test", &reply);
    }
    if (server.script->code >= 500 && smtp && reply.code == 550)
        g_assert_cmpstr(reply.status, ==, "5.7.1");
    g_assert_cmpint(reply.code, ==, server.script->code);
    g_assert_nonnull(strstr(reply.text, server.script->text));
    if (strcmp(server.script->name, "lines") == 0) {
        g_assert_true(smtp_offers(smtp, "STARTTLS"));
        g_assert_true(smtp_offers(smtp, "auth"));
        g_assert_false(smtp_offers(smtp, "AUT"));
        g_assert_false(smtp_offers(smtp, "x"));
    }
    g_assert_null(strchr(transcript.text->str, '\033'));
    g_assert_cmpuint(transcript.text->len, <, SMTP_TRANSCRIPT_BYTES);
    g_clear_pointer(&smtp, smtp_close);
    (void)g_thread_join(server.thread);
    (void)close(server.fd);
}

/* Each reply would come in time, but not all of them. */
static void
test_until(void)
{
    static const Script slow = {"slow", "220 x\r\n", "250 ok\r\n", STAY, 0, ""};
    Server server = {.script = &slow};
    g_auto(Transcript) transcript = {0};
    g_auto(SmtpReply) reply = {0};
    g_autoptr(Smtp) smtp = NULL;
    SmtpTarget target = {.until = g_get_monotonic_time() + G_USEC_PER_SEC / 5};
    guint said = 0;

    g_assert_true(addr_parse("127.0.0.1", -1, &target.addr));
    server_start(&server);
    target.port = server.port;
    transcript_init(&transcript);
    smtp = smtp_open(&target, &transcript, &reply);
    while (smtp_say(smtp, &reply, "NOOP") && ++said < 100)
        g_usleep(20 * 1000);
    g_assert_cmpuint(said, >, 0);
    g_assert_cmpuint(said, <, 20);
    g_assert_nonnull(strstr(reply.text, "time limit"));
    g_clear_pointer(&smtp, smtp_close);
    (void)g_thread_join(server.thread);
    (void)close(server.fd);
}

static void
test_transcript(void)
{
    g_auto(Transcript) transcript = {0};
    g_autofree char *line = g_strnfill(1500, 'x');

    transcript_init(&transcript);
    for (int i = 0; i < 1000; i++)
        transcript_add(&transcript, 'S', line);
    g_assert_cmpuint(transcript.text->len, <, SMTP_TRANSCRIPT_BYTES + 200);
    g_assert_true(
        g_str_has_suffix(transcript.text->str, "#: the rest is left out: it is too long\n"));
}

/* -- what replies mean --------------------------------------------------------------------------
 */

static const struct {
    int code;
    const char *status, *text;
    RelayVerdict rcpt, mail;
} replies[] = {
    {250, "2.1.5", "Ok", RELAY_ACCEPTED, RELAY_ACCEPTED},
    {251, "", "will forward", RELAY_ACCEPTED, RELAY_ACCEPTED},
    {252, "", "cannot verify", RELAY_ACCEPTED, RELAY_ACCEPTED},
    {554, "5.7.1", "Relay access denied", RELAY_CLOSED, RELAY_NOT_TESTED},
    {550, "5.7.0", "Authentication required", RELAY_CLOSED_AUTH, RELAY_CLOSED_AUTH},
    {550, "5.7.0", "we do not like you", RELAY_CLOSED, RELAY_NOT_TESTED},
    {551, "", "not local", RELAY_CLOSED, RELAY_NOT_TESTED},
    {553, "", "not allowed", RELAY_CLOSED, RELAY_NOT_TESTED},
    {530, "5.7.1", "log in first", RELAY_CLOSED_AUTH, RELAY_CLOSED_AUTH},
    {538, "", "TLS first", RELAY_CLOSED_AUTH, RELAY_CLOSED_AUTH},
    {501, "5.1.3", "syntax", RELAY_CLOSED_SYNTAX, RELAY_NOT_TESTED},
    {500, "", "what", RELAY_CLOSED_SYNTAX, RELAY_NOT_TESTED},
    {555, "", "parameters", RELAY_CLOSED_SYNTAX, RELAY_NOT_TESTED},
    {450, "4.2.0", "Greylisted", RELAY_DEFERRED, RELAY_DEFERRED},
    {454, "4.7.1", "Relay access denied", RELAY_DEFERRED, RELAY_DEFERRED},
    {421, "4.7.0", "bye", RELAY_ABORTED, RELAY_ABORTED},
    {0, "", "closed", RELAY_ABORTED, RELAY_ABORTED},
    {354, "", "go on", RELAY_ABORTED, RELAY_ABORTED},
};

static void
test_verdicts(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(replies); i++) {
        SmtpReply reply = {.code = replies[i].code, .text = (char *)replies[i].text};

        g_assert_cmpuint(g_strlcpy(reply.status, replies[i].status, sizeof reply.status), <,
                         sizeof reply.status);
        g_assert_cmpint(relay_verdict_of(&reply), ==, replies[i].rcpt);
        g_assert_cmpint(relay_verdict_of_mail(&reply), ==, replies[i].mail);
    }
}

static void
test_mailboxes(void)
{
    static const struct {
        int code;
        const char *status;
        MailboxVerdict verdict;
    } rows[] = {
        {250, "2.1.5", MAILBOX_OK},
        {550, "5.1.1", MAILBOX_MISSING},
        {550, "", MAILBOX_MISSING},
        {553, "5.1.3", MAILBOX_MISSING},
        {550, "5.7.1", MAILBOX_BLOCKED},
        {554, "", MAILBOX_BLOCKED},
        {530, "5.7.0", MAILBOX_BLOCKED},
        {552, "5.2.2", MAILBOX_FULL},
        {552, "", MAILBOX_FULL},
        {452, "4.2.2", MAILBOX_FULL},
        {550, "5.2.2", MAILBOX_FULL},
        {450, "4.2.0", MAILBOX_DEFERRED},
        {451, "", MAILBOX_DEFERRED},
        {450, "4.7.1", MAILBOX_DEFERRED},
        {421, "4.7.0", MAILBOX_UNREACHABLE},
        {0, "", MAILBOX_UNREACHABLE},
        {354, "", MAILBOX_UNREACHABLE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        SmtpReply reply = {.code = rows[i].code, .text = (char *)""};

        (void)g_strlcpy(reply.status, rows[i].status, sizeof reply.status);
        g_assert_cmpint(mailbox_verdict_of(&reply), ==, rows[i].verdict);
    }
}

/* Every form is of R01 to R21 or a control, all of them are there, and all parts are known. */
static void
test_forms(void)
{
    const FormParts all = {{"s@s", "u", "x", "d", "h", "[192.0.2.1]", "r"}},
                    none = {{"s@s", "u", "x"}};
    guint seen = 0, without = 0;

    for (const RelayForm *form = relay_forms; form->id; form++) {
        g_autofree char *from = relay_form_fill(form->from, &all);
        g_autofree char *to = relay_form_fill(form->to, &all);
        g_autofree char *bare = relay_form_fill(form->to, &none);

        g_assert_null(strpbrk(from, "{}"));
        g_assert_null(strpbrk(to, "{}"));
        without += bare != NULL;
        if (form->id[0] == 'R')
            seen |= 1U << (guint)g_ascii_strtoull(form->id + 1, NULL, 10);
        else
            g_assert_true(form->flags & FORM_CONTROL);
    }
    g_assert_cmphex(seen, ==, ((1U << 21) - 1) << 1);
    g_assert_cmpuint(without, >=, 10);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(scripts); i++) {
        g_autofree char *path = g_strconcat("/smtp/server/", scripts[i].name, NULL);

        g_test_add_data_func(path, &scripts[i], test_script);
    }
    g_test_add_func("/smtp/until", test_until);
    g_test_add_func("/smtp/transcript-is-bounded", test_transcript);
    g_test_add_func("/relay/replies", test_verdicts);
    g_test_add_func("/relay/forms", test_forms);
    g_test_add_func("/mailbox/replies", test_mailboxes);
    return g_test_run();
}
