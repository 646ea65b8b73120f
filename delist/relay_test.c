/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delist/relay_test.h"

#include <string.h>

#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"
#include "delist/own.h"
#include "delist/relay_form.h"
#include "delist/relay_setup.h"

enum {
    ERRORS_OF_ONE = 5, /* refusals in one conversation, then another begins: servers get slow */
    BREAKS = 3         /* conversations that ended by themselves, then no more is tried */
};

void
relay_result_clear(RelayResult *result)
{
    g_free(result->why);
    g_free(result->host);
    g_free(result->from);
    g_free(result->to);
    json_decref(result->accepted);
    transcript_clear(&result->transcript);
    *result = (RelayResult){0};
}

/* One battery: in the clear, or in TLS. */
typedef struct {
    const RelaySetup *setup;
    RelayResult *result;
    SmtpTarget target;
    const FormParts *parts;
    Smtp *smtp; /* NULL: there is none now */
    guint errors, breaks;
    bool in_tls, has_given_up;
    bool c1_refused, c2_accepted; /* what the controls say */
    bool denies_later;            /* relaying is refused for now, which will not change */
    char *last;                   /* why the last conversation ended, for people */
} Battery;

static void
battery_clear(Battery *battery)
{
    smtp_close(battery->smtp);
    g_free(battery->last);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Battery, battery_clear)

/* -- conversations -------------------------------------------------------------------------------
 */

static void
hang_up(Battery *battery, bool politely)
{
    g_auto(SmtpReply) reply = {0};

    if (battery->smtp && politely)
        (void)smtp_say(battery->smtp, &reply, "QUIT");
    g_clear_pointer(&battery->smtp, smtp_close);
    battery->errors = 0;
}

/* It ended by itself, or with 421. */
static void
broke(Battery *battery, const SmtpReply *reply)
{
    g_free(battery->last);
    battery->last =
        reply->code ? g_strdup_printf("%d %s", reply->code, reply->text) : g_strdup(reply->text);
    hang_up(battery, false);
    battery->has_given_up = ++battery->breaks >= BREAKS;
}

/* Greeted, and in TLS where that is wanted. */
static bool
greet(Battery *battery, SmtpReply *reply)
{
    g_autofree char *name = relay_setup_name(battery->setup, battery->smtp);

    if (reply->code >= 400 || !smtp_greet(battery->smtp, name, reply) || reply->code >= 400)
        return false;
    if (!battery->in_tls || battery->target.tls_first)
        return true;
    return smtp_start_tls(battery->smtp, reply) && reply->code == 220 &&
           smtp_greet(battery->smtp, name, reply) && reply->code < 400;
}

/* Waits for the next turn. */
static bool
is_stopped(Battery *battery)
{
    if (relay_setup_pause(battery->setup))
        return false;
    g_free(battery->last);
    battery->last = g_strdup("it was stopped here");
    battery->has_given_up = battery->result->is_stopped = true;
    return true;
}

/* A conversation that can take a form; false: none more will do. */
static bool
ready(Battery *battery)
{
    if (battery->smtp && battery->errors >= ERRORS_OF_ONE)
        hang_up(battery, true);
    while (!battery->smtp && !battery->has_given_up) {
        g_auto(SmtpReply) reply = {0};

        if (battery->breaks > 0 && is_stopped(battery))
            break;
        battery->smtp = smtp_open(&battery->target, &battery->result->transcript, &reply);
        if (!battery->smtp || !greet(battery, &reply))
            broke(battery, &reply);
    }
    return !battery->has_given_up;
}

/* -- one form ------------------------------------------------------------------------------------
 */

/* A login that nobody has. */
static bool
log_in(Battery *battery, SmtpReply *reply)
{
    return smtp_say(battery->smtp, reply, "AUTH PLAIN AHJlbGF5LXRlc3QAcmVsYXktdGVzdA==");
}

/* MAIL, RCPT, RSET. False: the conversation has ended. */
static bool
ask(Battery *battery, const RelayForm *form, const char *from, const char *to, SmtpReply *reply,
    RelayVerdict *ret_verdict)
{
    g_auto(SmtpReply) reset = {0};

    if ((form->flags & FORM_LOGIN) && (!log_in(battery, reply) || reply->code == 421))
        return false;
    if (!smtp_say(battery->smtp, reply, "MAIL FROM:%s", from) || reply->code == 421)
        return false;
    *ret_verdict = relay_verdict_of_mail(reply);
    if (reply->code < 300) {
        if (!smtp_say(battery->smtp, reply, "RCPT TO:%s", to) || reply->code == 421)
            return false;
        *ret_verdict = relay_verdict_of(reply);
    }
    battery->errors += reply->code >= 400;
    if (!smtp_say(battery->smtp, &reset, "RSET") || reset.code == 421)
        broke(battery, &reset); /* the answer stands */
    return true;
}

