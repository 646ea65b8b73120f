/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/addr.h"
#include "base/error.h"

/* -- parse ---------------------------------------------------------------------------------------
 */

typedef struct {
    const char *name, *text;
    const char *canonical; /* NULL: must be refused */
    gssize len;            /* 0: the whole text */
} ParseCase;

/* clang-format off */
static const ParseCase parse_cases[] = {
    {"v4", "192.0.2.1", "192.0.2.1", 0},
    {"v4-brackets", "[192.0.2.1]", "192.0.2.1", 0},
    {"v4-lowest", "0.0.0.0", "0.0.0.0", 0},
    {"v4-highest", "255.255.255.255", "255.255.255.255", 0},
    {"v4-mapped", "::ffff:192.0.2.1", "192.0.2.1", 0},
    {"v4-mapped-hex", "::FFFF:C000:201", "192.0.2.1", 0},
    {"v4-mapped-long", "0000:0000:0000:0000:0000:ffff:192.0.2.1", "192.0.2.1", 0},
    {"v6", "2001:db8::1", "2001:db8::1", 0},
    {"v6-upper", "2001:DB8::A", "2001:db8::a", 0},
    {"v6-leading-zeros", "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1", 0},
    {"v6-longest-run-shortened", "2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1", 0},
    {"v6-first-of-equal-runs", "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", 0},
    {"v6-brackets", "[2001:db8::1]", "2001:db8::1", 0},
    {"v6-tag", "IPv6:2001:db8::1", "2001:db8::1", 0},
    {"v6-tag-any-case", "[ipv6:2001:db8::1]", "2001:db8::1", 0},
    {"v6-zone", "fe80::1%eth0", "fe80::1", 0},
    {"v6-brackets-zone", "[fe80::1%2]", "fe80::1", 0},
    {"v6-loopback", "::1", "::1", 0},
    {"bounded", "192.0.2.123", "192.0.2.1", 9},
    {"bounded-brackets", "[192.0.2.1]:25", "192.0.2.1", 11},

    {"empty", "", NULL, 0},
    {"brackets-only", "[]", NULL, 0},
    {"open-bracket", "[192.0.2.1", NULL, 0},
    {"closing-bracket", "192.0.2.1]", NULL, 0},
    {"double-brackets", "[[192.0.2.1]]", NULL, 0},
    {"blank-before", " 192.0.2.1", NULL, 0},
    {"blank-after", "192.0.2.1 ", NULL, 0},
    {"three-parts", "192.0.2", NULL, 0},
    {"five-parts", "192.0.2.1.5", NULL, 0},
    {"part-too-large", "192.0.2.256", NULL, 0},
    {"part-negative", "192.0.2.-1", NULL, 0},
    {"hex", "0xC0000201", NULL, 0},
    {"number", "3221225985", NULL, 0},
    {"with-port", "192.0.2.1:25", NULL, 0},
    {"v4-zone", "192.0.2.1%eth0", NULL, 0},
    {"v6-two-gaps", "2001::db8::1", NULL, 0},
    {"v6-nine-groups", "1:2:3:4:5:6:7:8:9", NULL, 0},
    {"v6-five-digits", "2001:db8::12345", NULL, 0},
    {"v6-bad-digit", "2001:db8::g", NULL, 0},
    {"tag-only", "IPv6:", NULL, 0},
    {"colon-only", ":", NULL, 0},
    {"host-name", "mail.example.net", NULL, 0},
    {"trailing-words", "192.0.2.1 (may be forged)", NULL, 0},
    {"nul-inside", "192.0.2.1\0.5", NULL, 12},
    {"far-too-long", "2001:db8:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:1", NULL, 0},
};
/* clang-format on */

static void
check_parse(gconstpointer data)
{
    const ParseCase *c = data;
    gssize len = c->len ? c->len : -1;
    char buf[ADDR_TEXT_SIZE];
    Addr addr, sentinel;
    bool ok;

    memset(&sentinel, 0x5a, sizeof sentinel);
    addr = sentinel;
    ok = addr_parse(c->text, len, &addr);
    g_assert_cmpint(ok, ==, c->canonical != NULL);
    if (!ok) {
        g_assert_true(addr_equal(&addr, &sentinel)); /* untouched on failure */
        return;
    }
    g_assert_cmpstr(addr_text(&addr, buf), ==, c->canonical);
    g_autofree char *copy = addr_dup_text(&addr);
    g_assert_cmpstr(copy, ==, c->canonical);
    Addr again;
    g_assert_true(addr_parse(buf, -1, &again));
    g_assert_true(addr_equal(&again, &addr));
}

