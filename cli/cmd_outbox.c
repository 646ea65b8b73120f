/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint outbox`: letters that wait, that left, and that could not. */
#include "cli/cmd_outbox.h"
#include "cli/member.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/runner.h"
#include "base/text.h"
#include "cli/list.h"
#include "cli/table.h"
#include "notify/post.h"
#include "notify/send.h"

static bool
may_send(const Plaint *plaint)
{
    return config_bool(plaint->config, "mail", "send");
}

/* -- list and show ---------------------------------------------------------------------------- */

static void
draw_list(const json_t *letters, const Term *term, gint64 now, GString *out)
{
    static const TableColumn columns[] = {{.title = "letter", .right = true},
                                          {.title = "kind", .drop = 2},
                                          {.title = "to", .shrink_to = 15},
                                          {.title = "subject", .shrink_to = 15, .drop = 3},
                                          {.title = "state"},
                                          {.title = "when"},
                                          {.title = "attempts", .right = true, .drop = 1}};
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (gsize i = 0; i < json_array_size(letters); i++) {
        const json_t *row = json_array_get(letters, i);
        const char *state = member_text(row, "state");
        g_autofree char *when = member_ago(row, "due_at", now);

        table_add_int(table, STYLE_BOLD, json_integer_value(json_object_get(row, "id")));
        table_add(table, STYLE_PLAIN, member_text(row, "kind"));
        table_add(table, STYLE_PLAIN, member_text(row, "recipient"));
        table_add(table, STYLE_PLAIN, member_text(row, "subject"));
        table_add(table, g_strcmp0(state, "gave-up") == 0 ? STYLE_RED : STYLE_PLAIN, state);
        table_add(table, STYLE_DIM, when);
        table_add_int(table, STYLE_PLAIN, json_integer_value(json_object_get(row, "attempts")));
    }
    table_draw(table, term, 0, out);
}

static bool
run_list(Plaint *plaint, GError **error)
{
    Page page = {0};
    json_t *list = NULL;

    if (!list_page(plaint, &page, error))
        return false;
    list = view_outbox_list(plaint->store, args_has(plaint->args, "all"), &page, error);
    if (!list)
        return false;
    json_object_set_new(list, "sending", json_boolean(may_send(plaint)));
    list_print(plaint, list, "letters", draw_list);
    if (!plaint->json && !may_send(plaint))
        g_print("no letter leaves while [mail] send is 'no'\n");
    return true;
}

static void
draw_attempts(const json_t *attempts, const Term *term, gint64 now, GString *out)
{
    for (gsize i = 0; i < json_array_size(attempts); i++) {
        const json_t *row = json_array_get(attempts, i);
        const char *outcome = member_text(row, "outcome"), *said = member_text(row, "said");
        g_autofree char *when = member_ago(row, "at", now);
        bool begun = g_strcmp0(outcome, "begun") == 0;
        g_autofree char *line = g_strdup_printf("%s: %s%s%s", when, outcome, said ? ", " : "",
                                                said    ? said
                                                : begun ? " and not ended: it may have left"
                                                        : "");

        term_add(out, term, STYLE_DIM, line);
        g_string_append_c(out, '\n');
    }
    if (json_array_size(attempts) > 0)
        g_string_append_c(out, '\n');
}

static bool
run_show(Plaint *plaint, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GBytes) mail = NULL;
    g_autofree char *text = NULL, *line = NULL;
    json_t *view = NULL;
    g_autofree char *when = NULL;
    gint64 id = 0;

    if (!args_id(plaint->args, 0, ID_LETTER, &id, error))
        return false;
    view = view_outbox(plaint->store, id, &mail, error);
    if (!view)
        return false;
    text = text_clean_lines(g_bytes_get_data(mail, NULL), (gssize)g_bytes_get_size(mail),
                            g_bytes_get_size(mail));
    if (plaint->json) {
        json_object_set_new(view, "mail", json_string(text));
        plaint_print_json(view);
        return true;
    }
    when = member_ago(view, "due_at", plaint->now);
    line = g_strdup_printf("letter %" G_GINT64_FORMAT ", %s, %s; envelope from <%s> to <%s>", id,
                           member_text(view, "state"), when, member_text(view, "sender"),
                           member_text(view, "recipient"));
    term_add(out, &plaint->term, STYLE_BOLD, line);
    g_string_append_c(out, '\n');
    draw_attempts(json_object_get(view, "attempts_made"), &plaint->term, plaint->now, out);
    g_string_append(out, text);
    term_print(out);
    json_decref(view);
    return true;
}

/* -- send ------------------------------------------------------------------------------------- */

static void
report(const Plaint *plaint, const SendReport *sent, gint64 now, json_t *letters)
{
    char buf[TIME_TEXT_SIZE];
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *line = NULL;
    bool again = sent->due != TIME_NONE, left = g_strcmp0(sent->outcome, "sent") == 0;

    json_array_append_new(letters,
                          json_pack("{s:I, s:s, s:s, s:s?, s:b}", "id", (json_int_t)sent->id,
                                    "recipient", sent->recipient, "outcome", sent->outcome, "said",
                                    sent->said, "again", again));
    if (plaint->json)
        return;
    line = g_strdup_printf("letter %" G_GINT64_FORMAT " to %s: %s%s%s%s%s", sent->id,
                           sent->recipient, sent->outcome, sent->said ? ", " : "",
                           sent->said ? sent->said : "", again ? "; again " : "",
                           again  ? time_ago(sent->due, now, buf)
                           : left ? ""
                                  : "; given up");
    term_add(out, &plaint->term, left ? STYLE_PLAIN : STYLE_RED, line);
    g_string_append_c(out, '\n');
    term_print(out);
}

static bool
send_due(const Plaint *plaint, json_t *letters, GError **error)
{
    g_autofree char *runner = runner_name();

    for (;;) {
        g_auto(SendReport) sent = {0};
        const Sender sender = {plaint->store, config_text(plaint->config, "mail", "sendmail"),
                               runner, clock_now()};

        if (!send_next(&sender, &sent, error))
            return false;
        if (sent.id == 0)
            return true;
        report(plaint, &sent, sender.now, letters);
    }
}

static bool
run_send(Plaint *plaint, GError **error)
{
    const Deed deed = {plaint->actor, plaint->now};
    json_t *letters = NULL;
    gint64 id = 0;
    bool good = false;

    if (args_operand(plaint->args, 0) && (!args_id(plaint->args, 0, ID_LETTER, &id, error) ||
                                          !outbox_again(plaint->store, id, &deed, error)))
        return false;
    if (!may_send(plaint))
        return plaint_fail(error, PLAINT_ERROR_CONFIG,
                           "no letter leaves while [mail] send is 'no'");
    letters = json_array();
    good = send_due(plaint, letters, error);
    if (good && plaint->json)
        plaint_print_json(json_pack("{s:O}", "letters", letters));
    else if (good && json_array_size(letters) == 0)
        g_print("nothing is due\n");
    json_decref(letters);
    return good;
}

/* -- cancel and test -------------------------------------------------------------------------- */

static bool
run_cancel(Plaint *plaint, GError **error)
{
    const Deed deed = {plaint->actor, plaint->now};
    gint64 id = 0;

    if (!args_id(plaint->args, 0, ID_LETTER, &id, error) ||
        !outbox_cancel(plaint->store, id, &deed, error))
        return false;
    if (plaint->json)
        plaint_print_json(json_pack("{s:I, s:s}", "id", (json_int_t)id, "state", "cancelled"));
    else
        g_print("letter %" G_GINT64_FORMAT " is cancelled\n", id);
    return true;
}

static bool
run_test(Plaint *plaint, GError **error)
{
    const Deed deed = {plaint->actor, plaint->now};
    const Post post = {
        .kind = "test",
        .mail = {.to = args_operand(plaint->args, 0),
                 .subject = "a letter from the abuse desk, to see whether it arrives",
                 .text = "This letter was put into the outbox of plaint by hand.\n\n"
                         "If you can read it, letters of the desk leave and arrive. An answer to "
                         "it should come to the desk.\n"},
        .is_asked_for = true,
    };
    gint64 id = 0;

    if (!post_add(plaint->store, plaint->config, &post, &deed, &id, error))
        return false;
    if (plaint->json)
        plaint_print_json(json_pack("{s:I}", "id", (json_int_t)id));
    else
        g_print("letter %" G_GINT64_FORMAT " waits: 'plaint outbox send' sends it%s\n", id,
                may_send(plaint) ? "" : ", once [mail] send is 'yes'");
    return true;
}

static const CommandOption list_options[] = {
    {.name = "all", .summary = "those that were sent or cancelled, too"},
    LIST_PAGE_OPTIONS,
    {.name = NULL},
};

const Command cmd_outbox_list = {
    .name = "outbox list",
    .operands = "",
    .summary = "list letters that could not be sent, and those that wait",
    .options = list_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = 0,
    .run = run_list,
};

const Command cmd_outbox_show = {
    .name = "outbox show",
    .operands = "ID",
    .summary = "show a letter as it leaves, and what sendmail said of it",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_show,
};

const Command cmd_outbox_send = {
    .name = "outbox send",
    .operands = "[ID]",
    .summary = "send what is due",
    .details = "With ID, that letter is due at once, also one that was given up or cancelled. Each "
               "letter goes to '[mail] sendmail' with -i -f SENDER -- RECIPIENT. Exit status 0 is "
               "sent; 67, 68 and 65 (no such user, no such host, not this mail) end it; after any "
               "other it is tried again, later and later, for four days. Nothing is run unless "
               "[mail] send=yes.\n\n"
               "A sender that was killed may have sent: its letter is sent again after ten "
               "minutes, with the same Message-ID.",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .max_operands = 1,
    .run = run_send,
};

const Command cmd_outbox_cancel = {
    .name = "outbox cancel",
    .operands = "ID",
    .summary = "keep a letter from being sent",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_cancel,
};

const Command cmd_outbox_test = {
    .name = "outbox test",
    .operands = "ADDRESS",
    .summary = "write a letter, to see whether the desk's mail arrives",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_test,
};
