/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/text.h"

/* -- clean ---------------------------------------------------------------------------------------
 */

#define BAD "\xEF\xBF\xBD"

typedef struct {
    const char *name, *in;
    gssize len; /* of in; -1: NUL-terminated */
    gsize max;
    const char *line, *lines; /* expected of text_clean, text_clean_lines */
} CleanCase;

/* clang-format off */
static const CleanCase clean_cases[] = {
    {"ascii", "plain words", -1, 100, "plain words", "plain words"},
    {"empty", "", -1, 100, "", ""},
    {"runs-of-blanks-kept", "a  b   c ", -1, 100, "a  b   c ", "a  b   c "},
    {"nul", "a\0b", 3, 100, "a b", "a b"},
    {"c0", "a\x01\x08\x1f" "b", -1, 100, "a   b", "a   b"},
    {"escape-sequence", "\x1b[31mred\x1b]0;title\x07", -1, 100, " [31mred ]0;title ",
     " [31mred ]0;title "},
    {"del", "a\x7f" "b", -1, 100, "a b", "a b"},
    {"c1", "a\xC2\x80" "b\xC2\x9F" "c", -1, 100, "a b c", "a b c"},
    {"nbsp-is-no-control", "a\xC2\xA0" "b", -1, 100, "a\xC2\xA0" "b", "a\xC2\xA0" "b"},
    {"lf", "a\nb", -1, 100, "a b", "a\nb"},
    {"crlf", "a\r\nb", -1, 100, "a  b", "a\nb"},
    {"bare-cr", "a\rb\r\rc", -1, 100, "a b  c", "a\nb\n\nc"},
    {"cr-at-the-end", "a\r", -1, 100, "a ", "a\n"},
    {"tab", "a\tb", -1, 100, "a b", "a\tb"},
    {"bidi-override", "invoice\xE2\x80\xAE" "cod.exe", -1, 100, "invoicecod.exe", "invoicecod.exe"},
    {"bidi-isolates", "\xE2\x81\xA6x\xE2\x81\xA9\xE2\x80\x8E\xE2\x80\x8F\xD8\x9C", -1, 100, "x", "x"},
    {"umlaut", "Gr\xC3\xBC\xC3\x9F" "e", -1, 100, "Gr\xC3\xBC\xC3\x9F" "e", "Gr\xC3\xBC\xC3\x9F" "e"},
    {"astral", "\xF0\x9F\x93\xA7", -1, 100, "\xF0\x9F\x93\xA7", "\xF0\x9F\x93\xA7"},
    {"stray-continuation", "a\x80z", -1, 100, "a" BAD "z", "a" BAD "z"},
    {"latin-1", "caf\xE9 au lait", -1, 100, "caf" BAD " au lait", "caf" BAD " au lait"},
    {"overlong-slash", "a\xC0\xAFz", -1, 100, "a" BAD BAD "z", "a" BAD BAD "z"},
    {"overlong-nul", "a\xC0\x80z", -1, 100, "a" BAD BAD "z", "a" BAD BAD "z"},
    {"overlong-3", "\xE0\x80\xAF", -1, 100, BAD BAD BAD, BAD BAD BAD},
    {"surrogate", "\xED\xA0\x80", -1, 100, BAD BAD BAD, BAD BAD BAD},
    {"above-unicode", "\xF4\x90\x80\x80", -1, 100, BAD BAD BAD BAD, BAD BAD BAD BAD},
    {"ff", "\xFF\xFE", -1, 100, BAD BAD, BAD BAD},
    {"truncated-2", "a\xC3", -1, 100, "a" BAD, "a" BAD},
    {"truncated-4-by-len", "a\xF0\x9F\x93\xA7", 4, 100, "a" BAD BAD BAD, "a" BAD BAD BAD},
    {"len-ends-before-nul", "abcdef", 3, 100, "abc", "abc"},
    {"cut-ascii", "abcdef", -1, 4, "abcd", "abcd"},
    {"cut-at-character", "ab\xC3\xBC" "cd", -1, 3, "ab", "ab"},
    {"cut-fits-exactly", "ab\xC3\xBC" "cd", -1, 4, "ab\xC3\xBC", "ab\xC3\xBC"},
    {"cut-before-replacement", "ab\xFF", -1, 4, "ab", "ab"},
    {"cut-to-nothing", "\xF0\x9F\x93\xA7", -1, 3, "", ""},
    {"max-0", "abc", -1, 0, "", ""},
};
/* clang-format on */

