/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint ticket new|note|assign|move|set|merge|split|undo`: every deed is audited under the name
 * of who types it. */
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "cli/cli_deed.h"
#include "cli/cmd_ticket.h"
#include "store/ticket.h"

/* A word of a table, or BAD_INPUT that lists them. The parser of options has seen to those that are
 * an option's. */
static bool
take_word(const char *value, const char *const *names, int n, int *ret_value)
{
    int found = value ? text_name_find(names, n, value) : -1;

    if (found < 0)
        return false;
    *ret_value = found;
    return true;
}

/* The free texts, cleaned; owned keeps them while the deed is done. */
static bool
new_texts(const Plaint *plaint, GPtrArray *owned, TicketNew *what, GError **error)
{
    g_autofree char *title = g_strjoinv(" ", args_operands(plaint->args));
    const struct {
        const char *name, *typed, **ret_text;
    } rows[] = {
        {"title", title, &what->title},
        {"account", args_get(plaint->args, "account"), &what->account},
        {"domain", args_get(plaint->args, "domain"), &what->domain},
        {"customer", args_get(plaint->args, "customer"), &what->customer},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *text = NULL;

        if (!deed_text(rows[i].name, rows[i].typed, DEED_TEXT_BYTES, &text, error))
            return false;
        g_ptr_array_add(owned, text);
        *rows[i].ret_text = text;
    }
    return true;
}

static bool
new_from_options(const Plaint *plaint, TicketNew *what, GError **error)
{
    const char *machine = args_get(plaint->args, "machine");
    const char *complaint = args_get(plaint->args, "complaint");
    int word = 0;

    if (take_word(args_get(plaint->args, "kind"), kind_names, N_KINDS, &word))
        what->kind = (TicketKind)word;
    if (take_word(args_get(plaint->args, "cause"), cause_names, N_CAUSES, &word))
        what->cause = (Cause)word;
    if (machine && !addr_parse(machine, -1, &what->machine)) {
        g_autofree char *quoted = text_quote(machine);

        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "%s is no address", quoted);
    }
    return !complaint || args_id_parse(complaint, ID_COMPLAINT, &what->complaint_id, error);
}

static bool
run_new(Plaint *plaint, GError **error)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    TicketNew what = {.cause = CAUSE_UNKNOWN};
    Deed deed = deed_of(plaint);
    gint64 id = 0;

    if (!new_texts(plaint, texts, &what, error) || !new_from_options(plaint, &what, error))
        return false;
    if (!what.title && !what.account && !what.domain && !what.complaint_id &&
        addr_is_none(&what.machine))
        return plaint_fail(error, PLAINT_ERROR_USAGE,
                           "a ticket about what? Name a machine, an account, a domain, a complaint "
                           "or a title: see 'plaint help ticket new'");
    return ticket_new(plaint->store, &what, &deed, &id, error) &&
           deed_print(plaint, id, error, "is new");
}

/* The words after the number, or standard input when it is no terminal. (transfer full) */
static char *
note_text(const Plaint *plaint, GError **error)
{
    g_autofree char *words = g_strjoinv(" ", args_operands(plaint->args) + 1);
    g_autoptr(GString) read_in = g_string_new(NULL);
    char chunk[4096];
    ssize_t n = 0;

    if (words[0] && strcmp(words, "-") != 0)
        return g_steal_pointer(&words);
    if (!words[0] && isatty(STDIN_FILENO)) {
        plaint_fail(error, PLAINT_ERROR_USAGE, "a note needs text: see 'plaint help ticket note'");
        return NULL;
    }
    /* A little more than is taken: too much is refused there. */
    while (read_in->len <= limits_default.words_bytes &&
           (n = read(STDIN_FILENO, chunk, sizeof chunk)) > 0)
        g_string_append_len(read_in, chunk, n);
    return text_clean_lines(read_in->str, (gssize)read_in->len, 2 * limits_default.words_bytes);
}

static bool
run_note(Plaint *plaint, GError **error)
{
    Deed deed = deed_of(plaint);
    g_autofree char *text = NULL;
    gint64 id = 0;

    if (!args_id(plaint->args, 0, ID_TICKET, &id, error))
        return false;
    text = note_text(plaint, error);
    return text && ticket_note(plaint->store, id, text, &deed, error) &&
           deed_print(plaint, id, error, "noted");
}

static bool
run_assign(Plaint *plaint, GError **error)
{
    g_autofree char *typed = NULL;
    Deed deed = deed_of(plaint);
    const char *name = NULL;
    gint64 id = 0;

    if (!args_id(plaint->args, 0, ID_TICKET, &id, error) ||
        !deed_text("name", args_operand(plaint->args, 1), DEED_NAME_BYTES, &typed, error))
        return false;
    if (!typed)
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "to whom? A name, 'me', or 'none' for nobody");
    name = strcmp(typed, "me") == 0 ? plaint->actor : strcmp(typed, "none") == 0 ? "" : typed;
    return ticket_assign(plaint->store, id, name, &deed, error) &&
           deed_print(plaint, id, error, "%s%s", name[0] ? "is assigned to " : "is nobody's", name);
}

static bool
fail_state(const char *name, GError **error)
{
    g_autofree char *what = text_no_such("state", name, ticket_state_names, N_TICKET_STATES);

    return plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "%s", what);
}

/* All of the tickets move, or none does. */
static bool
run_move(Plaint *plaint, GError **error)
{
    guint n = g_strv_length(args_operands(plaint->args)) - 1;
    const char *to = args_operand(plaint->args, n);
    const char *resolution = args_get(plaint->args, "resolution");
    g_autoptr(GArray) ids = args_ids(plaint->args, 0, n, ID_TICKET, error);
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    TicketMove move = {.from = -1,
                       .proof_kind = PROOF_STATEMENT,
                       .watch = config_int(plaint->config, "site", "watch")};
    Deed deed = deed_of(plaint);
    int word = 0;

    if (!ids)
        return false;
    if (!take_word(to, ticket_state_names, N_TICKET_STATES, &word))
        return fail_state(to, error);
    move.to = (TicketState)word;
    if (take_word(args_get(plaint->args, "proof-kind"), proof_names, N_PROOFS, &word))
        move.proof_kind = (ProofKind)word;
    move.proof = args_get(plaint->args, "proof");
    move.note = args_get(plaint->args, "note");
    move.operand = resolution ? resolution : args_get(plaint->args, "reason");
    if (!store_txn_begin(&txn, plaint->store, error))
        return false;
    for (guint i = 0; i < n; i++) {
        move.id = g_array_index(ids, gint64, i);
        if (!ticket_move(plaint->store, &move, &deed, error))
            return false;
    }
    if (!store_txn_commit(&txn, error))
        return false;
    for (guint i = 0; i < n; i++)
        if (!deed_print(plaint, g_array_index(ids, gint64, i), error, "is %s%s%s", to,
                        move.operand ? ": " : "", move.operand ? move.operand : ""))
            return false;
    return true;
}

static bool
set_one(const Plaint *plaint, gint64 id, const char *pair, GError **error)
{
    const char *equals = strchr(pair, '=');
    g_autofree char *name = g_strndup(pair, equals ? (gsize)(equals - pair) : 0);
    g_autofree char *quoted = text_quote(pair);
    Deed deed = deed_of(plaint);

    if (!equals)
        return plaint_fail(error, PLAINT_ERROR_USAGE,
                           "%s is not of the form NAME=VALUE: see 'plaint help ticket set'",
                           quoted);
    return ticket_set(plaint->store, id, name, equals + 1, &deed, error);
}

static bool
run_set(Plaint *plaint, GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    g_autofree char *pairs = g_strjoinv(", ", args_operands(plaint->args) + 1);
    gint64 id = 0;

    if (!args_id(plaint->args, 0, ID_TICKET, &id, error) ||
        !store_txn_begin(&txn, plaint->store, error))
        return false;
    for (char **pair = args_operands(plaint->args) + 1; *pair; pair++)
        if (!set_one(plaint, id, *pair, error))
            return false;
    return store_txn_commit(&txn, error) &&
           deed_print(plaint, id, error, "set by %s: %s", plaint->actor, pairs);
}

static bool
run_merge(Plaint *plaint, GError **error)
{
    guint last = g_strv_length(args_operands(plaint->args)) - 1;
    g_autoptr(GArray) ids = args_ids(plaint->args, 0, last + 1, ID_TICKET, error);
    gint64 into = ids ? g_array_index(ids, gint64, last) : 0;
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    Deed deed = deed_of(plaint);

    if (!ids || !store_txn_begin(&txn, plaint->store, error))
        return false;
    for (guint i = 0; i < last; i++)
        if (!ticket_merge(plaint->store, g_array_index(ids, gint64, i), into, &deed, error))
            return false;
    return store_txn_commit(&txn, error) &&
           deed_print(plaint, into, error, "has taken in %u other ticket%s", last,
                      last == 1 ? "" : "s");
}

static bool
run_split(Plaint *plaint, GError **error)
{
    guint n = g_strv_length(args_operands(plaint->args));
    g_autoptr(GArray) incidents = NULL;
    Deed deed = deed_of(plaint);
    gint64 id = 0;
    gint64 new_id = 0;

    if (!args_id(plaint->args, 0, ID_TICKET, &id, error))
        return false;
    incidents = args_ids(plaint->args, 1, n, ID_INCIDENT, error);
    return incidents && ticket_split(plaint->store, id, incidents, &deed, &new_id, error) &&
           deed_print(plaint, new_id, error, "is new, with %u incident%s of #%" G_GINT64_FORMAT,
                      incidents->len, incidents->len == 1 ? "" : "s", id);
}

static bool
run_undo(Plaint *plaint, GError **error)
{
    g_autofree char *what = NULL;
    Deed deed = deed_of(plaint);
    gint64 id = 0;

    return args_id(plaint->args, 0, ID_TICKET, &id, error) &&
           ticket_undo(plaint->store, id, &deed, &what, error) &&
           deed_print(plaint, id, error, "undone: %s", what);
}

static const CommandOption new_options[] = {
    {.name = "machine", .value = "ADDRESS", .summary = "the machine it is about"},
    {.name = "account", .value = "NAME", .summary = "the account it is about"},
    {.name = "domain", .value = "NAME", .summary = "the hosted domain it is about"},
    {.name = "complaint", .value = "ID", .summary = "a filed complaint: its incidents move in"},
    {.name = "kind",
     .value = "KIND",
     .summary = "what kind",
     .words = kind_names,
     .n_words = N_KINDS},
    {.name = "cause",
     .value = "CAUSE",
     .summary = "the cause, if known",
     .words = cause_names,
     .n_words = N_CAUSES},
    {.name = "customer", .value = "NAME", .summary = "whose machine it is"},
    {.name = NULL},
};

const Command cmd_ticket_new = {
    .name = "ticket new",
    .operands = "[TITLE...]",
    .summary = "open a ticket by hand, or from a filed complaint",
    .details = "  plaint ticket new --machine=192.0.2.17 phone call from victim.example\n"
               "  plaint ticket new --complaint=31",
    .options = new_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .max_operands = -1,
    .run = run_new,
};

const Command cmd_ticket_note = {
    .name = "ticket note",
    .operands = "ID [TEXT...]",
    .summary = "write a note on a ticket; without TEXT, from standard input",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 1,
    .max_operands = -1,
    .run = run_note,
};

const Command cmd_ticket_assign = {
    .name = "ticket assign",
    .operands = "ID NAME",
    .summary = "give a ticket to somebody: a name, me, or none",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_assign,
};

static const CommandOption move_options[] = {
    {.name = "resolution",
     .value = "WORD",
     .summary = "how it ended, for resolved",
     .words = resolution_names,
     .n_words = N_RESOLUTIONS},
    {.name = "reason",
     .value = "WORD",
     .summary = "why not, for rejected",
     .words = reject_names,
     .n_words = N_REJECTS},
    {.name = "proof", .value = "TEXT", .summary = "what shows that the cause is gone, for fixed"},
    {.name = "proof-kind",
     .value = "KIND",
     .summary = "what kind of proof that is; else a statement",
     .words = proof_names,
     .n_words = N_PROOFS},
    {.name = "note", .value = "TEXT", .summary = "a note with the move"},
    {.name = NULL},
};

const Command cmd_ticket_move = {
    .name = "ticket move",
    .operands = "ID... STATE",
    .summary = "move tickets on to another state",
    .details =
        "The way is new, open, contained, fixed, delisting, resolved. 'plaint ticket show ID' "
        "lists the moves that are possible now and what is missing for the others. Several "
        "tickets move all or none.\n\n"
        "  plaint ticket move 12 contained --note='port 25 shut'\n"
        "  plaint ticket move 12 fixed --proof='password reset, sessions ended'\n"
        "  plaint ticket move 7 8 9 rejected --reason=not-abuse",
    .options = move_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 2,
    .max_operands = -1,
    .run = run_move,
};

const Command cmd_ticket_set = {
    .name = "ticket set",
    .operands = "ID NAME=VALUE...",
    .summary = "say what the parser could not: cause, customer, ...",
    .details = "Names: relay, account, domain, cause, confidence, category, customer, title, kind. "
               "What is set by hand stays when mail is parsed again, and is marked with your "
               "name. An empty VALUE clears.\n\n"
               "  plaint ticket set 12 cause=open-relay customer=C-1042",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 2,
    .max_operands = -1,
    .run = run_set,
};

const Command cmd_ticket_merge = {
    .name = "ticket merge",
    .operands = "ID... INTO",
    .summary = "make tickets one: the last number takes the others in",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 2,
    .max_operands = -1,
    .run = run_merge,
};

const Command cmd_ticket_split = {
    .name = "ticket split",
    .operands = "ID INCIDENT...",
    .summary = "move incidents of a ticket into a new one",
    .details = "'plaint ticket show ID --incidents' lists their numbers. The new ticket collects "
               "nothing by itself.",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 2,
    .max_operands = -1,
    .run = run_split,
};

const Command cmd_ticket_undo = {
    .name = "ticket undo",
    .operands = "ID",
    .summary = "take the last change of a ticket back",
    .details = "The last move, set, assignment, merge or split, unless something that came later "
               "stands in the way. The history keeps both.",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_undo,
};
