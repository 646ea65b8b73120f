/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notify/report.h"

#include "notify/report_words.h"

/* A table without rows says nothing. */
static json_t *
without_empty(json_t *document)
{
    json_t *tables = json_object_get(document, "tables");

    for (gsize i = json_array_size(tables); i-- > 0;)
        if (json_array_size(json_object_get(json_array_get(tables, i), "rows")) == 0)
            json_array_remove(tables, i);
    return document;
}

json_t *
report_document(const json_t *model, const char *site, gint64 now)
{
    static const struct {
        const char *report;
        json_t *(*make)(const json_t *model, const char *site, gint64 now);
    } documents[] = {{"delisting", report_delisting_document},
                     {"activity", report_activity_document},
                     {"customers", report_customers_document},
                     {"relays", report_relays_document}};
    gsize i = 0;

    while (g_strcmp0(documents[i].report, report_get(model, "report")) != 0)
        i++;
    return without_empty(documents[i].make(model, site, now));
}
