/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Letters: read back by GMime they say what was put in, and nobody adds a field to them. */
#include <gmime/gmime.h>
#include <string.h>

#include "base/error.h"
#include "notify/mail.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeMessage, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeParser, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeStream, g_object_unref)

#define AT ((gint64)1767268800) /* 2026-01-01T12:00:00Z */

static Mail
plain(void)
{
    return (Mail){.from_name = "Example Net abuse desk",
                  .from = "abuse@example.net",
                  .to = "anna@example.org",
                  .subject = "your complaint",
                  .message_id = "plaint.7.abc@example.net",
                  .text = "Thank you.\n",
                  .at = AT};
}

static char *
composed(const Mail *mail)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = mail_compose(mail, &error);

    g_assert_no_error(error);
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static GMimeMessage *
read_back(const char *text)
{
    g_autoptr(GMimeStream) stream = g_mime_stream_mem_new_with_buffer(text, strlen(text));
    g_autoptr(GMimeParser) parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

    g_assert_nonnull(message);
    return message;
}

static void
assert_field(GMimeMessage *message, const char *name, const char *want)
{
    g_assert_cmpstr(g_mime_object_get_header(GMIME_OBJECT(message), name), ==, want);
}

static void
test_plain(void)
{
    const Mail mail = plain();
    g_autofree char *text = composed(&mail);
    g_autoptr(GMimeMessage) message = read_back(text);
    static const struct {
        const char *name, *value;
    } fields[] = {
        {"From", "Example Net abuse desk <abuse@example.net>"},
        {"To", "anna@example.org"},
        {"Subject", "your complaint"},
        {"Date", "Thu, 01 Jan 2026 12:00:00 +0000"},
        {"Message-Id", "<plaint.7.abc@example.net>"},
        {"Auto-Submitted", "auto-generated"},
        {"MIME-Version", "1.0"},
        {"In-Reply-To", NULL},
        {"References", NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
        assert_field(message, fields[i].name, fields[i].value);
    g_assert_cmpstr(g_mime_object_get_header(g_mime_message_get_mime_part(message), "Content-Type"),
                    ==, "text/plain; charset=utf-8; format=fixed");
    g_assert_true(g_str_has_suffix(text, "\n\nThank you.\n"));
    g_assert_null(strchr(text, '\r'));
}

/* The bytes of a text part, decoded. */
static char *
text_of(GMimeObject *part)
{
    g_assert_true(GMIME_IS_TEXT_PART(part));
    return g_mime_text_part_get_text(GMIME_TEXT_PART(part));
}

static void
test_words_of_the_world(void)
{
    Mail mail = plain();
    g_autofree char *text = NULL, *body = NULL;
    g_autoptr(GMimeMessage) message = NULL;

    mail.from_name = "Bureau « abus », Genève";
    mail.subject = "Ihre Beschwerde über 192.0.2.25 – erledigt, 解決済み";
    mail.text = "Grüße aus Zürich\n.\nFrom here on\n";
    text = composed(&mail);
    for (const char *p = text; *p; p++)
        g_assert_true((guchar)*p < 0x80);
    message = read_back(text);
    g_assert_cmpstr(g_mime_message_get_subject(message), ==, mail.subject);
    body = text_of(g_mime_message_get_mime_part(message));
    g_assert_cmpstr(body, ==, mail.text);
    g_assert_cmpstr(internet_address_get_name(
                        internet_address_list_get_address(g_mime_message_get_from(message), 0)),
                    ==, mail.from_name);
}

static void
test_answer(void)
{
    Mail mail = plain();
    g_autofree char *text = NULL;
    g_autoptr(GMimeMessage) message = NULL;

    mail.in_reply_to = "<their.id@example.org>";
    mail.references = "<first@example.org>\r\n <second@example.org> junk <their.id@example.org>";
    text = composed(&mail);
    message = read_back(text);
    assert_field(message, "In-Reply-To", "<their.id@example.org>");
    assert_field(message, "References",
                 "<first@example.org> <second@example.org> <their.id@example.org>");
    assert_field(message, "Auto-Submitted", "auto-replied");
}

static void
test_files(void)
{
    static const char csv[] = "a;b\r\n1;2\r\n";
    g_autoptr(GBytes) bytes = g_bytes_new_static(csv, strlen(csv));
    const MailFile files[] = {{"Übersicht \"März\".csv", "text/csv", bytes}};
    Mail mail = plain();
    g_autofree char *text = NULL, *plain_text = NULL;
    g_autoptr(GMimeMessage) message = NULL;
    g_autoptr(GMimeStream) stream = g_mime_stream_mem_new();
    GMimeMultipart *mixed = NULL, *both = NULL;
    GMimePart *part = NULL;
    GByteArray *got = NULL;

    mail.html = "<p>Grüße</p>";
    mail.files = files;
    mail.n_files = 1;
    text = composed(&mail);
    message = read_back(text);
    mixed = GMIME_MULTIPART(g_mime_message_get_mime_part(message));
    g_assert_cmpint(g_mime_multipart_get_count(mixed), ==, 2);
    both = GMIME_MULTIPART(g_mime_multipart_get_part(mixed, 0));
    plain_text = text_of(g_mime_multipart_get_part(both, 0));
    g_assert_cmpstr(plain_text, ==, "Thank you.\n");
    part = GMIME_PART(g_mime_multipart_get_part(mixed, 1));
    g_assert_cmpstr(g_mime_part_get_filename(part), ==, files[0].name);
    g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(part), stream);
    got = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    g_assert_cmpmem(got->data, got->len, csv, (guint)strlen(csv));
}

/* -- hostile texts ----------------------------------------------------------------------------- */

static guint
count_fields(const char *text)
{
    g_autoptr(GMimeMessage) message = read_back(text);

    return (guint)g_mime_header_list_get_count(
        g_mime_object_get_header_list(GMIME_OBJECT(message)));
}

static void
test_no_field_is_added(void)
{
    static const char *const texts[] = {
        "x\nBcc: eve@example.com",
        "x\r\nBcc: eve@example.com",
        "x\r\n\r\nBcc: eve@example.com",
        "x\rBcc: eve@example.com",
        "x\xe2\x80\xa8"
        "Bcc: eve@example.com",
        "x\x0b"
        "Bcc: eve\n",
        "=?utf-8?q?x=0D=0ABcc:_eve?=",
        "\xff\n\xfe\nBcc: eve@example.com",
    };
    g_autoptr(GBytes) bytes = g_bytes_new_static("x", 1);

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        const MailFile files[] = {{texts[i], "text/plain", bytes}};
        Mail mail = plain();
        g_autofree char *harmless = NULL, *text = NULL;
        const MailFile other[] = {{"x", "text/plain", bytes}};

        mail.in_reply_to = "a@b";
        mail.n_files = 1;
        mail.files = other;
        harmless = composed(&mail);
        mail.subject = mail.from_name = mail.references = texts[i];
        mail.files = files;
        text = composed(&mail);
        g_assert_cmpuint(count_fields(text), ==, count_fields(harmless));
        g_assert_null(strstr(text, "\nBcc:"));
        mail.in_reply_to = texts[i];
        g_clear_pointer(&text, g_free);
        text = composed(&mail); /* it answers nothing then */
        g_assert_null(strstr(text, "In-Reply-To"));
        g_assert_null(strstr(text, "\nBcc:"));
    }
}