static void
check_none(void)
{
    Addr none = ADDR_NONE, parsed;
    char buf[ADDR_TEXT_SIZE] = "x";

    g_assert_true(addr_is_none(&none));
    g_assert_cmpstr(addr_text(&none, buf), ==, "");
    g_assert_null(addr_dup_text(&none));
    g_assert_true(addr_parse("::", -1, &parsed));
    g_assert_true(addr_is_none(&parsed));
    g_assert_false(addr_parse(NULL, -1, &parsed));
}

static void
check_order(void)
{
    static const char *const sorted[] = {"::1",       "192.0.2.1",   "192.0.2.2",
                                         "192.0.3.0", "2001:db8::1", "fe80::"};

    for (gsize i = 0; i < G_N_ELEMENTS(sorted); i++) {
        for (gsize j = 0; j < G_N_ELEMENTS(sorted); j++) {
            Addr a, b;
            g_assert_true(addr_parse(sorted[i], -1, &a));
            g_assert_true(addr_parse(sorted[j], -1, &b));
            g_assert_cmpint(addr_compare(&a, &b) < 0, ==, i < j);
            g_assert_cmpint(addr_equal(&a, &b), ==, i == j);
        }
    }
}

/* -- kind ----------------------------------------------------------------------------------------
 */

typedef struct {
    const char *first, *last; /* edges of a block */
    AddrKind kind;
} KindCase;

/* clang-format off */
static const KindCase kind_cases[] = {
    {"127.0.0.0", "127.255.255.255", ADDR_LOOPBACK},
    {"::1", "::1", ADDR_LOOPBACK},
    {"10.0.0.0", "10.255.255.255", ADDR_PRIVATE},
    {"172.16.0.0", "172.31.255.255", ADDR_PRIVATE},
    {"192.168.0.0", "192.168.255.255", ADDR_PRIVATE},
    {"fc00::", "fdff:ffff::1", ADDR_PRIVATE},
    {"2002:a00::", "2002:aff:ffff::", ADDR_PRIVATE},
    {"2002:ac10::", "2002:ac1f:ffff::", ADDR_PRIVATE},
    {"2002:c0a8::", "2002:c0a8:ffff::", ADDR_PRIVATE},
    {"100.64.0.0", "100.127.255.255", ADDR_CGN},
    {"169.254.0.0", "169.254.255.255", ADDR_LINK_LOCAL},
    {"fe80::", "febf:ffff::", ADDR_LINK_LOCAL},
    {"192.0.2.0", "192.0.2.255", ADDR_DOCUMENTATION},
    {"198.51.100.0", "198.51.100.255", ADDR_DOCUMENTATION},
    {"203.0.113.0", "203.0.113.255", ADDR_DOCUMENTATION},
    {"2001:db8::", "2001:db8:ffff::", ADDR_DOCUMENTATION},
    {"3fff::", "3fff:fff::", ADDR_DOCUMENTATION},
    {"224.0.0.0", "239.255.255.255", ADDR_MULTICAST},
    {"ff00::", "ffff::", ADDR_MULTICAST},
    {"0.0.0.0", "0.255.255.255", ADDR_RESERVED},
    {"192.0.0.0", "192.0.0.255", ADDR_RESERVED},
    {"198.18.0.0", "198.19.255.255", ADDR_RESERVED},
    {"240.0.0.0", "255.255.255.255", ADDR_RESERVED},
    {"::", "::", ADDR_RESERVED},
    {"100::", "100::ffff:ffff:ffff:ffff", ADDR_RESERVED},
    {"1.0.0.0", "9.255.255.255", ADDR_PUBLIC},
    {"11.0.0.0", "11.0.0.1", ADDR_PUBLIC},
    {"100.63.255.255", "100.128.0.0", ADDR_PUBLIC},
    {"172.15.255.255", "172.32.0.0", ADDR_PUBLIC},
    {"192.0.1.255", "192.0.3.0", ADDR_PUBLIC},
    {"198.17.255.255", "198.20.0.0", ADDR_PUBLIC},
    {"2001:db7:ffff::", "2001:db9::", ADDR_PUBLIC},
    {"2002:b00::", "2002:ac20::", ADDR_PUBLIC},
    {"2606:4700::1", "2a00:1450::1", ADDR_PUBLIC},
};
/* clang-format on */

