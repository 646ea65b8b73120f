/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint listing request|accept|refuse|note`: what a person does about a listing. */
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/cli_deed.h"
#include "cli/cmd_listing.h"
#include "delist/zone.h"
#include "store/listing.h"
#include "store/view_listing.h"

/* The listing as it is now: a line, or with --json the whole of it. */
static bool
print_listing(const Plaint *plaint, gint64 id, const char *what, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *line = NULL;
    json_t *view = view_listing(plaint->store, id, error);

    if (!view)
        return false;
    if (plaint->json) {
        plaint_print_json(view);
        return true;
    }
    line = g_strdup_printf("listing %" G_GINT64_FORMAT ", %s in %s, %s\n", id,
                           json_string_value(json_object_get(view, "address")),
                           json_string_value(json_object_get(view, "zone")), what);
    g_string_append(out, line);
    term_print(out);
    json_decref(view);
    return true;
}

/* The words after the number as one text, NULL when there are none. (transfer full) */
static bool
take_words(const Plaint *plaint, char **ret_text, GError **error)
{
    g_autofree char *words = g_strjoinv(" ", args_operands(plaint->args) + 1);

    return deed_text("the text", words, DEED_TEXT_BYTES, ret_text, error);
}

/* -- request ---------------------------------------------------------------------------------- */

static void
print_procedure(const Plaint *plaint, const Zone *zone)
{
    g_autoptr(GString) out = g_string_new(NULL);
    Wrap wrap = {.width = plaint->term.width, .style = STYLE_PLAIN};
    g_autofree char *text = NULL;

    if (plaint->json || !zone || !zone->procedure)
        return;
    text = g_strdup_printf("%s: %s%s%s", zone->title, zone->procedure, zone->url ? ". " : "",
                           zone->url ? zone->url : "");
    term_wrap(out, &plaint->term, &wrap, text);
    term_print(out);
}

static bool
read_wait(const Plaint *plaint, const Zone *zone, gint64 *ret_wait, GError **error)
{
    const char *text = args_get(plaint->args, "wait");

    *ret_wait = zone ? zone->wait : 0;
    return !text || duration_parse(text, ret_wait, error);
}

static bool
read_request(const Plaint *plaint, ListingRequest *request, GPtrArray *owned, GError **error)
{
    const struct {
        const char *name, **to;
    } texts[] = {{"reference", &request->reference}, {"why", &request->force_why}};
    char *words = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        char *text = NULL;

        if (!deed_text(texts[i].name, args_get(plaint->args, texts[i].name), DEED_NAME_BYTES, &text,
                       error))
            return false;
        g_ptr_array_add(owned, text);
        *texts[i].to = text;
    }
    if (args_has(plaint->args, "force") != (request->force_why != NULL))
        return plaint_fail(error, PLAINT_ERROR_USAGE, "--force and --why='…' go together");
    if (!take_words(plaint, &words, error))
        return false;
    g_ptr_array_add(owned, words);
    request->text = words;
    return true;
}

static bool
run_request(Plaint *plaint, GError **error)
{
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Zones) zones = zones_load(plaint->config, error);
    g_autoptr(Listing) listing = NULL;
    ListingRequest request = {0};
    Deed deed = deed_of(plaint);
    const Zone *zone = NULL;

    if (!zones || !args_id(plaint->args, 0, ID_LISTING, &request.id, error) ||
        !read_request(plaint, &request, owned, error))
        return false;
    listing = listing_load(plaint->store, request.id, error);
    if (!listing)
        return false;
    zone = zones_find(zones, listing->zone);
    zone = zone ? zone : provider_row(listing->zone);
    request.is_automatic = zone && zone->removal == REMOVAL_AUTOMATIC;
    if (!read_wait(plaint, zone, &request.wait, error) ||
        !listing_request(plaint->store, &request, &deed, error))
        return false;
    print_procedure(plaint, zone);
    return print_listing(plaint, request.id, "is requested to be removed", error);
}

/* -- the others ------------------------------------------------------------------------------- */

static bool
move_to(Plaint *plaint, ListingState to, const char *what, GError **error)
{
    g_autofree char *text = NULL;
    Deed deed = deed_of(plaint);
    gint64 id = 0;

    if (!args_id(plaint->args, 0, ID_LISTING, &id, error) || !take_words(plaint, &text, error))
        return false;
    if (!text)
        return plaint_fail(error, PLAINT_ERROR_USAGE, "why? Say it after the number");
    return listing_move(plaint->store, id, to, text, 0, &deed, error) &&
           print_listing(plaint, id, what, error);
}

static bool
run_accept(Plaint *plaint, GError **error)
{
    return move_to(plaint, LISTING_ACCEPTED, "is accepted as it is", error);
}

static bool
run_refuse(Plaint *plaint, GError **error)
{
    return move_to(plaint, LISTING_REFUSED, "is not removed: the list has refused", error);
}

static bool
run_note(Plaint *plaint, GError **error)
{
    g_autofree char *text = NULL;
    Deed deed = deed_of(plaint);
    gint64 id = 0;

    if (!args_id(plaint->args, 0, ID_LISTING, &id, error) || !take_words(plaint, &text, error))
        return false;
    if (!text)
        return plaint_fail(error, PLAINT_ERROR_USAGE, "a note needs text");
    return listing_note(plaint->store, id, text, &deed, error) &&
           print_listing(plaint, id, "has a note", error);
}

static const CommandOption request_options[] = {
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
    .summary = "record that the list was asked to remove the address",
    .details =
        "It is refused, with what is missing, until the ticket is fixed with evidence and has been "
        "quiet for two hours since: who asks earlier, or twice, is listed for longer. Lists that "
        "remove by "
        "themselves are not asked. Prints what the list wants to be done, and where.",
    .options = request_options,
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 1,
    .max_operands = -1,
    .run = run_request,
};

const Command cmd_listing_refuse = {
    .name = "listing refuse",
    .operands = "ID TEXT...",
    .summary = "record that the list has refused",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 1,
    .max_operands = -1,
    .run = run_refuse,
};

const Command cmd_listing_accept = {
    .name = "listing accept",
    .operands = "ID TEXT...",
    .summary = "leave an address on a list, and why",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 1,
    .max_operands = -1,
    .run = run_accept,
};

const Command cmd_listing_note = {
    .name = "listing note",
    .operands = "ID TEXT...",
    .summary = "write something down about a listing",
    .needs = COMMAND_NEEDS_CONFIG | COMMAND_WRITES,
    .min_operands = 1,
    .max_operands = -1,
    .run = run_note,
};
