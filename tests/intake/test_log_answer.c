/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the log says, and what becomes of a cause by it. */
#include <string.h>

#include "base/error.h"
#include "ingest/intake/log_answer.h"
#include "ingest/intake/log_witness.h"

typedef struct {
    const char *name, *printed;
    const char *words; /* NULL: refused */
} Answer;

/* clang-format off */
static const Answer answers[] = {
    {"login", "{\"client\":\"203.0.113.1\",\"account\":\"bob\",\"recipients\":[\"a@x\",\"b@x\"]}\n",
     "203.0.113.1 logged in as bob, 2 recipients"},
    {"stranger", "{\"client\":\"::ffff:203.0.113.1\",\"account\":null,\"from\":\"a@b\",\"recipients\":1}",
     "203.0.113.1 without login, from a@b, 1 recipient"},
    {"local", "{\"uid\":33,\"more\":{\"x\":[1]}}", "a local program of user 33"},
    {"own", "{\"from\":\"<>\"}", "made on our host, from <>"},
    {"hidden-client", "{\"account\":\"bob\"}", "a client logged in as bob"},
    {"controls", "{\"account\":\" b\\u001b[31m\\u202eob\\n \"}", "a client logged in as b [31mob"},
    {"no-such-id", "{}", "no such id"},
    {"null", "null", "no such id"},
    {"nothing", "", NULL},
    {"garbage", "\001\377\376 no JSON", NULL},
    {"list", "[]", NULL},
    {"text", "\"bob\"", NULL},
    {"two", "{\"account\":\"bob\"}{}", NULL},
    {"cut", "{\"account\":\"bo", NULL},
    {"not-utf8", "{\"account\":\"b\377\"}", NULL},
    {"other-members", "{\"user\":\"bob\"}", NULL},
    {"bad-client", "{\"client\":\"mail.example\"}", NULL},
    {"bad-account", "{\"account\":7}", NULL},
    {"bad-recipients", "{\"account\":\"bob\",\"recipients\":\"all\"}", NULL},
    {"below-zero", "{\"account\":\"bob\",\"recipients\":-1}", NULL},
};

typedef struct {
    const char *name, *printed;
    Cause cause;               /* of the trace */
    const char *origin, *account;
    LogOutcome outcome;
    Cause then;
    Certainty certainty;
    Confidence confidence;     /* it was medium */
    const char *then_account;
} Case;