static void
check_kind(gconstpointer data)
{
    const KindCase *c = data;
    Addr first, last;

    g_assert_true(addr_parse(c->first, -1, &first));
    g_assert_true(addr_parse(c->last, -1, &last));
    g_assert_cmpstr(addr_kind_name(addr_kind(&first)), ==, addr_kind_name(c->kind));
    g_assert_cmpstr(addr_kind_name(addr_kind(&last)), ==, addr_kind_name(c->kind));
}

static void
check_kind_names(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    bool used[ADDR_N_KINDS] = {false};

    for (int kind = 0; kind < ADDR_N_KINDS; kind++) {
        const char *name = addr_kind_name((AddrKind)kind);
        g_assert_nonnull(name);
        g_assert_true(g_hash_table_add(seen, (gpointer)name));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(kind_cases); i++)
        used[kind_cases[i].kind] = true;
    for (int kind = 0; kind < ADDR_N_KINDS; kind++)
        g_assert_true(used[kind]);
}

/* -- netmask -------------------------------------------------------------------------------------
 */

typedef struct {
    const char *name, *text;
    const char *canonical; /* NULL: must be refused */
    guint bits;
    const char *says; /* what the refusal must name */
} MaskCase;

/* clang-format off */
static const MaskCase mask_cases[] = {
    {"v4", "192.0.2.0/24", "192.0.2.0/24", 120, NULL},
    {"v4-host", "192.0.2.25", "192.0.2.25", 128, NULL},
    {"v4-host-32", "192.0.2.25/32", "192.0.2.25", 128, NULL},
    {"v4-odd-bits", "192.0.2.128/27", "192.0.2.128/27", 123, NULL},
    {"v4-everything", "0.0.0.0/0", "0.0.0.0/0", 96, NULL},
    {"v6", "2001:db8::/32", "2001:db8::/32", 32, NULL},
    {"v6-host", "2001:db8::25", "2001:db8::25", 128, NULL},
    {"v6-everything", "::/0", "::/0", 0, NULL},
    {"v6-odd-bits", "fe80::/10", "fe80::/10", 10, NULL},
    {"mapped", "::ffff:192.0.2.0/120", "192.0.2.0/24", 120, NULL},
    {"v4-host-bits", "192.0.2.25/24", NULL, 0, "the network is '192.0.2.0/24'"},
    {"v4-host-bit-lowest", "192.0.2.1/31", NULL, 0, "the network is '192.0.2.0/31'"},
    {"v6-host-bits", "2001:db8::25/32", NULL, 0, "the network is '2001:db8::/32'"},
    {"v6-host-bits-all", "2001:db8::1/0", NULL, 0, "the network is '::/0'"},
    {"v4-33", "192.0.2.0/33", NULL, 0, "from 0 to 32"},
    {"v6-129", "2001:db8::/129", NULL, 0, "from 0 to 128"},
    {"negative", "192.0.2.0/-1", NULL, 0, "from 0 to 32"},
    {"no-length", "192.0.2.0/", NULL, 0, "from 0 to 32"},
    {"two-slashes", "192.0.2.0/24/8", NULL, 0, "from 0 to 32"},
    {"dotted-mask", "192.0.2.0/255.255.255.0", NULL, 0, "from 0 to 32"},
    {"blank", "192.0.2.0 /24", NULL, 0, "no network: '192.0.2.0 /24'"},
    {"name", "example.net/24", NULL, 0, "no network: 'example.net/24'"},
    {"empty", "", NULL, 0, "no network: ''"},
    {"controls-do-not-reach-the-message", "192.0.2.\x1b[1m", NULL, 0, "'192.0.2. [1m'"},
};
/* clang-format on */