static void
test_long_fields(void)
{
    Mail mail = plain();
    g_autofree char *words = g_strnfill(5000, 'a'), *text = NULL;
    g_auto(GStrv) lines = NULL;

    for (gsize i = 0; i < 5000; i += 60)
        words[i] = ' ';
    mail.subject = words;
    text = composed(&mail);
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        g_assert_cmpuint(strlen(*line), <=, 998);
}

static void
test_addresses(void)
{
    static const char *const good[] = {"a@b", "abuse@example.net", "first.last+tag@sub.example.org",
                                       "o'hara=x@example.net"};
    static const char *const bad[] = {"",
                                      "abuse",
                                      "@example.net",
                                      "abuse@",
                                      "-f@example.net",
                                      "a b@example.net",
                                      "a@example.net\nBcc: eve@example.com",
                                      "a@example.net,eve@example.com",
                                      "<a@example.net>",
                                      "\"a b\"@example.net",
                                      "a@b@c",
                                      "a..b@example.net",
                                      ".a@example.net",
                                      "a@example..net",
                                      "müller@example.net",
                                      "a@exämple.net",
                                      "a@[192.0.2.1]",
                                      "a(c)@example.net",
                                      "a|b;c@example.net"};

    for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(mail_address_is_good(good[i]));
    g_assert_false(mail_address_is_good(NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        Mail mail = plain();

        g_assert_false(mail_address_is_good(bad[i]));
        for (int which = 0; which < 2; which++) {
            g_autoptr(GError) error = NULL;

            mail = plain();
            *(which ? &mail.to : &mail.from) = bad[i];
            g_assert_null(mail_compose(&mail, &error));
            g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
        }
    }
}

static void
test_types(void)
{
    static const char *const bad[] = {"",      "text",           "text/",        "/csv",
                                      "a/b/c", "text/csv\nX: y", "text/csv; x=y"};
    g_autoptr(GBytes) bytes = g_bytes_new_static("x", 1);

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        const MailFile files[] = {{"x", bad[i], bytes}};
        g_autoptr(GError) error = NULL;
        Mail mail = plain();

        mail.files = files;
        mail.n_files = 1;
        g_assert_null(mail_compose(&mail, &error));
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
    }
}

