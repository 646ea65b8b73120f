/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/log_answer.h"

#include <string.h>

#include "base/addr.h"
#include "base/error.h"
#include "base/text.h"

#define TEXT_BYTES 320 /* of an account or address */

const char *const log_outcome_names[N_LOG_OUTCOMES] = {
    [LOG_CONFIRMS] = "confirmed",
    [LOG_CORRECTS] = "corrected",
    [LOG_LOWERS] = "contradicted",
    [LOG_IS_SILENT] = "not told",
};
static const char *const reasons[N_LOG_OUTCOMES] = {
    [LOG_CONFIRMS] = "confirmed by our log",
    [LOG_CORRECTS] = "corrected by our log",
    [LOG_LOWERS] = "but our log contradicts",
    [LOG_IS_SILENT] = "our log does not tell",
};

/* How a mail came into our host. */
enum { WAY_LOGIN = 1 << 0, WAY_CLIENT = 1 << 1, WAY_LOCAL = 1 << 2 };

/* The ways that a log line must show of a cause to confirm it; none: it cannot. */
static const guint ways[N_CAUSES] = {
    [CAUSE_OPEN_RELAY] = WAY_CLIENT,
    [CAUSE_COMPROMISED_ACCOUNT] = WAY_LOGIN,
    [CAUSE_LOCAL_SCRIPT] = WAY_LOCAL,
    [CAUSE_CUSTOMER_HOST] = WAY_CLIENT,
    [CAUSE_CUSTOMER_BULK] = WAY_LOGIN | WAY_CLIENT,
    [CAUSE_FORWARDING] = WAY_CLIENT,
    [CAUSE_MAILING_LIST] = WAY_LOGIN | WAY_CLIENT | WAY_LOCAL,
    [CAUSE_SECONDARY_MX] = WAY_CLIENT,
    [CAUSE_BACKSCATTER] = WAY_LOCAL,
    [CAUSE_OPEN_PROXY] = WAY_CLIENT,
    [CAUSE_MALICIOUS_CUSTOMER] = WAY_LOGIN | WAY_CLIENT,
};

static const char *
get(const json_t *answer, const char *name)
{
    return json_string_value(json_object_get(answer, name));
}

/* -- reading ---------------------------------------------------------------------------------- */

static bool
bad(GError **error, const char *why)
{
    return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "its answer cannot be used: %s", why);
}

static bool
take_text(const json_t *said, json_t *answer, const char *name, GError **error)
{
    const json_t *value = json_object_get(said, name);
    g_autofree char *clean = NULL;

    if (!value || json_is_null(value))
        return true;
    if (!json_is_string(value))
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "its answer cannot be used: %s is not a text", name);
    clean = text_clean(json_string_value(value), -1, TEXT_BYTES);
    if (!text_is_empty(g_strstrip(clean)))
        json_object_set_new(answer, name, json_string(clean));
    return true;
}

static bool
take_client(json_t *answer, GError **error)
{
    Addr addr = ADDR_NONE;
    const char *text = get(answer, "client");
    g_autofree char *canonical = NULL;

    if (!text)
        return true;
    if (!addr_parse(text, -1, &addr) || addr_is_none(&addr))
        return bad(error, "client is not an address");
    canonical = addr_dup_text(&addr);
    json_object_set_new(answer, "client", json_string(canonical));
    return true;
}

static bool
take_number(const json_t *said, json_t *answer, const char *name, GError **error)
{
    const json_t *value = json_object_get(said, name);
    json_int_t n =
        json_is_array(value) ? (json_int_t)json_array_size(value) : json_integer_value(value);

    if (!value || json_is_null(value))
        return true;
    if (n < 0 || n > G_MAXINT || (!json_is_integer(value) && !json_is_array(value)))
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "its answer cannot be used: %s is not a number", name);
    json_object_set_new(answer, name, json_integer(n));
    return true;
}

bool
log_answer_parse(GBytes *printed, json_t **ret_answer, GError **error)
{
    gsize len = 0;
    const char *bytes = g_bytes_get_data(printed, &len);
    json_t *said = json_loadb(len ? bytes : "", len, JSON_DECODE_ANY, NULL);
    json_t *answer = json_object();
    bool good = said && (json_is_object(said) || json_is_null(said))
                    ? take_text(said, answer, "client", error) && take_client(answer, error) &&
                          take_text(said, answer, "account", error) &&
                          take_text(said, answer, "from", error) &&
                          take_number(said, answer, "uid", error) &&
                          take_number(said, answer, "recipients", error)
                    : bad(error, "no JSON object");

    if (good && json_object_size(said) > 0 && json_object_size(answer) == 0)
        good = bad(error, "it has none of client, account, from, uid, recipients");
    json_decref(said);
    if (good && json_object_size(answer) > 0)
        *ret_answer = json_incref(answer);
    else if (good)
        *ret_answer = NULL;
    json_decref(answer);
    return good;
}

