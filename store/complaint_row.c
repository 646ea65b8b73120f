/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/complaint_row.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "store/feed.h"
#include "store/index.h"
#include "store/kind.h"
#include "store/stmt.h"

bool
complaint_is_sealed(const Complaint *complaint)
{
    for (guint i = 0; i < complaint->incidents->len; i++) {
        if (g_array_index(complaint->incidents, Incident, i).category == CATEGORY_CSAM)
            return true;
    }
    return false;
}

/* Freed with free(): Jansson's allocator. */
static char *
problems_json(const Complaint *complaint)
{
    json_t *array = NULL;
    char *text = NULL;

    if (complaint->problems->len == 0)
        return NULL;
    array = json_array();
    for (guint i = 0; i < complaint->problems->len; i++) {
        const Problem *problem = &g_array_index(complaint->problems, Problem, i);

        json_array_append_new(
            array, json_pack("{s:s, s:s?}", "problem", problem->name, "why", problem->why));
    }
    text = json_dumps(array, JSON_COMPACT);
    json_decref(array);
    return text;
}

/* Appends a word that is not there yet, within one field's limit. */
static void
add_word(GString *words, const char *word)
{
    const char *there = NULL;

    if (!word || words->len + strlen(word) + 1 > limits_default.field_bytes)
        return;
    there = strstr(words->str, word);
    if (there && (there == words->str || there[-1] == ' ') &&
        (there[strlen(word)] == ' ' || there[strlen(word)] == '\0'))
        return;
    if (words->len > 0)
        g_string_append_c(words, ' ');
    g_string_append(words, word);
}

static void
add_addr(GString *words, const Addr *addr)
{
    char text[ADDR_TEXT_SIZE];

    if (!addr_is_none(addr))
        add_word(words, addr_text(addr, text));
}

static char *
search_addresses(const Complaint *complaint)
{
    GString *words = g_string_new(NULL);

    add_word(words, complaint->from);
    for (guint i = 0; i < complaint->incidents->len && words->len + 16 < limits_default.field_bytes;
         i++) {
        const Incident *incident = &g_array_index(complaint->incidents, Incident, i);

        add_addr(words, &incident->source_ip);
        add_addr(words, &incident->exit_ip);
        add_addr(words, &incident->origin_ip);
        add_addr(words, &incident->claimed_ip);
        add_word(words, incident->account);
        add_word(words, incident->domain);
        add_word(words, incident->from);
        add_word(words, incident->rcpt);
    }
    return g_string_free(words, FALSE);
}

/* The mail's subject and, where it is another, the reported message's. */
static char *
search_subject(const Complaint *complaint)
{
    const Incident *first =
        complaint->incidents->len ? &g_array_index(complaint->incidents, Incident, 0) : NULL;
    const char *reported = first ? first->subject : NULL;

    if (!reported || !complaint->subject || strstr(complaint->subject, reported))
        return g_strdup(complaint->subject ? complaint->subject : reported);
    return g_strconcat(complaint->subject, " / ", reported, NULL);
}

static const Incident *
first_incident(const Complaint *complaint)
{
    return complaint->incidents->len > 0 ? &g_array_index(complaint->incidents, Incident, 0) : NULL;
}

/* machine must outlive the statement's run, as all that is bound. */
static void
bind_first_incident(Stmt *stmt, const Incident *first, const Addr *machine)
{
    stmt_bind_addr(stmt, ":machine", machine);
    stmt_bind_text(stmt, ":cause", first ? cause_names[first->cause] : NULL);
    stmt_bind_text(stmt, ":confidence", first ? confidence_names[first->confidence] : NULL);
    stmt_bind_text(stmt, ":category", first ? category_names[first->category] : NULL);
}

bool
complaint_row_add(const FilingJob *job, GError **error)
{
    const Complaint *complaint = job->complaint;
    g_autofree char *subject = search_subject(complaint);
    g_autofree char *addresses = search_addresses(complaint);
    char *problems = problems_json(complaint);
    const Incident *first = first_incident(complaint);
    Addr machine = first ? kind_machine(first) : ADDR_NONE;
    bool filed = job->filed >= MAX(complaint->incidents->len, 1), done = false;
    Stmt *stmt = store_stmt(job->store, "complaint_add", error);

    if (stmt) {
        stmt_bind_int(stmt, ":id", job->id);
        stmt_bind_text(stmt, ":format", format_names[complaint->format]);
        stmt_bind_text(stmt, ":feedback_type", complaint->feedback_type);
        stmt_bind_text(stmt, ":reporter", complaint->reporter);
        stmt_bind_text(stmt, ":authenticity", complaint->authenticity);
        stmt_bind_text(stmt, ":authenticity_why", complaint->authenticity_why);
        stmt_bind_text(stmt, ":sender", complaint->from);
        stmt_bind_text(stmt, ":subject", subject);
        stmt_bind_text(stmt, ":addresses", addresses);
        stmt_bind_text(stmt, ":words", complaint->words);
        stmt_bind_text(stmt, ":message_id", complaint->message_id);
        stmt_bind_text(stmt, ":in_reply_to", complaint->in_reply_to);
        stmt_bind_time(stmt, ":dated", complaint->date);
        stmt_bind_int(stmt, ":automatic", complaint->automatic);
        stmt_bind_text(stmt, ":problems", problems);
        stmt_bind_int(stmt, ":incidents", complaint->incidents->len);
        stmt_bind_int(stmt, ":filed", filed);
        stmt_bind_text(stmt, ":filed_why", filed ? job->filed_why : NULL);
        bind_first_incident(stmt, first, &machine);
        stmt_bind_int(stmt, ":at", job->received_at);
        done = stmt_run(stmt, NULL, error);
    }
    stmt_done(stmt);
    free(problems);
    return done && feed_add(job->store, complaint, job->received_at, error) &&
           index_later(job->store, job->id, error);
}
