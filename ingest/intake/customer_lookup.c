/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/customer_lookup.h"

#include <jansson.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/run.h"
#include "base/text.h"

enum { QUESTIONS_MAX = 8 }; /* of one message */

void
customer_answer_clear(CustomerAnswer *answer)
{
    for (gsize i = 0; i < G_N_ELEMENTS(answer->texts); i++)
        g_clear_pointer(&answer->texts[i], g_free);
}

/* -- asking ----------------------------------------------------------------------------------- */

static bool
take_texts(const json_t *said, CustomerAnswer *answer, GError **error)
{
    for (int i = 0; i < N_CUSTOMER_TEXTS; i++) {
        const json_t *value = json_object_get(said, customer_text_names[i]);

        if (value && !json_is_string(value) && !json_is_null(value))
            return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "%s is not text",
                               customer_text_names[i]);
        if (!customer_text_read((CustomerText)i, json_string_value(value), &answer->texts[i],
                                error))
            return false;
    }
    return true;
}

static bool
answer_parse(GBytes *printed, CustomerAnswer *answer, GError **error)
{
    gsize len = 0;
    const char *bytes = g_bytes_get_data(printed, &len);
    json_t *said = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL);
    bool done = json_is_object(said)
                    ? json_object_size(said) == 0 || take_texts(said, answer, error)
                    : plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "it is no JSON object");

    json_decref(said);
    if (!done) {
        g_prefix_error(error, "its answer cannot be used: ");
        customer_answer_clear(answer);
    }
    return done;
}

bool
customer_lookup(const char *program, const CustomerQuestion *question, CustomerAnswer *ret_answer,
                char **ret_said, GError **error)
{
    static const char *const env[] = {RUN_PATH, "LC_ALL=C", NULL};
    char address[ADDR_TEXT_SIZE], time[TIME_TEXT_SIZE];
    g_autofree char *port = question->port ? g_strdup_printf("%u", question->port) : NULL;
    const char *const argv[] = {program, addr_text(&question->addr, address),
                                time_text(question->at, time), port, NULL};
    g_autoptr(GBytes) printed = NULL;

    *ret_said = NULL;
    if (text_is_empty(program))
        return plaint_fail(error, PLAINT_ERROR_CONFIG, "[customers] lookup is not set");
    printed = run_program(&(Run){.argv = argv,
                                 .env = env,
                                 .milliseconds = LIMIT_LOOKUP_MILLISECONDS,
                                 .max_bytes = LIMIT_LOOKUP_BYTES},
                          ret_said, error);
    return printed && answer_parse(printed, ret_answer, error);
}

/* -- the job ---------------------------------------------------------------------------------- */

/* In a transaction: the answer's customer is known from now on, and has the ticket. */
static bool
keep(const CustomerLookup *lookup, const Job *job, gint64 ticket, const CustomerAnswer *answer,
     GError **error)
{
    const Deed deed = {ACTOR_PLAINT, lookup->now};
    const Customer customer = {.reference = answer->texts[CUSTOMER_REFERENCE],
                               .name = answer->texts[CUSTOMER_NAME],
                               .email = answer->texts[CUSTOMER_EMAIL],
                               .language = answer->texts[CUSTOMER_LANGUAGE]};
    g_autoptr(GArray) lines = g_array_new(FALSE, TRUE, sizeof(guint));
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    PutCounts counts = {0};

    return store_txn_begin(&txn, lookup->store, error) &&
           customer_put(lookup->store, &customer, lines, 1, &counts, error) &&
           customer_answer(lookup->store, job->ref, ticket, customer.reference,
                           "told by [customers] lookup", &deed, error) &&
           store_txn_commit(&txn, error);
}

/* Has the store learnt it since? */
static bool
ask_store(const CustomerLookup *lookup, const Job *job, const CustomerQuestion *question,
          char **ret_reference, GError **error)
{
    const Deed deed = {ACTOR_PLAINT, lookup->now};
    Holder holder = {0};

    return customer_holder(lookup->store, &question->addr, question->port, question->at, &holder,
                           error) &&
           customer_reference(lookup->store, &holder, ret_reference, error) &&
           (!*ret_reference || customer_answer(lookup->store, job->ref, question->ticket,
                                               *ret_reference, "told by a file", &deed, error));
}

static bool
ask_one(const CustomerLookup *lookup, const Job *job, const CustomerQuestion *question,
        GString *words, char **said, GError **error)
{
    g_auto(CustomerAnswer) answer = {0};
    g_autofree char *reference = NULL;

    if (!ask_store(lookup, job, question, &reference, error))
        return false;
    if (!reference) {
        g_clear_pointer(said, g_free);
        if (!customer_lookup(lookup->program, question, &answer, said, error) ||
            (answer.texts[CUSTOMER_REFERENCE] &&
             !keep(lookup, job, question->ticket, &answer, error)))
            return false;
        reference = g_strdup(answer.texts[CUSTOMER_REFERENCE]);
    }
    g_string_append_printf(words, "%sticket %" G_GINT64_FORMAT " is %s's", words->len ? "; " : "",
                           question->ticket, reference ? reference : "nobody");
    return true;
}

bool
customer_lookup_run(const CustomerLookup *lookup, const Job *job, char **ret_words, char **ret_said,
                    GError **error)
{
    g_autoptr(GString) words = g_string_new(NULL);
    CustomerQuestion question = {0};

    *ret_said = NULL;
    for (guint n = 0; n < QUESTIONS_MAX; n++) {
        if (!customer_question(lookup->store, job->ref, question.ticket, &question, error))
            return false;
        if (question.ticket == 0)
            break;
        if (!ask_one(lookup, job, &question, words, ret_said, error))
            return false;
    }
    if (!job_done(lookup->store, job, lookup->runner, error))
        return false;
    *ret_words = words->len ? g_string_free(g_steal_pointer(&words), FALSE)
                            : g_strdup("no ticket without customer");
    return true;
}
