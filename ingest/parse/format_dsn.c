/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Delivery status notifications (RFC 3464) and the bounces of programs that know no RFC. A refusal
 * may name the list that made it; the returned message tells whether it was ours at all. */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/bounce.h"
#include "ingest/parse/evidence.h"
#include "ingest/parse/format.h"
#include "ingest/parse/paste.h"

enum { STATUS_BYTES = 64 * 1024 };

/* clang-format off */
static const char *const subjects[] = { /* folded, anywhere in it */
    "undeliver", "undelivered mail", "returned mail", "delivery status notification", "mail delivery failed",
    "delivery failure", "delivery failed", "failure notice", "delivery notification", "mail delivery system",
    "message status - undeliverable", "returning message to sender", "mail system error", "could not be delivered",
    "delivery error", "warning: could not send", "warning: message", "nondeliverable", "mail error",
    "message not delivered", "delivery problem", "rejected:", "mail returned", "unable to deliver",
    "delivery report", "blocked message", "message blocked", "mail could not be delivered", "user unknown", "message delivery",
    "echec de la remise", "non remis", "echec de remise", "non distribue", "non livre", "message non delivre",
    "unzustellbar", "nicht zugestellt", "zustellung fehlgeschlagen", "unzustellbarkeit", "nicht zustellbar",
    "mancato recapito", "recapito non riuscito", "mensaje no entregado", "no se puede entregar",
    "message you sent blocked", "mail system error - returned", "onbestelbaar", "niet bezorgd",
    "niet te bezorgen", "niedostarczalne", "nie mozna dostarczyc", "niedostarczona", "kan inte leverera",
    "det gar inte att leverera", "olevererbart", "kan ikke leveres", "kunne ikke leveres", "ikke leveret",
    "ei voi toimittaa", "toimitus epaonnistui", "nelze dorucit", "nedorucitelne", "nedorucena",
    "kezbesithetetlen", "nelivrabil", "teslim edilemedi", "iletilemedi", "nao e possivel entregar",
    "nao foi possivel entregar", "nao entregue", "falha na entrega", "non recapitabile",
    "impossibile recapitare", "mancata consegna", "no entregado", "correo devuelto", "error de entrega",
    "недоставленное", "не удается доставить", "не доставлено", "не вдалося доставити",
    "δεν ηταν δυνατη η παραδοση", "αδυνατη η παραδοση", "配信不能", "未配信", "送信エラー", "无法送达", "未送达", "退信", "無法傳遞",
    "無法遞送",
};
static const char *const openings[] = { /* folded, in the first text */
    "this is the qmail-send program", "this is the mail delivery", "this message was created automatically by mail delivery software",
    "this report relates to a message you sent", "could not be delivered to", "i'm sorry to have to inform you",
    "your message did not reach", "the following addresses had permanent fatal errors", "remote host said",
    "reason of delivery failure", "delivery to the following recipient", "permanent error", "your message could not be",
    "the original message was received at", "transcript of session follows", "delivery failure report", "was not delivered",
    "this is an automatically generated delivery status notification", "unable to deliver", "undeliverable address",
    "i wasn't able to deliver your message", "a message that you sent could not be delivered", "action: failed",
    "user unknown", "no such user", "mailbox unavailable", "has exceeded the max", "mailbox is full", "over quota",
    "n'a pas pu etre remis", "konnte nicht zugestellt werden", "non e stato possibile", "no se ha podido entregar",
    "message delivery failed", "delivery attempts", "did not reach the following recipient", "unknown user",
    "returned to sender", "rejected by the recipient", "not listed in", "returned message follows",
    "has not been delivered", "couldn't be delivered", "kan niet worden bezorgd", "kon niet worden bezorgd",
    "nie mozna dostarczyc", "det gick inte att leverera", "kunne ikke leveres", "ei voitu toimittaa",
    "nelze dorucit", "nepodarilo se dorucit", "nem sikerult kezbesiteni", "falha na entrega",
    "nao pode ser entregue", "impossibile recapitare", "error al entregar",
    "fehler bei der nachrichtenzustellung", "не может быть отправлено", "не удалось доставить", "配信に失敗",
    "无法送达",
};
static const char *const senders[] = { /* local parts */
    "mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "mdaemon", "mailer_daemon", "bounce", "bounces",
    "mailadmin", "administrator", "mailagent",
};
static const char *const return_markers[] = { /* folded starts of lines above a returned message */
    "--- below this line is a copy of the message", "------ this is a copy of the message",
    "--- the header of the original message", "----- original message", "--- original message",
    "----- unsent message follows", "--- message returned", "----- message header follows",
    "original message follows", "received: ",
};
/* clang-format on */

static bool
has_any(const char *folded, const char *const *words, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (strstr(folded, words[i]))
            return true;
    return false;
}

