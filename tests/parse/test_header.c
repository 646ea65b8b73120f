/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/parse/header.h"

#include <gmime/gmime.h>
#include <string.h>

#include "base/clock.h"

typedef struct {
    const char *name, *value, *want; /* NULL: must fail */
} Case;

/* clang-format off */
static const Case dates[] = {
    {"rfc5322", "Tue, 4 Mar 2025 10:11:12 +0100", "2025-03-04T09:11:12Z"},
    {"comment", "Tue, 4 Mar 2025 01:11:12 -0800 (PST)", "2025-03-04T09:11:12Z"},
    {"nested-comment", "Tue, 4 Mar (a (b) c) 2025 01:11:12 -0800", "2025-03-04T09:11:12Z"},
    {"no-weekday", "4 Mar 2025 10:11:12 +0100", "2025-03-04T09:11:12Z"},
    {"no-seconds", "4 Mar 2025 10:11 +0100", "2025-03-04T09:11:00Z"},
    {"no-zone", "Tue, 4 Mar 2025 10:11:12", "2025-03-04T10:11:12Z"},
    {"named-zone", "Tue, 4 Mar 2025 10:11:12 EST", "2025-03-04T15:11:12Z"},
    {"german-zone", "Tue, 4 Mar 2025 10:11:12 MEZ", "2025-03-04T09:11:12Z"},
    {"gmt", "Tue, 4 Mar 2025 10:11:12 GMT", "2025-03-04T10:11:12Z"},
    {"gmt-offset", "Tue, 4 Mar 2025 10:11:12 GMT+0100", "2025-03-04T09:11:12Z"},
    {"ut", "Tue, 4 Mar 2025 10:11:12 UT", "2025-03-04T10:11:12Z"},
    {"z", "Tue, 4 Mar 2025 10:11:12 Z", "2025-03-04T10:11:12Z"},
    {"unknown-zone", "Tue, 4 Mar 2025 10:11:12 XYZ", "2025-03-04T10:11:12Z"},
    {"two-digit-year", "Tue, 4 Mar 25 10:11:12 +0100", "2025-03-04T09:11:12Z"},
    {"two-digit-year-1999", "4 Mar 99 10:11:12 +0000", "1999-03-04T10:11:12Z"},
    {"three-digit-year", "4 Mar 102 10:11:12 +0000", "2002-03-04T10:11:12Z"},
    {"ctime", "Tue Mar  4 10:11:12 2025", "2025-03-04T10:11:12Z"},
    {"ctime-zone", "Tue Sep 14 18:36:56 EDT 2018", "2018-09-14T22:36:56Z"},
    {"ctime-offset", "Tue Sep 14 18:36:56 2018 -0400", "2018-09-14T22:36:56Z"},
    {"fraction", "Tue, 4 Mar 2025 10:11:12.345 +0100", "2025-03-04T09:11:12Z"},
    {"iso", "2025-03-04T10:11:12Z", "2025-03-04T10:11:12Z"},
    {"iso-offset", "2025-03-04T10:11:12+01:00", "2025-03-04T09:11:12Z"},
    {"iso-blank", "2025-03-04 10:11:12.345678 +0100", "2025-03-04T09:11:12Z"},
    {"go", "2025-03-04 10:11:12 +0000 UTC", "2025-03-04T10:11:12Z"},
    {"dashes", "4-Mar-2025 10:11:12 +0100", "2025-03-04T09:11:12Z"},
    {"glued", "Tue,4 Mar 2025 10:11:12+0100", "2025-03-04T09:11:12Z"},
    {"pm", "Tue, 4 Mar 2025 03:11:12 PM +0000", "2025-03-04T15:11:12Z"},
    {"long-month", "Tuesday, 4 March 2025 10:11:12 +0000", "2025-03-04T10:11:12Z"},
    {"absurd-zone", "Tue, 4 Mar 2025 10:11:12 +9999", "2025-03-04T10:11:12Z"},
    {"leap-day", "29 Feb 2024 00:00:00 +0000", "2024-02-29T00:00:00Z"},
    {"empty", "", NULL},
    {"word", "yesterday", NULL},
    {"no-time", "Tue, 4 Mar 2025", NULL},
    {"hour-25", "Tue, 4 Mar 2025 25:11:12 +0100", NULL},
    {"day-32", "32 Mar 2025 10:11:12 +0100", NULL},
    {"huge", "Tue, 99999999999999999999 Mar 2025 10:11:12", NULL},
    {"ambiguous", "01/02/03 10:11:12", NULL},
    {"unclosed-comment", "Tue, 4 Mar 2025 (10:11:12", NULL},
};

