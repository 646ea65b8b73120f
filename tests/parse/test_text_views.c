/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prose, links, HTML, charsets, refusals: the small readers of text, a table each. */
#include <gmime/gmime.h>
#include <string.h>

#include "base/text.h"
#include "ingest/parse/blocked.h"
#include "ingest/parse/charset.h"
#include "ingest/parse/hidden.h"
#include "ingest/parse/html.h"
#include "ingest/parse/prose.h"

typedef struct {
    const char *name, *in, *want;
} Case;

/* clang-format off */
static const Case addresses[] = { /* all of the text, joined by blanks */
    {"plain", "from 192.0.2.1 to us", "192.0.2.1"},
    {"two", "192.0.2.1, 192.0.2.2.", "192.0.2.1 192.0.2.2"},
    {"brackets", "[192.0.2.1] (192.0.2.2)", "192.0.2.1 192.0.2.2"},
    {"port", "192.0.2.1:25", "192.0.2.1"},
    {"defanged", "192[.]0[.]2[.]1 and 192(.)0(.)2(.)2", "192.0.2.1 192.0.2.2"},
    {"ipv6", "2001:DB8:0:0::1 sends", "2001:db8::1"},
    {"ipv6-end-of-sentence", "it was 2001:db8::1.", "2001:db8::1"},
    {"ipv6-brackets", "[2001:db8::1]:25", "2001:db8::1"},
    {"mapped", "::ffff:192.0.2.1", "192.0.2.1"},
    {"time-is-none", "at 10:11:12 and 10:11", ""},
    {"version-is-none", "version 1.2.3.4, v1.2.3.4, Foo/1.2.3.4", ""},
    {"server-is-no-version", "server 192.0.2.1", "192.0.2.1"},
    {"five-numbers", "1.2.3.4.5", ""},
    {"too-big", "192.0.2.256", ""},
    {"inside-a-name", "host-192.0.2.1.example and x192.0.2.1", ""},
    {"mac-address", "00:11:22:33:44:55", ""},
    {"message-id", "<4.3.2.1@example>", ""},
    {"word-with-colons", "std::add face::off", ""},
    {"empty", "", ""},
};

static const Case urls[] = {
    {"plain", "see http://a.example/x.", "http://a.example/x"},
    {"https", "https://a.example/x?y=1&z=2", "https://a.example/x?y=1&z=2"},
    {"hxxp", "hxxp://a[.]example/x", "http://a.example/x"},
    {"hxxps-dot", "hXXps://a(dot)example/x", "https://a.example/x"},
    {"colon-in-brackets", "hxxps[:]//a[.]example", "https://a.example"},
    {"angle", "<http://a.example/>", "http://a.example/"},
    {"bracket", "(http://a.example/x)", "http://a.example/x"},
    {"twice", "http://a.example/ http://a.example/", "http://a.example/"},
    {"two", "http://a.example/ http://b.example/", "http://a.example/ http://b.example/"},
    {"no-host", "http:// http://x", ""},
    {"other-scheme", "ftp://a.example/ mailto:a@b.example", ""},
    {"empty", "", ""},
};

static const Case pages[] = {
    {"paragraphs", "<p>one</p><p>two</p>", "one\n\ntwo"},
    {"br", "one<br>two<br/>three", "one\ntwo\nthree"},
    {"entities", "a &lt;b&gt; &amp; caf&eacute;&nbsp;x", "a <b> & caf\xC3\xA9 x"},
    {"script-and-style", "<style>p{}</style><script>x</script>y", "y"},
    {"title-is-hidden", "<html><head><title>t</title></head><body>b</body></html>", "b"},
    {"link-target", "<a href=\"http://a.example/\">here</a>", "here [http://a.example/]"},
    {"link-says-itself", "<a href=\"http://a.example/\">http://a.example/</a>", "http://a.example/"},
    {"pre-keeps-lines", "<pre>a\nb</pre>", "a\nb"},
    {"table", "<table><tr><td>a</td><td>b</td></tr></table>", "a\tb"},
    {"unclosed", "<div><b>x", "x"},
    {"not-html", "just text", "just text"},
    {"empty", "", ""},
};

