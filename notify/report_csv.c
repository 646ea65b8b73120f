/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "notify/report.h"

static const char *const columns[] = {
    "listing",  "address",   "zone",         "state",   "began_at",  "ended_at",    "relisted",
    "why",      "ticket_id", "ticket_state", "cause",   "customer",  "opened_at",   "contained_at",
    "fixed_at", "proofs",    "requested_at", "request", "reference", "promised_at", "watch_until"};

static void
add_cell(GString *out, const char *text)
{
    if (*text && strchr("=+-@\t\r", *text))
        g_string_append(out, "\"'");
    else
        g_string_append_c(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *text);
    }
    g_string_append_c(out, '"');
}

void
report_csv_head(GString *out)
{
    for (gsize i = 0; i < G_N_ELEMENTS(columns); i++)
        g_string_append_printf(out, "%s%s", i ? "," : "", columns[i]);
    g_string_append(out, "\r\n");
}

/* Several proofs are one cell. */
static void
add_proofs(GString *out, const json_t *proofs)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (gsize i = 0; i < json_array_size(proofs); i++) {
        const json_t *proof = json_array_get(proofs, i);

        g_string_append_printf(text, "%s%s: %s", i ? "; " : "",
                               json_string_value(json_object_get(proof, "kind")),
                               json_string_value(json_object_get(proof, "text")));
    }
    if (text->len > 0)
        add_cell(out, text->str);
}

void
report_csv_row(GString *out, const json_t *row)
{
    for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) {
        const json_t *value = json_object_get(row, columns[i]);

        if (i > 0)
            g_string_append_c(out, ',');
        if (json_is_string(value))
            add_cell(out, json_string_value(value));
        else if (json_is_integer(value))
            g_string_append_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        else if (json_is_boolean(value))
            g_string_append(out, json_is_true(value) ? "yes" : "no");
        else if (json_is_array(value))
            add_proofs(out, value);
    }
    g_string_append(out, "\r\n");
}
