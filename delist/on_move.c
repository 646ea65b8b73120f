/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delist/on_move.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/run.h"
#include "base/text.h"
#include "store/hook.h"
#include "store/view.h"

#define SAID_BYTES 500 /* of what it printed, on record */

static const struct {
    const char *variable, *member;
} passed[] = {
    {"PLAINT_KIND", "kind"},         {"PLAINT_ACCOUNT", "account"},   {"PLAINT_MACHINE", "machine"},
    {"PLAINT_DOMAIN", "domain"},     {"PLAINT_CUSTOMER", "customer"}, {"PLAINT_CAUSE", "cause"},
    {"PLAINT_CATEGORY", "category"},
};

/* (transfer full), NULL-terminated */
static GPtrArray *
environment_of(const json_t *ticket, gint64 id)
{
    GPtrArray *env = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(env, g_strdup(RUN_PATH));
    g_ptr_array_add(env, g_strdup("LC_ALL=C"));
    g_ptr_array_add(env, g_strdup_printf("PLAINT_TICKET=%" G_GINT64_FORMAT, id));
    for (gsize i = 0; i < G_N_ELEMENTS(passed); i++) {
        const char *value = json_string_value(json_object_get(ticket, passed[i].member));

        g_ptr_array_add(env, g_strdup_printf("%s=%s", passed[i].variable, value ? value : ""));
    }
    g_ptr_array_add(env, NULL);
    return env;
}

/* What it printed, when it ended well. (transfer full) */
static GBytes *
run_hook(const OnMove *hook, const HookMove *move, int *ret_status, char **ret_said, GError **error)
{
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, move->ticket);
    const char *const argv[] = {hook->program, id, ticket_state_names[move->from],
                                ticket_state_names[move->to], NULL};
    json_t *ticket = view_ticket(hook->store, move->ticket, hook->now, error);
    char *text = ticket ? json_dumps(ticket, JSON_COMPACT) : NULL;
    g_autofree char *line = text ? g_strconcat(text, "\n", NULL) : NULL;
    g_autoptr(GBytes) input = line ? g_bytes_new(line, strlen(line)) : NULL;
    g_autoptr(GPtrArray) env = environment_of(ticket, move->ticket);

    free(text); /* Jansson's allocator */
    json_decref(ticket);
    if (!input)
        return NULL;
    return run_program_status(&(Run){.argv = argv,
                                     .env = (const char *const *)env->pdata,
                                     .milliseconds = hook->seconds * 1000,
                                     .max_bytes = LIMIT_HOOK_BYTES,
                                     .input = input},
                              ret_status, ret_said, error);
}

/* A failed run is on record, too, but its job is not done. */
static bool
record(const OnMove *hook, const Job *job, const HookMove *move, const HookRun *run, bool good,
       GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;

    return store_txn_begin(&txn, hook->store, error) &&
           hook_record(hook->store, job, move, run, hook->now, error) &&
           (!good || job_done(hook->store, job, hook->runner, error)) &&
           store_txn_commit(&txn, error);
}

bool
on_move_run(const OnMove *hook, const Job *job, char **ret_words, char **ret_said, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GBytes) printed = NULL;
    g_autofree char *out = NULL, *result = NULL;
    HookMove move = {0};
    HookRun run = {.status = -1};
    gsize len = 0;
    const char *bytes = NULL;

    if (text_is_empty(hook->program))
        return plaint_fail(error, PLAINT_ERROR_CONFIG, "[hooks] on-move is not set");
    if (!hook_load(hook->store, job, &move, error))
        return false;
    printed = run_hook(hook, &move, &run.status, ret_said, &why);
    bytes = printed ? g_bytes_get_data(printed, &len) : NULL;
    out = g_strstrip(text_clean(bytes ? bytes : "", (gssize)len, SAID_BYTES));
    run.said = out[0] ? out : *ret_said;
    result = g_strdup_printf("%s to %s, %s%s%s", ticket_state_names[move.from],
                             ticket_state_names[move.to], why ? why->message : "done",
                             run.said ? ": " : "", run.said ? run.said : "");
    run.result = result;
    if (!record(hook, job, &move, &run, !why, error))
        return false;
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    *ret_words = g_steal_pointer(&result);
    return true;
}
