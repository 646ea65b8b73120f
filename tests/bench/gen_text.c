/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/gen_text.h"

#include <string.h>

enum { INVENTED = 9000, TOPIC = 40, COLUMN = 72 };

const char gen_hex[] = "0123456789abcdef";
const char gen_upper[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const char gen_alnum[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static const char *const common[] = {
    "the",   "of",    "and",   "to",    "a",     "in",    "is",   "you",   "that", "it",
    "for",   "was",   "on",    "are",   "as",    "with",  "they", "at",    "be",   "this",
    "have",  "from",  "or",    "one",   "had",   "by",    "not",  "but",   "what", "all",
    "were",  "we",    "when",  "your",  "can",   "there", "use",  "an",    "each", "which",
    "do",    "how",   "their", "if",    "will",  "up",    "out",  "many",  "then", "them",
    "these", "so",    "some",  "would", "make",  "into",  "time", "has",   "more", "two",
    "see",   "could", "no",    "than",  "first", "been",  "who",  "its",   "now",  "people",
    "over",  "did",   "down",  "only",  "way",   "find",  "may",  "other", "long", "day",
    "get",   "come",  "made",  "part",  "work",  "know",  "take", "year",  "back", "give",
    "most",  "very",  "after", "thing", "our",   "just",  "good", "where", "much", "before",
};
static const char *const onsets[] = {"b", "br", "c",  "ch", "d", "dr", "f",  "fl", "g",  "gr",
                                     "h", "j",  "k",  "l",  "m", "n",  "p",  "pl", "qu", "r",
                                     "s", "sc", "sh", "st", "t", "th", "tr", "v",  "w",  "z"};
static const char *const cores[] = {"a", "e", "i", "o", "u", "ai", "ea", "io", "ou", "y"};
static const char *const codas[] = {"",  "",  "n", "r", "s",  "t",  "l",
                                    "m", "d", "k", "x", "ng", "nt", "st"};
static const char *const names[] = {
    "anna",   "bruno", "carla", "dario", "elena",  "franz", "greta",  "hugo",  "ines",  "jonas",
    "karin",  "luca",  "maria", "nils",  "olivia", "paul",  "renate", "simon", "tanja", "urs",
    "verena", "willi", "yara",  "zeno",  "aline",  "beat",  "claude", "denis", "esther"};

/* splitmix64: small, and the same everywhere. */
static guint64
next(Gen *gen)
{
    guint64 z = gen->state += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

guint
gen_below(Gen *gen, guint n)
{
    return (guint)((next(gen) >> 32) * n >> 32);
}

guint
gen_uneven(Gen *gen, guint n)
{
    guint64 a = gen_below(gen, n), b = gen_below(gen, n);

    return (guint)(a * b / n * (1 + gen_below(gen, 2)) / 2);
}

static char *
invent(Gen *gen)
{
    GString *word = g_string_new(NULL);

    for (guint i = 1 + (gen_below(gen, 10) > 2) + (gen_below(gen, 10) > 7); i > 0; i--) {
        g_string_append(word, onsets[gen_below(gen, G_N_ELEMENTS(onsets))]);
        g_string_append(word, cores[gen_below(gen, G_N_ELEMENTS(cores))]);
        g_string_append(word, codas[gen_below(gen, G_N_ELEMENTS(codas))]);
    }
    return g_string_free(word, FALSE);
}

void
gen_start(Gen *gen, guint64 seed)
{
    gen->state = seed;
    gen->topic = 0;
    gen->words = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < INVENTED; i++)
        g_ptr_array_add(gen->words, invent(gen));
}

void
gen_topic(Gen *gen)
{
    gen->topic = gen_below(gen, INVENTED - TOPIC);
}

void
gen_stop(Gen *gen)
{
    g_ptr_array_unref(gen->words);
}

const char *
gen_word(Gen *gen)
{
    if (gen_below(gen, 2)) /* half of a text are its language's hundred commonest words */
        return common[gen_uneven(gen, G_N_ELEMENTS(common))];
    if (gen_below(gen, 3)) /* a mail comes back to what it is about */
        return gen->words->pdata[gen->topic + gen_below(gen, TOPIC)];
    return gen->words->pdata[gen_uneven(gen, gen->words->len)];
}

const char *
gen_name(Gen *gen)
{
    return names[gen_below(gen, G_N_ELEMENTS(names))];
}

void
gen_letters(Gen *gen, GString *out, const char *alphabet, guint n)
{
    guint len = (guint)strlen(alphabet);

    while (n-- > 0)
        g_string_append_c(out, alphabet[gen_below(gen, len)]);
}

void
gen_base64(Gen *gen, GString *out, guint n)
{
    gen_letters(gen, out, base64, n);
}

/* One blank-separated piece of prose. */
static void
add_piece(Gen *gen, GString *out, bool first)
{
    guint kind = gen_below(gen, 1000);
    gsize start = out->len;

    if (kind < 20)
        g_string_append_printf(out, "%u", gen_below(gen, 100000));
    else if (kind < 30)
        g_string_append_printf(out, "%u.%02u EUR", gen_below(gen, 900), gen_below(gen, 100));
    else if (kind < 60)
        g_string_append_printf(out, "%s %s", gen_name(gen), gen_word(gen));
    else if (kind < 64)
        gen_letters(gen, out, gen_alnum, 8 + gen_below(gen, 24));
    else if (kind < 72)
        g_string_append_printf(out, "https://%s.example/%s?id=%u", gen_word(gen), gen_word(gen),
                               gen_below(gen, 1000000000));
    else
        g_string_append(out, gen_word(gen));
    if (first)
        out->str[start] = g_ascii_toupper(out->str[start]);
}

void
gen_prose(Gen *gen, GString *out, gsize bytes)
{
    gsize end = out->len + bytes, line = out->len;
    guint left = 0;
    g_autoptr(GString) piece = g_string_new(NULL);

    while (out->len < end) {
        bool first = left == 0;
        if (first)
            left = 5 + gen_below(gen, 14);
        g_string_truncate(piece, 0);
        add_piece(gen, piece, first);
        if (--left == 0)
            g_string_append_c(piece, gen_below(gen, 8) ? '.' : '!');
        if (out->len > line && out->len - line + piece->len + 1 > COLUMN) {
            g_string_append(out, left == 0 && gen_below(gen, 2) ? "\n\n" : "\n");
            line = out->len;
        } else if (out->len > line) {
            g_string_append_c(out, ' ');
        }
        g_string_append_len(out, piece->str, (gssize)piece->len);
    }
    g_string_append_c(out, '\n');
}