static void
check_mask(gconstpointer data)
{
    const MaskCase *c = data;
    g_autoptr(GError) error = NULL;
    Netmask mask, sentinel;
    bool ok;

    memset(&sentinel, 0x5a, sizeof sentinel);
    mask = sentinel;
    ok = netmask_parse(c->text, &mask, &error);
    g_assert_cmpint(ok, ==, c->canonical != NULL);
    if (!ok) {
        g_assert_cmpint(memcmp(&mask, &sentinel, sizeof mask), ==, 0);
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
        g_assert_nonnull(strstr(error->message, c->says));
        return;
    }
    g_assert_no_error(error);
    g_assert_cmpuint(mask.bits, ==, c->bits);
    g_autofree char *text = netmask_dup_text(&mask);
    g_assert_cmpstr(text, ==, c->canonical);
}

typedef struct {
    const char *mask, *inside_low, *inside_high, *below, *above;
} EdgeCase;

/* clang-format off */
static const EdgeCase edge_cases[] = {
    {"192.0.2.0/24", "192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"},
    {"192.0.2.128/25", "192.0.2.128", "192.0.2.255", "192.0.2.127", "192.0.3.0"},
    {"192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.6", "192.0.2.8"},
    {"0.0.0.0/0", "0.0.0.0", "255.255.255.255", "::1", "2001:db8::"},
    {"2001:db8::/33", "2001:db8::", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff::",
     "2001:db8:8000::"},
};
/* clang-format on */

static void
check_edges(gconstpointer data)
{
    const EdgeCase *c = data;
    const char *texts[] = {c->inside_low, c->inside_high, c->below, c->above};
    Netmask mask;

    g_assert_true(netmask_parse(c->mask, &mask, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        Addr addr;
        g_assert_true(addr_parse(texts[i], -1, &addr));
        g_assert_cmpint(netmask_contains(&mask, &addr), ==, i < 2);
    }
}

/* -- sets ----------------------------------------------------------------------------------------
 */

typedef struct {
    const char *name;
    const char *masks; /* added in this order */
    const char *in, *out;
} SetCase;

/* clang-format off */
static const SetCase set_cases[] = {
    {"empty", "", "", "192.0.2.1 ::1"},
    {"one", "192.0.2.0/24", "192.0.2.0 192.0.2.255", "192.0.1.255 192.0.3.0"},
    {"wide-then-narrow", "192.0.2.0/24 192.0.2.64/26", "192.0.2.1 192.0.2.65 192.0.2.200",
     "192.0.3.1"},
    {"narrow-then-wide", "192.0.2.64/26 192.0.2.0/24", "192.0.2.1 192.0.2.65 192.0.2.200",
     "192.0.3.1"},
    {"same-first-address", "192.0.2.0/26 192.0.2.0/24", "192.0.2.1 192.0.2.200", "192.0.3.0"},
    {"swallows-many", "192.0.2.1 192.0.2.3 192.0.2.5 192.0.3.9 192.0.2.0/24",
     "192.0.2.1 192.0.2.2 192.0.2.5 192.0.3.9", "192.0.3.8"},
    {"twice", "192.0.2.0/24 192.0.2.0/24", "192.0.2.9", "192.0.3.9"},
    {"neighbours", "192.0.2.0/25 192.0.2.128/25", "192.0.2.127 192.0.2.128", "192.0.3.0"},
    {"both-families", "2001:db8::/32 192.0.2.0/24", "2001:db8::5 192.0.2.5", "2001:db9:: ::1"},
    {"descending", "203.0.113.0/24 198.51.100.0/24 192.0.2.0/24",
     "203.0.113.1 198.51.100.1 192.0.2.1", "198.51.101.1"},
    {"everything", "192.0.2.0/24 ::/0", "::1 192.0.2.1 ffff::", ""},
};
/* clang-format on */

static void
expect_members(const NetmaskSet *set, const char *texts, bool expected)
{
    g_auto(GStrv) list = g_strsplit(texts, " ", -1);

    for (char **text = list; *text; text++) {
        Addr addr;
        g_assert_true(addr_parse(*text, -1, &addr));
        if (netmask_set_contains(set, &addr) != expected)
            g_error("'%s' should %sbe in the set", *text, expected ? "" : "not ");
    }
}

static void
check_set(gconstpointer data)
{
    const SetCase *c = data;
    g_autoptr(NetmaskSet) set = netmask_set_new();
    g_auto(GStrv) masks = g_strsplit(c->masks, " ", -1);

    for (char **text = masks; *text; text++) {
        Netmask mask;
        g_assert_true(netmask_parse(*text, &mask, NULL));
        netmask_set_add(set, &mask);
    }
    g_assert_cmpint(netmask_set_is_empty(set), ==, masks[0] == NULL);
    expect_members(set, c->in, true);
    expect_members(set, c->out, false);
}

static void
check_null_set(void)
{
    Addr addr;

    g_assert_true(addr_parse("192.0.2.1", -1, &addr));
    g_assert_false(netmask_set_contains(NULL, &addr));
    g_assert_true(netmask_set_is_empty(NULL));
    netmask_set_free(NULL);
}

/* A small space, so that networks nest and addresses hit: 10.0-3.x.y and 2001:db8:0-3::. */
static void
random_addr(GRand *rand, Addr *ret_addr)
{
    bool v4 = g_rand_boolean(rand);

    g_assert_true(addr_parse(v4 ? "10.0.0.0" : "2001:db8::", -1, ret_addr));
    if (v4) {
        ret_addr->b[13] = (guint8)g_rand_int_range(rand, 0, 4);
        ret_addr->b[14] = (guint8)g_rand_int_range(rand, 0, 256);
        ret_addr->b[15] = (guint8)g_rand_int_range(rand, 0, 256);
    } else {
        ret_addr->b[5] = (guint8)g_rand_int_range(rand, 0, 4);
        ret_addr->b[6] = (guint8)g_rand_int_range(rand, 0, 256);
    }
}

static void
random_mask(GRand *rand, Netmask *ret_mask)
{
    guint bits;
    Addr addr;

    random_addr(rand, &addr);
    bits = addr_is_ipv4(&addr) ? (guint)g_rand_int_range(rand, 112, 129)
                               : (guint)g_rand_int_range(rand, 44, 60);
    for (guint i = bits; i < 128; i++)
        addr.b[i / 8] &= (guint8) ~(0x80 >> (i % 8));
    g_autofree char *host = addr_dup_text(&addr);
    g_autofree char *text = g_strdup_printf("%s/%u", host, addr_is_ipv4(&addr) ? bits - 96 : bits);
    g_assert_true(netmask_parse(text, ret_mask, NULL));
}

/* 20,000 look-ups agree with a plain list, while the list grows. */
static void
check_set_random(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(4711);
    g_autoptr(NetmaskSet) set = netmask_set_new();
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Netmask));
    guint hits = 0;

    for (guint i = 0; i < 20000; i++) {
        bool plain = false;
        Addr addr;
        if (i % 100 == 0) {
            Netmask mask;
            random_mask(rand, &mask);
            netmask_set_add(set, &mask);
            g_array_append_val(list, mask);
        }
        random_addr(rand, &addr);
        for (guint k = 0; k < list->len && !plain; k++)
            plain = netmask_contains(&g_array_index(list, Netmask, k), &addr);
        g_assert_cmpint(netmask_set_contains(set, &addr), ==, plain);
        hits += plain;
    }
    g_assert_cmpuint(hits, >, 2000); /* the comparison saw both answers */
    g_assert_cmpuint(hits, <, 18000);
}