static void
check_clean(gconstpointer data)
{
    const CleanCase *c = data;
    g_autofree char *line = text_clean(c->in, c->len, c->max);
    g_autofree char *lines = text_clean_lines(c->in, c->len, c->max);

    g_assert_cmpstr(line, ==, c->line);
    g_assert_cmpstr(lines, ==, c->lines);
    g_assert_cmpuint(strlen(line), <=, c->max);
}

/* Whatever the bytes: valid UTF-8, no control, within max; cleaning twice changes nothing. */
static void
check_clean_random(void)
{
    static const char alphabet[] = "az \t\r\n\x1b\x7f\x80\x8e\x98\xa0\xc0\xc2\xc3\xe2\xed\xf0\xf4";
    g_autoptr(GRand) rand = g_rand_new_with_seed(815);

    for (guint round = 0; round < 20000; round++) {
        char bytes[24];
        gsize len = (gsize)g_rand_int_range(rand, 0, sizeof bytes + 1);
        gsize max = (gsize)g_rand_int_range(rand, 0, 40);
        for (gsize i = 0; i < len; i++)
            bytes[i] = alphabet[g_rand_int_range(rand, 0, sizeof alphabet)]; /* its NUL, too */
        g_autofree char *once = text_clean(bytes, (gssize)len, max);
        g_autofree char *twice = text_clean(once, -1, max);
        g_assert_true(g_utf8_validate(once, -1, NULL));
        g_assert_cmpuint(strlen(once), <=, max);
        for (const char *p = once; *p; p = g_utf8_next_char(p))
            g_assert_false(g_unichar_iscntrl(g_utf8_get_char(p)));
        g_assert_cmpstr(once, ==, twice);
    }
}

/* -- quote, keep ---------------------------------------------------------------------------------
 */

typedef struct {
    const char *name, *in, *out;
} TextCase;

#define TEN      "1234567890"
#define EIGHTY   TEN TEN TEN TEN TEN TEN TEN TEN
#define EIGHT_E  "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
#define EIGHTY_E EIGHT_E EIGHT_E EIGHT_E EIGHT_E EIGHT_E EIGHT_E EIGHT_E EIGHT_E EIGHT_E EIGHT_E

/* clang-format off */
static const TextCase quote_cases[] = {
    {"null", NULL, "(none)"},
    {"empty", "", "''"},
    {"plain", "ticket", "'ticket'"},
    {"quote", "it's", "'it\\'s'"},
    {"backslash", "a\\b", "'a\\\\b'"},
    {"newline", "a\nb", "'a b'"},
    {"escape", "\x1b[2J", "' [2J'"},
    {"invalid", "\xff", "'" BAD "'"},
    {"eighty", EIGHTY, "'" EIGHTY "'"},
    {"eighty-one", EIGHTY "1", "'" EIGHTY "…'"},
    {"eighty-characters-not-bytes", EIGHTY_E, "'" EIGHTY_E "'"},
    {"cut-at-character", EIGHTY_E "\xC3\xA9", "'" EIGHTY_E "…'"},
};

static const TextCase fold_cases[] = {
    {"case", "Ticket CLOSED", "ticket closed"},
    {"accents", "D\xC3\xA9j\xC3\xA0 Vu", "deja vu"},
    {"combining", "e\xCC\x81t\xC3\xA9", "ete"},
    {"umlaut", "GR\xC3\x9C\xC3\x9F" "E", "grusse"},
    {"sharp-s", "Stra\xC3\x9F" "e", "strasse"},
    {"fullwidth", "\xEF\xBC\xA1\xEF\xBC\xA2", "ab"},
    {"ligature", "\xEF\xAC\x81n", "fin"},
    {"blanks", "  a \t b\n\nc  ", "a b c"},
    {"nbsp", "a\xC2\xA0" "b", "a b"},
    {"only-blanks", " \t ", ""},
    {"empty", "", ""},
    {"cyrillic", "\xD0\xA1\xD0\x9F\xD0\x90\xD0\x9C", "\xD1\x81\xD0\xBF\xD0\xB0\xD0\xBC"},
    {"not-utf-8", "ab\xF0", ""},
    {"not-utf-8-inside", "\xC3zzz", ""},
};
/* clang-format on */

