/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/log_witness.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/run.h"
#include "base/text.h"
#include "ingest/intake/log_answer.h"
#include "store/message.h"
#include "store/witness.h"

#define IDS_MAX     8 /* of one incident: our hosts on the way of one mail */
#define QUERIES_MAX 8 /* of one message */

/* -- which ids --------------------------------------------------------------------------------- */

/* What it looks like is all that may reach a program's arguments. */
static bool
is_queue_id(const char *id)
{
    gsize len = id ? strlen(id) : 0;

    if (len < 4 || len > 40 || !g_ascii_isalnum(id[0]))
        return false;
    for (gsize i = 1; i < len; i++)
        if (!g_ascii_isalnum(id[i]) && id[i] != '.' && id[i] != '-')
            return false;
    return true;
}

/* Lines that attribution believes: those below the one that names our exit are ours, and so is one
 * that a relay of ours wrote. */
static bool
is_ours(const Incident *incident, guint n, const SiteMap *site)
{
    const Hop *hop = &g_array_index(incident->hops, Hop, n);
    bool believed = hop->verdict == VERDICT_TRUSTED || hop->verdict == VERDICT_BORDER ||
                    hop->verdict == VERDICT_EXIT || hop->verdict == VERDICT_ENTRY;

    if (!believed || !incident->ours)
        return false;
    if (hop->by && site_relay_by_name(site, hop->by))
        return true;
    for (guint i = 0; i < n; i++) {
        const Hop *above = &g_array_index(incident->hops, Hop, i);

        if ((above->verdict == VERDICT_BORDER || above->verdict == VERDICT_EXIT) &&
            !addr_is_none(&incident->exit_ip) && addr_equal(&above->ip, &incident->exit_ip))
            return true;
    }
    return false;
}

char *
log_witness_ids(const Incident *incident, const SiteMap *site)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();

    for (guint i = incident->hops ? incident->hops->len : 0; i-- > 0 && ids->len < IDS_MAX;) {
        const char *id = g_array_index(incident->hops, Hop, i).id;

        if (is_queue_id(id) && is_ours(incident, i, site) &&
            !g_ptr_array_find_with_equal_func(ids, id, g_str_equal, NULL))
            g_ptr_array_add(ids, (gpointer)id);
    }
    if (ids->len == 0)
        return NULL;
    g_ptr_array_add(ids, NULL);
    return g_strjoinv(" ", (char **)ids->pdata);
}

bool
log_witness_wanted(const Complaint *complaint, const SiteMap *site)
{
    for (guint i = 0; i < complaint->incidents->len; i++) {
        g_autofree char *ids =
            log_witness_ids(&g_array_index(complaint->incidents, Incident, i), site);

        if (ids)
            return true;
    }
    return false;
}

bool
log_witness_is_due(Store *store, gint64 message_id, const Complaint *complaint, const SiteMap *site,
                   bool *ret_due, GError **error)
{
    bool due = false;

    for (guint i = 0; i < complaint->incidents->len && !due; i++) {
        g_autofree char *ids =
            log_witness_ids(&g_array_index(complaint->incidents, Incident, i), site);
        json_t *answer = NULL;
        bool asked = true;

        if (ids && !witness_find(store, message_id, ids, &asked, &answer, error))
            return false;
        json_decref(answer);
        due = !asked;
    }
    *ret_due = due;
    return true;
}

/* -- asking ------------------------------------------------------------------------------------ */

/* The time of our oldest line, which tells mails with one short id apart. */
static char *
date_of(const Incident *incident, const SiteMap *site)
{
    char text[TIME_TEXT_SIZE];

    for (guint i = incident->hops->len; i-- > 0;) {
        const Hop *hop = &g_array_index(incident->hops, Hop, i);

        if (hop->date != TIME_NONE && is_ours(incident, i, site))
            return g_strconcat("PLAINT_LOG_DATE=", time_text(hop->date, text), NULL);
    }
    return NULL;
}

static bool
ask(const LogWitness *witness, const Incident *incident, const char *ids, json_t **ret_answer,
    char **said, GError **error)
{
    g_auto(GStrv) words = g_strsplit(ids, " ", -1);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *date = date_of(incident, witness->site);
    const char *env[] = {RUN_PATH, "LC_ALL=C", date, NULL};
    g_autoptr(GBytes) printed = NULL;

    if (text_is_empty(witness->program))
        return plaint_fail(error, PLAINT_ERROR_CONFIG, "[mta] log-query is not set");
    g_ptr_array_add(argv, (gpointer)witness->program);
    g_ptr_array_add(argv, (gpointer) "--");
    for (char **word = words; *word; word++)
        g_ptr_array_add(argv, *word);
    g_ptr_array_add(argv, NULL);
    g_clear_pointer(said, g_free);
    printed = run_program(&(Run){.argv = (const char *const *)argv->pdata,
                                 .env = env,
                                 .milliseconds = LIMIT_LOG_QUERY_MILLISECONDS,
                                 .max_bytes = LIMIT_LOG_QUERY_BYTES},
                          said, error);
    return printed && log_answer_parse(printed, ret_answer, error);
}

