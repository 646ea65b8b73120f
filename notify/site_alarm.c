/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notify/site_alarm.h"

#include "notify/post.h"
#include "store/finding.h"

static const char *
get(const json_t *row, const char *name)
{
    const char *text = json_string_value(json_object_get(row, name));

    return text ? text : "";
}

/* A line for each that is bad and has not been told. (transfer full) */
static char *
news(const json_t *findings, guint *ret_count)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (gsize i = 0; i < json_array_size(findings); i++) {
        const json_t *row = json_array_get(findings, i);

        if (g_strcmp0(get(row, "outcome"), finding_outcome_names[FINDING_BAD]) != 0 ||
            json_is_true(json_object_get(row, "told")))
            continue;
        g_string_append_printf(text, "%s (%s): %s, since %s\n\n", get(row, "subject"),
                               get(row, "kind"), get(row, "text"), get(row, "since"));
        (*ret_count)++;
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

bool
site_alarm(Store *store, const Config *config, gint64 now, gint64 *ret_id, GError **error)
{
    const char *to = config_text(config, "mail", "alarm");
    const Deed deed = {ACTOR_PLAINT, now};
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autofree char *lines = NULL, *text = NULL, *subject = NULL;
    json_t *view = NULL;
    guint count = 0;
    Post post = {.kind = "site-alarm"};

    *ret_id = 0;
    if (!to)
        return true;
    if (!store_txn_begin(&txn, store, error))
        return false;
    view = view_findings(store, error);
    if (!view)
        return false;
    lines = news(json_object_get(view, "findings"), &count);
    json_decref(view);
    if (count == 0)
        return true;
    text = g_strdup_printf("The checks of our own site found something that was not so before:\n\n"
                           "%sAll of it: plaint site list\n",
                           lines);
    subject = count == 1 ? g_strdup("Our site: 1 thing has turned bad")
                         : g_strdup_printf("Our site: %u things have turned bad", count);
    post.mail = (Mail){.to = to, .subject = subject, .text = text};
    return post_add(store, config, &post, &deed, ret_id, error) &&
           (*ret_id == 0 || finding_tell(store, error)) && store_txn_commit(&txn, error);
}