/* -- wrapping ---------------------------------------------------------------------------------- */

#define TEN "123456789 "

static void
test_wrap(void)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"", "\n"},
        {"a\n\n\nb\n\n\n", "a\n\n\nb\n"},
        {"a  \r\nb\tc\rd", "a\nb\tc\nd\n"},
        {TEN TEN TEN TEN TEN TEN TEN "12345678", TEN TEN TEN TEN TEN TEN TEN "12345678\n"},
        {TEN TEN TEN TEN TEN TEN TEN "123456789", TEN TEN TEN TEN TEN TEN "123456789\n123456789\n"},
        {"see " TEN TEN "https://example.net/"
         "01234567890123456789012345678901234567890123456789012345678901234567890123"
         "45678901234567890 there",
         "see " TEN "123456789\nhttps://example.net/"
         "012345678901234567890123456789012345678901234567890123456789012345678901234567"
         "8901234567890\nthere\n"},
        {TEN TEN TEN TEN TEN TEN TEN "123456 > x", TEN TEN TEN TEN TEN TEN TEN "123456 >\nx\n"},
        {TEN TEN TEN TEN TEN TEN TEN "12345678 > x",
         TEN TEN TEN TEN TEN TEN TEN "12345678\n > x\n"},
        {"> " TEN TEN TEN TEN TEN TEN TEN TEN "x", "> " TEN TEN TEN TEN TEN TEN TEN TEN "x\n"},
        {"  " TEN TEN TEN TEN TEN TEN TEN TEN "x", "  " TEN TEN TEN TEN TEN TEN TEN TEN "x\n"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = mail_wrap(cases[i].in);

        g_assert_cmpstr(got, ==, cases[i].out);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_mime_init();
    g_test_add_func("/mail/plain", test_plain);
    g_test_add_func("/mail/words-of-the-world", test_words_of_the_world);
    g_test_add_func("/mail/answer", test_answer);
    g_test_add_func("/mail/files", test_files);
    g_test_add_func("/mail/no-field-is-added", test_no_field_is_added);
    g_test_add_func("/mail/long-fields", test_long_fields);
    g_test_add_func("/mail/addresses", test_addresses);
    g_test_add_func("/mail/types", test_types);
    g_test_add_func("/mail/wrap", test_wrap);
    return g_test_run();
}
