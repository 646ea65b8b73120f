/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notify/request.h"

#include <gio/gio.h>
#include <jansson.h>

#include "base/clock.h"
#include "base/template.h"
#include "base/text.h"
#include "notify/mail.h"
#include "store/listing.h"

enum { REFUSAL_BYTES = 1000 };

GResource *plaint_notify_get_resource(void); /* made by glib-compile-resources */

/* Sentences with a number or a time in them, and what plaint does for every address. */
static const struct {
    const char *template, *subject, *quiet, *watch;
} words[N_REQUEST_LANGUAGES] = {
    [REQUEST_EN] =
        {"request.en", "Removal request: ", "No incident since the fix, {} hours ago.",
         "we read every complaint about this address and look it up in blocklists; a new "
         "incident reopens the case."},
    [REQUEST_FR] =
        {"request.fr",
         "Demande de retrait\u00a0: ", "Aucun incident depuis la correction, il y a {} heures.",
         "nous lisons chaque plainte sur cette adresse et surveillons les listes de blocage\u00a0; "
         "tout nouvel incident rouvre le dossier."},
};

/* "2026-11-24 08:00 UTC": an operator finds it in a log so. */
static char *
when(gint64 time)
{
    g_autoptr(GDateTime) date = time == TIME_NONE ? NULL : g_date_time_new_from_unix_utc(time);

    return date ? g_date_time_format(date, "%Y-%m-%d %H:%M UTC") : NULL;
}

static void
set_time(json_t *model, const char *name, gint64 time)
{
    g_autofree char *text = when(time);

    json_object_set_new(model, name, text ? json_string(text) : json_null());
}

/* The words with `value` in place of their {}. */
static json_t *
filled(const char *sentence, const char *value)
{
    g_autoptr(GString) text = g_string_new(sentence);

    (void)g_string_replace(text, "{}", value, 1);
    return json_string(text->str);
}

/* A refusal repeats who wrote to whom: that is a customer's. */
static char *
refusal_text(const char *refusal)
{
    g_autofree char *clean = text_clean(refusal, -1, REFUSAL_BYTES);
    g_autoptr(GRegex) address =
        g_regex_new("[^\\s<>()\\[\\],;:=\"']+@[^\\s<>()\\[\\],;:\"']+", 0, 0, NULL);

    return g_regex_replace_literal(address, clean, -1, 0, "(...)", 0, NULL);
}

/* By its state: one that was reopened keeps its times. */
static bool
is_fixed(const Ticket *ticket)
{
    return ticket && (ticket->state == TICKET_FIXED || ticket->state == TICKET_DELISTING ||
                      ticket->state == TICKET_RESOLVED);
}

static bool
is_stopped(const Ticket *ticket)
{
    return is_fixed(ticket) || (ticket && ticket->state == TICKET_CONTAINED);
}

static const CauseWords *
cause_words(const Request *request)
{
    const Ticket *ticket = request->ticket;
    const CauseWords *found =
        &request_causes[request->language][ticket ? ticket->cause : CAUSE_UNKNOWN];

    return ticket && ticket->kind == KIND_INTRUSION && found->fixed
               ? &request_intrusion[request->language]
               : found;
}

static json_t *
done_list(const Request *request)
{
    const Ticket *ticket = request->ticket;
    const RequestFacts *facts = request->facts;
    json_t *done = json_array();
    gint64 quiet = ticket ? request->now - ticket->fixed_at : 0;

    if (!is_fixed(ticket) || ticket->fixed_at == TIME_NONE)
        return done;
    if (cause_words(request)->fixed)
        json_array_append_new(done, json_string(cause_words(request)->fixed));
    for (int kind = 0; kind < N_PROOFS; kind++) {
        g_autofree char *at = when(facts->proved_at[kind]);

        if (at)
            json_array_append_new(done, filled(request_proofs[request->language][kind], at));
    }
    if (facts->event_at <= ticket->fixed_at && quiet >= LISTING_QUIET) {
        g_autofree char *hours = g_strdup_printf("%" G_GINT64_FORMAT, quiet / 3600);

        json_array_append_new(done, filled(words[request->language].quiet, hours));
    }
    return done;
}

static json_t *
request_model(const Request *request)
{
    const Ticket *ticket = request->ticket;
    const char *watch = is_fixed(ticket) ? words[request->language].watch : NULL;
    g_autofree char *refusal = request->refusal ? refusal_text(request->refusal) : NULL;
    char addr[ADDR_TEXT_SIZE];
    json_t *done = done_list(request);
    json_t *model =
        json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:s, s:s?, s:s?, s:s?, s:b}", "list", request->list,
                  "address", addr_text(&request->address, addr), "names", request->names, "codes",
                  request->codes, "refusal", refusal, "happened", cause_words(request)->happened,
                  "prevents", request->prevents ? request->prevents : watch, "contact",
                  request->contact, "desk", request->desk, "has_done", json_array_size(done) > 0);

    json_object_set_new(model, "done", done);
    set_time(model, "listed", request->listed_at);
    set_time(model, "began", ticket ? ticket->first_at : TIME_NONE);
    set_time(model, "stopped", is_stopped(ticket) ? ticket->contained_at : TIME_NONE);
    set_time(model, "fixed", is_fixed(ticket) ? ticket->fixed_at : TIME_NONE);
    json_object_set_new(model, "has_dates",
                        json_boolean(json_is_string(json_object_get(model, "began")) ||
                                     json_is_string(json_object_get(model, "stopped"))));
    return model;
}

char *
request_subject(const Request *request)
{
    char addr[ADDR_TEXT_SIZE];

    return g_strconcat(words[request->language].subject, addr_text(&request->address, addr), " (",
                       request->list, ")", NULL);
}

char *
request_text(const Request *request, GError **error)
{
    const TemplateUse use = {.escape = template_escape_none};
    g_autofree char *path =
        g_strconcat("/plaint/notify/templates/", words[request->language].template, NULL);
    g_autoptr(GBytes) bytes = g_resource_lookup_data(plaint_notify_get_resource(), path,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, error);
    g_autofree char *source =
        bytes ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;
    g_autoptr(Template) template =
        source ? template_parse(words[request->language].template, source, error) : NULL;
    g_autofree char *text = NULL;
    json_t *model;

    if (!template)
        return NULL;
    model = request_model(request);
    text = template_render(template, &use, model, error);
    json_decref(model);
    return text ? mail_wrap(text) : NULL;
}