char *
log_answer_words(const json_t *answer)
{
    GString *words = g_string_new(NULL);
    const char *client = get(answer, "client"), *account = get(answer, "account");
    const json_t *uid = json_object_get(answer, "uid");
    const json_t *recipients = json_object_get(answer, "recipients");
    json_int_t n = json_integer_value(recipients);

    if (!answer)
        return g_string_free(g_string_assign(words, "no such id"), FALSE);
    if (client)
        g_string_append(words, client);
    else if (uid)
        g_string_append_printf(words, "a local program of user %" JSON_INTEGER_FORMAT,
                               json_integer_value(uid));
    else
        g_string_append(words, account ? "a client" : "made on our host");
    if (account)
        g_string_append_printf(words, " logged in as %s", account);
    else if (client)
        g_string_append(words, " without login");
    if (get(answer, "from"))
        g_string_append_printf(words, ", from %s", get(answer, "from"));
    if (recipients)
        g_string_append_printf(words, ", %" JSON_INTEGER_FORMAT " recipient%s", n,
                               n == 1 ? "" : "s");
    return g_string_free(words, FALSE);
}

/* -- weighing --------------------------------------------------------------------------------- */

static guint
way_of(const json_t *answer)
{
    if (get(answer, "account"))
        return WAY_LOGIN;
    return get(answer, "client") ? WAY_CLIENT : WAY_LOCAL;
}

/* "bob" of the one is "bob@shop.example" of the other. */
static bool
is_same_account(const char *a, const char *b)
{
    gsize n = strcspn(a, "@"), m = strcspn(b, "@");

    if (a[n] && b[m])
        return text_equal_fold(a, b);
    return n == m && g_ascii_strncasecmp(a, b, n) == 0;
}

/* The first finding, made when there is none. */
static CauseFinding *
first_finding(Incident *incident)
{
    if (incident->causes->len == 0) {
        const CauseFinding none = {.cause = incident->cause};

        g_array_append_val(incident->causes, none);
    }
    return &g_array_index(incident->causes, CauseFinding, 0);
}

/* A finding of the log's, before the trace's. */
static void
prepend(Incident *incident, Cause cause)
{
    const CauseFinding finding = {.cause = cause, .certainty = CERTAINTY_CONFIRMED};

    g_array_prepend_val(incident->causes, finding);
    incident->cause = cause;
}

static void
give_reason(Complaint *complaint, Incident *incident, LogOutcome outcome, const char *words)
{
    CauseFinding *finding = first_finding(incident);

    finding->why = complaint_printf(complaint, "%s%s%s: %s", finding->why ? finding->why : "",
                                    finding->why ? "; " : "", reasons[outcome], words);
}

/* The address in the log is not that of the line: one of the two is about another mail. */
static bool
client_differs(const Incident *incident, const Addr *client)
{
    return !addr_is_none(client) && !addr_is_none(&incident->origin_ip) &&
           !addr_equal(client, &incident->origin_ip);
}

static LogOutcome
weigh(const json_t *answer, const Incident *incident, const Addr *client)
{
    guint way = way_of(answer);
    const char *account = get(answer, "account");

    if (client_differs(incident, client))
        return LOG_LOWERS;
    if (way == WAY_LOGIN && (ways[incident->cause] & WAY_LOGIN) == 0)
        return LOG_CORRECTS;
    if (incident->cause == CAUSE_UNKNOWN)
        return LOG_IS_SILENT;
    if ((ways[incident->cause] & way) == 0 || (way != WAY_LOGIN && incident->account))
        return LOG_LOWERS;
    if (account && incident->account && !is_same_account(account, incident->account))
        return LOG_CORRECTS;
    return LOG_CONFIRMS;
}

LogOutcome
log_answer_apply(const json_t *answer, Complaint *complaint, Incident *incident)
{
    g_autofree char *words = log_answer_words(answer);
    const char *account = get(answer, "account"), *text = get(answer, "client");
    Addr client = ADDR_NONE;
    LogOutcome outcome = LOG_IS_SILENT;

    if (text)
        addr_parse(text, -1, &client);
    outcome = weigh(answer, incident, &client);
    if (outcome == LOG_LOWERS) {
        incident->confidence = CONFIDENCE_LOW;
    } else {
        bool agrees = addr_equal(&client, &incident->origin_ip);

        if (addr_is_none(&incident->origin_ip))
            incident->origin_ip = client;
        if (outcome == LOG_CORRECTS && (ways[incident->cause] & WAY_LOGIN) == 0)
            prepend(incident, CAUSE_COMPROMISED_ACCOUNT);
        if (account && (outcome == LOG_CORRECTS || !incident->account))
            incident->account = complaint_keep(complaint, account, -1);
        if (outcome != LOG_IS_SILENT) {
            first_finding(incident)->certainty = CERTAINTY_CONFIRMED;
            incident->confidence = agrees || account ? CONFIDENCE_HIGH : incident->confidence;
        }
    }
    give_reason(complaint, incident, outcome, words);
    return outcome;
}