static const Case refusals[] = {
    {"blocked-using", "554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org; x", "zen.spamhaus.org"},
    {"listed-at", "192.0.2.1 is listed at bl.spamcop.net", "bl.spamcop.net"},
    {"rejected-by", "550 rejected by dnsbl.sorts.example (127.0.0.2)", "dnsbl.sorts.example"},
    {"spamhaus-url", "550 see https://www.spamhaus.org/query/ip/192.0.2.1", "zen.spamhaus.org"},
    {"barracuda", "550 blocked due to poor reputation: barracudanetworks.com/reputation", "b.barracudacentral.org"},
    {"outlook-s3150", "550 5.7.1 part of their network is on our block list (S3150).", "outlook.com"},
    {"outlook-rate", "451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation.", "outlook.com"},
    {"office365", "550 5.7.606 Access denied, banned sending IP [192.0.2.1]", "office365.com"},
    {"gmail", "550-5.7.1 very low reputation of the sending IP address", "gmail.com"},
    {"yahoo", "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred", "yahoo.com"},
    {"orange", "550 5.2.0 OFR_102 [102]", "orange.fr"},
    {"laposte", "550 5.5.0 Service refuse. LPN007_510", "laposte.net"},
    {"free", "550 too many spams from your IP (192.0.2.1)", "free.fr"},
    {"gmx", "554-IP address is block listed.", "gmx.net"},
    {"proofpoint", "554 Blocked - see https://support.proofpoint.com/dnsbl-lookup.cgi?ip=192.0.2.1", "proofpoint.com"},
    {"talos", "554 your sending MTA's poor reputation", "talosintelligence.com"},
    {"orange-underscores", "550 5.7.1 Service refuse. Veuillez essayer plus tard. service refused OFR_108_999 [999]", "orange.fr"},
    {"orange-mailbox-full", "552 5.2.2 Boite du destinataire pleine. OFR_417 [417]", NULL},
    {"laposte-spamhaus", "550 5.7.1 LPNAAA_101", "laposte.net"},
    {"laposte-no-user", "550 5.5.0 Adresse d au moins un destinataire invalide. LPN007_416", NULL},
    {"sfr", "550 5.7.1 Mail from 192.0.2.1 refused gu_EIB_02", "sfr.fr"},
    {"t-online", "554 IP=192.0.2.1 - None/bad reputation. Ask for resetting at tosa@rx.t-online.de (NOWL)", "t-online.de"},
    {"comcast", "554 resimta.comcast.net comcast 192.0.2.1 BL000010 blocked", "comcast.net"},
    {"german-list", "550 5.7.1 Ihre IP 192.0.2.1 ist gelistet bei bl.liste.example", "bl.liste.example"},
    {"pdr", "550 5.7.0 Local Policy Violation - Proofpoint Dynamic Reputation 192.0.2.1", "proofpoint.com"},
    {"no-list-rejected-by", "550 5.1.1 recipient rejected by mx.victim.example", NULL},
    {"no-list-using-tls", "530 5.7.0 must be sent using smtp.victim.example", NULL},
    {"user-unknown", "550 5.1.1 <nobody@far.example>: user unknown", NULL},
    {"full", "452 4.2.2 mailbox is full", NULL},
    {"empty", "", NULL},
};

typedef struct {
    const char *name, *charset, *in, *want;
    CharsetResult result;
} CharsetCase;

static const CharsetCase charsets[] = {
    {"ascii", "us-ascii", "abc", "abc", CHARSET_OK},
    {"none", NULL, "abc", "abc", CHARSET_OK},
    {"utf-8", "UTF-8", "caf\xC3\xA9", "caf\xC3\xA9", CHARSET_OK},
    {"none-but-utf-8", NULL, "caf\xC3\xA9", "caf\xC3\xA9", CHARSET_OK},
    {"latin1", "iso-8859-1", "caf\xE9", "caf\xC3\xA9", CHARSET_OK},
    {"latin1-means-1252", "iso-8859-1", "\x93x\x94", "\xE2\x80\x9Cx\xE2\x80\x9D", CHARSET_OK},
    {"koi8-r", "koi8-r", "\xC1", "\xD0\xB0", CHARSET_OK},
    {"iso-2022-jp", "iso-2022-jp", "\x1B$B$\"\x1B(B", "\xE3\x81\x82", CHARSET_OK},
    {"gb2312", "gb2312", "\xC4\xE3", "\xE4\xBD\xA0", CHARSET_OK},
    {"windows-874", "windows-874", "\xA1", "\xE0\xB8\x81", CHARSET_OK},
    {"iso-8859-11", "ISO-8859-11", "\xA1", "\xE0\xB8\x81", CHARSET_OK},
    {"cp1251", "CP1251", "\xE0", "\xD0\xB0", CHARSET_OK},
    {"x-sjis-means-cp932", "x-sjis", "\x87\x40", "\xE2\x91\xA0", CHARSET_OK},
    {"euc-kr-means-uhc", "ks_c_5601-1987", "\x81\x41", "\xEA\xB0\x82", CHARSET_OK},
    {"ascii-lies", "us-ascii", "caf\xE9", "caf\xC3\xA9", CHARSET_LIES},
    {"utf-8-lies", "utf-8", "caf\xE9", "caf\xC3\xA9", CHARSET_LIES},
    {"none-and-8-bit", NULL, "caf\xE9", "caf\xC3\xA9", CHARSET_LIES},
    {"gb18030-broken", "gb18030", "a\xFF", "a\xEF\xBF\xBD", CHARSET_LIES},
    {"unknown", "klingon", "caf\xE9", "caf\xC3\xA9", CHARSET_UNKNOWN},
    {"unknown-ascii", "klingon", "abc", "abc", CHARSET_UNKNOWN},
    {"iconv-options-are-no-charset", "utf-8//TRANSLIT", "caf\xE9", "caf\xC3\xA9", CHARSET_UNKNOWN},
};
/* clang-format on */