static const Case addresses[] = {
    {"bare", "ann@Victim.Example", "ann@victim.example"},
    {"named", "Ann <Ann@victim.example>", "Ann@victim.example"},
    {"quoted-at", "\"a@b.example\" <ann@victim.example>", "ann@victim.example"},
    {"old-comment", "ann@victim.example (Ann)", "ann@victim.example"},
    {"comment-first", "(x@y) ann@victim.example", "ann@victim.example"},
    {"list", "ann@victim.example, bob@victim.example", "ann@victim.example"},
    {"group", "friends: ann@victim.example, b@c;", "ann@victim.example"},
    {"route", "<@a.example,@b.example:ann@victim.example>", "ann@victim.example"},
    {"mailto", "ann@victim.example<mailto:ann@victim.example>", "ann@victim.example"},
    {"literal", "<ann@[192.0.2.1]>", "ann@[192.0.2.1]"},
    {"encoded", "=?utf-8?q?Ann_=3Cann=40victim.example=3E?=", "ann@victim.example"},
    {"unclosed", "Ann <ann@victim.example", "ann@victim.example"},
    {"null", "<>", NULL},
    {"name-only", "Mail Delivery System", NULL},
    {"undisclosed", "undisclosed-recipients:;", NULL},
    {"empty", "", NULL},
    {"at-only", "@", NULL},
};

static const Case ids[] = {
    {"plain", "<77@shop.example>", "77@shop.example"},
    {"no-brackets", "77@shop.example", "77@shop.example"},
    {"folded", "< 77@shop .example>", "77@shop.example"},
    {"text-after", "<77@shop.example> (added by x)", "77@shop.example"},
    {"unclosed", "<77@shop.example", "77@shop.example"},
    {"empty", "<>", NULL},
};

static const Case words[] = {
    {"plain", "hello", "hello"},
    {"q", "=?utf-8?q?h=C3=A9llo?=", "héllo"},
    {"b", "=?iso-8859-1?B?6Q==?=", "é"},
    {"two-words", "=?utf-8?q?a?= =?utf-8?q?b?=", "ab"},
    {"broken", "=?utf-8?q?a", "=?utf-8?q?a"},
};
/* clang-format on */

static void
check_date(gconstpointer data)
{
    const Case *c = data;
    gint64 time = 99;
    char text[TIME_TEXT_SIZE];

    if (c->want) {
        g_assert_true(header_date_parse(c->value, &time));
        g_assert_cmpstr(time_text(time, text), ==, c->want);
    } else {
        g_assert_false(header_date_parse(c->value, &time));
        g_assert_cmpint(time, ==, 99);
    }
}

static void
check_address(gconstpointer data)
{
    const Case *c = data;
    g_autofree char *got = header_address(c->value);

    g_assert_cmpstr(got, ==, c->want);
}

static void
check_id(gconstpointer data)
{
    const Case *c = data;
    g_autofree char *got = header_message_id(c->value);

    g_assert_cmpstr(got, ==, c->want);
}

static void
check_words(gconstpointer data)
{
    const Case *c = data;
    g_autofree char *got = header_decode(c->value);

    g_assert_cmpstr(got, ==, c->want);
}

/* -- blocks: bytes against "name|value\n…" --------------------------------------------------------
 */

typedef struct {
    const char *name, *bytes, *want;
    gsize used;
} BlockCase;

