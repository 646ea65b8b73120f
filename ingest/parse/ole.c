/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/ole.h"

#include <string.h>

#include "base/text.h"
#include "ingest/parse/charset.h"
#include "ingest/parse/gsf_library.h"
#include "ingest/parse/outlook_mail.h"

enum { MAX_DEPTH = 4, MAX_CHILDREN = 2000, MAX_ENCLOSED = 16 };

static const char magic[] = {'\xD0', '\xCF', '\x11', '\xE0', '\xA1', '\xB1', '\x1A', '\xE1'};

/* The stream that every message has: "__properties" in UTF-16. */
static const char mark[] = "_\0_\0p\0r\0o\0p\0e\0r\0t\0i\0e\0s";

void
ole_init_for(const char *mail, gsize len)
{
    /* The first bytes in base64 and quoted-printable, and as they are. */
    if (memmem(mail, len, "0M8R4KGx", 8) || memmem(mail, len, "=D0=CF=11=E0", 12) ||
        memmem(mail, len, magic, sizeof magic))
        (void)gsf_library(); /* ole_read() says so */
}

bool
ole_is_message(GBytes *bytes, const char *name)
{
    gsize len;
    const char *data = g_bytes_get_data(bytes, &len);

    return len > sizeof magic && memcmp(data, magic, sizeof magic) == 0 &&
           ((name && text_has_suffix_fold(name, ".msg")) ||
            memmem(data, len, mark, sizeof mark - 1));
}

typedef struct {
    const GsfLibrary *gsf;
    const Limits *limits;
    guint enclosed; /* messages looked at */
} Reading;

/* -- properties -----------------------------------------------------------------------------------
 */

static void
append_utf16(GString *out, const guint8 *data, gsize len)
{
    for (gsize i = 0; i + 1 < len; i += 2) {
        gunichar c = (gunichar)(data[i] | data[i + 1] << 8);
        if (c >= 0xD800 && c < 0xDC00 && i + 3 < len && (data[i + 3] & 0xFC) == 0xDC) {
            c = 0x10000 + ((c & 0x3FF) << 10) + (gunichar)((data[i + 3] & 3) << 8 | data[i + 2]);
            i += 2;
        }
        g_string_append_unichar(out, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
    }
}

/* The property as UTF-8, NULL when the storage has none. (transfer full) */
static GString *
property(const Reading *r, GsfInfile *storage, const char *tag, gsize max)
{
    static const char *const types[] = {"001F", "001E", "0102"}; /* UTF-16, 8-bit, binary */

    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *name = g_strdup_printf("__substg1.0_%s%s", tag, types[i]);
        g_autoptr(GsfInput) stream = r->gsf->find(storage, name);
        gsize len = stream ? MIN((gsize)MAX(r->gsf->remaining(stream), 0), max) : 0;
        const guint8 *data = len > 0 ? r->gsf->read(stream, len, NULL) : NULL;
        GString *out;
        if (!data)
            continue;
        out = g_string_sized_new(len + 1);
        if (i == 0)
            append_utf16(out, data, len);
        else
            (void)charset_to_utf8(NULL, (const char *)data, len, out);
        return out;
    }
    return NULL;
}

static void
free_string(GString *string)
{
    if (string)
        g_string_free(string, TRUE);
}

/* -- the mail -------------------------------------------------------------------------------------
 */

static void
append_field(const Reading *r, GsfInfile *storage, const char *tag, const char *name, GString *mail)
{
    GString *value = property(r, storage, tag, r->limits->field_bytes);

    if (value)
        g_string_append_printf(mail, "%s: %s\n", name, g_strdelimit(value->str, "\r\n", ' '));
    free_string(value);
}

/* A message as text; *ret_has_trace: it came with trace fields. NULL: it is none. */
static GString *
message_mail(const Reading *r, GsfInfile *storage, bool *ret_has_trace)
{
    GString *mail = g_string_new(NULL), *text = property(r, storage, "1000", r->limits->text_bytes);
    GString *header = property(r, storage, "007D", 2 * r->limits->header_block_bytes);
    bool is_html = !text;

    *ret_has_trace = header && text_find_fold(header->str, -1, "received:");
    if (header) {
        outlook_append_header(mail, header->str);
    } else { /* kept by its sender, or a draft */
        append_field(r, storage, "5D01", "From", mail);
        append_field(r, storage, "0037", "Subject", mail);
    }
    if (!text)
        text = property(r, storage, "1013", r->limits->text_bytes);
    if (mail->len > 0)
        outlook_append_text(mail, text ? text->str : NULL, is_html);
    free_string(header);
    free_string(text);
    if (mail->len > 0)
        return mail;
    g_string_free(mail, TRUE);
    return NULL;
}

/* -- enclosed messages ----------------------------------------------------------------------------
 */

static GString *read_storage(Reading *r, GsfInfile *storage, guint depth, bool *ret_has_trace);

/* The first message with trace fields among the attachments, or NULL. */
static GString *
read_enclosed(Reading *r, GsfInfile *storage, guint depth)
{
    int n = MIN(r->gsf->count(storage), MAX_CHILDREN);

    for (int i = 0; i < n && r->enclosed < MAX_ENCLOSED; i++) {
        g_autoptr(GsfInput) child = r->gsf->child(storage, i), inner = NULL;
        const char *name = child ? r->gsf->name(child) : NULL;
        GString *mail;
        bool has_trace = false;
        if (!name || !g_str_has_prefix(name, "__attach_version1.0_") ||
            !G_TYPE_CHECK_INSTANCE_TYPE(child, r->gsf->infile_type()))
            continue;
        inner = r->gsf->find((GsfInfile *)child, "__substg1.0_3701000D");
        if (!inner || !G_TYPE_CHECK_INSTANCE_TYPE(inner, r->gsf->infile_type()))
            continue;
        r->enclosed++;
        mail = read_storage(r, (GsfInfile *)inner, depth + 1, &has_trace);
        if (has_trace)
            return mail;
        free_string(mail);
    }
    return NULL;
}

static GString *
read_storage(Reading *r, GsfInfile *storage, guint depth, bool *ret_has_trace)
{
    GString *mail = depth < MAX_DEPTH ? read_enclosed(r, storage, depth) : NULL;

    *ret_has_trace = mail != NULL;
    return mail ? mail : message_mail(r, storage, ret_has_trace);
}

GBytes *
ole_read(GBytes *bytes, const Limits *limits, Complaint *complaint)
{
    gsize len;
    const guint8 *data = g_bytes_get_data(bytes, &len);
    Reading r = {.gsf = gsf_library(), .limits = limits};
    g_autoptr(GsfInput) input = NULL;
    g_autoptr(GsfInfile) file = NULL;
    GString *mail = NULL;
    bool has_trace;

    if (r.gsf) {
        input = r.gsf->memory_new(data, (gsf_off_t)len, FALSE);
        file = r.gsf->ole_new(input, NULL);
        mail = file ? read_storage(&r, file, 0, &has_trace) : NULL;
    }
    if (mail)
        return g_string_free_to_bytes(mail);
    complaint_add_problem(complaint, "msg-not-read", "an Outlook message %s",
                          r.gsf ? "is damaged or empty"
                                : "could not be read: libgsf was not at hand");
    return NULL;
}