static void
check_address(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(GString) got = g_string_new(NULL);
    const char *at = c->in;
    char text[ADDR_TEXT_SIZE];
    Addr addr;

    while (prose_next_addr(&at, &addr))
        g_string_append_printf(got, "%s%s", got->len ? " " : "", addr_text(&addr, text));
    g_assert_cmpstr(got->str, ==, c->want);
}

static void
check_url(gconstpointer data)
{
    const Case *c = data;
    GStringChunk *chunk = g_string_chunk_new(256);
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    g_autofree char *joined = NULL;

    prose_urls(c->in, chunk, found, 10);
    g_ptr_array_add(found, NULL);
    joined = g_strjoinv(" ", (char **)found->pdata);
    g_assert_cmpstr(joined, ==, c->want);
    g_string_chunk_free(chunk);
}

static void
check_page(gconstpointer data)
{
    const Case *c = data;
    g_autofree char *got = html_to_text(c->in, strlen(c->in), 1000);

    g_assert_cmpstr(got, ==, c->want);
}

static void
check_refusal(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(Complaint) complaint = complaint_new();

    g_assert_cmpstr(blocked_by(complaint, c->in), ==, c->want);
}

static void
check_charset(gconstpointer data)
{
    const CharsetCase *c = data;
    g_autoptr(GString) out = g_string_new(NULL);

    g_assert_cmpint(charset_to_utf8(c->charset, c->in, strlen(c->in), out), ==, c->result);
    g_assert_cmpstr(out->str, ==, c->want);
}

static void
check_url_limit(void)
{
    GStringChunk *chunk = g_string_chunk_new(256);
    g_autoptr(GPtrArray) found = g_ptr_array_new();

    prose_urls("http://a.example http://b.example http://c.example", chunk, found, 2);
    g_assert_cmpuint(found->len, ==, 2);
    g_string_chunk_free(chunk);
}

static void
check_html_limit(void)
{
    g_autofree char *many = g_strnfill(10000, 'x');
    g_autofree char *got = html_to_text(many, 10000, 100);

    g_assert_cmpuint(strlen(got), <=, 100);
}

#define ADD(what, cases, check)                                                                    \
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {                                              \
        g_autofree char *path = g_strdup_printf("/parse/%s/%s", what, cases[i].name);              \
        g_test_add_data_func(path, &cases[i], check);                                              \
    }

static void
test_hidden(void)
{
    /* clang-format off */
    static const struct { const char *mail; bool want; } cases[] = {
        {"Subject: x\n\nbody\n", false},
        {"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nYQ==\n", false},
        {"Content-Transfer-Encoding: BASE64\r\nContent-Type: image/png; name=a.png\r\n\r\nYQ==\r\n", false},
        {"Content-Type: text/plain; name=a.eml\nContent-Transfer-Encoding: base64\n\nYQ==\n", true},
        {"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nYQ==\n", true},
        {"Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\nYQ==\n", true},
        {"Content-Transfer-Encoding: base64\n\nYQ==\n", true},
        {"Subject: x\n\nit says base64 here\n", true}, /* rather once too often */
        {"Content-Type: text/plain\n\ntext/plain\n\nContent-Transfer-Encoding: base64\n\n", true},
    };
    /* clang-format on */

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(hidden_headers_possible(cases[i].mail, strlen(cases[i].mail)), ==,
                        cases[i].want);
    g_autofree char *wide = g_strnfill(10000, 'x');
    g_autofree char *mail =
        g_strconcat("Content-Type: text/plain\nX: ", wide, "\nA: base64\n", NULL);
    g_assert_true(hidden_headers_possible(mail, strlen(mail)));
    g_assert_false(hidden_headers_possible("", 0));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_true(html_init());
    g_mime_init();
    charset_init();
    ADD("prose", addresses, check_address)
    ADD("url", urls, check_url)
    ADD("html", pages, check_page)
    ADD("blocked", refusals, check_refusal)
    ADD("charset", charsets, check_charset)
    g_test_add_func("/parse/url/limit", check_url_limit);
    g_test_add_func("/parse/html/limit", check_html_limit);
    g_test_add_func("/parse/hidden", test_hidden);
    return g_test_run();
}