/* Tried again once in a new conversation. */
static RelayVerdict
try_form(Battery *battery, const RelayForm *form, const char *from, const char *to,
         SmtpReply *reply)
{
    for (int attempt = 0; attempt < 2; attempt++) {
        RelayVerdict verdict = RELAY_ABORTED;

        if (!ready(battery))
            break;
        if ((form->flags & FORM_LOGIN) && !smtp_offers(battery->smtp, "AUTH"))
            return N_RELAY_VERDICTS;
        if (is_stopped(battery))
            break;
        if (ask(battery, form, from, to, reply, &verdict))
            return verdict;
        broke(battery, reply);
    }
    return RELAY_ABORTED;
}

static void
keep_accepted(Battery *battery, const RelayForm *form, const char *from, const char *to,
              const SmtpReply *reply)
{
    RelayResult *result = battery->result;
    g_autofree char *said = g_strdup_printf("%d %s", reply->code, reply->text);
    g_autofree char *clean = text_clean(said, -1, 200);

    json_array_append_new(result->accepted,
                          json_pack("{s:s, s:b, s:s, s:s, s:s}", "form", form->id, "tls",
                                    battery->in_tls, "from", from, "to", to, "reply", clean));
}

static bool
is_refusal(RelayVerdict verdict)
{
    return verdict == RELAY_CLOSED || verdict == RELAY_CLOSED_SYNTAX;
}

/* The worst so far; what was refused as no address, or did not come to a recipient, counts as
 * little as what was refused plainly, but for the plain form itself. */
static void
weigh(Battery *battery, const RelayForm *form, RelayVerdict verdict)
{
    RelayResult *result = battery->result;
    bool is_plain = strcmp(form->id, "R01") == 0;

    if (verdict <= RELAY_NOT_TESTED && !is_plain)
        return;
    result->verdict = MAX(result->verdict, verdict);
}

static void
run_form(Battery *battery, const RelayForm *form)
{
    RelayResult *result = battery->result;
    g_autofree char *from = relay_form_fill(form->from, battery->parts);
    g_autofree char *to = relay_form_fill(form->to, battery->parts);
    g_autofree char *words = NULL;
    g_auto(SmtpReply) reply = {0};
    RelayVerdict verdict = RELAY_ABORTED;

    if (!from || !to || battery->has_given_up)
        return;
    words = g_strdup_printf("%s%s: %s", form->id, battery->in_tls ? " in TLS" : "", form->what);
    transcript_add(&result->transcript, '#', words);
    verdict = try_form(battery, form, from, to, &reply);
    if (verdict == N_RELAY_VERDICTS) {
        transcript_add(&result->transcript, '#', "not tried: no login is offered");
        return;
    }
    if (form->flags & FORM_CONTROL) {
        battery->c1_refused |= form->id[1] == '1' && is_refusal(verdict);
        battery->c2_accepted |= form->id[1] == '2' && verdict == RELAY_ACCEPTED;
        result->takes_any = battery->c2_accepted;
        return;
    }
    if (verdict == RELAY_ACCEPTED && (form->flags & FORM_LOCAL) && battery->c2_accepted)
        verdict = RELAY_ACCEPTED_LOCAL;
    battery->denies_later |=
        verdict == RELAY_DEFERRED && text_find_fold(reply.text, -1, "relay") != NULL;
    result->forms++;
    if (verdict >= RELAY_ACCEPTED_LOCAL)
        keep_accepted(battery, form, from, to, &reply);
    if (verdict == RELAY_ACCEPTED && !result->from && !(form->flags & FORM_NO_MAIL)) {
        result->from = g_strdup(from);
        result->to = g_strdup(to);
        result->in_tls = battery->in_tls;
    }
    /* One that refuses all that this client says, for its address, says nothing of relaying. */
    if (is_refusal(verdict) && strcmp(form->id, "R01") == 0 && battery->c1_refused &&
        !text_find_fold(reply.text, -1, "relay"))
        verdict = RELAY_NOT_TESTED;
    weigh(battery, form, verdict);
}

/* -- a battery -----------------------------------------------------------------------------------
 */

