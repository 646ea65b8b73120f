/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mail built to exhaust a parser ends as a complaint with its problem named, within the memory and
 * time of the parsing child; and prescan leaves out what it says and nothing else. */
#include <string.h>

#include "ingest/parse/complaint_pack.h"
#include "ingest/parse/parse.h"
#include "ingest/parse/prescan.h"
#include "tests/parse/hostile.h"

static const char hostile_head[] =
    "From: ann@victim.example\nTo: abuse@isp.example\nSubject: spam\n"
    "Date: Tue, 4 Mar 2025 10:30:00 +0100\nMIME-Version: 1.0\n";

static void
nested_multiparts(GString *mail)
{
    g_string_append(mail, "Content-Type: multipart/mixed; boundary=b0\n\n");
    for (guint i = 0; i < 100000; i++)
        g_string_append_printf(mail, "--b%u\nContent-Type: multipart/mixed; boundary=b%u\n\n", i,
                               i + 1);
}

static void
nested_messages(GString *mail)
{
    repeat(mail, 100000, "Content-Type: message/rfc822\n\nFrom: a@b.example\n");
}

static void
empty_parts(GString *mail)
{
    g_string_append(mail, "Content-Type: multipart/mixed; boundary=b\n\n");
    repeat(mail, 1000000, "--b\n\n");
}

static void
parts_without_blank_lines(GString *mail)
{
    g_string_append(mail, "Content-Type: multipart/mixed; boundary=b\n\n");
    repeat(mail, 1000000, "--b\n");
}

static void
split_boundary(GString *mail) /* RFC 2231 */
{
    g_string_append(mail, "Content-Type: multipart/mixed; boundary*0=a; boundary*1=b\n\n");
    repeat(mail, 1000000, "--ab\n\n");
}

static void
escaped_boundary(GString *mail)
{
    g_string_append(mail, "Content-Type: multipart/mixed; boundary=\"a\\b\"\n\n");
    repeat(mail, 1000000, "--ab\n\n");
}

static void
two_content_types(GString *mail)
{
    g_string_append(mail, "Content-Type: multipart/mixed; boundary=x\n"
                          "Content-Type: multipart/mixed; boundary=b\n\n");
    repeat(mail, 1000000, "--b\n\n");
}

static void
fifty_megabytes_of_header(GString *mail)
{
    repeat(mail, 500000,
           "X-Filler: 0123456789012345678901234567890123456789012345678901234567890123"
           "456789012345678901\n");
}

static void
one_endless_field(GString *mail)
{
    g_string_append(mail, "X-Filler: ");
    repeat(mail, 300000, "0123456789012345678901234567890123456789\n ");
    g_string_append(mail, "\n\nbody\n");
}

static void
a_million_received(GString *mail)
{
    repeat(mail, 1000000, "Received: by a\n");
    g_string_append(mail, "\nbody\n");
}

static void
headers_in_every_part(GString *mail)
{
    g_string_append(mail, "Content-Type: multipart/mixed; boundary=b\n\n");
    for (guint i = 0; i < 900; i++) {
        g_string_append(mail, "--b\n");
        repeat(mail, 1900, "a: \n");
        g_string_append(mail, "\n");
    }
}

static void
nul_bytes(GString *mail)
{
    g_string_append(mail, "\n");
    for (guint i = 0; i < 1000000; i++)
        g_string_append_c(mail, '\0');
}

static void
eight_bit_header(GString *mail)
{
    g_string_append(mail, "X-Name: \xE9\xFF\xFE\n\nbody\n");
}

static void
broken_base64(GString *mail)
{
    g_string_append(mail, "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n");
    repeat(mail, 100000, "*!QUJD=$%&AA\n");
}

static void
endless_boundary(GString *mail)
{
    g_string_append(mail, "Content-Type: multipart/mixed; boundary=\"");
    repeat(mail, 500, "0123456789");
    g_string_append(mail, "\"\n\n--0123456789\ntext\n");
}

static void
unclosed_boundary(GString *mail)
{
    g_string_append(mail, "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n");
}

static void
charset_lies(GString *mail)
{
    g_string_append(mail, "Content-Type: text/plain; charset=us-ascii\n\ncaf\xE9\n");
}

static void
charset_unknown(GString *mail)
{
    g_string_append(mail, "Content-Type: text/plain; charset=\"utf-8//TRANSLIT\"\n\ncaf\xE9\n");
}

static void
charset_unknown_word(GString *mail)
{
    g_string_append(mail, "Content-Type: message/rfc822\n\nReceived: by a\nFrom: a@b.example\n"
                          "Subject: a =?x-klingon*tlh?q?caf=E9?=\n\ntext\n");
}

static void
too_long(GString *mail)
{
    g_string_append(mail, "\n");
    repeat(mail, 700000, "0123456789012345678901234567890123456789012345678\n");
}

static void
bare_cr(GString *mail)
{
    g_string_append(mail, "\ntext\n");
    for (gsize i = 0; i < mail->len; i++)
        if (mail->str[i] == '\n')
            mail->str[i] = '\r';
}

