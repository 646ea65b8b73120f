/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notify/mail.h"

#include <gmime/gmime.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

enum {
    SUBJECT_BYTES = 500,
    NAME_BYTES = 200,
    ID_BYTES = 250,
    REFERENCES_MAX = 20, /* RFC 5322 line lengths, and nobody's thread needs more */
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeMessage, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeObject, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeMultipart, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimePart, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeStream, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeDataWrapper, g_object_unref)

/* -- addresses -------------------------------------------------------------------------------- */

static bool
is_dot_atom(const char *text, gsize len, const char *more)
{
    if (len == 0 || text[0] == '.' || text[len - 1] == '.')
        return false;
    for (gsize i = 0; i < len; i++) {
        if (text[i] == '\0' || (!g_ascii_isalnum(text[i]) && !strchr(more, text[i])) ||
            (text[i] == '.' && text[i + 1] == '.'))
            return false;
    }
    return true;
}

const char *
mail_address_domain(const char *address)
{
    const char *at = strrchr(address, '@');

    return at ? at + 1 : "";
}

bool
mail_address_is_good(const char *address)
{
    const char *domain = address ? mail_address_domain(address) : "";
    gsize len = address ? strlen(address) : 0, tail = strlen(domain);

    return tail > 0 && len <= MAIL_ADDRESS_MAX && len - tail - 1 <= 64 && address[0] != '-' &&
           is_dot_atom(address, len - tail - 1, ".!#$%&'*+-/=?^_`{|}~") &&
           is_dot_atom(domain, tail, ".-");
}

static bool
check_address(const char *what, const char *address, GError **error)
{
    g_autofree char *quoted = text_quote(address);

    return mail_address_is_good(address) ||
           plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                       "%s: %s is no address that mail can be sent %s", what, quoted,
                       strcmp(what, "From") == 0 ? "from" : "to");
}

/* -- ids --------------------------------------------------------------------------------------- */

/* The part between < and >, printable and without blanks; NULL: it is none. (transfer full) */
static char *
bare_id(const char *text)
{
    g_autofree char *id = g_strstrip(g_strdup(text));
    gsize len = strlen(id);

    if (len >= 2 && id[0] == '<' && id[len - 1] == '>') {
        id[len - 1] = '\0';
        memmove(id, id + 1, len - 1);
    }
    len = strlen(id);
    if (len == 0 || len > ID_BYTES || !strchr(id, '@'))
        return NULL;
    for (gsize i = 0; i < len; i++)
        if (!g_ascii_isgraph(id[i]) || strchr("<>(),;\"", id[i]))
            return NULL;
    return g_steal_pointer(&id);
}

/* References as RFC 5322 3.6.4 wants them: those of the mail that is answered, then its own id. */
static char *
references_of(const Mail *mail, const char *answered)
{
    g_auto(GStrv) words = g_strsplit_set(mail->references ? mail->references : "", " \t\r\n", -1);
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) text = g_string_new(NULL);
    guint first = 0;

    for (char **word = words; *word; word++) {
        char *id = **word ? bare_id(*word) : NULL;

        if (id)
            g_ptr_array_add(ids, id);
    }
    if (ids->len == 0 || strcmp(g_ptr_array_index(ids, ids->len - 1), answered) != 0)
        g_ptr_array_add(ids, g_strdup(answered));
    first = ids->len > REFERENCES_MAX ? ids->len - REFERENCES_MAX : 0;
    for (guint i = first; i < ids->len; i++)
        g_string_append_printf(text, "%s<%s>", text->len ? " " : "",
                               (const char *)g_ptr_array_index(ids, i));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* -- text -------------------------------------------------------------------------------------- */

/* Where a line breaks: behind the last blank within the width, else the first one after it. */
static const char *
break_of(const char *line, const char *end)
{
    const char *at = NULL, *p = line;

    for (gsize n = 0; p < end; p = g_utf8_next_char(p), n++) {
        if (n > MAIL_WIDTH && at)
            return at;
        if (*p == ' ')
            at = p;
    }
    return g_utf8_strlen(line, end - line) > MAIL_WIDTH && at ? at : end;
}

char *
mail_wrap(const char *text)
{
    g_autofree char *clean = text_clean_lines(text, -1, 3 * strlen(text) + 1);
    g_auto(GStrv) lines = g_strsplit(clean, "\n", -1);
    g_autoptr(GString) out = g_string_new(NULL);

    for (char **line = lines; *line; line++) {
        const char *p = g_strchomp(*line), *end = p + strlen(p);

        while (*p && *p != ' ' && *p != '>') {
            const char *stop = break_of(p, end);

            g_string_append_len(out, p, stop - p);
            p = stop;
            while (*p == ' ')
                p++;
            if (*p)
                g_string_append_c(out, '\n');
            if (*p == '>') /* it would read as a quotation */
                g_string_append_c(out, ' ');
        }
        g_string_append(out, p);
        if (line[1])
            g_string_append_c(out, '\n');
    }
    while (out->len > 0 && out->str[out->len - 1] == '\n')
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '\n');
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* -- parts ------------------------------------------------------------------------------------- */

static GMimePart *
make_part(const char *type, const char *subtype, const void *bytes, gsize len)
{
    GMimePart *part = g_mime_part_new_with_type(type, subtype);
    g_autoptr(GMimeStream) stream = g_mime_stream_mem_new_with_buffer(bytes, len);
    g_autoptr(GMimeDataWrapper) content =
        g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

    g_mime_part_set_content(part, content);
    if (g_ascii_strcasecmp(type, "text") == 0)
        g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
    return part;
}