static gint
find_status(const Message *message)
{
    for (guint i = 0; i < message->entities->len; i++) {
        const char *type = message_entity(message, i)->type;
        if ((strcmp(type, "message/delivery-status") == 0 ||
             strcmp(type, "message/global-delivery-status") == 0) &&
            !message_is_enclosed(message, i))
            return (gint)i;
    }
    return -1;
}

static bool
is_daemon(const char *from)
{
    for (gsize i = 0; from && i < G_N_ELEMENTS(senders); i++)
        if (text_has_prefix_fold(from, senders[i]) && strchr("@-+=", from[strlen(senders[i])]))
            return true;
    return false;
}

static char *
fold_start(const char *text)
{
    g_autofree char *start = text_clean(text, (gssize)MIN(strlen(text), 3000), 3000);

    return text_fold(start);
}

/* Marks of bounces that are no multipart/report. */
static bool
is_classic(Parsing *parsing)
{
    const HeaderBlock *header = parsing->message->header;
    const char *path = header_get(header, "Return-Path"), *from = parsing->complaint->from;
    const char *from_header = header_get(header, "From");
    guint sender = 0, words = 0;
    g_autofree char *subject = NULL, *text = NULL;

    if (header_has(header, "X-Failed-Recipients")) /* Exim */
        return true;
    sender += path && strcmp(path, "<>") == 0;
    sender += is_daemon(from);
    sender += !from && from_header && text_find_fold(from_header, strlen(from_header), "daemon");
    sender +=
        !from && from_header && text_find_fold(from_header, strlen(from_header), "mail delivery");
    if (sender == 0)
        return false;
    subject = text_fold(parsing->complaint->subject ? parsing->complaint->subject : "");
    words += has_any(subject, subjects, G_N_ELEMENTS(subjects));
    text = fold_start(format_outer_text(parsing));
    words += has_any(text, openings, G_N_ELEMENTS(openings));
    return words > 0;
}

/* Does the status part say that a delivery failed for good? */
static bool
has_failed(Parsing *parsing, gint status)
{
    gsize len = 0;
    const char *bytes =
        status < 0 ? NULL
                   : g_bytes_get_data(message_content(parsing->message, (guint)status), &len);

    return bytes && text_find_fold(bytes, (gssize)MIN(len, STATUS_BYTES), "action: failed");
}

static bool
dsn_probe(Parsing *parsing)
{
    const Message *message = parsing->message;
    gint status = find_status(message);
    const Entity *outer = message->entities->len > 0 ? message_entity(message, 0) : NULL;
    const char *precedence;

    if (bounce_is_challenge(parsing) && !has_failed(parsing, status))
        return false;
    if (outer && text_equal_fold(outer->report_type, "delivery-status"))
        return true; /* type and parameter */
    if (status >= 0) {
        GBytes *content = message_content(parsing->message, (guint)status);
        gsize len;
        const char *bytes = g_bytes_get_data(content, &len);
        len = MIN(len, STATUS_BYTES);
        return bytes && (text_find_fold(bytes, len, "reporting-mta:") ||
                         text_find_fold(bytes, len, "final-recipient:") ||
                         text_find_fold(bytes, len, "diagnostic-code:"));
    }
    precedence = header_get(message->header, "Precedence");
    if (precedence && text_equal_fold(precedence, "list"))
        return false;
    return is_classic(parsing);
}

/* -- what it says ---------------------------------------------------------------------------------
 */

/* Groups of fields parted by blank lines: the message's, then one for each recipient. The first
 * recipient's counts, but for one that is refused for our reputation. */
static void
read_status_part(Parsing *parsing, guint index, Refusal *ret_refusal, const char **ret_mta)
{
    gsize len, used;
    const char *bytes = g_bytes_get_data(message_content(parsing->message, index), &len);

    for (guint n = 0; bytes && len > 0 && n < parsing->limits->incidents; n++) {
        g_autoptr(HeaderBlock) group =
            header_block_parse(bytes, len, G_MAXUINT32, parsing->limits, &used);
        const char *mta = header_get(group, "Reporting-MTA");
        Refusal refusal = {0};
        if (mta && !*ret_mta) /* "dns; mx.isp.example" */
            *ret_mta = complaint_keep(parsing->complaint,
                                      strrchr(mta, ';') ? strrchr(mta, ';') + 1 : mta, -1);
        refusal_from_group(parsing, group, &refusal);
        if ((refusal.blocked_by && !ret_refusal->blocked_by) ||
            (!ret_refusal->recipient && (refusal.recipient || refusal.diagnostic)))
            *ret_refusal = refusal;
        if (used == 0)
            return;
        bytes += used;
        len -= used;
    }
}

/* The returned message: enclosed, headers only, or below a line in the text. */
static bool
find_returned(Parsing *parsing, Evidence *ret_evidence)
{
    Message *message = parsing->message;
    Paste paste = {0};

    for (guint i = 1; i < message->entities->len;
         i = message_entity(message, i)->is_message ? message_entity(message, i)->end : i + 1)
        if (evidence_is_candidate(parsing, i) && evidence_from_entity(parsing, i, ret_evidence))
            return true;
    if (!paste_find_trace(format_outer_text(parsing), parsing->limits, &paste))
        return false;
    *ret_evidence = (Evidence){.block = paste.block, .text = paste.body};
    return true;
}

