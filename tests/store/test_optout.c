/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which complaints are opt-outs, in which order, and which are left out. */
#include "store/optout.h"
#include "tests/store/desk.h"

typedef struct {
    const char *name;
    ComplaintFormat format;
    const char *feedback_type;
    Cause cause;
    bool ours, sealed;
    const char *rcpt;
    bool is_one; /* an opt-out */
    guint redacted;
} Case;

/* clang-format off */
static const Case cases[] = {
    {"abuse-of-bulk",     FORMAT_ARF, "abuse", CAUSE_CUSTOMER_BULK, true, false, "a@r.example", true, 0},
    {"opt-out",           FORMAT_ARF, "opt-out", CAUSE_CUSTOMER_HOST, true, false, "a@r.example", true, 0},
    {"opt-out-list",      FORMAT_ARF, "opt-out-list", CAUSE_UNKNOWN, true, false, "a@r.example", true, 0},
    {"abuse-of-another",  FORMAT_ARF, "abuse", CAUSE_COMPROMISED_ACCOUNT, true, false, "a@r.example", false, 0},
    {"fraud-of-bulk",     FORMAT_ARF, "fraud", CAUSE_CUSTOMER_BULK, true, false, "a@r.example", false, 0},
    {"not-a-feedback",    FORMAT_ATTACHED, NULL, CAUSE_CUSTOMER_BULK, true, false, "a@r.example", false, 0},
    {"not-ours",          FORMAT_ARF, "opt-out", CAUSE_NOT_OURS, false, false, "a@r.example", false, 0},
    {"sealed",            FORMAT_ARF, "abuse", CAUSE_CUSTOMER_BULK, true, true, "a@r.example", false, 0},
    {"no-recipient",      FORMAT_ARF, "abuse", CAUSE_CUSTOMER_BULK, true, false, NULL, false, 1},
};
/* clang-format on */

static void
take(Store *store, guint n, const Case *c, gint64 at)
{
    g_autoptr(Complaint) complaint = desk_complaint(c->format, "fbl.example");
    Incident *incident = desk_incident(complaint, "192.0.2.1", at);

    complaint->feedback_type = c->feedback_type;
    incident->cause = c->cause;
    incident->ours = c->ours;
    incident->category = c->sealed ? CATEGORY_CSAM : CATEGORY_NONE;
    incident->rcpt = c->rcpt;
    incident->message_id = "m@shop.example";
    incident->feedback_id = "7:shop";
    (void)desk_take(store, n, complaint, at);
}

/* The dates and recipients, in order. */
static char *
walk_text(Store *store, OptoutWalk *walk)
{
    json_t *rows = json_array(), *row = NULL;
    GString *text = g_string_new(NULL);
    gsize i = 0;

    for (bool more = true; more;) {
        g_autoptr(GError) error = NULL;

        g_assert_true(optout_next(store, walk, rows, &more, &error));
        g_assert_no_error(error);
    }
    json_array_foreach(rows, i, row)
    {
        g_assert_cmpstr(json_string_value(json_object_get(row, "message_id")), ==,
                        "m@shop.example");
        g_assert_cmpstr(json_string_value(json_object_get(row, "feedback_id")), ==, "7:shop");
        g_string_append_printf(text, "%.10s %s;", json_string_value(json_object_get(row, "date")),
                               json_string_value(json_object_get(row, "recipient")));
    }
    json_decref(rows);
    return g_string_free(text, FALSE);
}

static void
test_case(gconstpointer data)
{
    const Case *c = data;
    OptoutWalk walk = {.at = G_MININT64, .id = G_MININT64};
    g_auto(Desk) desk = DESK_INIT;
    g_autofree char *text = NULL;

    desk_open(&desk);
    take(desk.store, 1, c, NOON);
    text = walk_text(desk.store, &walk);
    g_assert_cmpstr(text, ==, c->is_one ? "2026-01-01 a@r.example;" : "");
    g_assert_cmpuint(walk.redacted, ==, c->redacted);
}

/* In the order of receipt, whatever the order of filing; from a time on; of a customer. */
static void
test_walk(void)
{
    static const gint64 times[] = {NOON + DAY, NOON, NOON + 2 * DAY, NOON + DAY};
    OptoutWalk all = {.at = G_MININT64, .id = G_MININT64};
    OptoutWalk since = {.at = NOON + DAY, .id = G_MININT64};
    OptoutWalk theirs = {.at = G_MININT64, .id = G_MININT64, .customer = "C-1"};
    OptoutWalk others = {.at = G_MININT64, .id = G_MININT64, .customer = "C-2"};
    g_auto(Desk) desk = DESK_INIT;

    desk_open(&desk);
    for (guint i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autofree char *rcpt = g_strdup_printf("r%u@r.example", i);
        Case one = cases[0];

        one.rcpt = rcpt;
        take(desk.store, i, &one, times[i]);
    }
    (void)desk_count(desk.store, "UPDATE ticket SET customer = 'C-1'");
    {
        g_autofree char *a = walk_text(desk.store, &all), *s = walk_text(desk.store, &since);
        g_autofree char *t = walk_text(desk.store, &theirs), *o = walk_text(desk.store, &others);

        g_assert_cmpstr(a, ==,
                        "2026-01-01 r1@r.example;2026-01-02 r0@r.example;"
                        "2026-01-02 r3@r.example;2026-01-03 r2@r.example;");
        g_assert_cmpstr(s, ==, strchr(a, ';') + 1);
        g_assert_cmpstr(t, ==, a);
        g_assert_cmpstr(o, ==, "");
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/store/optout/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/store/optout/walk", test_walk);
    return g_test_run();
}