static GMimeObject *
make_text(const Mail *mail)
{
    g_autofree char *wrapped = mail_wrap(mail->text);
    GMimePart *plain = make_part("text", "plain", wrapped, strlen(wrapped));
    g_autoptr(GMimePart) html = NULL;
    GMimeMultipart *both = NULL;

    g_mime_object_set_content_type_parameter(GMIME_OBJECT(plain), "format", "fixed");
    if (!mail->html)
        return GMIME_OBJECT(plain);
    html = make_part("text", "html", mail->html, strlen(mail->html));
    both = g_mime_multipart_new_with_subtype("alternative");
    g_mime_multipart_add(both, GMIME_OBJECT(plain));
    g_mime_multipart_add(both, GMIME_OBJECT(html));
    g_object_unref(plain);
    return GMIME_OBJECT(both);
}

static GMimePart *
make_file(const MailFile *file, GError **error)
{
    g_autofree char *quoted = text_quote(file->type);
    g_autofree char *name = text_clean(file->name, -1, NAME_BYTES);
    g_auto(GStrv) words = g_strsplit(file->type, "/", -1);
    GMimePart *part = NULL;
    gsize len = 0;
    const void *bytes = g_bytes_get_data(file->bytes, &len);

    if (g_strv_length(words) != 2 || !is_dot_atom(words[0], strlen(words[0]), "+-.") ||
        !is_dot_atom(words[1], strlen(words[1]), "+-.")) {
        plaint_fail(error, PLAINT_ERROR_BAD_INPUT, "%s is no media type", quoted);
        return NULL;
    }
    part = make_part(words[0], words[1], bytes, len);
    g_mime_object_set_disposition(GMIME_OBJECT(part), GMIME_DISPOSITION_ATTACHMENT);
    g_mime_part_set_filename(part, name);
    /* It arrives byte for byte, whatever its line ends are. */
    g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
    return part;
}

static GMimeObject *
make_body(const Mail *mail, GError **error)
{
    g_autoptr(GMimeObject) text = make_text(mail);
    g_autoptr(GMimeMultipart) mixed = NULL;

    if (mail->n_files == 0)
        return g_steal_pointer(&text);
    mixed = g_mime_multipart_new_with_subtype("mixed");
    g_mime_multipart_add(mixed, text);
    for (guint i = 0; i < mail->n_files; i++) {
        g_autoptr(GMimePart) part = make_file(&mail->files[i], error);

        if (!part)
            return NULL;
        g_mime_multipart_add(mixed, GMIME_OBJECT(part));
    }
    return GMIME_OBJECT(g_steal_pointer(&mixed));
}

/* -- the letter -------------------------------------------------------------------------------- */

static bool
set_ids(GMimeMessage *message, const Mail *mail, GError **error)
{
    g_autofree char *own = mail->message_id ? bare_id(mail->message_id) : NULL;
    g_autofree char *answered = mail->in_reply_to ? bare_id(mail->in_reply_to) : NULL;

    if (!own)
        return plaint_fail(error, PLAINT_ERROR_INTERNAL, "a letter without a Message-ID");
    g_mime_message_set_message_id(message, own);
    if (answered) { /* what does not look like one cannot be answered by it */
        g_autofree char *field = g_strconcat("<", answered, ">", NULL);
        g_autofree char *references = references_of(mail, answered);

        g_mime_object_set_header(GMIME_OBJECT(message), "In-Reply-To", field, NULL);
        g_mime_object_set_header(GMIME_OBJECT(message), "References", references, NULL);
    }
    /* RFC 3834 5: no machine is to answer it. */
    g_mime_object_set_header(GMIME_OBJECT(message), "Auto-Submitted",
                             answered ? "auto-replied" : "auto-generated", NULL);
    return true;
}

static void
set_fields(GMimeMessage *message, const Mail *mail)
{
    g_autofree char *name = text_clean(mail->from_name ? mail->from_name : "", -1, NAME_BYTES);
    g_autofree char *subject = text_clean(mail->subject, -1, SUBJECT_BYTES);
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(mail->at);

    g_strstrip(name);
    g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, *name ? name : NULL, mail->from);
    g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_TO, NULL, mail->to);
    g_mime_message_set_subject(message, g_strstrip(subject), "utf-8");
    g_mime_message_set_date(message, date);
}

GBytes *
mail_compose(const Mail *mail, GError **error)
{
    g_autoptr(GMimeMessage) message = NULL;
    g_autoptr(GMimeObject) body = NULL;
    g_autoptr(GMimeStream) stream = NULL;
    GByteArray *bytes = NULL;

    g_mime_init();
    if (!check_address("From", mail->from, error) || !check_address("To", mail->to, error))
        return NULL;
    message = g_mime_message_new(TRUE);
    set_fields(message, mail);
    if (!set_ids(message, mail, error))
        return NULL;
    body = make_body(mail, error);
    if (!body)
        return NULL;
    g_mime_message_set_mime_part(message, body);
    g_mime_object_encode(GMIME_OBJECT(message), GMIME_ENCODING_CONSTRAINT_7BIT);
    stream = g_mime_stream_mem_new();
    if (g_mime_object_write_to_stream(GMIME_OBJECT(message), NULL, stream) < 0) {
        plaint_fail(error, PLAINT_ERROR_INTERNAL, "the letter cannot be written");
        return NULL;
    }
    bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    return g_bytes_new(bytes->data, bytes->len);
}