/* The notification's own words: what was returned is not part of them. */
static const char *
words_end(const char *text)
{
    PasteLine line;

    for (const char *at = text; paste_line(at, &line); at = line.next)
        for (gsize i = 0; i < G_N_ELEMENTS(return_markers); i++)
            if (text_has_prefix_fold(line.at, return_markers[i]))
                return line.raw;
    return NULL;
}

/* One reason that a bounce gives, in place of all that its copy suggests: it is mostly an innocent
 * mail that comes back. */
static void
set_cause(Incident *incident, const char *why)
{
    CauseFinding finding = {.cause = CAUSE_UNKNOWN, .certainty = CERTAINTY_PROBABLE, .why = why};

    incident->ours = true;
    incident->claim = CLAIM_NO_CHAIN;
    incident->cause = CAUSE_UNKNOWN;
    incident->confidence = CONFIDENCE_HIGH;
    g_array_set_size(incident->causes, 0);
    g_array_append_val(incident->causes, finding);
}

/* The line that one of our hosts wrote at the top of the copy, or NULL. */
static Hop *
own_line(const Parsing *parsing, const Incident *incident)
{
    Hop *hop = incident->hops->len > 0 ? &g_array_index(incident->hops, Hop, 0) : NULL;

    return hop && hop->by && site_relay_by_name(parsing->site, hop->by) ? hop : NULL;
}

static void
mark_own_line(Hop *hop)
{
    hop->verdict = VERDICT_ENTRY;
    hop->why = "our own host wrote it; the copy was taken before the mail left";
}

/* The host that refused is an outside witness of who called it: that machine of ours is the exit,
 * whatever the returned copy shows, which was taken before it left. */
static bool
apply_block(Parsing *parsing, Incident *incident)
{
    Hop *hop = own_line(parsing, incident);

    if (addr_is_none(&incident->blocked_ip) || !site_owns(parsing->site, &incident->blocked_ip))
        return false;
    incident->source_ip = incident->exit_ip = incident->relay_ip = incident->blocked_ip;
    incident->origin_ip = ADDR_NONE;
    incident->account = incident->script = NULL;
    if (hop)
        mark_own_line(hop);
    set_cause(incident, "a receiver refuses our host; a bounce does not tell what it sent");
    return true;
}

/* Our own host bounced what it had taken: its line is the topmost of the copy. */
static bool
apply_own(Parsing *parsing, Incident *incident, const char *reporting_mta)
{
    Hop *hop = own_line(parsing, incident);
    const char *made_by = reporting_mta ? reporting_mta : parsing->complaint->reporter;

    if (incident->ours || !hop || !made_by ||
        !(site_relay_by_name(parsing->site, made_by) || site_hosts_domain(parsing->site, made_by)))
        return false;
    incident->source_ip = incident->relay_ip = ADDR_NONE;
    incident->origin_ip = hop->ip;
    incident->account = hop->account;
    mark_own_line(hop);
    set_cause(incident, "our own host could not deliver it; a bounce does not tell what it sent");
    return true;
}

/* A message that came back and never passed our hosts: somebody wrote our name on it. */
static void
apply_backscatter(Parsing *parsing, Incident *incident, const HeaderBlock *returned)
{
    if (incident->ours || !returned || returned->received == 0 || site_is_empty(parsing->site))
        return;
    incident->category = CATEGORY_BACKSCATTER;
    incident->category_why = "the returned message never passed our hosts: its sender is forged";
}

static void
dsn_parse(Parsing *parsing)
{
    const char *text = format_outer_text(parsing);
    gint part = find_status(parsing->message);
    Refusal refusal = {0};
    const char *reporting_mta = NULL;
    g_auto(Evidence) evidence = {0};
    bool has_evidence;
    Incident *incident;

    format_keep_words(parsing, text, words_end(text));
    if (part >= 0)
        read_status_part(parsing, (guint)part, &refusal, &reporting_mta);
    else
        complaint_add_problem(parsing->complaint, "no-delivery-status",
                              "a bounce without the status part of RFC 3464");
    refusal_from_text(parsing, parsing->complaint->words, &refusal);
    has_evidence = find_returned(parsing, &evidence);
    if (!has_evidence && !refusal.blocked_by)
        return;
    incident = complaint_add_incident(parsing->complaint);
    incident->type = "bounce";
    refusal_apply(&refusal, incident);
    evidence_apply(parsing, incident, has_evidence ? &evidence : NULL);
    if (!apply_block(parsing, incident) && !apply_own(parsing, incident, reporting_mta))
        apply_backscatter(parsing, incident, has_evidence ? evidence.block : NULL);
}

const Format format_dsn = {.format = FORMAT_DSN, .probe = dsn_probe, .parse = dsn_parse};
