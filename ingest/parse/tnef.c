/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/tnef.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <ytnef.h>

#include "base/text.h"
#include "ingest/parse/charset.h"
#include "ingest/parse/outlook_mail.h"

enum { MAX_ATTACHMENTS = 64, SNIFF_BYTES = 2000, OBJECT_ID_BYTES = 16 };
enum { TYPE_TEXT8 = 30, TYPE_UNICODE = 31, TYPE_OBJECT = 13 };
enum { TAG_HEADER = 0x007D, TAG_TEXT = 0x1000, TAG_DATA = 0x3701 };

static const char magic[] = {'\x78', '\x9F', '\x3E', '\x22'};

static struct {
    __typeof__(TNEFInitialize) *init;
    __typeof__(TNEFParseMemory) *parse;
    __typeof__(TNEFFree) *free;
} ytnef;

static gpointer
load(gpointer unused)
{
    /* clang-format off */
    const struct { const char *name; void **to; } symbols[] = {
        {"TNEFInitialize",  (void **)&ytnef.init},
        {"TNEFParseMemory", (void **)&ytnef.parse},
        {"TNEFFree",        (void **)&ytnef.free},
    };
    /* clang-format on */
    void *library = dlopen("libytnef.so.0", RTLD_NOW | RTLD_LOCAL);

    (void)unused;
    for (gsize i = 0; i < G_N_ELEMENTS(symbols); i++) {
        *symbols[i].to = library ? dlsym(library, symbols[i].name) : NULL;
        if (!*symbols[i].to)
            return NULL;
    }
    return library;
}

bool
tnef_init(void)
{
    static GOnce once = G_ONCE_INIT;

    return g_once(&once, load, NULL) != NULL;
}

void
tnef_init_for(const char *mail, gsize len)
{
    /* The first bytes in base64 and quoted-printable, and as they are. */
    if (memmem(mail, len, "eJ8+I", 5) || memmem(mail, len, "x=9F>\"", 6) ||
        memmem(mail, len, magic, sizeof magic))
        (void)tnef_init(); /* tnef_read() says so */
}

bool
tnef_is(GBytes *bytes)
{
    gsize len;
    const char *data = g_bytes_get_data(bytes, &len);

    return len > 6 && memcmp(data, magic, sizeof magic) == 0;
}

/* -- reading --------------------------------------------------------------------------------------
 */

/* What is not whole in it is told on standard output, which is not the library's to use. */
static bool
parse(const guint8 *data, gsize len, TNEFStruct *tnef)
{
    FILE *ours = stdout, *nowhere = fopencookie(NULL, "w", (cookie_io_functions_t){0});
    bool whole = false;

    if (!nowhere)
        return false;
    ytnef.init(tnef);
    tnef->Debug = 0;
    stdout = nowhere;
    whole = ytnef.parse((guint8 *)data, (long)len, tnef) == 0;
    stdout = ours;
    (void)fclose(nowhere);
    return whole;
}

/* A property's bytes, NULL when there is none. ytnef keeps them with a NUL behind, UTF-16 as UTF-8.
 */
static const variableLength *
property(const MAPIProps *props, guint tag, guint type)
{
    for (guint i = 0; i < props->count; i++) {
        const MAPIProperty *p = &props->properties[i];

        if (p->custom == 0 && p->id == (tag << 16 | type) && p->data && p->count > 0 &&
            p->data->data && p->data->size > 0)
            return p->data;
    }
    return NULL;
}

/* (transfer full) or NULL */
static char *
text_property(const MAPIProps *props, guint tag, gsize max)
{
    const variableLength *wide = property(props, tag, TYPE_UNICODE);
    const variableLength *value = wide ? wide : property(props, tag, TYPE_TEXT8);
    g_autoptr(GString) out = g_string_new(NULL);
    gsize len = value ? strnlen((const char *)value->data, MIN((gsize)value->size, max)) : 0;

    if (len == 0)
        return NULL;
    (void)charset_to_utf8(NULL, (const char *)value->data, len, out);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* A message enclosed as an object: the id of what it is, then a stream of its own. (transfer full)
 */
static GBytes *
object_mail(const variableLength *object, const Limits *limits)
{
    TNEFStruct inner = {0};
    g_autoptr(GString) mail = g_string_new(NULL);
    g_autofree char *header = NULL, *text = NULL;

    if (object->size < OBJECT_ID_BYTES + (int)sizeof magic ||
        memcmp(object->data + OBJECT_ID_BYTES, magic, sizeof magic) != 0)
        return NULL;
    (void)parse(object->data + OBJECT_ID_BYTES, (gsize)object->size - OBJECT_ID_BYTES, &inner);
    header = text_property(&inner.MapiProperties, TAG_HEADER, 2 * limits->header_block_bytes);
    text = text_property(&inner.MapiProperties, TAG_TEXT, limits->text_bytes);
    if (!text && inner.body.data && inner.body.size > 0) {
        g_autoptr(GString) body = g_string_new(NULL);
        (void)charset_to_utf8(NULL, (const char *)inner.body.data,
                              strnlen((const char *)inner.body.data, (gsize)inner.body.size), body);
        text = g_string_free(g_steal_pointer(&body), FALSE);
    }
    ytnef.free(&inner);
    if (!header)
        return NULL;
    outlook_append_header(mail, header);
    outlook_append_text(mail, text, false);
    return g_string_free_to_bytes(g_steal_pointer(&mail));
}

/* A file that begins with header fields, among them a trace field. */
static bool
is_mail_file(const variableLength *file)
{
    const char *data = (const char *)file->data;
    gsize len = file->data && file->size > 0 ? MIN((gsize)file->size, SNIFF_BYTES) : 0;
    gsize name = 0;

    while (name < len && (g_ascii_isalnum(data[name]) || data[name] == '-'))
        name++;
    return name > 0 && name < len && data[name] == ':' &&
           (g_ascii_strncasecmp(data, "received:", MIN(len, 9)) == 0 ||
            memmem(data, len, "\nReceived:", 10));
}

static GBytes *
attached_mail(const Attachment *attachment, const Limits *limits)
{
    const variableLength *object = property(&attachment->MAPI, TAG_DATA, TYPE_OBJECT);
    GBytes *mail = object ? object_mail(object, limits) : NULL;

    if (!mail && is_mail_file(&attachment->FileData))
        mail = g_bytes_new(attachment->FileData.data, (gsize)attachment->FileData.size);
    return mail;
}

GBytes *
tnef_read(GBytes *bytes, const Limits *limits, Complaint *complaint)
{
    gsize len;
    const guint8 *data = g_bytes_get_data(bytes, &len);
    TNEFStruct tnef = {0};
    GBytes *mail = NULL;
    const Attachment *attachment = NULL;
    guint n = 0;

    if (!tnef_init()) {
        complaint_add_problem(complaint, "tnef-not-read",
                              "a winmail.dat is attached, and libytnef is not installed");
        return NULL;
    }
    if (!parse(data, len, &tnef))
        complaint_add_problem(complaint, "tnef-not-read",
                              "a winmail.dat is damaged: ask for the message itself");
    for (attachment = tnef.starting_attach.next; attachment && !mail && n < MAX_ATTACHMENTS; n++) {
        mail = attached_mail(attachment, limits);
        attachment = attachment->next;
    }
    ytnef.free(&tnef);
    return mail;
}
