/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "base/error.h"
#include "notify/post.h"
#include "notify/report.h"

enum { TABLE_BYTES = 8 * 1024 * 1024 };

/* "Delisting report, 2026-10-25 to 2026-11-24, customer C-1" */
static char *
subject_of(const json_t *document)
{
    const json_t *scope = json_object_get(document, "scope");
    g_autoptr(GString) subject =
        g_string_new(json_string_value(json_object_get(document, "title")));

    g_string_append_printf(subject, ", %s", json_string_value(json_object_get(document, "days")));
    for (gsize i = 0; i < json_array_size(scope); i++)
        g_string_append_printf(subject, ", %s", json_string_value(json_array_get(scope, i)));
    return g_string_free(g_steal_pointer(&subject), FALSE);
}

bool
report_post(Store *store, const Config *config, const ReportLetter *letter, const Deed *deed,
            gint64 *ret_id, GError **error)
{
    const json_t *document = letter->document;
    g_autofree char *text = report_text(document), *html = report_html(document, error);
    g_autofree char *subject = subject_of(document);
    g_autofree char *name =
        g_strdup_printf("%s.csv", json_string_value(json_object_get(document, "file")));
    g_autoptr(GBytes) bytes = g_bytes_new(letter->csv->str, letter->csv->len);
    const MailFile table = {.name = name, .type = "text/csv", .bytes = bytes};
    const Post post = {
        .kind = "report",
        .mail = {.to = letter->to,
                 .subject = subject,
                 .text = text,
                 .html = html,
                 .files = &table,
                 .n_files = 1},
        .is_asked_for = true,
    };

    if (!html)
        return false;
    if (letter->csv->len > TABLE_BYTES)
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "the table of all rows is longer than %d MB, too long for a letter: "
                           "take a later --since, or one --customer",
                           TABLE_BYTES >> 20);
    return post_add(store, config, &post, deed, ret_id, error);
}
