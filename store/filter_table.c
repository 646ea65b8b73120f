/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/complaint.h"
#include "store/filter_impl.h"
#include "store/kind.h"
#include "store/state.h"

/* coalesce() and "+ 0" keep the planner from another index than the one that was chosen. */
#define TICKET_TEXT(column)                                                                        \
    {                                                                                              \
        "coalesce(t." column ", '') = {v}", "SELECT id FROM ticket", column " = {v}"               \
    }
#define TICKET_PLAIN(column)                                                                       \
    {                                                                                              \
        "coalesce(t." column ", '') = {v}", NULL, NULL                                             \
    }
#define FILED_TEXT(column)                                                                         \
    {                                                                                              \
        "coalesce(c." column ", '') = {v}", "SELECT id FROM complaint",                            \
            "filed = 1 AND " column " = {v}"                                                       \
    }
#define FILED_PLAIN(column)                                                                        \
    {                                                                                              \
        "coalesce(c." column ", '') = {v}", NULL, NULL                                             \
    }
#define NOT_HERE                                                                                   \
    {                                                                                              \
        NULL, NULL, NULL                                                                           \
    }

/* clang-format off */
const FilterRow filter_rows[] = {
    {"state", VALUE_NAME, ticket_state_names, N_TICKET_STATES,
        {TICKET_TEXT("state"), NOT_HERE}},
    {"relay", VALUE_NETWORK, NULL, 0,
        {{"EXISTS (SELECT 1 FROM ticket_relay r WHERE r.ticket_id = t.id AND r.machine BETWEEN {v} AND {w})",
          "SELECT ticket_id FROM ticket_relay", "machine BETWEEN {v} AND {w}"},
         {"coalesce(c.machine BETWEEN {v} AND {w}, FALSE)",
          "SELECT id FROM complaint", "filed = 1 AND machine BETWEEN {v} AND {w}"}}},
    {"cause", VALUE_NAME, cause_names, N_CAUSES,
        {TICKET_TEXT("cause"), FILED_TEXT("cause")}},
    {"account", VALUE_FOLDED, NULL, 0,
        {TICKET_TEXT("account"), NOT_HERE}},
    {"confidence", VALUE_NAME, confidence_names, N_CONFIDENCES,
        {TICKET_PLAIN("confidence"), FILED_PLAIN("confidence")}},
    {"category", VALUE_NAME, category_names, N_CATEGORIES,
        {TICKET_TEXT("category"), FILED_TEXT("category")}},
    {"kind", VALUE_NAME, kind_names, N_KINDS,
        {TICKET_TEXT("kind"), NOT_HERE}},
    {"format", VALUE_BIT, format_names, N_FORMATS,
        {{"(t.formats & {v}) <> 0", NULL, NULL}, NOT_HERE}},
    {"format", VALUE_NAME, format_names, N_FORMATS,
        {NOT_HERE, FILED_TEXT("format")}},
    {"reporter", VALUE_FOLDED, NULL, 0,
        {{"EXISTS (SELECT 1 FROM ticket_reporter r WHERE r.ticket_id = t.id AND r.reporter = {v})",
          "SELECT ticket_id FROM ticket_reporter", "reporter = {v}"},
         FILED_TEXT("reporter")}},
    {"customer", VALUE_CUSTOMER, NULL, 0,
        {TICKET_TEXT("customer"), NOT_HERE}},
    {"assignee", VALUE_ASSIGNEE, NULL, 0,
        {TICKET_TEXT("assignee"), NOT_HERE}},
    {"since", VALUE_TIME, NULL, 0,
        {{"t.last_at + 0 >= {v}", NULL, NULL}, {"c.received_at + 0 >= {v}", NULL, NULL}}},
    {"until", VALUE_TIME, NULL, 0,
        {{"t.last_at + 0 < {v}", NULL, NULL}, {"c.received_at + 0 < {v}", NULL, NULL}}},
    {"is", VALUE_IS, NULL, 0,
        {{"", NULL, NULL}, {"", NULL, NULL}}},
};
const gsize n_filter_rows = G_N_ELEMENTS(filter_rows);

/* Of the live, SQLite would scan the index that holds no others. */
const FilterIs filter_is_rows[] = {
    {"live",       {{"t.live + 0 = 1", "SELECT id FROM ticket",
                     "state IN ('new', 'open', 'contained', 'fixed', 'delisting')"}, NOT_HERE}},
    {"reopened",   {{"t.reopened > 0", NULL, NULL},                NOT_HERE}},
    {"unassigned", {{"coalesce(t.assignee, '') = ''", NULL, NULL}, NOT_HERE}},
    {"merged",     {{"coalesce(t.merged_into, 0) <> 0", "SELECT id FROM ticket",
                     "merged_into > 0"}, NOT_HERE}},
    {"automatic",  {NOT_HERE, {"c.automatic = 1", NULL, NULL}}},
};
const gsize n_filter_is_rows = G_N_ELEMENTS(filter_is_rows);

const char *const filter_keys[] = {
    "state", "relay", "cause", "account", "confidence", "category", "kind", "format", "reporter",
    "customer", "assignee", "since", "until", "is", NULL,
};
const char *const sort_names[N_SORTS] = {
    [SORT_ACTIVITY] = "activity", [SORT_OPENED] = "opened", [SORT_SIZE] = "size",
};
/* clang-format on */