static void
add(const char *group, const char *name, gconstpointer data, GTestDataFunc check)
{
    g_autofree char *path = g_strdup_printf("/base/addr/%s/%s", group, name);

    g_test_add_data_func(path, data, check);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(parse_cases); i++)
        add("parse", parse_cases[i].name, &parse_cases[i], check_parse);
    for (gsize i = 0; i < G_N_ELEMENTS(kind_cases); i++)
        add("kind", kind_cases[i].first, &kind_cases[i], check_kind);
    for (gsize i = 0; i < G_N_ELEMENTS(mask_cases); i++)
        add("netmask", mask_cases[i].name, &mask_cases[i], check_mask);
    for (gsize i = 0; i < G_N_ELEMENTS(edge_cases); i++) {
        g_autofree char *name = g_strdelimit(g_strdup(edge_cases[i].mask), "/", '-');
        add("edges", name, &edge_cases[i], check_edges);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(set_cases); i++)
        add("set", set_cases[i].name, &set_cases[i], check_set);
    g_test_add_func("/base/addr/none", check_none);
    g_test_add_func("/base/addr/order", check_order);
    g_test_add_func("/base/addr/kind-names", check_kind_names);
    g_test_add_func("/base/addr/set/null", check_null_set);
    g_test_add_func("/base/addr/set/random", check_set_random);
    return g_test_run();
}
