/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `plaint listing accept|refuse|note`: what a person does about a listing. */
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/cli_deed.h"
#include "cli/cmd_listing.h"
#include "store/listing.h"
#include "store/view_listing.h"

bool
listing_print(const Plaint *plaint, gint64 id, const char *what, GError **error)
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

bool
listing_words(const Plaint *plaint, char **ret_text, GError **error)
{
    g_autofree char *words = g_strjoinv(" ", args_operands(plaint->args) + 1);

    return deed_text("the text", words, DEED_TEXT_BYTES, ret_text, error);
}

static bool
move_to(Plaint *plaint, ListingState to, const char *what, GError **error)
{
    g_autofree char *text = NULL;
    Deed deed = deed_of(plaint);
    gint64 id = 0;

    if (!args_id(plaint->args, 0, ID_LISTING, &id, error) || !listing_words(plaint, &text, error))
        return false;
    if (!text)
        return plaint_fail(error, PLAINT_ERROR_USAGE, "why? Say it after the number");
    return listing_move(plaint->store, id, to, text, 0, &deed, error) &&
           listing_print(plaint, id, what, error);
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

    if (!args_id(plaint->args, 0, ID_LISTING, &id, error) || !listing_words(plaint, &text, error))
        return false;
    if (!text)
        return plaint_fail(error, PLAINT_ERROR_USAGE, "a note needs text");
    return listing_note(plaint->store, id, text, &deed, error) &&
           listing_print(plaint, id, "has a note", error);
}

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
