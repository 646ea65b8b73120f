/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/result_draw.h"
#include "cli/member.h"

#include "base/text.h"
#include "cli/path.h"

static void
draw_pair(GString *out, const Term *term, const char *title, const char *value)
{
    if (text_is_empty(value))
        return;
    g_string_append_printf(out, "  %-9s ", title);
    term_add(out, term, STYLE_PLAIN, value);
    g_string_append_c(out, '\n');
}

static void
draw_incident(const json_t *incident, const Term *term, GString *out)
{
    g_autofree char *conclusion = path_conclusion(incident);
    const char *claim = member_text(incident, "claim");
    const char *claimed = member_text(incident, "claimed_ip");
    const char *category = member_text(incident, "category");
    const char *why = member_text(incident, "category_why");
    Wrap wrap = {.indent = 2, .width = path_width(term)};
    static const struct {
        const char *title, *member;
    } seldom[] = {
        {"feedback", "feedback_id"},  {"list", "list_id"},          {"cfbl", "cfbl_address"},
        {"blocked by", "blocked_by"}, {"blocked ip", "blocked_ip"}, {"see", "blocked_url"},
        {"refused by", "remote_mta"}, {"status", "status"},         {"answer", "diagnostic"},
        {"report", "report_fields"},
    };

    g_string_append_c(out, '\n');
    if (member_text(incident, "sample_by"))
        draw_pair(out, term, "sample", "taken in by the reporter's own server");
    draw_pair(out, term, "from", member_text(incident, "from"));
    draw_pair(out, term, "to", member_text(incident, "rcpt"));
    draw_pair(out, term, "redacted", member_text(incident, "rcpt_redacted"));
    draw_pair(out, term, "subject", member_text(incident, "subject"));
    draw_pair(out, term, "date", member_text(incident, "date"));
    if (claimed) {
        g_autofree char *text =
            g_strdup_printf("%s%s%s", claimed, claim ? ", the trace: " : "", claim ? claim : "");

        draw_pair(out, term, "claimed", text);
    }
    if (category) {
        g_autofree char *text =
            g_strdup_printf("%s%s%s", category, why ? ": " : "", why ? why : "");

        draw_pair(out, term, "category", text);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(seldom); i++)
        draw_pair(out, term, seldom[i].title, member_text(incident, seldom[i].member));
    if (json_array_size(json_object_get(incident, "hops")) > 0) {
        g_string_append_c(out, '\n');
        path_draw(json_object_get(incident, "hops"), term, out);
    }
    g_string_append_c(out, '\n');
    wrap.style = STYLE_BOLD;
    term_wrap(out, term, &wrap, conclusion);
}

static void
draw_problems(const json_t *problems, const Term *term, GString *out)
{
    Wrap wrap = {.indent = 2, .width = path_width(term), .style = STYLE_YELLOW};

    if (json_array_size(problems) > 0)
        g_string_append_c(out, '\n');
    for (gsize i = 0; i < json_array_size(problems); i++) {
        const json_t *problem = json_array_get(problems, i);
        const char *name = member_text(problem, "problem");
        const char *why = member_text(problem, "why");
        g_autofree char *text =
            g_strdup_printf("problem   %s%s%s", name ? name : "?", why ? ": " : "", why ? why : "");

        term_wrap(out, term, &wrap, text);
    }
}

/* How believable it is: an object of the parser, two columns of the store. */
static void
draw_authenticity(const json_t *result, const Term *term, GString *out)
{
    const json_t *object = json_object_get(result, "authenticity");
    bool is_parsed = json_is_object(object);
    const char *verdict = is_parsed ? json_string_value(json_object_get(object, "verdict"))
                                    : member_text(result, "authenticity");
    const char *why = is_parsed ? json_string_value(json_object_get(object, "why"))
                                : member_text(result, "authenticity_why");
    g_autofree char *text = NULL;
    Wrap wrap = {.indent = 2, .width = path_width(term)};

    if (!verdict)
        return;
    text = g_strdup_printf("authentic: %s%s%s", verdict, why ? ", " : "", why ? why : "");
    term_wrap(out, term, &wrap, text);
}

/* A mail that reports nothing is told by what a reader of mail sees of it. */
static void
draw_mail(const json_t *result, const Term *term, GString *out)
{
    g_string_append_c(out, '\n');
    draw_pair(out, term, "from", member_text(result, "from"));
    draw_pair(out, term, "subject", member_text(result, "subject"));
    draw_pair(out, term, "date", member_text(result, "date"));
}

/* What became of it, or would: explain's results are not filed yet, and have no such member. */
static void
draw_filed(const json_t *result, const Term *term, GString *out)
{
    bool none = json_array_size(json_object_get(result, "incidents")) == 0;
    const char *why = member_text(result, "filed_why");
    Wrap wrap = {.indent = 2, .width = path_width(term)};
    g_autofree char *text =
        why    ? g_strdup_printf("Filed without a ticket: %s.", why)
        : none ? g_strdup("No abusive event is reported in it: no ticket comes of it by itself.")
               : NULL;

    if (!text)
        return;
    g_string_append_c(out, '\n');
    term_wrap(out, term, &wrap, text);
}

void
result_draw(const json_t *result, const char *title, const Term *term, GString *out)
{
    const json_t *incidents = json_object_get(result, "incidents");
    const char *type = member_text(result, "feedback_type");
    const char *reporter = member_text(result, "reporter");
    g_autofree char *head = g_strdup_printf("%s%s%s%s%s%s", member_text(result, "format"),
                                            type ? " (" : "", type ? type : "", type ? ")" : "",
                                            reporter ? ", from " : "", reporter ? reporter : "");

    term_add(out, term, STYLE_BOLD, title);
    g_string_append(out, "  ");
    term_add(out, term, STYLE_CYAN, head);
    g_string_append_c(out, '\n');
    draw_authenticity(result, term, out);
    for (gsize i = 0; i < json_array_size(incidents); i++)
        draw_incident(json_array_get(incidents, i), term, out);
    if (json_array_size(incidents) == 0)
        draw_mail(result, term, out);
    draw_filed(result, term, out);
    draw_problems(json_object_get(result, "problems"), term, out);
}
