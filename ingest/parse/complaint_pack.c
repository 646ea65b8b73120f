/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/complaint_pack.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "ingest/parse/complaint_members.h"

/* Layout: MAGIC, then the members in table order. Numbers are base-128, least group first; a text
 * is its length plus one (0: absent) and its bytes; a list is its count and its items. */
static const char magic[4] = {'P', 'L', 'C', '1'};

#define MEMBER(type, object, member) ((type *)(void *)((char *)(object) + (member)->offset))
#define CONST_MEMBER(type, object, member)                                                         \
    ((const type *)(const void *)((const char *)(object) + (member)->offset))

static gsize
text_max(const Member *member)
{
    return member->type == MEMBER_LINES ? member->max : limits_default.field_bytes;
}

/* (transfer full) as the struct promises it: clean and short enough. */
static char *
clean_text(const Member *member, const char *bytes, gsize len)
{
    return member->type == MEMBER_LINES ? text_clean_lines(bytes, (gssize)len, text_max(member))
                                        : text_clean(bytes, (gssize)len, text_max(member));
}

static bool
is_ascii_text(const char *bytes, gsize len)
{
    for (gsize i = 0; i < len; i++)
        if (bytes[i] < ' ' || bytes[i] == 127)
            return false;
    return true;
}

/* -- writing --------------------------------------------------------------------------------------
 */

static void
write_number(GByteArray *out, guint64 value)
{
    guint8 bytes[10];
    guint n = 0;

    do {
        bytes[n] = (guint8)((value & 127) | (value > 127 ? 128 : 0));
        value >>= 7;
        n++;
    } while (value);
    g_byte_array_append(out, bytes, n);
}

static void
write_text(GByteArray *out, const Member *member, const char *text)
{
    g_autofree char *cleaned = NULL;
    gsize len;

    if (!text) {
        write_number(out, 0);
        return;
    }
    len = strlen(text);
    if (len > text_max(member) || !is_ascii_text(text, len)) {
        text = cleaned = clean_text(member, text, len);
        len = strlen(text);
    }
    write_number(out, len + 1);
    g_byte_array_append(out, (const guint8 *)text, (guint)len);
}

static void write_object(GByteArray *out, const MemberTable *table, const void *object);

static void
write_items(GByteArray *out, const Member *member, const GArray *items)
{
    guint n = (guint)MIN(items->len, member->max);

    write_number(out, n);
    for (guint i = 0; i < n; i++)
        write_object(out, member->items, items->data + i * member->items->size);
}

static void
write_texts(GByteArray *out, const Member *member, const GPtrArray *texts)
{
    guint n = (guint)MIN(texts->len, member->max);

    write_number(out, n);
    for (guint i = 0; i < n; i++)
        write_text(out, member, g_ptr_array_index(texts, i));
}

static void
write_member(GByteArray *out, const Member *m, const void *object)
{
    switch (m->type) {
    case MEMBER_TEXT:
    case MEMBER_LINES:
        write_text(out, m, *CONST_MEMBER(char *, object, m));
        return;
    case MEMBER_ADDR:
        g_byte_array_append(out, CONST_MEMBER(Addr, object, m)->b, sizeof(Addr));
        return;
    case MEMBER_TIME:
        write_number(out, (guint64)*CONST_MEMBER(gint64, object, m));
        return;
    case MEMBER_UINT:
    case MEMBER_PORT:
        write_number(out, *CONST_MEMBER(guint, object, m));
        return;
    case MEMBER_BOOL:
        write_number(out, *CONST_MEMBER(bool, object, m));
        return;
    case MEMBER_ENUM:
        write_number(out, *CONST_MEMBER(guint, object, m));
        return;
    case MEMBER_TEXTS:
        write_texts(out, m, *CONST_MEMBER(GPtrArray *, object, m));
        return;
    case MEMBER_ITEMS:
        write_items(out, m, *CONST_MEMBER(GArray *, object, m));
        return;
    }
}

static void
write_object(GByteArray *out, const MemberTable *table, const void *object)
{
    for (gsize i = 0; i < table->n; i++)
        write_member(out, &table->members[i], object);
}

GBytes *
complaint_pack(const Complaint *complaint)
{
    GByteArray *out = g_byte_array_sized_new(4096);

    g_byte_array_append(out, (const guint8 *)magic, sizeof magic);
    write_object(out, &complaint_members, complaint);
    return g_byte_array_free_to_bytes(out);
}

/* -- reading: the first error sticks, every later read yields nothing -----------------------------
 */

