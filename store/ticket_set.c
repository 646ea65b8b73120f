/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"
#include "base/text.h"
#include "store/stmt.h"
#include "store/ticket.h"
#include "store/ticket_row.h"

/* What can be set by hand. A key member changes the ticket's key with it. */
typedef struct {
    const char *name;         /* for people */
    const char *member;       /* of the row */
    const char *const *words; /* the allowed values; NULL: free text, or an address */
    int n_words;
    bool is_address, is_key, may_be_empty, is_folded;
} SetRow;

/* clang-format off */
static const SetRow rows[] = {
    {"relay",      "machine",    NULL,             0,             true,  true,  true,  false},
    {"account",    "account",    NULL,             0,             false, true,  true,  true},
    {"domain",     "domain",     NULL,             0,             false, true,  true,  true},
    {"kind",       "kind",       kind_names,       N_KINDS,       false, true,  false, false},
    {"cause",      "cause",      cause_names,      N_CAUSES,      false, false, false, false},
    {"confidence", "confidence", confidence_names, N_CONFIDENCES, false, false, false, false},
    {"category",   "category",   category_names,   N_CATEGORIES,  false, false, true,  false},
    {"customer",   "customer",   NULL,             0,             false, false, true,  false},
    {"title",      "title",      NULL,             0,             false, false, true,  false},
};
const char *const ticket_set_names[] = {
    "relay", "account", "domain", "kind", "cause", "confidence", "category", "customer", "title",
    NULL,
};
/* clang-format on */
G_STATIC_ASSERT(G_N_ELEMENTS(rows) + 1 == G_N_ELEMENTS(ticket_set_names));

static const SetRow *
find_row(const char *name, GError **error)
{
    g_autofree char *what = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_strcmp0(rows[i].name, name) == 0)
            return &rows[i];
    }
    what = text_no_such("name to set", name ? name : "", ticket_set_names, -1);
    plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "%s", what);
    return NULL;
}

/* The value as it is stored; *ret_value NULL clears. */
static bool
take_value(const SetRow *row, const char *value, char **ret_value, GError **error)
{
    g_autofree char *clean = NULL, *quoted = NULL, *what = NULL;
    Addr addr = ADDR_NONE;

    if (!deed_text(row->name, value, DEED_TEXT_BYTES, &clean, error))
        return false;
    quoted = text_quote(clean);
    if (!clean) {
        *ret_value = NULL;
        return row->may_be_empty || plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                                                "a ticket cannot be without %s", row->name);
    }
    if (row->is_address) {
        if (!addr_parse(clean, -1, &addr) || addr_is_none(&addr))
            return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "%s is not an address", quoted);
        *ret_value = addr_dup_text(&addr);
        return true;
    }
    if (row->words && text_name_find(row->words, row->n_words, clean) < 0) {
        what = text_no_such(row->name, clean, row->words, row->n_words);
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "%s", what);
    }
    *ret_value = row->is_folded ? g_utf8_strdown(clean, -1) : g_steal_pointer(&clean);
    return true;
}

static void
mark_by_hand(json_t *row, const char *name, const char *actor, bool is_set)
{
    json_t *marks = json_object_get(row, "by_hand");

    if (!json_is_object(marks)) {
        marks = json_object();
        json_object_set_new(row, "by_hand", marks);
    }
    if (is_set)
        json_object_set_new(marks, name, json_string(actor));
    else
        json_object_del(marks, name); /* the program may fill it again */
    if (json_object_size(marks) == 0)
        json_object_set_new(row, "by_hand", json_null());
}

bool
ticket_set(Store *store, gint64 id, const char *name, const char *value, const Deed *deed,
           GError **error)
{
    g_auto(TicketDeed) td = TICKET_DEED_INIT;
    const SetRow *row = find_row(name, error);
    g_autofree char *stored = NULL;
    g_autofree char *words = NULL;
    json_t *detail = NULL;

    if (!row || !take_value(row, value, &stored, error) ||
        !ticket_deed_begin(&td, store, id, deed, error))
        return false;
    detail = json_pack("{s:s, s:s?, s:s?}", "name", row->name, "was", row_text(td.row, row->member),
                       "is", stored);
    row_set_text(td.row, row->member, stored);
    mark_by_hand(td.row, row->name, deed->actor, stored != NULL);
    if (row->is_key && row_text(td.row, "key")) { /* a split-off ticket stays without */
        g_autofree char *key = row_key(td.row);

        row_set_text(td.row, "key", key);
    }
    words = g_strdup_printf("set %s to %s", row->name, stored ? stored : "nothing");
    return ticket_deed_end(&td,
                           &(TicketDeedEnd){.name = "ticket-set", .words = words, .detail = detail},
                           error) &&
           (!row->is_address || ticket_recount(store, id, error)) && ticket_deed_commit(&td, error);
}