static void
long_html(GString *mail)
{
    g_string_append(mail, "Content-Type: text/html; charset=klingon\n\n");
    repeat(mail, 200000, "<div><a href=x>");
}

static void
many_labels(GString *mail)
{
    g_string_append(mail, "\n");
    repeat(mail, 1000, "Received: nothing here\n");
    repeat(mail, 100000, "From: a@b.example\n");
    g_string_append_c(mail, '\0');
}

static void
many_addresses(GString *mail)
{
    g_string_append(mail, "Content-Type: text/plain; charset=klingon\n\n");
    repeat(mail, 100000, "192.0.2.1 http://a.example/ ");
}

static void
attached_eml_bomb(GString *mail)
{
    g_string_append(mail, "Content-Type: multipart/mixed; boundary=b\n\n");
    for (guint i = 0; i < 500; i++)
        g_string_append(mail, "--b\nContent-Type: application/octet-stream; name=a.eml\n\n"
                              "Received: by a\nFrom: a@b.example\nDate: x\n\ntext\n");
    g_string_append(mail, "--b--\n");
}

static void
notice_of_many_rows(GString *mail)
{
    g_string_append(mail, "Content-Type: text/plain\n\nsource ip,timestamp,\n");
    for (guint i = 0; i < 900; i++)
        g_string_append_printf(mail, "10.0.%u.%u,1767323045,\n", i / 256, i % 256);
    repeat(mail, 200000, "10.0.3.100,1767323045,\n");
}

static void
notice_of_labels(GString *mail)
{
    g_string_append(mail,
                    "Content-Type: text/plain; charset=klingon\n\nThis is an automated message\n"
                    "infring. ip address: timestamp: port: sbl ref: ip/cidr: source ip: issue:\n");
    repeat(mail, 20000, "ip a b c d e f: x\ntime: Jan 1/Jan 1/Jan 1/Jan 1/2\n");
}

static void
pasted_marks(GString *mail)
{
    g_string_append(mail, "Content-Type: text/plain; charset=klingon\n\nFrom: b\nReceived: from a");
    repeat(mail, 150000, "[.]\xE2\x80\x8B");
}

static void
elements_without_end(GString *mail)
{
    g_string_append(mail, "Content-Type: text/plain; charset=klingon\n\n<notification_message ");
    repeat(mail, 100000, "<url_info ");
}

/* clang-format off */
static const Hostile cases[] = {
    {"100000-nested-multiparts", hostile_head, nested_multiparts, "nested-too-deep"},
    {"100000-nested-messages", hostile_head, nested_messages, "nested-too-deep"},
    {"1000000-empty-parts", hostile_head, empty_parts, "too-many-parts"},
    {"1000000-parts-without-blank-lines", hostile_head, parts_without_blank_lines, "too-many-parts"},
    {"1000000-parts-boundary-in-pieces", hostile_head, split_boundary, "too-many-parts"},
    {"1000000-parts-boundary-escaped", hostile_head, escaped_boundary, "too-many-parts"},
    {"1000000-parts-two-content-types", hostile_head, two_content_types, "too-many-parts"},
    {"50-mb-of-header", hostile_head, fifty_megabytes_of_header, "too-many-headers"},
    {"one-endless-field", hostile_head, one_endless_field, "header-too-long"},
    {"1000000-received", hostile_head, a_million_received, "too-many-received"},
    {"headers-in-every-part", hostile_head, headers_in_every_part, "too-many-headers"},
    {"nul-bytes", hostile_head, nul_bytes, "nul-bytes"},
    {"8-bit-header", hostile_head, eight_bit_header, "8bit-header"},
    {"broken-base64", hostile_head, broken_base64, "broken-base64"},
    {"endless-boundary", hostile_head, endless_boundary, "boundary-too-long"},
    {"unclosed-boundary", hostile_head, unclosed_boundary, "boundary-not-closed"},
    {"charset-lies", hostile_head, charset_lies, "charset-mismatch"},
    {"charset-unknown", hostile_head, charset_unknown, "unknown-charset"},
    {"charset-unknown-word", hostile_head, charset_unknown_word, "unknown-charset"},
    {"longer-than-we-read", hostile_head, too_long, "mail-too-long"},
    {"bare-cr", hostile_head, bare_cr, "bare-cr"},
    {"long-html", hostile_head, long_html, "unknown-charset"},
    {"many-labels", hostile_head, many_labels, "nul-bytes"},
    {"many-addresses", hostile_head, many_addresses, "unknown-charset"},
    {"notice-of-many-rows", hostile_head, notice_of_many_rows, "too-many-rows"},
    {"notice-of-labels", hostile_head, notice_of_labels, "unknown-charset"},
    {"pasted-marks", hostile_head, pasted_marks, "unknown-charset"},
    {"elements-without-end", hostile_head, elements_without_end, "unknown-charset"},
    {"500-attached-mails", hostile_head, attached_eml_bomb, "too-many-attached-mails"},
};
/* clang-format on */

