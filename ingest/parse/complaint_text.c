/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of an incident as compact JSON text, written straight from the table of members: the store
 * needs the text of every hop of every mail, and never the tree. What complaint_to_json() makes of
 * the same list is the same (a test says so). */
#include "ingest/parse/complaint_pack.h"

#include <string.h>

#include "ingest/parse/complaint_members.h"

#define CONST_MEMBER(type, object, member)                                                         \
    ((const type *)(const void *)((const char *)(object) + (member)->offset))

/* RFC 8259, section 7. Our strings are UTF-8 without control characters, but for newline and tab in
 * MEMBER_LINES. */
static void
put_text(GString *out, const char *text)
{
    const char *plain = text;

    if (!text) {
        g_string_append_len(out, "null", 4);
        return;
    }
    g_string_append_c(out, '"');
    for (; *text; text++) {
        guchar c = (guchar)*text;
        if (c >= ' ' && c != '"' && c != '\\')
            continue;
        g_string_append_len(out, plain, text - plain);
        plain = text + 1;
        if (c < ' ')
            g_string_append_printf(out, "\\u%04X", c);
        else
            g_string_append_printf(out, "\\%c", c);
    }
    g_string_append_len(out, plain, text - plain);
    g_string_append_c(out, '"');
}

static void
put_number(GString *out, guint number)
{
    char digits[12], *at = digits + sizeof digits;

    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    g_string_append_len(out, at, digits + sizeof digits - at);
}

static void
put_texts(GString *out, const GPtrArray *texts)
{
    g_string_append_c(out, '[');
    for (guint i = 0; i < texts->len; i++) {
        if (i > 0)
            g_string_append_c(out, ',');
        put_text(out, g_ptr_array_index(texts, i));
    }
    g_string_append_c(out, ']');
}

static void put_items(GString *out, const MemberTable *table, const GArray *items);

static void
put_member(GString *out, const Member *m, const void *object)
{
    char text[MAX(ADDR_TEXT_SIZE, TIME_TEXT_SIZE)];
    guint number;

    switch (m->type) {
    case MEMBER_TEXT:
    case MEMBER_LINES:
        put_text(out, *CONST_MEMBER(char *, object, m));
        return;
    case MEMBER_ADDR:
        addr_text(CONST_MEMBER(Addr, object, m), text);
        put_text(out, *text ? text : NULL);
        return;
    case MEMBER_TIME:
        time_text(*CONST_MEMBER(gint64, object, m), text);
        put_text(out, *text ? text : NULL);
        return;
    case MEMBER_UINT:
        put_number(out, *CONST_MEMBER(guint, object, m));
        return;
    case MEMBER_PORT:
        number = *CONST_MEMBER(guint, object, m);
        if (number)
            put_number(out, number);
        else
            put_text(out, NULL);
        return;
    case MEMBER_BOOL:
        g_string_append(out, *CONST_MEMBER(bool, object, m) ? "true" : "false");
        return;
    case MEMBER_ENUM:
        put_text(out, m->names[*CONST_MEMBER(guint, object, m)]);
        return;
    case MEMBER_TEXTS:
        put_texts(out, *CONST_MEMBER(GPtrArray *, object, m));
        return;
    case MEMBER_ITEMS:
        put_items(out, m->items, *CONST_MEMBER(GArray *, object, m));
        return;
    }
}

static void
put_items(GString *out, const MemberTable *table, const GArray *items)
{
    g_string_append_c(out, '[');
    for (guint i = 0; i < items->len; i++) {
        const void *object = items->data + i * table->size;
        g_string_append(out, i > 0 ? ",{" : "{");
        for (gsize k = 0; k < table->n; k++) {
            g_string_append(out, k > 0 ? ",\"" : "\"");
            g_string_append(out, table->members[k].name); /* plain words, none with a dot */
            g_string_append_len(out, "\":", 2);
            put_member(out, &table->members[k], object);
        }
        g_string_append_c(out, '}');
    }
    g_string_append_c(out, ']');
}

static char *
compact_json(const MemberTable *table, const GArray *items)
{
    GString *out = g_string_sized_new(512 * (gsize)MIN(items->len + 1, 16));

    put_items(out, table, items);
    return g_string_free(out, FALSE);
}

/* "status":"5.7.1","diagnostic":"…", with a comma after each. */
char *
incident_extras_json(const Incident *incident)
{
    GString *out = g_string_new(NULL);

    for (gsize k = 0; k < incident_members.n; k++) {
        const Member *member = &incident_members.members[k];
        gsize before = out->len;
        if (!g_strv_contains(incident_extra_names, member->name))
            continue;
        g_string_append_printf(out, "\"%s\":", member->name);
        put_member(out, member, incident);
        if (g_str_has_suffix(out->str, ":null"))
            g_string_truncate(out, before);
        else
            g_string_append_c(out, ',');
    }
    return g_string_free(out, FALSE);
}

char *
incident_hops_json(const Incident *incident)
{
    return compact_json(&hop_members, incident->hops);
}

char *
incident_causes_json(const Incident *incident)
{
    return compact_json(&cause_members, incident->causes);
}