/* What is not known yet is asked, and kept at once: a later failure does not lose it. */
static bool
ask_one(const LogWitness *witness, gint64 message_id, const Incident *incident, bool *ret_new,
        char **said, GError **error)
{
    g_autofree char *ids = log_witness_ids(incident, witness->site);
    g_autofree char *words = NULL;
    json_t *answer = NULL;
    bool asked = false, kept = false;

    if (!ids)
        return true;
    if (!witness_find(witness->store, message_id, ids, &asked, &answer, error))
        return false;
    if (!asked) {
        if (!ask(witness, incident, ids, &answer, said, error))
            return false;
        words = log_answer_words(answer);
        *ret_new = true;
    }
    kept = asked || witness_add(witness->store, message_id, &(Witness){ids, words, answer},
                                witness->now, error);
    json_decref(answer);
    return kept;
}

static bool
ask_all(const LogWitness *witness, gint64 message_id, const Complaint *complaint, guint *ret_new,
        char **said, GError **error)
{
    guint queries = 0;

    for (guint i = 0; i < complaint->incidents->len && queries < QUERIES_MAX; i++) {
        bool is_new = false;

        if (!ask_one(witness, message_id, &g_array_index(complaint->incidents, Incident, i),
                     &is_new, said, error))
            return false;
        queries += is_new;
    }
    *ret_new = queries;
    return true;
}

/* -- amending ---------------------------------------------------------------------------------- */

/* words: NULL, or takes what came of it. */
static bool
amend(Store *store, gint64 message_id, Complaint *complaint, const SiteMap *site, GString *words,
      GError **error)
{
    for (guint i = 0; i < complaint->incidents->len; i++) {
        Incident *incident = &g_array_index(complaint->incidents, Incident, i);
        g_autofree char *ids = log_witness_ids(incident, site);
        g_autofree char *said = NULL;
        json_t *answer = NULL;
        LogOutcome outcome = LOG_IS_SILENT;
        bool asked = false;

        if (!ids)
            continue;
        if (!witness_find(store, message_id, ids, &asked, &answer, error))
            return false;
        if (answer)
            outcome = log_answer_apply(answer, complaint, incident);
        if (asked && words) {
            said = log_answer_words(answer);
            g_string_append_printf(words, "%s%s: %s (%s)", words->len ? "; " : "",
                                   log_outcome_names[outcome], said, ids);
        }
        json_decref(answer);
    }
    return true;
}

bool
log_witness_amend(Store *store, gint64 message_id, Complaint *complaint, const SiteMap *site,
                  GError **error)
{
    return amend(store, message_id, complaint, site, NULL, error);
}

/* -- the job ----------------------------------------------------------------------------------- */

static bool
finish(const LogWitness *witness, const Job *job, Complaint *complaint, bool is_news,
       GString *words, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    const Deed deed = {ACTOR_PLAINT, witness->now};
    ReparseResult result = {0};

    return store_txn_begin(&txn, witness->store, error) &&
           amend(witness->store, job->ref, complaint, witness->site, words, error) &&
           reparse_apply(witness->store, job->ref, complaint, &deed, &result, error) &&
           ((!is_news && !result.changed) ||
            witness_tell(witness->store, job->ref, words->str, &deed, error)) &&
           job_done(witness->store, job, witness->runner, error) && store_txn_commit(&txn, error);
}

bool
log_witness_run(const LogWitness *witness, const Job *job, char **ret_words, char **ret_said,
                GError **error)
{
    MessageInfo info = {0};
    g_autoptr(GBytes) mail = message_load(witness->store, job->ref, &info, error);
    g_autoptr(Complaint) complaint = NULL;
    g_autoptr(GString) words = g_string_new(NULL);
    guint n_new = 0;

    *ret_said = NULL;
    if (!mail)
        return false;
    complaint = parser_run(witness->parser, mail, PARSE_COMPLAINT, info.received_at, error);
    if (!complaint)
        return false;
    if (complaint_has_problem(complaint, "parser-died"))
        return plaint_fail(error, PLAINT_ERROR_BUSY, "the parser died on the mail");
    if (!ask_all(witness, job->ref, complaint, &n_new, ret_said, error) ||
        !finish(witness, job, complaint, n_new > 0, words, error))
        return false;
    *ret_words = words->len ? g_string_free(g_steal_pointer(&words), FALSE)
                            : g_strdup("no line of ours in the trace has an id");
    return true;
}
