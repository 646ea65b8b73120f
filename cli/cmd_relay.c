/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint relay`: whether our hosts pass on mail of strangers to strangers. */
#include "cli/cmd_relay.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/cli_deed.h"
#include "cli/list.h"
#include "cli/relay_draw.h"
#include "cli/zone_choice.h"
#include "delist/own.h"
#include "delist/relay_test.h"
#include "store/ticket.h"

/* -- test -------------------------------------------------------------------------------------- */

/* "HOST", "HOST:PORT", "[ADDRESS]:PORT", an address: the host (transfer full) and the port. */
static bool
take_target(const char *word, char **ret_host, guint16 *ret_port, GError **error)
{
    const char *colon = strrchr(word, ':');
    bool is_v6 = colon && strchr(word, ':') != colon && colon[-1] != ']';
    g_autofree char *quoted = text_quote(word);
    guint64 port = 25;

    if (is_v6 || g_str_has_suffix(word, "]"))
        colon = NULL;
    if (colon && !g_ascii_string_to_unsigned(colon + 1, 10, 1, G_MAXUINT16, &port, NULL))
        return plaint_fail(error, PLAINT_ERROR_USAGE,
                           "%s has no port after its colon: write HOST, HOST:PORT or "
                           "[ADDRESS]:PORT",
                           quoted);
    *ret_host = colon ? g_strndup(word, (gsize)(colon - word)) : g_strdup(word);
    *ret_port = (guint16)port;
    return true;
}

/* The ticket of --ticket; *ret_ticket NULL: none was named. (transfer full) */
static bool
take_ticket(const Plaint *plaint, Ticket **ret_ticket, GError **error)
{
    const char *text = args_get(plaint->args, "ticket");
    gint64 id = 0;

    *ret_ticket = NULL;
    if (!text)
        return true;
    if (!args_id_parse(text, ID_TICKET, &id, error))
        return false;
    *ret_ticket = ticket_load(plaint->store, id, error);
    return *ret_ticket != NULL;
}

/* What all tests of one call have in common. */
typedef struct {
    Plaint *plaint;
    RelaySetup *setup;
    Ticket *ticket; /* or NULL */
    Dns *dns;
    json_t *tests;
} Tests;

static void
tests_clear(Tests *tests)
{
    relay_setup_free(tests->setup);
    ticket_free(tests->ticket);
    dns_free(tests->dns);
    json_decref(tests->tests);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tests, tests_clear)

/* The ticket that the address is about: the one that was named, when it is, or its live one. */
static bool
ticket_of(const Tests *tests, const Addr *addr, gint64 *ret_id, GError **error)
{
    char text[ADDR_TEXT_SIZE];

    *ret_id = 0;
    if (!tests->ticket)
        return relay_test_ticket(tests->plaint->store, addr, ret_id, error);
    if (!tests->ticket->machine || strcmp(tests->ticket->machine, addr_text(addr, text)) == 0)
        *ret_id = tests->ticket->id;
    return true;
}

static bool
print_test(const Tests *tests, gint64 id, const char *said, GError **error)
{
    const Plaint *plaint = tests->plaint;
    g_autoptr(GString) out = g_string_new(NULL);
    json_t *view = view_relay_test(plaint->store, id, error);

    if (!view)
        return false;
    if (plaint->json) {
        json_array_append_new(tests->tests, view);
        return true;
    }
    relay_draw(view, &plaint->term, plaint->now, out);
    if (said)
        term_wrap(out, &plaint->term, &(Wrap){.indent = 2, .width = plaint->term.width}, said);
    term_print(out);
    fflush(stdout);
    json_decref(view);
    return true;
}

static bool
test_address(const Tests *tests, const OwnHost *host, const Addr *addr, guint16 port,
             GError **error)
{
    const Plaint *plaint = tests->plaint;
    const Deed deed = deed_of(plaint);
    RelayRun run = {.store = plaint->store,
                    .setup = tests->setup,
                    .addr = *addr,
                    .port = port,
                    .host = host->name,
                    .deliver = args_has(plaint->args, "deliver")};
    g_autofree char *said = NULL;
    char text[ADDR_TEXT_SIZE];
    gint64 id = 0;

    if (!ticket_of(tests, addr, &run.ticket_id, error))
        return false;
    if (plaint->term.is_tty && !plaint->json)
        g_printerr("testing %s port %u, which takes a minute or two …\n", addr_text(addr, text),
                   port);
    return relay_run(&run, &deed, &id, &said, error) && print_test(tests, id, said, error);
}

static bool
check_ticket(const Tests *tests, const OwnHost *host, GError **error)
{
    gint64 id = 0;

    if (!tests->ticket)
        return true;
    for (guint i = 0; i < host->addrs->len; i++) {
        if (!ticket_of(tests, &g_array_index(host->addrs, Addr, i), &id, error))
            return false;
        if (id)
            return true;
    }
    return plaint_fail(error, PLAINT_ERROR_CONFLICT,
                       "ticket %" G_GINT64_FORMAT " is about %s, which is not among the addresses "
                       "to be tested",
                       tests->ticket->id, tests->ticket->machine);
}

static bool
test_host(const Tests *tests, const char *word, GError **error)
{
    g_autoptr(OwnHost) host = NULL;
    g_autofree char *name = NULL;
    guint16 port = 0;

    if (!take_target(word, &name, &port, error))
        return false;
    host = own_host_find(tests->plaint->config, tests->dns, name, error);
    if (!host || !check_ticket(tests, host, error))
        return false;
    if (host->foreign->len > 0)
        g_printerr("plaint: left alone, as not ours: %s\n", host->foreign->str);
    for (guint i = 0; i < host->addrs->len; i++)
        if (!test_address(tests, host, &g_array_index(host->addrs, Addr, i), port, error))
            return false;
    return true;
}

static bool
run_test(Plaint *plaint, GError **error)
{
    g_auto(Tests) tests = {.plaint = plaint, .tests = json_array()};
    char **words = args_operands(plaint->args);

    tests.setup = relay_setup_new(plaint->config, args_has(plaint->args, "deliver"), error);
    tests.dns = tests.setup ? zone_dns(plaint->config, error) : NULL;
    if (!tests.dns || !take_ticket(plaint, &tests.ticket, error))
        return false;
    for (; *words; words++)
        if (!test_host(&tests, *words, error))
            return false;
    if (plaint->json)
        plaint_print_json(json_pack("{s:O}", "tests", tests.tests));
    return true;
}

/* -- again --------------------------------------------------------------------------------------
 */

static bool
run_retest(Plaint *plaint, GError **error)
{
    guint done = 0;

    if (!relay_retest(plaint->store, plaint->config, plaint->now, NULL, NULL, &done, error))
        return false;
    if (plaint->json)
        plaint_print_json(json_pack("{s:i}", "done", (int)done));
    else if (done > 0)
        g_print("%u tested again: 'plaint relay list' shows what came of it\n", done);
    return true;
}

/* -- list, show ---------------------------------------------------------------------------------
 */

static bool
run_list(Plaint *plaint, GError **error)
{
    Page page = {0};
    json_t *list = NULL;

    if (!list_page(plaint, &page, error))
        return false;
    list = view_relay_tests(plaint->store, &page, error);
    if (!list)
        return false;
    list_print(plaint, list, "tests", relay_draw_list);
    return true;
}

static bool
run_show(Plaint *plaint, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    gint64 id = 0;
    json_t *view = NULL;

    if (!args_id(plaint->args, 0, ID_RELAY_TEST, &id, error))
        return false;
    view = view_relay_test(plaint->store, id, error);
    if (!view)
        return false;
    if (plaint->json) {
        plaint_print_json(view);
        return true;
    }
    relay_draw(view, &plaint->term, plaint->now, out);
    relay_draw_transcript(view, &plaint->term, out);
    term_print(out);
    json_decref(view);
    return true;
}

static const CommandOption test_options[] = {
    {.name = "ticket",
     .value = "ID",
     .summary = "the ticket it is for, when not the machine's own"},
    {.name = "deliver", .summary = "send one mail through what accepts, to [relay-test] probe"},
    {.name = NULL},
};

const Command cmd_relay_test = {
    .name = "relay test",
    .operands = "HOST[:PORT]...",
    .summary = "try whether a host of ours relays for strangers",
    .details =
        "HOST is the NAME of a [relay NAME], one of its names, an address, or a name that DNS "
        "knows; all of its addresses that are ours are tested, and no others. PORT is 25; 587 and "
        "465 can be named.\n\n"
        "Some thirty forms of MAIL and RCPT are tried, in the clear and in TLS, a second apart "
        "([relay-test] pace); no mail is sent. What is refused in all of them is closed: evidence "
        "that satisfies 'plaint ticket move ID fixed', and once the ticket is fixed the test is "
        "made again after a day and after a week. What is accepted is suspected: some hosts "
        "accept all, and bounce. With --deliver one mail is sent through the first form that was "
        "accepted, and when it comes back to the desk, the host is proven open.\n\n"
        "From where a host may relay it rightly does: test from an address that it does not "
        "trust. A test from our own networks says so, and counts for nothing.",
    .options = test_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 1,
    .max_operands = -1,
    .run = run_test,
};

const Command cmd_relay_retest = {
    .name = "relay retest",
    .operands = "",
    .summary = "test again what was found closed, when it is due",
    .details = "plaint-watch does it; else for cron, every hour, on the host that tests are made "
               "from. A host whose ticket "
               "was fixed on a relay test is tested again a day later and a week after that; when "
               "it is open again, the ticket is, too.",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .max_operands = 0,
    .run = run_retest,
};

static const CommandOption list_options[] = {LIST_PAGE_OPTIONS, {.name = NULL}};

const Command cmd_relay_list = {
    .name = "relay list",
    .operands = "",
    .summary = "list the relay tests that were made, newest first",
    .options = list_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = 0,
    .run = run_list,
};

const Command cmd_relay_show = {
    .name = "relay show",
    .operands = "ID",
    .summary = "show one relay test, with all that was said",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_show,
};
