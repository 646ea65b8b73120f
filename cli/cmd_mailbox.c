/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint mailbox`: whether the role mailboxes of hosted domains take mail. */
#include "cli/cmd_mailbox.h"
#include "cli/member.h"

#include "base/error.h"
#include "base/text.h"
#include "cli/plaint.h"
#include "cli/table.h"
#include "cli/zone_choice.h"
#include "delist/mailbox_test.h"

static Style
verdict_style(const char *verdict)
{
    static const Style styles[N_MAILBOX_VERDICTS] = {[MAILBOX_OK] = STYLE_GREEN,
                                                     [MAILBOX_NO_MAIL] = STYLE_DIM,
                                                     [MAILBOX_NOT_OURS] = STYLE_DIM,
                                                     [MAILBOX_DEFERRED] = STYLE_YELLOW};
    int n = text_name_find(mailbox_verdict_names, N_MAILBOX_VERDICTS, verdict);

    return n > MAILBOX_DEFERRED || n < 0 ? STYLE_RED : styles[n];
}

/* Takes the reference. */
static void
print(const Plaint *plaint, json_t *model)
{
    static const TableColumn columns[] = {{.title = "mailbox", .shrink_to = 24},
                                          {.title = "MX", .shrink_to = 12},
                                          {.title = "address", .drop = 2},
                                          {.title = "verdict"},
                                          {.title = "reply", .shrink_to = 16, .drop = 1}};
    const json_t *rows = json_object_get(model, "mailboxes");
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
    g_autoptr(GString) out = g_string_new(NULL);

    if (plaint->json) {
        plaint_print_json(model);
        return;
    }
    for (gsize i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        g_autofree char *all = g_strconcat("all of ", member_text(row, "domain"), NULL);

        table_add(table, STYLE_BOLD,
                  member_text(row, "mailbox") ? member_text(row, "mailbox") : all);
        table_add(table, STYLE_PLAIN, member_text(row, "mx"));
        table_add(table, STYLE_PLAIN, member_text(row, "address"));
        table_add(table, verdict_style(member_text(row, "verdict")), member_text(row, "verdict"));
        table_add(table, STYLE_DIM, member_text(row, "reply"));
    }
    table_draw(table, &plaint->term, 0, out);
    if (json_array_size(rows) == 0)
        g_string_append(out, "Nothing was tested: 'plaint mailbox test' does.\n");
    term_print(out);
    json_decref(model);
}

/* The domain's results go on record, and into all. */
static bool
test_domain(const Plaint *plaint, const MailboxTest *test, const char *domain, json_t *all,
            GError **error)
{
    g_autofree char *name = g_ascii_strdown(domain, -1);
    json_t *rows = mailbox_test(test, name, error);
    bool kept = rows && mailbox_test_keep(plaint->store, name, rows, plaint->now, error);

    for (gsize i = 0; kept && i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);

        json_object_set_new(row, "domain", json_string(name));
        json_array_append(all, row);
    }
    json_decref(rows);
    return kept;
}

static bool
is_hosted(const char *const *domains, const char *name, GError **error)
{
    g_autofree char *quoted = text_quote(name);

    for (; *domains; domains++)
        if (text_equal_fold(*domains, name))
            return true;
    return plaint_fail(error, PLAINT_ERROR_NOT_FOUND,
                       "%s is not hosted here: [site] domains in plaint.conf names those that are",
                       quoted);
}

static bool
read_port(const Plaint *plaint, guint16 *ret_port, GError **error)
{
    const char *text = args_get(plaint->args, "port");
    guint64 port = 25;

    if (text && !g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT16, &port, NULL))
        return plaint_fail(error, PLAINT_ERROR_USAGE, "--port takes 1 to 65535");
    *ret_port = (guint16)port;
    return true;
}

static bool
run_test(Plaint *plaint, GError **error)
{
    const char *const *hosted = config_list(plaint->config, "site", "domains");
    const char *const *chosen = (const char *const *)args_operands(plaint->args);
    g_autoptr(RelaySetup) setup = relay_setup_new(plaint->config, false, error);
    g_autoptr(Dns) dns = setup ? zone_dns(plaint->config, error) : NULL;
    MailboxTest test = {.config = plaint->config, .setup = setup, .dns = dns};
    json_t *all = json_array();
    bool good = dns && read_port(plaint, &test.port, error);

    if (good && !hosted[0])
        good = plaint_fail(error, PLAINT_ERROR_CONFIG,
                           "no domain is hosted here: name them in [site] domains");
    for (gsize i = 0; good && chosen[i]; i++)
        good = is_hosted(hosted, chosen[i], error);
    chosen = chosen[0] ? chosen : hosted;
    for (gsize i = 0; good && chosen[i]; i++)
        good = test_domain(plaint, &test, chosen[i], all, error);
    if (good)
        print(plaint, json_pack("{s:O}", "mailboxes", all));
    json_decref(all);
    return good;
}

static bool
run_list(Plaint *plaint, GError **error)
{
    json_t *model = view_mailbox_tests(plaint->store, error);

    if (!model)
        return false;
    print(plaint, model);
    return true;
}

static const CommandOption test_options[] = {
    {.name = "port", .value = "N", .summary = "the port of the MX, when it is not 25"},
    {.name = NULL},
};

const Command cmd_mailbox_test = {
    .name = "mailbox test",
    .operands = "[DOMAIN...]",
    .summary = "try whether postmaster@ and abuse@ of our domains take mail",
    .details =
        "Of each domain in [site] domains, or of those named: postmaster@, Postmaster@, abuse@ and "
        "the bare postmaster, from an address of ours ([relay-test] from) and from the null "
        "sender, through each MX that DNS has, or else each relay with the role mx or backup-mx. "
        "No mail is sent, and no MX of another operator is connected to.\n\n"
        "Verdicts: ok; missing (no such mailbox); blocked (a filter refuses; these mailboxes must "
        "be let through); full; deferred (perhaps greylisting: test again later); "
        "null-sender-refused (no bounce gets in); unreachable; no-mail (a Null MX); not-ours.",
    .options = test_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .max_operands = -1,
    .run = run_test,
};

const Command cmd_mailbox_list = {
    .name = "mailbox list",
    .operands = "",
    .summary = "list what the last mailbox test of each domain found",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = 0,
    .run = run_list,
};
