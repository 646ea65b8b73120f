/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint customer`: whose an address is. */
#include "cli/cmd_customer.h"
#include "cli/member.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/customer_file.h"
#include "cli/list.h"
#include "cli/table.h"
#include "ingest/intake/customer_lookup.h"
#include "store/view_customer.h"

/* -- list ------------------------------------------------------------------------------------- */

static void
draw_list(const json_t *customers, const Term *term, gint64 now, GString *out)
{
    static const TableColumn columns[] = {
        {.title = "reference"},
        {.title = "name", .shrink_to = 12},
        {.title = "email", .shrink_to = 12, .drop = 1},
        {.title = "language", .drop = 2},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    (void)now;
    for (gsize i = 0; i < json_array_size(customers); i++) {
        const json_t *row = json_array_get(customers, i);

        table_add(table, STYLE_BOLD, member_text(row, "reference"));
        for (gsize n = 1; n < G_N_ELEMENTS(columns); n++)
            table_add(table, STYLE_PLAIN, member_text(row, columns[n].title));
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
    list = view_customer_list(plaint->store, &page, error);
    if (!list)
        return false;
    list_print(plaint, list, "customers", draw_list);
    return true;
}

/* -- show ------------------------------------------------------------------------------------- */

static void
draw_leases(const json_t *leases, const Term *term, GString *out)
{
    static const TableColumn columns[] = {{.title = "lease of"},
                                          {.title = "ports", .drop = 1},
                                          {.title = "from"},
                                          {.title = "until"}};
    static const char *const members[] = {"network", "ports", "since", "until"};
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (gsize i = 0; i < json_array_size(leases); i++) {
        for (gsize n = 0; n < G_N_ELEMENTS(members); n++)
            table_add(table, STYLE_PLAIN, member_text(json_array_get(leases, i), members[n]));
    }
    g_string_append_c(out, '\n');
    table_draw(table, term, 0, out);
}

static void
draw_customer(const json_t *customer, const Term *term, GString *out)
{
    static const TableColumn columns[] = {{.title = ""}, {.title = ""}};
    static const char *const members[] = {"reference", "name", "email", "language"};
    const json_t *networks = json_object_get(customer, "networks");
    const json_t *leases = json_object_get(customer, "leases");
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        if (!member_text(customer, members[i]))
            continue;
        table_add(table, STYLE_DIM, members[i]);
        table_add(table, i == 0 ? STYLE_BOLD : STYLE_PLAIN, member_text(customer, members[i]));
    }
    for (gsize i = 0; i < json_array_size(networks); i++) {
        table_add(table, STYLE_DIM, "network");
        table_add(table, STYLE_PLAIN, json_string_value(json_array_get(networks, i)));
    }
    table_draw(table, term, 0, out);
    if (json_array_size(leases) > 0)
        draw_leases(leases, term, out);
}

static bool
run_show(Plaint *plaint, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    json_t *customer = view_customer(plaint->store, args_operand(plaint->args, 0), error);

    if (!customer)
        return false;
    if (plaint->json) {
        plaint_print_json(customer);
        return true;
    }
    draw_customer(customer, &plaint->term, out);
    term_print(out);
    json_decref(customer);
    return true;
}

/* -- find ------------------------------------------------------------------------------------- */

/* "C-1042, Beta SA (abuse@beta.example)\nby lease of 192.0.2.0/24, from … until …" */
static void
draw_holder(const json_t *view, const Term *term, GString *out)
{
    const json_t *customer = json_object_get(view, "customer");
    g_autoptr(GString) line = g_string_new(NULL);

    if (!member_text(customer, "reference")) {
        g_string_append_printf(out, "nobody's at %s\n", member_text(view, "time"));
        return;
    }
    term_add(out, term, STYLE_BOLD, member_text(customer, "reference"));
    if (member_text(customer, "name"))
        g_string_append_printf(line, ", %s", member_text(customer, "name"));
    if (member_text(customer, "email"))
        g_string_append_printf(line, " <%s>", member_text(customer, "email"));
    term_add(out, term, STYLE_PLAIN, line->str);
    g_string_printf(line, "by %s", member_text(view, "by"));
    if (member_text(view, "network"))
        g_string_append_printf(line, " of %s", member_text(view, "network"));
    if (member_text(view, "ports"))
        g_string_append_printf(line, " ports %s", member_text(view, "ports"));
    if (member_text(view, "since"))
        g_string_append_printf(line, " from %s", member_text(view, "since"));
    if (member_text(view, "until"))
        g_string_append_printf(line, " until %s", member_text(view, "until"));
    g_string_append_c(out, '\n');
    term_add(out, term, STYLE_DIM, line->str);
    g_string_append_c(out, '\n');
}

/* What the site's program says of an address that the store does not know; a failure is told. */
static void
ask_program(const Plaint *plaint, const CustomerQuestion *question, json_t *view)
{
    const char *program = config_text(plaint->config, "customers", "lookup");
    g_auto(CustomerAnswer) answer = {0};
    g_autofree char *said = NULL;
    g_autoptr(GError) why = NULL;
    json_t *customer = NULL;

    if (text_is_empty(program) || !json_is_null(json_object_get(view, "customer")))
        return;
    if (!customer_lookup(program, question, &answer, &said, &why))
        log_line(LOG_LINE_WARNING, "[customers] lookup: %s", why->message);
    if (!answer.texts[CUSTOMER_REFERENCE])
        return;
    customer = json_object();
    for (int i = 0; i < N_CUSTOMER_TEXTS; i++)
        json_object_set_new(customer, customer_text_names[i],
                            text_is_empty(answer.texts[i]) ? json_null()
                                                           : json_string(answer.texts[i]));
    json_object_set_new(view, "customer", customer);
    json_object_set_new(view, "by", json_string("lookup"));
}

static bool
run_find(Plaint *plaint, GError **error)
{
    const char *text = args_operand(plaint->args, 0), *at_text = args_get(plaint->args, "at");
    const char *port_text = args_get(plaint->args, "port");
    g_autofree char *quoted = text_quote(text);
    g_autoptr(GString) out = g_string_new(NULL);
    gint64 at = plaint->now;
    guint64 port = 0;
    CustomerQuestion question = {0};
    json_t *view = NULL;
    Addr addr;

    if (!addr_parse(text, -1, &addr))
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "no address: %s; write 192.0.2.1 or 2001:db8::1", quoted);
    if (port_text && !g_ascii_string_to_unsigned(port_text, 10, 1, G_MAXUINT16, &port, NULL))
        return plaint_fail(error, PLAINT_ERROR_USAGE, "--port takes a number from 1 to 65535");
    if (at_text && !time_parse_since(at_text, plaint->now, &at, error))
        return false;
    view = view_holder(plaint->store, &addr, (guint)port, at, error);
    if (!view)
        return false;
    question = (CustomerQuestion){.addr = addr, .port = (guint)port, .at = at};
    ask_program(plaint, &question, view);
    if (plaint->json) {
        plaint_print_json(view);
        return true;
    }
    draw_holder(view, &plaint->term, out);
    term_print(out);
    json_decref(view);
    return true;
}

/* -- import ----------------------------------------------------------------------------------- */

static bool
run_import(Plaint *plaint, GError **error)
{
    return customer_file_import(plaint, FILE_CUSTOMERS, error);
}

static bool
run_lease_import(Plaint *plaint, GError **error)
{
    return customer_file_import(plaint, FILE_LEASES, error);
}

static const CommandOption list_options[] = {LIST_PAGE_OPTIONS, {.name = NULL}};

const Command cmd_customer_list = {
    .name = "customer list",
    .operands = "",
    .summary = "list customers",
    .options = list_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .max_operands = 0,
    .run = run_list,
};

const Command cmd_customer_show = {
    .name = "customer show",
    .operands = "REFERENCE",
    .summary = "show one customer, with networks and the latest 50 leases",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_show,
};

static const CommandOption find_options[] = {
    {.name = "at", .value = "TIME", .summary = "at that time, not now: a date, or 7d (ago)"},
    {.name = "port", .value = "N", .summary = "of an address that customers share, by their ports"},
    {.name = NULL},
};

const Command cmd_customer_find = {
    .name = "customer find",
    .operands = "ADDRESS",
    .summary = "say whose an address was",
    .details = "A lease of that time wins over the customer of the network; then the smallest "
               "network, then the latest lease. When none tells, [customers] lookup is asked.",
    .options = find_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_READS,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_find,
};

static const CommandOption import_options[] = {
    {.name = "partial", .summary = "take what is right although there are bad rows"},
    {.name = NULL},
};

#define FILE_HELP                                                                                  \
    "CSV in UTF-8, whose first row names the columns, in any order; others are passed over. '-' "  \
    "is standard input. Bad rows are named with line and reason, and nothing is taken unless "     \
    "--partial. Reading a file again changes nothing. "

const Command cmd_customer_import = {
    .name = "customer import",
    .operands = "FILE",
    .summary = "take customers and their networks from a file",
    .details = FILE_HELP
    "\n\nColumns: reference (by it a row is known), name, email, language, networks (with blanks "
    "or "
    "';' between them). What a customer's row no longer names is no longer theirs; a column that "
    "is not there is left as it is, and so are customers that are not in the file.",
    .options = import_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_import,
};

const Command cmd_customer_lease_import = {
    .name = "customer lease import",
    .operands = "FILE",
    .summary = "take from a file who had which address when",
    .details = FILE_HELP
    "\n\nColumns: prefix (an address or a network), first port, last port (none: all), reference "
    "(of "
    "a known customer), from, until (not included; empty: to this day). Times are RFC 3339 or "
    "seconds since 1970, in UTC unless they say otherwise. A row with prefix, ports and from of a "
    "known lease changes that.",
    .options = import_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_lease_import,
};