/* -- what the MIME parser sees -----------------------------------------------------
 */

static void
scan(const char *text, gsize len, const Limits *limits, Complaint *complaint, Prescan *ret_scan)
{
    g_autoptr(GBytes) mail = g_bytes_new(text, len);

    prescan_run(mail, limits, complaint, ret_scan);
}

static void
check_view(const char *mail, const char *want, const Limits *limits)
{
    g_autoptr(Complaint) complaint = complaint_new();
    g_auto(Prescan) got = {0};
    gsize len, kept;
    const char *bytes;

    scan(mail, strlen(mail), limits, complaint, &got);
    bytes = g_bytes_get_data(got.view, &len);
    g_assert_cmpmem(bytes, (int)len, want, (int)strlen(want));
    bytes = g_bytes_get_data(got.mail, &kept);
    g_assert_cmpmem(bytes, (int)kept, mail + got.base, (int)(strlen(mail) - got.base));
    for (gsize i = 0; i < len; i++)
        g_assert_cmpint(want[i], ==, bytes[prescan_offset(&got, i)]);
}

/* The parser sees the first field, what is MIME, and all contents. */
static void
check_sees_mime_only(void)
{
    check_view(
        "From x\nA: b\nSubject: c\nContent-Type: multipart/mixed;\n boundary=\"b\"\nTo: d\n e\n\n"
        "--b\n\nA: one\nB: two\n--b\nX: y\ncontent-transfer-encoding: base64\nZ: z\n\ntwo\n--not "
        "one\n--b--\ntail\n",
        "A: b\nContent-Type: multipart/mixed;\n boundary=\"b\"\n\n"
        "--b\n\nA: one\nB: two\n--b\nX: y\ncontent-transfer-encoding: base64\n\ntwo\n--not "
        "one\n--b--\ntail\n",
        &limits_default);
}

static void
check_enters_messages(void)
{
    check_view("A: b\nContent-Type: message/rfc822\n\nC: d\nE: f\n\nG: h\nI: j\n",
               "A: b\nContent-Type: message/rfc822\n\nC: d\n\nG: h\nI: j\n", &limits_default);
}

/* An encoded message has no header that could be left out. */
static void
check_keeps_encoded_messages(void)
{
    static const char mail[] = "Content-Transfer-Encoding: base64\nContent-Type: message/rfc822\n\n"
                               "QQ: x\nQUJD: y\nQUJE\n";

    check_view(mail, mail, &limits_default);
}

/* What is no field is text, for all we know. */
static void
check_keeps_what_is_no_field(void)
{
    check_view("A: b\nSubject: c\nno field here\nTo: d\n\nx\n", "A: b\nno field here\n\nx\n",
               &limits_default);
}

static void
check_cuts_keep_the_rest(void)
{
    Limits limits = limits_default;

    limits.header_lines = 2;
    check_view("A: 1\nB: 2\nContent-Type: text/plain\n\nbody\n", "A: 1\n\nbody\n", &limits);
    limits.parts = 1;
    check_view("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n",
               "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n", &limits);
}

static void
check_empty(void)
{
    static const char *const mails[] = {
        "", "\n", "\r", "x", "From ", ">From \n", "\xEF\xBB\xBF", ":", "--", "\n--\n", "A:\n --\n"};

    for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
        g_autoptr(SiteMap) site = site_map_new();
        g_autoptr(GBytes) mail = g_bytes_new(mails[i], strlen(mails[i]));
        g_autoptr(Complaint) complaint = complaint_parse(mail, site, &limits_default, 0);
        g_autoptr(Complaint) spam = complaint_parse_spam(mail, site, &limits_default, 0);
        g_assert_cmpint(complaint->format, ==, FORMAT_MESSAGE);
        g_assert_cmpuint(spam->incidents->len, ==, 1);
    }
}

int
main(int argc, char **argv)
{
    struct rlimit memory = {512u << 20, 512u << 20}; /* of it up to 64 MB are the test's own mail,
                                                        twice while it grows */

    g_test_init(&argc, &argv, NULL);
    parse_init();
    if (!g_getenv("PLAINT_SAN") || !*g_getenv("PLAINT_SAN"))
        g_assert_cmpint(setrlimit(RLIMIT_AS, &memory), ==, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/parse/hostile/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], hostile_check);
    }
    g_test_add_func("/parse/prescan/sees-mime-only", check_sees_mime_only);
    g_test_add_func("/parse/prescan/enters-messages", check_enters_messages);
    g_test_add_func("/parse/prescan/keeps-encoded-messages", check_keeps_encoded_messages);
    g_test_add_func("/parse/prescan/keeps-what-is-no-field", check_keeps_what_is_no_field);
    g_test_add_func("/parse/prescan/cuts-keep-the-rest", check_cuts_keep_the_rest);
    g_test_add_func("/parse/prescan/empty", check_empty);
    return g_test_run();
}