static void
check_quote(gconstpointer data)
{
    const TextCase *c = data;
    g_autofree char *quoted = text_quote(c->in);

    g_assert_cmpstr(quoted, ==, c->out);
}

static void
check_fold(gconstpointer data)
{
    const TextCase *c = data;
    g_autofree char *folded = text_fold(c->in);
    g_autofree char *again = text_fold(folded);

    g_assert_cmpstr(folded, ==, c->out);
    g_assert_cmpstr(again, ==, c->out);
}

typedef struct {
    const char *name, *in;
    gssize len;
    gsize max;
    const char *out;
} KeepCase;

/* clang-format off */
static const KeepCase keep_cases[] = {
    {"plain", "words", -1, 100, "words"},
    {"null", NULL, -1, 100, NULL},
    {"empty", "", -1, 100, NULL},
    {"blanks", " \r\n\t ", -1, 100, NULL},
    {"trimmed", "\t two words\r\n", -1, 100, "two words"},
    {"bounded", "words and more", 5, 100, "words"},
    {"cut", "words", -1, 3, "wor"},
    {"cut-then-trimmed", "wo rds", -1, 3, "wo"},
    {"cut-at-character", "w\xC3\xBC", -1, 2, "w"},
    {"controls-only", "\x01\x02", -1, 100, NULL},
    {"cleaned", "a\x01z\xff", -1, 100, "a z" BAD},
    {"nul", "\0a\0", 3, 100, "a"},
    {"cut-to-nothing", "\xC3\xBC", -1, 1, NULL},
};
/* clang-format on */

static void
check_keep(gconstpointer data)
{
    const KeepCase *c = data;
    GStringChunk *chunk = g_string_chunk_new(64);

    g_assert_cmpstr(text_keep(chunk, c->in, c->len, c->max), ==, c->out);
    g_string_chunk_free(chunk);
}

/* -- comparing -----------------------------------------------------------------------------------
 */

static void
check_equal_fold(void)
{
    g_assert_true(text_equal_fold("Received", "rECEIVED"));
    g_assert_false(text_equal_fold("Received", "Receive"));
    g_assert_false(text_equal_fold("\xC3\x84", "\xC3\xA4")); /* ASCII only */
    g_assert_true(text_equal_fold(NULL, NULL));
    g_assert_false(text_equal_fold(NULL, ""));
    g_assert_false(text_equal_fold("", NULL));
    g_assert_true(text_is_empty(NULL));
    g_assert_true(text_is_empty(""));
    g_assert_false(text_is_empty(" "));
}

static void
check_ends_fold(void)
{
    g_assert_true(text_has_prefix_fold("Message-ID", "message-"));
    g_assert_true(text_has_prefix_fold("x", ""));
    g_assert_false(text_has_prefix_fold("me", "message"));
    g_assert_true(text_has_suffix_fold("mx.Example.NET", ".example.net"));
    g_assert_true(text_has_suffix_fold("net", "NET"));
    g_assert_false(text_has_suffix_fold("et", "net"));
    g_assert_true(text_has_suffix_fold("x", ""));
}

typedef struct {
    const char *name, *text;
    gssize len;
    const char *needle;
    gssize at; /* -1: not there */
} FindCase;

/* clang-format off */
static const FindCase find_cases[] = {
    {"start", "Subject: x", -1, "subject", 0},
    {"middle", "the Unsubscribe link", -1, "UNSUB", 4},
    {"end", "a.example", -1, "EXAMPLE", 2},
    {"absent", "abcabd", -1, "abe", -1},
    {"restart", "aab", -1, "ab", 1},
    {"needle-longer", "ab", -1, "abc", -1},
    {"needle-empty", "ab", -1, "", 0},
    {"beyond-len", "abcdef", 3, "cd", -1},
    {"up-to-len", "abcdef", 4, "cd", 2},
    {"text-empty", "", -1, "a", -1},
    {"over-nul", "a\0bc", 4, "BC", 2},
    {"symbols", "a[b", -1, "[", 1},
    {"symbol-is-no-letter", "a{b", -1, "[", -1},
};
/* clang-format on */