#define ANN      "{\"client\":\"203.0.113.1\",\"account\":\"ann@x.example\"}"
#define STRANGER "{\"client\":\"203.0.113.1\"}"
#define LOCAL    "{\"uid\":33}"
#define PROBABLE  CERTAINTY_PROBABLE
#define CONFIRMED CERTAINTY_CONFIRMED
static const Case cases[] = {
    {"account", ANN, CAUSE_COMPROMISED_ACCOUNT, "203.0.113.1", "ann@x.example", LOG_CONFIRMS, CAUSE_COMPROMISED_ACCOUNT, CONFIRMED, CONFIDENCE_HIGH, "ann@x.example"},
    {"account-short", ANN, CAUSE_COMPROMISED_ACCOUNT, "203.0.113.1", "Ann", LOG_CONFIRMS, CAUSE_COMPROMISED_ACCOUNT, CONFIRMED, CONFIDENCE_HIGH, "Ann"},
    {"account-unnamed", ANN, CAUSE_COMPROMISED_ACCOUNT, "203.0.113.1", NULL, LOG_CONFIRMS, CAUSE_COMPROMISED_ACCOUNT, CONFIRMED, CONFIDENCE_HIGH, "ann@x.example"},
    {"account-other", ANN, CAUSE_COMPROMISED_ACCOUNT, "203.0.113.1", "bob@x.example", LOG_CORRECTS, CAUSE_COMPROMISED_ACCOUNT, CONFIRMED, CONFIDENCE_HIGH, "ann@x.example"},
    {"client-other", ANN, CAUSE_COMPROMISED_ACCOUNT, "203.0.113.2", "ann@x.example", LOG_LOWERS, CAUSE_COMPROMISED_ACCOUNT, PROBABLE, CONFIDENCE_LOW, "ann@x.example"},
    {"no-login", STRANGER, CAUSE_COMPROMISED_ACCOUNT, "203.0.113.1", "ann@x.example", LOG_LOWERS, CAUSE_COMPROMISED_ACCOUNT, PROBABLE, CONFIDENCE_LOW, "ann@x.example"},
    {"bulk", ANN, CAUSE_CUSTOMER_BULK, "203.0.113.1", "ann@x.example", LOG_CONFIRMS, CAUSE_CUSTOMER_BULK, CONFIRMED, CONFIDENCE_HIGH, "ann@x.example"},
    {"bulk-no-login", STRANGER, CAUSE_CUSTOMER_BULK, "203.0.113.1", "ann@x.example", LOG_LOWERS, CAUSE_CUSTOMER_BULK, PROBABLE, CONFIDENCE_LOW, "ann@x.example"},
    {"relay", STRANGER, CAUSE_OPEN_RELAY, "203.0.113.1", NULL, LOG_CONFIRMS, CAUSE_OPEN_RELAY, CONFIRMED, CONFIDENCE_HIGH, NULL},
    {"relay-client-unnamed", STRANGER, CAUSE_OPEN_RELAY, NULL, NULL, LOG_CONFIRMS, CAUSE_OPEN_RELAY, CONFIRMED, CONFIDENCE_MEDIUM, NULL},
    {"relay-client-other", STRANGER, CAUSE_OPEN_RELAY, "203.0.113.2", NULL, LOG_LOWERS, CAUSE_OPEN_RELAY, PROBABLE, CONFIDENCE_LOW, NULL},
    {"relay-login", ANN, CAUSE_OPEN_RELAY, "203.0.113.1", NULL, LOG_CORRECTS, CAUSE_COMPROMISED_ACCOUNT, CONFIRMED, CONFIDENCE_HIGH, "ann@x.example"},
    {"relay-local", LOCAL, CAUSE_OPEN_RELAY, "203.0.113.1", NULL, LOG_LOWERS, CAUSE_OPEN_RELAY, PROBABLE, CONFIDENCE_LOW, NULL},
    {"script", LOCAL, CAUSE_LOCAL_SCRIPT, NULL, NULL, LOG_CONFIRMS, CAUSE_LOCAL_SCRIPT, CONFIRMED, CONFIDENCE_HIGH, NULL},
    {"script-client", STRANGER, CAUSE_LOCAL_SCRIPT, NULL, NULL, LOG_LOWERS, CAUSE_LOCAL_SCRIPT, PROBABLE, CONFIDENCE_LOW, NULL},
    {"unknown-login", ANN, CAUSE_UNKNOWN, NULL, NULL, LOG_CORRECTS, CAUSE_COMPROMISED_ACCOUNT, CONFIRMED, CONFIDENCE_HIGH, "ann@x.example"},
    {"unknown-client", STRANGER, CAUSE_UNKNOWN, NULL, NULL, LOG_IS_SILENT, CAUSE_UNKNOWN, PROBABLE, CONFIDENCE_MEDIUM, NULL},
};

typedef struct {
    const char *name;
    struct { HopVerdict verdict; const char *by, *id; } hops[6];
    const char *ids; /* NULL: none */
} Ids;

#define OUT {VERDICT_BORDER, "mx.victim.example", "4Xz1"}
static const Ids ids[] = {
    {"entry-first", {OUT, {VERDICT_TRUSTED, "mx1.isp.example", "4Xa1"}, {VERDICT_ENTRY, "mx1.isp.example", "4Xa0"}}, "4Xa0 4Xa1"},
    {"not-believed", {OUT, {VERDICT_CLAIMED, "mx1.isp.example", "4Xa1"}, {VERDICT_FORGED, "mx1.isp.example", "4Xa0"}, {VERDICT_SKIPPED, NULL, "4Xa2"}}, NULL},
    {"above-the-exit", {{VERDICT_TRUSTED, "in.victim.example", "4Xz2"}, OUT, {VERDICT_ENTRY, "short", "4Xa0"}}, "4Xa0"},
    {"written-by-us", {{VERDICT_BORDER, "mx1.isp.example", "4Xb1"}}, "4Xb1"},
    {"once", {OUT, {VERDICT_TRUSTED, "a", "4Xa0"}, {VERDICT_ENTRY, "a", "4Xa0"}}, "4Xa0"},
    {"long", {OUT, {VERDICT_ENTRY, "a", "4Xa0Bcd1Efg2Hij"}}, "4Xa0Bcd1Efg2Hij"},
    {"exim", {OUT, {VERDICT_ENTRY, "a", "1tABCD-000000004ab-0XyZ"}}, "1tABCD-000000004ab-0XyZ"},
    {"sendmail", {OUT, {VERDICT_ENTRY, "a", "4BT8AaXx012345"}}, "4BT8AaXx012345"},
    {"option", {OUT, {VERDICT_ENTRY, "a", "--help"}}, NULL},
    {"shell", {OUT, {VERDICT_ENTRY, "a", "4Xa0;reboot"}, {VERDICT_ENTRY, "a", "$(id)"}, {VERDICT_ENTRY, "a", "4Xa0 b"}}, NULL},
    {"path", {OUT, {VERDICT_ENTRY, "a", "../../etc/passwd"}, {VERDICT_ENTRY, "a", "a/../b"}}, NULL},
    {"8-bit", {OUT, {VERDICT_ENTRY, "a", "4Xa0\303\251"}}, NULL},
    {"short", {OUT, {VERDICT_ENTRY, "a", "4Xa"}}, NULL},
    {"too-long", {OUT, {VERDICT_ENTRY, "a", "41234567890123456789012345678901234567890"}}, NULL},
    {"empty", {OUT, {VERDICT_ENTRY, "a", ""}, {VERDICT_ENTRY, "a", NULL}}, NULL},
};
/* clang-format on */