/* clang-format off */
static const BlockCase blocks[] = {
    {"lf", "A: 1\nB: 2\n\nbody", "A|1\nB|2\n", 11},
    {"crlf", "A: 1\r\nB: 2\r\n\r\nbody", "A|1\nB|2\n", 14},
    {"cr", "A: 1\rB: 2\r\rbody", "A|1\nB|2\n", 11},
    {"folded", "A: 1\n  2\n\t3\nB: x\n\n", "A|1 2 3\nB|x\n", 18},
    {"blank-before-colon", "A : 1\n\n", "A|1\n", 7},
    {"mbox", "From a@b Tue Mar  4 10:11:12 2025\nA: 1\n\n", "A|1\n", 40},
    {"quoted-mbox", ">From a@b Tue\nA: 1\n\n", "A|1\n", 20},
    {"bom", "\xEF\xBB\xBF" "A: 1\n\n", "A|1\n", 9},
    {"empty-value", "A:\nB: x\n\n", "A|\nB|x\n", 9},
    {"no-body", "A: 1", "A|1\n", 4},
    {"lost-folding", "A: 1\nrest of it\nB: 2\n\n", "A|1 rest of it\nB|2\n", 22},
    {"blank-line-with-spaces", "A: 1\n  \nB: 2\n", "A|1\n", 8},
    {"prose", "hello there\nA: 1\n", "", 0},
    {"empty", "", "", 0},
    {"only-blank", "\nA: 1\n", "", 1},
    {"8-bit", "A: caf\xE9\n\n", "A|caf\xEF\xBF\xBD\n", 9},
    {"double-crlf", "A: 1\r\r\nB: 2\r\r\n\r\r\n", "A|1\nB|2\n", 17},
};
/* clang-format on */

static void
check_block(gconstpointer data)
{
    const BlockCase *c = data;
    gsize used = 0;
    g_autoptr(HeaderBlock) block =
        header_block_parse(c->bytes, strlen(c->bytes), 0, &limits_default, &used);
    g_autoptr(GString) got = g_string_new(NULL);

    for (guint i = 0; i < block->fields->len; i++) {
        const Header *field = &g_array_index(block->fields, Header, i);
        g_string_append_printf(got, "%s|%s\n", field->name, field->value);
        g_assert_cmpint(g_ascii_strncasecmp(c->bytes + field->offset, field->name, 1), ==, 0);
        g_assert_cmpuint(field->offset + field->length, <=, strlen(c->bytes));
    }
    g_assert_cmpstr(got->str, ==, c->want);
    g_assert_cmpuint(used, ==, c->used);
}

static void
check_nul(void)
{
    static const char bytes[] = "A: x\0y\nB: 2\n\n";
    g_autoptr(HeaderBlock) block =
        header_block_parse(bytes, sizeof bytes - 1, 0, &limits_default, NULL);

    g_assert_cmpstr(header_get(block, "a"), ==, "x y");
    g_assert_cmpstr(header_get(block, "b"), ==, "2");
}

static void
check_limits(void)
{
    Limits limits = limits_default;
    g_autoptr(GString) bytes = g_string_new(NULL);
    g_autoptr(HeaderBlock) block = NULL;

    limits.header_lines = 10;
    limits.received_lines = 3;
    limits.header_bytes = 20;
    for (int i = 0; i < 50; i++)
        g_string_append(bytes, "Received: by a\n");
    for (int i = 0; i < 50; i++)
        g_string_append(bytes, "X: 1234567890123456789012345678901234567890\n");
    block = header_block_parse(bytes->str, bytes->len, 0, &limits, NULL);
    g_assert_cmpuint(block->fields->len, ==, 10);
    g_assert_cmpuint(block->received, ==, 3);
    g_assert_cmpuint(block->cut, ==, 47 + 7 + 43);
    g_assert_cmpuint(strlen(header_get(block, "X")), <=, 20);
}

static void
check_find(void)
{
    g_autoptr(HeaderBlock) block = header_block_new();

    header_block_add(block, "Received", -1, "by a", -1);
    header_block_add(block, "X-Tag", -1, "1", -1);
    header_block_add(block, "received", -1, "by\n b", -1);
    g_assert_cmpstr(header_find(block, "RECEIVED", 1)->value, ==, "by b");
    g_assert_null(header_find(block, "received", 2));
    g_assert_true(header_has(block, "x-tag"));
    g_assert_null(header_get(block, "x-ta"));
    g_assert_cmpuint(block->received, ==, 2);
}

#define ADD(what, cases, check)                                                                    \
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {                                              \
        g_autofree char *path = g_strdup_printf("/parse/header/%s/%s", what, cases[i].name);       \
        g_test_add_data_func(path, &cases[i], check);                                              \
    }

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_mime_init();
    ADD("date", dates, check_date)
    ADD("address", addresses, check_address)
    ADD("message-id", ids, check_id)
    ADD("decode", words, check_words)
    ADD("block", blocks, check_block)
    g_test_add_func("/parse/header/nul", check_nul);
    g_test_add_func("/parse/header/limits", check_limits);
    g_test_add_func("/parse/header/find", check_find);
    return g_test_run();
}
