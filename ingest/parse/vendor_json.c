/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events as JSON in layouts of their own: an object that names an address and a time, wherever it
 * stands, is what a row of a table is. */
#include <string.h>

#include "ingest/parse/json_load.h"
#include "ingest/parse/vendor.h"
#include "ingest/parse/xarf.h"

enum { MAX_MEMBERS = 64 };

typedef struct {
    GPtrArray *names, *values; /* of one object, owned */
} Record;

static void
add_member(Record *record, char *name, const json_t *value)
{
    bool is_text = json_is_string(value);

    if (record->names->len >= MAX_MEMBERS || !(is_text || json_is_integer(value))) {
        g_free(name);
        return;
    }
    g_ptr_array_add(record->names, name);
    g_ptr_array_add(record->values,
                    is_text ? g_strdup(json_string_value(value))
                            : g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value)));
}

/* {"source": {"ip": …}} has a "source ip", too. */
static void
take_object(Vendor *v, json_t *object)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    Record record = {names, values};
    const char *name, *inner_name;
    json_t *value, *inner;

    json_object_foreach(object, name, value)
    {
        add_member(&record, g_strdup(name), value);
        if (json_is_object(value))
            json_object_foreach(value, inner_name, inner)
                add_member(&record, g_strdup_printf("%s %s", name, inner_name), inner);
    }
    vendor_take_record(v, names, values);
}

/* Its depth is limited by json_next_load. */
static void
walk(Vendor *v, json_t *node)
{
    const char *name;
    json_t *value;
    size_t i;

    if (json_is_object(node))
        take_object(v, node);
    json_object_foreach(node, name, value) walk(v, value);
    json_array_foreach(node, i, value) walk(v, value);
}

static void
take_entity(Vendor *v, guint index)
{
    Parsing *parsing = v->parsing;
    gsize len;
    const char *at = g_bytes_get_data(message_content(parsing->message, index), &len), *why = NULL;
    const char *end = at + len;
    json_t *root;

    if (len >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    while (!vendor_is_full(v) && (root = json_next_load(&at, end, parsing->limits, &why))) {
        v->rows++;
        walk(v, root);
        json_decref(root);
    }
    if (why && message_body(parsing->message, 0) != (gint)index)
        complaint_add_problem(parsing->complaint, "json-not-read",
                              "a file of events could not be read: %s", why);
}

/* One after the other, too: an object a line. */
void
vendor_take_json(Vendor *vendor)
{
    Parsing *parsing = vendor->parsing;

    for (guint i = 0; i < parsing->message->entities->len; i++)
        if (xarf_may_be_json(parsing, i))
            take_entity(vendor, i);
}