static void
test_answer(gconstpointer data)
{
    const Answer *a = data;
    g_autoptr(GBytes) printed = g_bytes_new_static(a->printed, strlen(a->printed));
    g_autoptr(GError) error = NULL;
    g_autofree char *words = NULL;
    json_t *answer = NULL;

    if (!a->words) {
        g_assert_false(log_answer_parse(printed, &answer, &error));
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
        return;
    }
    g_assert_true(log_answer_parse(printed, &answer, &error));
    g_assert_no_error(error);
    words = log_answer_words(answer);
    g_assert_cmpstr(words, ==, a->words);
    json_decref(answer);
}

static void
test_case(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(Complaint) complaint = complaint_new();
    Incident *incident = complaint_add_incident(complaint);
    const CauseFinding finding = {.cause = c->cause, .why = "the trace says so"};
    const CauseFinding *first = NULL;
    json_t *answer = json_loads(c->printed, 0, NULL);

    incident->cause = c->cause;
    incident->confidence = CONFIDENCE_MEDIUM;
    incident->account = c->account;
    g_array_append_val(incident->causes, finding);
    if (c->origin)
        g_assert_true(addr_parse(c->origin, -1, &incident->origin_ip));
    g_assert_cmpint(log_answer_apply(answer, complaint, incident), ==, c->outcome);
    first = &g_array_index(incident->causes, CauseFinding, 0);
    g_assert_cmpint(incident->cause, ==, c->then);
    g_assert_cmpint(first->cause, ==, c->then);
    g_assert_cmpint(first->certainty, ==, c->certainty);
    g_assert_cmpint(incident->confidence, ==, c->confidence);
    g_assert_cmpstr(incident->account, ==, c->then_account);
    g_assert_nonnull(strstr(first->why, "our log"));
    json_decref(answer);
}

static void
test_ids(gconstpointer data)
{
    const Ids *row = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config =
        config_parse("[relay mx1]\nnames=mx1.isp.example\naddresses=192.0.2.10\n", "x", &error);
    g_autoptr(SiteMap) site = site_map_load(config, &error);
    g_autoptr(Complaint) complaint = complaint_new();
    Incident *incident = complaint_add_incident(complaint);
    g_autofree char *got = NULL;

    g_assert_no_error(error);
    incident->ours = true;
    g_assert_true(addr_parse("192.0.2.10", -1, &incident->exit_ip));
    for (guint i = 0; i < G_N_ELEMENTS(row->hops) && (row->hops[i].by || row->hops[i].id); i++) {
        Hop hop = {.n = i,
                   .ip = incident->exit_ip,
                   .by = row->hops[i].by,
                   .id = row->hops[i].id,
                   .verdict = row->hops[i].verdict};

        g_array_append_val(incident->hops, hop);
    }
    got = log_witness_ids(incident, site);
    g_assert_cmpstr(got, ==, row->ids);
    g_assert_true(log_witness_wanted(complaint, site) == (row->ids != NULL));
}

#define ADD(group, table, test)                                                                    \
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {                                              \
        g_autofree char *path = g_strconcat("/log/" group "/", table[i].name, NULL);               \
                                                                                                   \
        g_test_add_data_func(path, &table[i], test);                                               \
    }

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("answer", answers, test_answer)
    ADD("weigh", cases, test_case)
    ADD("ids", ids, test_ids)
    return g_test_run();
}