/* What the host is called in forms: as it greets, when nobody told. */
static char *
greeted_name(const SmtpReply *greeting)
{
    gsize len = strcspn(greeting->text, " ");
    g_autofree char *name = g_strndup(greeting->text, len);

    if (len == 0 || len > 253 || !strchr(name, '.') ||
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") != len)
        return NULL;
    return g_steal_pointer(&name);
}

/* The first conversation: where we come from, what it is called, what it offers. False: no forms
 * can be tried, and result says why. */
static bool
look(Battery *battery, bool *ret_offers_tls)
{
    RelayResult *result = battery->result;
    g_auto(SmtpReply) reply = {0};

    battery->smtp = smtp_open(&battery->target, &result->transcript, &reply);
    if (battery->smtp) {
        result->source = smtp_local_address(battery->smtp);
        if (!result->host)
            result->host = greeted_name(&reply);
        if (relay_setup_is_inside(battery->setup, &result->source)) {
            result->verdict = RELAY_INSIDE_VIEW;
            hang_up(battery, true);
            return false;
        }
        if (greet(battery, &reply)) {
            *ret_offers_tls = smtp_offers(battery->smtp, "STARTTLS");
            return true;
        }
    }
    result->verdict = RELAY_ABORTED;
    broke(battery, &reply);
    return false;
}

static void
run_battery(Battery *battery)
{
    for (const RelayForm *form = relay_forms; form->id; form++)
        run_form(battery, form);
    hang_up(battery, true);
    if (battery->has_given_up)
        battery->result->verdict = MAX(battery->result->verdict, RELAY_ABORTED);
}

static char *
why_of(const Battery *battery)
{
    const RelayResult *result = battery->result;
    char source[ADDR_TEXT_SIZE];
    const char *first =
        json_string_value(json_object_get(json_array_get(result->accepted, 0), "form"));

    switch (result->verdict) {
    case RELAY_CLOSED:
    case RELAY_CLOSED_SYNTAX:
        return g_strdup_printf("refused in all %u forms", result->forms);
    case RELAY_CLOSED_AUTH:
        return g_strdup_printf("refused in all %u forms, before a login", result->forms);
    case RELAY_NOT_TESTED:
        return g_strdup("it refuses this client whatever is asked: test from another address, or "
                        "with another [relay-test] from");
    case RELAY_INSIDE_VIEW:
        return g_strdup_printf("%s is one of our own addresses, from which it may relay: test from "
                               "outside, or set [relay-test] source to an address that is not in "
                               "[site] networks",
                               addr_text(&result->source, source));
    case RELAY_DEFERRED:
        if (battery->denies_later)
            return g_strdup("it refuses to relay, but as if for now (4xx), so that spammers come "
                            "again: have it say 5xx (Postfix: reject_unauth_destination, not "
                            "defer_unauth_destination), then test again");
        return g_strdup("refused for now (greylisting?): test again in 15 minutes");
    case RELAY_ABORTED:
        return g_strdup_printf("the conversation broke off: %s",
                               battery->last ? battery->last : "no reply");
    case RELAY_ACCEPTED_LOCAL:
        return g_strdup_printf("accepted %zu of %u forms, perhaps for mailboxes of its own, as it "
                               "accepts any",
                               json_array_size(result->accepted), result->forms);
    default:
        return g_strdup_printf("accepted %zu of %u forms, %s first: suspected open, and "
                               "a mail that comes back would prove it (--deliver)",
                               json_array_size(result->accepted), result->forms, first);
    }
}

static void
run_all(Battery *battery, const Addr *addr)
{
    RelayResult *result = battery->result;
    char text[ADDR_TEXT_SIZE];
    g_autofree char *literal =
        g_strdup_printf(addr_is_ipv4(addr) ? "[%s]" : "[IPv6:%s]", addr_text(addr, text));
    g_autofree char *random = secret_token();
    FormParts parts = {.part = {[PART_LITERAL] = literal, [PART_RANDOM] = random}};
    g_autofree char *sender = NULL;
    bool offers_tls = false;

    random[12] = '\0';
    g_strdelimit(random, "-_", 'x');
    battery->parts = &parts;
    if (!look(battery, &offers_tls))
        return;
    sender = relay_setup_sender(battery->setup, battery->smtp);
    relay_setup_parts(battery->setup, &parts);
    parts.part[PART_SENDER] = sender;
    parts.part[PART_HOST] = result->host;
    run_battery(battery);
    if (!offers_tls || battery->in_tls || battery->has_given_up)
        return;
    battery->in_tls = true;
    battery->breaks = 0;
    run_battery(battery);
}

bool
relay_test(const RelaySetup *setup, const Addr *addr, guint16 port, const char *host,
           RelayResult *ret_result, GError **error)
{
    g_auto(Battery) battery = {.setup = setup, .result = ret_result, .in_tls = port == 465};

    if (!relay_setup_may_connect(setup, addr, error))
        return false;
    *ret_result = (RelayResult){.host = g_strdup(host), .accepted = json_array()};
    transcript_init(&ret_result->transcript);
    battery.target = relay_setup_target(setup, addr, port);
    run_all(&battery, addr);
    ret_result->why = why_of(&battery);
    return true;
}

/* -- delivery ------------------------------------------------------------------------------------
 */

bool
relay_deliver(const RelaySetup *setup, const Addr *addr, guint16 port, const char *nonce,
              gint64 now, RelayResult *result)
{
    g_auto(Battery) battery = {.setup = setup, .result = result, .in_tls = result->in_tls};
    g_auto(SmtpReply) reply = {0};
    g_autofree char *message = NULL;
    bool is_taken = false;

    battery.target = relay_setup_target(setup, addr, port);
    transcript_add(&result->transcript, '#', "delivery: one mail through the first accepted form");
    if (!ready(&battery))
        return false;
    message = relay_setup_message(setup, battery.smtp, nonce, now);
    is_taken = smtp_say(battery.smtp, &reply, "MAIL FROM:%s", result->from) && reply.code < 300 &&
               smtp_say(battery.smtp, &reply, "RCPT TO:%s", result->to) && reply.code < 300 &&
               smtp_say(battery.smtp, &reply, "DATA") && reply.code == 354 &&
               smtp_send_message(battery.smtp, message, &reply) && reply.code < 300 &&
               reply.code > 0;
    if (reply.code > 0)
        hang_up(&battery, true);
    return is_taken;
}