typedef struct {
    const guint8 *at, *end;
    Complaint *complaint;
    const char *failed; /* what was wrong, NULL while all is well */
} Reader;

static guint64
fail_read(Reader *reader, const char *what)
{
    if (!reader->failed)
        reader->failed = what;
    reader->at = reader->end;
    return 0;
}

static guint64
read_number(Reader *reader, guint64 max)
{
    guint64 value = 0;
    guint shift = 0;

    for (;;) {
        guint8 byte;
        if (reader->at >= reader->end)
            return fail_read(reader, "it ends early");
        byte = *reader->at++;
        if (shift > 63 || (shift == 63 && (byte & 127) > 1))
            return fail_read(reader, "a number is too long");
        value |= (guint64)(byte & 127) << shift;
        if (!(byte & 128))
            break;
        shift += 7;
    }
    return value > max ? fail_read(reader, "a number is out of range") : value;
}

static const char *
read_text(Reader *reader, const Member *member)
{
    gsize len = (gsize)read_number(reader, text_max(member) + 1);
    const char *bytes;

    if (reader->failed || len == 0)
        return NULL;
    len--;
    if (len == 0 || len > (gsize)(reader->end - reader->at)) {
        fail_read(reader, len == 0 ? "a text is empty" : "it ends early");
        return NULL;
    }
    bytes = (const char *)reader->at;
    reader->at += len;
    if (!is_ascii_text(bytes, len)) {
        g_autofree char *cleaned = clean_text(member, bytes, len);
        if (strlen(cleaned) != len || memcmp(cleaned, bytes, len) != 0) {
            fail_read(reader, "a text is not clean");
            return NULL;
        }
    }
    return g_string_chunk_insert_len(reader->complaint->text, bytes, (gssize)len);
}

static Addr
read_addr(Reader *reader)
{
    Addr addr = ADDR_NONE;

    if (reader->end - reader->at < (gssize)sizeof addr) {
        fail_read(reader, "it ends early");
        return addr;
    }
    memcpy(&addr, reader->at, sizeof addr);
    reader->at += sizeof addr;
    return addr;
}

static void read_object(Reader *reader, const MemberTable *table, void *object);

/* A list that exists already (of an incident or the complaint) is filled item by item, so that a
 * huge count costs nothing before its items are there. */
static void
read_items(Reader *reader, const Member *member, GArray *items)
{
    guint n = (guint)read_number(reader, member->max);
    bool are_incidents = items == reader->complaint->incidents;

    for (guint i = 0; i < n && !reader->failed; i++) {
        if (are_incidents)
            (void)complaint_add_incident(reader->complaint);
        else
            g_array_set_size(items, i + 1);
        read_object(reader, member->items, items->data + i * member->items->size);
    }
}

static void
read_texts(Reader *reader, const Member *member, GPtrArray *texts)
{
    guint n = (guint)read_number(reader, member->max);

    for (guint i = 0; i < n && !reader->failed; i++) {
        const char *text = read_text(reader, member);
        if (text)
            g_ptr_array_add(texts, (gpointer)text);
        else
            fail_read(reader, "a list has a gap");
    }
}

static void
read_member(Reader *reader, const Member *m, void *object)
{
    switch (m->type) {
    case MEMBER_TEXT:
    case MEMBER_LINES:
        *MEMBER(const char *, object, m) = read_text(reader, m);
        return;
    case MEMBER_ADDR:
        *MEMBER(Addr, object, m) = read_addr(reader);
        return;
    case MEMBER_TIME:
        *MEMBER(gint64, object, m) = (gint64)read_number(reader, G_MAXUINT64);
        return;
    case MEMBER_UINT:
        *MEMBER(guint, object, m) = (guint)read_number(reader, G_MAXUINT32);
        return;
    case MEMBER_PORT:
        *MEMBER(guint, object, m) = (guint)read_number(reader, 65535);
        return;
    case MEMBER_BOOL:
        *MEMBER(bool, object, m) = read_number(reader, 1) == 1;
        return;
    case MEMBER_ENUM:
        *MEMBER(guint, object, m) = (guint)read_number(reader, m->max - 1);
        return;
    case MEMBER_TEXTS:
        read_texts(reader, m, *MEMBER(GPtrArray *, object, m));
        return;
    case MEMBER_ITEMS:
        read_items(reader, m, *MEMBER(GArray *, object, m));
        return;
    }
}