static void
check_find(gconstpointer data)
{
    const FindCase *c = data;
    gsize len = c->len < 0 ? strlen(c->text) : (gsize)c->len;
    const char *at = text_find_fold(c->text, len, c->needle);

    g_assert_cmpint(at ? at - c->text : -1, ==, c->at);
}

typedef struct {
    const char *name, *word, *near;
} NearCase;

/* clang-format off */
static const char *const near_names[] = {"ticket", "explain", "config", "init", "help", "list",
                                         "reparse", "delisting", NULL};
static const NearCase near_cases[] = {
    {"typo", "tiket", "ticket"},
    {"swap", "tikcet", "ticket"},
    {"exact", "config", "config"},
    {"two-edits", "explian", "explain"},
    {"two-missing", "cnfg", "config"},
    {"third-of-length", "deilistings", "delisting"},
    {"too-far", "web", NULL},
    {"empty", "", NULL},
    {"nothing-in-common", "xy", NULL},
    {"hopeless-length", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL},
};
/* clang-format on */

static void
check_near(gconstpointer data)
{
    const NearCase *c = data;

    g_assert_cmpstr(text_nearest(c->word, near_names), ==, c->near);
}

static void
check_name_find(void)
{
    static const char *const names[] = {NULL, "low", "high"};

    g_assert_cmpint(text_name_find(names, 3, "low"), ==, 1);
    g_assert_cmpint(text_name_find(names, 3, "high"), ==, 2);
    g_assert_cmpint(text_name_find(names, 2, "high"), ==, -1);
    g_assert_cmpint(text_name_find(names, 3, "Low"), ==, -1);
    g_assert_cmpint(text_name_find(names, 3, ""), ==, -1);
}

static void
add(const char *group, const char *name, gconstpointer data, GTestDataFunc check)
{
    g_autofree char *path = g_strdup_printf("/base/text/%s/%s", group, name);

    g_test_add_data_func(path, data, check);
}

static void
check_no_such(void)
{
    static const char *const names[] = {"new", NULL, "open", NULL};
    g_autofree char *near = text_no_such("state", "opne", names, 4);
    g_autofree char *far = text_no_such("state", "x\033y", names, 4);
    g_autofree char *until_null = text_no_such("state", "x", names, -1);

    g_assert_cmpstr(near, ==, "no state 'opne', did you mean 'open'?");
    g_assert_cmpstr(far, ==, "no state 'x y', only new, open");
    g_assert_cmpstr(until_null, ==, "no state 'x', only new");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(clean_cases); i++)
        add("clean", clean_cases[i].name, &clean_cases[i], check_clean);
    for (gsize i = 0; i < G_N_ELEMENTS(quote_cases); i++)
        add("quote", quote_cases[i].name, &quote_cases[i], check_quote);
    for (gsize i = 0; i < G_N_ELEMENTS(fold_cases); i++)
        add("fold", fold_cases[i].name, &fold_cases[i], check_fold);
    for (gsize i = 0; i < G_N_ELEMENTS(keep_cases); i++)
        add("keep", keep_cases[i].name, &keep_cases[i], check_keep);
    for (gsize i = 0; i < G_N_ELEMENTS(find_cases); i++)
        add("find", find_cases[i].name, &find_cases[i], check_find);
    for (gsize i = 0; i < G_N_ELEMENTS(near_cases); i++)
        add("nearest", near_cases[i].name, &near_cases[i], check_near);
    g_test_add_func("/base/text/clean/random", check_clean_random);
    g_test_add_func("/base/text/equal-fold", check_equal_fold);
    g_test_add_func("/base/text/ends-fold", check_ends_fold);
    g_test_add_func("/base/text/name-find", check_name_find);
    g_test_add_func("/base/text/no-such", check_no_such);
    return g_test_run();
}
