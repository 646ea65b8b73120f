/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint listing request`: a list, or a provider, is asked to take an address off. */
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/cli_deed.h"
#include "cli/cmd_listing.h"
#include "delist/zone.h"
#include "notify/post.h"
#include "notify/request.h"
#include "store/listing.h"
#include "store/view_listing.h"

typedef struct {
    Listing *listing;
    const Zone *row; /* of a list or a provider; NULL: it is in no table any more */
    const char *to;  /* who takes requests by mail; NULL: nobody */
    bool is_done;    /* a person has asked already, and does not ask twice */
    char *subject, *letter;
    char *prevents;
} Asking;

static void
asking_clear(Asking *asking)
{
    listing_free(asking->listing);
    g_free(asking->subject);
    g_free(asking->letter);
    g_free(asking->prevents);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asking, asking_clear)

/* -- the letter -------------------------------------------------------------------------------- */

/* The newest whose member says "listed", and whose other does not. */
static const json_t *
find_row(const json_t *rows, const char *member, const char *other)
{
    for (gsize i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *before = other ? json_string_value(json_object_get(row, other)) : NULL;

        if (g_strcmp0(json_string_value(json_object_get(row, member)), "listed") == 0 &&
            g_strcmp0(before, "listed") != 0)
            return row;
    }
    return NULL;
}

/* What the list has answered last when it had the address: its codes, or a provider's words
 * (transfer full); and since when it has it, this time. */
static bool
last_answer(const Plaint *plaint, const Asking *asking, char **ret_answer, gint64 *ret_since,
            GError **error)
{
    const char *member = provider_row(asking->listing->zone) ? "raw" : "codes";
    json_t *view = view_listing(plaint->store, asking->listing->id, error);
    const json_t *run = find_row(json_object_get(view, "answers"), "outcome", NULL);
    const json_t *event = find_row(json_object_get(view, "events"), "to_state", "from_state");

    *ret_answer = g_strdup(json_string_value(json_object_get(run, member)));
    *ret_since = asking->listing->first_at;
    if (event)
        (void)time_parse(json_string_value(json_object_get(event, "at")), ret_since, NULL);
    json_decref(view);
    return view != NULL;
}

/* "mx1.example.net, mail.example.net", or NULL. (transfer full) */
static char *
names_of(const Plaint *plaint, const Addr *address)
{
    const SiteRelay *relay = site_relay_by_addr(plaint->site, address);
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; relay && i < relay->names->len; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(relay->names, i));
    return names->len > 0 ? g_string_free(g_steal_pointer(&names), FALSE) : NULL;
}

static RequestLanguage
language_of(const Plaint *plaint)
{
    const char *word = args_get(plaint->args, "lang");

    if (!word)
        word = config_text(plaint->config, "mail", "language");
    return (RequestLanguage)text_name_find(request_languages, N_REQUEST_LANGUAGES, word);
}

static bool
write_letter(const Plaint *plaint, Asking *asking, GError **error)
{
    const Listing *listing = asking->listing;
    g_autofree char *answer = NULL, *names = names_of(plaint, &listing->address);
    g_autoptr(Ticket) ticket = NULL;
    RequestFacts facts;
    Request request = {.language = language_of(plaint),
                       .address = listing->address,
                       .list = asking->row ? asking->row->title : listing->zone,
                       .names = names,
                       .facts = &facts,
                       .prevents = asking->prevents,
                       .desk = config_text(plaint->config, "site", "name"),
                       .contact = config_text(plaint->config, "mail", "from"),
                       .now = plaint->now};

    if (!last_answer(plaint, asking, &answer, &request.listed_at, error) ||
        !request_facts(plaint->store, listing->ticket_id, &facts, error))
        return false;
    ticket = listing->ticket_id ? ticket_load(plaint->store, listing->ticket_id, error) : NULL;
    if (listing->ticket_id && !ticket)
        return false;
    request.ticket = ticket;
    *(provider_row(listing->zone) ? &request.refusal : &request.codes) = answer;
    asking->subject = request_subject(&request);
    asking->letter = request_text(&request, error);
    return asking->letter != NULL;
}

/* -- what a person says ------------------------------------------------------------------------ */

static bool
read_text(const Plaint *plaint, const char *name, gsize max, const char **to, GPtrArray *owned,
          GError **error)
{
    char *text = NULL;

    if (!deed_text(name, args_get(plaint->args, name), max, &text, error))
        return false;
    g_ptr_array_add(owned, text);
    *to = text;
    return true;
}

static bool
read_request(const Plaint *plaint, ListingRequest *request, GPtrArray *owned, GError **error)
{
    const char *wait = args_get(plaint->args, "wait");
    char *words = NULL;

    if (!read_text(plaint, "reference", DEED_NAME_BYTES, &request->reference, owned, error) ||
        !read_text(plaint, "why", DEED_NAME_BYTES, &request->force_why, owned, error) ||
        (wait && !duration_parse(wait, &request->wait, error)))
        return false;
    if (args_has(plaint->args, "force") != (request->force_why != NULL))
        return plaint_fail(error, PLAINT_ERROR_USAGE, "--force and --why='…' go together");
    if (!listing_words(plaint, &words, error))
        return false;
    g_ptr_array_add(owned, words);
    request->text = words;
    return true;
}

/* -- what is shown ----------------------------------------------------------------------------- */

static void
print_letter(const Plaint *plaint, const Asking *asking)
{
    if (plaint->json) {
        plaint_print_json(json_pack("{s:I, s:s, s:s?, s:s, s:s}", "listing_id",
                                    (json_int_t)asking->listing->id, "language",
                                    request_languages[language_of(plaint)], "to", asking->to,
                                    "subject", asking->subject, "text", asking->letter));
        return;
    }
    if (asking->to)
        g_print("To: %s\n", asking->to);
    g_print("Subject: %s\n\n%s", asking->subject, asking->letter);
}

static void
print_procedure(const Plaint *plaint, const Zone *row)
{
    g_autoptr(GString) out = g_string_new(NULL);
    Wrap wrap = {.width = plaint->term.width, .style = STYLE_PLAIN};
    g_autofree char *text = NULL;

    if (!row || !row->procedure)
        return;
    text = g_strdup_printf("%s: %s%s%s", row->title, row->procedure, row->url ? ". " : "",
                           row->url ? row->url : "");
    term_wrap(out, &plaint->term, &wrap, text);
    term_print(out);
}

/* letter 0: none was written. */
static bool
print_asked(const Plaint *plaint, const Asking *asking, gint64 letter, GError **error)
{
    bool may_send = config_bool(plaint->config, "mail", "send");
    json_t *view;

    if (plaint->json) {
        view = view_listing(plaint->store, asking->listing->id, error);
        if (!view)
            return false;
        json_object_set_new(view, "letter_id", letter ? json_integer(letter) : json_null());
        plaint_print_json(view);
        return true;
    }
    if (!listing_print(plaint, asking->listing->id, "is requested to be removed", error))
        return false;
    print_procedure(plaint, asking->row);
    if (letter)
        g_print("Letter %" G_GINT64_FORMAT " to %s waits: 'plaint outbox send' sends it%s\n",
                letter, asking->to, may_send ? "" : ", once [mail] send is 'yes'");
    else if (!asking->is_done)
        g_print("\nSubject: %s\n\n%s", asking->subject, asking->letter);
    return true;
}

/* -- request ----------------------------------------------------------------------------------- */

static bool
open_asking(const Plaint *plaint, const Zones *zones, Asking *asking, GError **error)
{
    gint64 id = 0;

    if (!args_id(plaint->args, 0, ID_LISTING, &id, error) ||
        !deed_text("prevents", args_get(plaint->args, "prevents"), DEED_TEXT_BYTES,
                   &asking->prevents, error))
        return false;
    asking->listing = listing_load(plaint->store, id, error);
    if (!asking->listing)
        return false;
    asking->row = zones_find(zones, asking->listing->zone);
    if (!asking->row)
        asking->row = provider_row(asking->listing->zone);
    asking->to = args_get(plaint->args, "to");
    if (!asking->to && asking->row)
        asking->to = asking->row->mail;
    return write_letter(plaint, asking, error);
}

/* Recorded, and the letter on its way, or neither. */
static bool
ask(Plaint *plaint, const Asking *asking, const ListingRequest *request, gint64 *ret_letter,
    GError **error)
{
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    const Deed deed = deed_of(plaint);
    const Post post = {
        .kind = "request",
        .mail = {.to = asking->to, .subject = asking->subject, .text = asking->letter},
        .ticket_id = asking->listing->ticket_id,
        .listing_id = asking->listing->id,
        .is_asked_for = true,
    };

    return store_txn_begin(&txn, plaint->store, error) &&
           listing_request(plaint->store, request, &deed, error) &&
           request_alone(plaint->store, request->id, error) &&
           request_keep(plaint->store, request->id, asking->letter, error) &&
           (!asking->to ||
            post_add(plaint->store, plaint->config, &post, &deed, ret_letter, error)) &&
           store_txn_commit(&txn, error);
}

static bool
run_request(Plaint *plaint, GError **error)
{
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Zones) zones = zones_load(plaint->config, error);
    g_auto(Asking) asking = {0};
    ListingRequest request = {0};
    gint64 letter = 0;

    if (!zones || !open_asking(plaint, zones, &asking, error))
        return false;
    if (args_has(plaint->args, "print")) {
        print_letter(plaint, &asking);
        return true;
    }
    request.id = asking.listing->id;
    request.wait = asking.row ? asking.row->wait : 0;
    request.is_automatic = asking.row && asking.row->removal == REMOVAL_AUTOMATIC;
    if (!read_request(plaint, &request, owned, error))
        return false;
    asking.is_done = request.text || request.reference;
    if (asking.is_done)
        asking.to = NULL;
    if (asking.to) {
        request.text = g_strconcat("letter to ", asking.to, NULL);
        g_ptr_array_add(owned, (gpointer)request.text);
    }
    return ask(plaint, &asking, &request, &letter, error) &&
           print_asked(plaint, &asking, letter, error);
}

static const CommandOption request_options[] = {
    {.name = "print", .summary = "show the letter, and record nothing"},
    {.name = "lang",
     .value = "LANGUAGE",
     .summary = "of the letter; without it [mail] language",
     .words = request_languages},
    {.name = "prevents",
     .value = "TEXT",
     .summary = "what keeps it from happening again, for the letter"},
    {.name = "to", .value = "ADDRESS", .summary = "who takes the letter by mail"},
    {.name = "reference", .value = "TEXT", .summary = "what the list calls the request"},
    {.name = "wait",
     .value = "TIME",
     .summary = "what the list promises, when not what it publishes"},
    {.name = "force", .summary = "asked although something is missing"},
    {.name = "why", .value = "TEXT", .summary = "why, with --force: it goes on record"},
    {.name = NULL},
};

const Command cmd_listing_request = {
    .name = "listing request",
    .operands = "ID [TEXT...]",
    .summary = "ask a list to remove the address, or record that it was",
    .details =
        "It is refused, with what is missing, until the ticket is fixed with evidence and has been "
        "quiet for two hours since: who asks earlier, or twice, is listed for longer. Lists that "
        "remove by themselves are not asked.\n\n"
        "Writes a letter from the ticket's facts: the address, the relay's names, the cause, when "
        "it "
        "began, stopped and was fixed, what was proved, what the list answers, [site] name and "
        "[mail] from. No customer, account or note is in it. --print shows it, to be pasted into "
        "the list's form; then say how you asked: 'listing request 3 their form --reference=R-77'. "
        "Without TEXT and --reference, the letter waits in the outbox for a list that takes mail "
        "(mail= in its group, or --to). The letter stays with the listing.",
    .options = request_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 1,
    .max_operands = -1,
    .run = run_request,
};