static void
read_object(Reader *reader, const MemberTable *table, void *object)
{
    for (gsize i = 0; i < table->n; i++) {
        const Member *member = &table->members[i];
        read_member(reader, member, object);
        if (table->required && !reader->failed && strcmp(table->required, member->name) == 0 &&
            !*CONST_MEMBER(char *, object, member))
            fail_read(reader, "a name is missing");
    }
}

Complaint *
complaint_unpack(GBytes *packed, GError **error)
{
    g_autoptr(Complaint) complaint = complaint_new();
    gsize len = 0;
    const guint8 *bytes = g_bytes_get_data(packed, &len);
    Reader reader = {.at = bytes, .end = bytes + len, .complaint = complaint};

    if (len < sizeof magic || len > LIMIT_CHILD_REPLY_BYTES ||
        memcmp(bytes, magic, sizeof magic) != 0) {
        plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "not a packed complaint");
        return NULL;
    }
    reader.at += sizeof magic;
    read_object(&reader, &complaint_members, complaint);
    if (!reader.failed && reader.at != reader.end)
        reader.failed = "something follows its end";
    if (reader.failed) {
        plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "bad packed complaint: %s", reader.failed);
        return NULL;
    }
    return g_steal_pointer(&complaint);
}

/* -- JSON -----------------------------------------------------------------------------------------
 */

static json_t *
json_text(const char *text)
{
    json_t *value = text ? json_string(text) : NULL;

    return value ? value : json_null(); /* NULL also for bytes that are no UTF-8 */
}

static json_t *
json_addr(const Addr *addr)
{
    char text[ADDR_TEXT_SIZE];

    return addr_is_none(addr) ? json_null() : json_string(addr_text(addr, text));
}

static json_t *
json_time(gint64 time)
{
    char text[TIME_TEXT_SIZE];

    return *time_text(time, text) ? json_text(text) : json_null();
}

static json_t *json_object_of(const MemberTable *table, const void *object);

static json_t *
json_items(const MemberTable *table, const GArray *items)
{
    json_t *list = json_array();

    for (guint i = 0; i < items->len; i++)
        json_array_append_new(list, json_object_of(table, items->data + i * table->size));
    return list;
}

static json_t *
json_texts(const GPtrArray *texts)
{
    json_t *list = json_array();

    for (guint i = 0; i < texts->len; i++)
        json_array_append_new(list, json_text(g_ptr_array_index(texts, i)));
    return list;
}

static json_t *
json_member(const Member *m, const void *object)
{
    guint number;

    switch (m->type) {
    case MEMBER_TEXT:
    case MEMBER_LINES:
        return json_text(*CONST_MEMBER(char *, object, m));
    case MEMBER_ADDR:
        return json_addr(CONST_MEMBER(Addr, object, m));
    case MEMBER_TIME:
        return json_time(*CONST_MEMBER(gint64, object, m));
    case MEMBER_UINT:
        return json_integer(*CONST_MEMBER(guint, object, m));
    case MEMBER_PORT:
        number = *CONST_MEMBER(guint, object, m);
        return number ? json_integer(number) : json_null();
    case MEMBER_BOOL:
        return json_boolean(*CONST_MEMBER(bool, object, m));
    case MEMBER_ENUM:
        return json_text(m->names[*CONST_MEMBER(guint, object, m)]);
    case MEMBER_TEXTS:
        return json_texts(*CONST_MEMBER(GPtrArray *, object, m));
    case MEMBER_ITEMS:
        return json_items(m->items, *CONST_MEMBER(GArray *, object, m));
    }
    return json_null();
}

/* "authenticity.verdict" goes into the object "authenticity". */
static void
json_put(json_t *object, const char *name, json_t *value)
{
    const char *dot = strchr(name, '.');
    g_autofree char *outer = NULL;
    json_t *inner;

    if (!dot) {
        json_object_set_new(object, name, value);
        return;
    }
    outer = g_strndup(name, (gsize)(dot - name));
    inner = json_object_get(object, outer);
    if (!inner) {
        inner = json_object();
        json_object_set_new(object, outer, inner);
    }
    json_object_set_new(inner, dot + 1, value);
}

static json_t *
json_object_of(const MemberTable *table, const void *object)
{
    json_t *result = json_object();

    for (gsize i = 0; i < table->n; i++)
        json_put(result, table->members[i].name, json_member(&table->members[i], object));
    return result;
}

json_t *
complaint_to_json(const Complaint *complaint)
{
    return json_object_of(&complaint_members, complaint);
}
