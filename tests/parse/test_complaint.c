/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Complaints as structs, bytes and JSON. Links without GMime: the store depends on that. */
#include "ingest/parse/complaint_pack.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "ingest/parse/complaint_members.h"

static Complaint *
full_complaint(void)
{
    Complaint *c = complaint_new();
    Incident *i = complaint_add_incident(c);
    Hop hop = {.n = 0, .date = 1700000000, .verdict = VERDICT_BORDER, .offset = 5, .length = 70};
    CauseFinding cause = {.cause = CAUSE_OPEN_RELAY, .certainty = CERTAINTY_PROBABLE};

    c->format = FORMAT_ARF;
    c->feedback_type = complaint_keep(c, "abuse", -1);
    c->reporter = complaint_keep(c, "victim.example", -1);
    c->authenticity = complaint_keep(c, "none", -1);
    c->words = "two\nlines";
    c->date = -5; /* before 1970 */
    c->automatic = true;
    i->source_port = 48211;
    g_assert_true(addr_parse("192.0.2.10", -1, &i->source_ip));
    i->subject = complaint_keep(c, "caf\xC3\xA9", -1);
    g_ptr_array_add(i->urls, (gpointer)complaint_keep(c, "http://shop.example/", -1));
    i->claim = CLAIM_AGREES;
    i->category = CATEGORY_UCE;
    hop.ip = i->source_ip;
    hop.why = complaint_keep(c, "written by the complainant's MX", -1);
    g_array_append_val(i->hops, hop);
    cause.why = complaint_keep(c, "a stranger was served", -1);
    g_array_append_val(i->causes, cause);
    (void)complaint_add_incident(c);
    complaint_add_problem(c, "nul-bytes", "%d NUL bytes", 3);
    return c;
}

static void
check_round_trip(void)
{
    g_autoptr(Complaint) c = full_complaint(), back = NULL;
    g_autoptr(GBytes) packed = complaint_pack(c), again = NULL;
    g_autoptr(GError) error = NULL;

    back = complaint_unpack(packed, &error);
    g_assert_no_error(error);
    again = complaint_pack(back);
    g_assert_true(g_bytes_equal(packed, again));
    json_auto_t *a = complaint_to_json(c), *b = complaint_to_json(back);
    g_assert_true(json_equal(a, b));
}

static void
check_truncated(void)
{
    g_autoptr(Complaint) c = full_complaint();
    g_autoptr(GBytes) packed = complaint_pack(c);

    for (gsize len = 0; len < g_bytes_get_size(packed); len++) {
        g_autoptr(GBytes) part = g_bytes_new_from_bytes(packed, 0, len);
        g_autoptr(GError) error = NULL;
        g_assert_null(complaint_unpack(part, &error));
        g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
    }
}

/* Every single byte changed to a few values: refused, or a complaint that packs again. */
static void
check_garbled(void)
{
    g_autoptr(Complaint) c = full_complaint();
    g_autoptr(GBytes) packed = complaint_pack(c);
    gsize len;
    const guint8 *bytes = g_bytes_get_data(packed, &len);
    static const guint8 values[] = {0, 1, 0x7f, 0x80, 0xff};

    for (gsize i = 0; i < len; i++)
        for (gsize v = 0; v < G_N_ELEMENTS(values); v++) {
            g_autofree guint8 *copy = g_memdup2(bytes, len);
            g_autoptr(GBytes) bad = NULL;
            g_autoptr(Complaint) back = NULL;
            copy[i] = values[v];
            bad = g_bytes_new(copy, len);
            back = complaint_unpack(bad, NULL);
            if (back) {
                g_autoptr(GBytes) again = complaint_pack(back);
                g_assert_cmpuint(g_bytes_get_size(again), >, 0);
            }
        }
}

typedef struct {
    const char *name, *bytes;
    gsize len;
} BadCase;

/* clang-format off */
#define BAD(name, bytes) {name, bytes, sizeof(bytes) - 1}
static const BadCase bad[] = {
    BAD("empty", ""),
    BAD("other-magic", "PLC0"),
    BAD("format-99", "PLC1\x63"),
    BAD("endless-number", "PLC1\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
    BAD("text-past-end", "PLC1\x01\x20" "abc"),
    BAD("text-with-newline", "PLC1\x01\x03" "a\n"),
    BAD("text-not-utf8", "PLC1\x01\x03" "a\xff"),
    BAD("text-with-nul", "PLC1\x01\x03" "a\0"),
    BAD("empty-text", "PLC1\x01\x01"),
    BAD("a-billion-incidents", "PLC1\x01\0\0\0\0\x80\x94\xeb\xdc\x03"),
};
/* clang-format on */

static void
check_bad(gconstpointer data)
{
    const BadCase *c = data;
    g_autoptr(GBytes) packed = g_bytes_new(c->bytes, c->len);
    g_autoptr(GError) error = NULL;

    g_assert_null(complaint_unpack(packed, &error));
    g_assert_error(error, PLAINT_ERROR, PLAINT_ERROR_BAD_INPUT);
}

static void
check_json(void)
{
    g_autoptr(Complaint) c = full_complaint();
    json_auto_t *got = complaint_to_json(c);
    json_t *i = json_array_get(json_object_get(got, "incidents"), 0);
    json_t *second = json_array_get(json_object_get(got, "incidents"), 1);
    json_t *problem = json_array_get(json_object_get(got, "problems"), 0);
    json_t *hop = json_array_get(json_object_get(i, "hops"), 0);
    json_t *authenticity = json_object_get(got, "authenticity");

#define STRING(object, name) json_string_value(json_object_get(object, name))
    g_assert_cmpstr(STRING(got, "format"), ==, "arf");
    g_assert_cmpstr(STRING(got, "feedback_type"), ==, "abuse");
    g_assert_cmpstr(STRING(authenticity, "verdict"), ==, "none");
    g_assert_true(json_is_null(json_object_get(authenticity, "why")));
    g_assert_cmpstr(STRING(i, "source_ip"), ==, "192.0.2.10");
    g_assert_cmpint(json_integer_value(json_object_get(i, "source_port")), ==, 48211);
    g_assert_cmpstr(STRING(i, "claim"), ==, "agrees");
    g_assert_cmpstr(STRING(i, "category"), ==, "uce");
    g_assert_cmpstr(STRING(hop, "verdict"), ==, "border");
    g_assert_cmpstr(STRING(hop, "date"), ==, "2023-11-14T22:13:20Z");
    g_assert_true(json_is_null(json_object_get(hop, "for")));
    g_assert_true(json_is_null(json_object_get(second, "source_port")));
    g_assert_true(json_is_null(json_object_get(second, "source_ip")));
    g_assert_true(json_is_null(json_object_get(second, "claim")));
    g_assert_true(json_is_null(json_object_get(second, "category")));
    g_assert_cmpstr(STRING(second, "cause"), ==, "unknown");
    g_assert_cmpstr(STRING(second, "type"), ==, "spam");
    g_assert_cmpstr(STRING(problem, "problem"), ==, "nul-bytes");
    g_assert_cmpstr(STRING(problem, "why"), ==, "3 NUL bytes");
}

/* Everything the contract names is there, whatever else is. */
static void
check_contract(void)
{
    static const char *const outer[] = {"format",       "feedback_type", "reporter",
                                        "authenticity", "incidents",     "problems"};
    static const char *const inner[] = {
        "source_ip", "source_port", "time",    "type",       "count",    "relay_ip",
        "exit_ip",   "origin_ip",   "account", "script",     "ours",     "causes",
        "cause",     "confidence",  "claim",   "claimed_ip", "category", "category_why",
        "urls",      "blocked_by",  "subject", "message_id", "from",     "rcpt",
        "date",      "hops"};
    static const char *const hop[] = {"n",    "ip",   "rdns",    "helo",  "by",
                                      "with", "id",   "for",     "ident", "envelope_from",
                                      "auth", "date", "verdict", "why"};
    g_autoptr(Complaint) c = full_complaint();
    json_auto_t *got = complaint_to_json(c);
    json_t *i = json_array_get(json_object_get(got, "incidents"), 0);

    for (gsize n = 0; n < G_N_ELEMENTS(outer); n++)
        g_assert_nonnull(json_object_get(got, outer[n]));
    for (gsize n = 0; n < G_N_ELEMENTS(inner); n++)
        g_assert_nonnull(json_object_get(i, inner[n]));
    for (const char *const *name = incident_extra_names; *name; name++)
        g_assert_nonnull(json_object_get(i, *name));
    for (gsize n = 0; n < G_N_ELEMENTS(hop); n++)
        g_assert_nonnull(json_object_get(json_array_get(json_object_get(i, "hops"), 0), hop[n]));
}

static void
check_names(void)
{
    const struct {
        const char *const *names;
        int n;
    } lists[] = {{format_names, N_FORMATS},         {verdict_names, N_VERDICTS},
                 {cause_names, N_CAUSES},           {certainty_names, N_CERTAINTIES},
                 {confidence_names, N_CONFIDENCES}, {claim_names, N_CLAIMS},
                 {category_names, N_CATEGORIES},    {format_words, N_FORMATS}};

    for (gsize l = 0; l < G_N_ELEMENTS(lists); l++)
        for (int a = 0; a < lists[l].n; a++) {
            g_assert_true(lists[l].names[a] || a == 0);
            for (int b = 0; b < a; b++)
                g_assert_cmpstr(lists[l].names[a], !=, lists[l].names[b]);
        }
}

static void
check_problem_once(void)
{
    g_autoptr(Complaint) c = complaint_new();

    complaint_add_problem(c, "broken-base64", "part %d", 1);
    complaint_add_problem(c, "broken-base64", "part %d", 2);
    g_assert_cmpuint(c->problems->len, ==, 1);
    g_assert_true(complaint_has_problem(c, "broken-base64"));
    g_assert_false(complaint_has_problem(c, "nul-bytes"));
}

static void
check_keep(void)
{
    g_autoptr(Complaint) c = complaint_new();
    g_autofree char *many = g_strnfill(5000, 'x');

    g_assert_null(complaint_keep(c, "  ", -1));
    g_assert_null(complaint_keep(c, NULL, -1));
    g_assert_cmpstr(complaint_keep(c, " a\nb ", -1), ==, "a b");
    g_assert_cmpuint(strlen(complaint_keep(c, many, -1)), ==, limits_default.field_bytes);
    g_assert_cmpstr(complaint_printf(c, "%s-%d", "a", 1), ==, "a-1");
}

/* What could not be unpacked must not be packed: too long, not clean. */
static void
check_pack_cleans(void)
{
    g_autoptr(Complaint) c = full_complaint(), back = NULL;
    g_autofree char *many = g_strnfill(5000, 'x');
    g_autoptr(GBytes) packed = NULL;

    c->subject = many;
    c->from = "a\nb\xff";
    packed = complaint_pack(c);
    back = complaint_unpack(packed, NULL);
    g_assert_nonnull(back);
    g_assert_cmpuint(strlen(back->subject), ==, limits_default.field_bytes);
    g_assert_cmpstr(back->from, ==, "a b\xEF\xBF\xBD");
    g_assert_cmpstr(back->words, ==, "two\nlines");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/parse/complaint/round-trip", check_round_trip);
    g_test_add_func("/parse/complaint/truncated", check_truncated);
    g_test_add_func("/parse/complaint/garbled", check_garbled);
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *path = g_strdup_printf("/parse/complaint/bad/%s", bad[i].name);
        g_test_add_data_func(path, &bad[i], check_bad);
    }
    g_test_add_func("/parse/complaint/json", check_json);
    g_test_add_func("/parse/complaint/contract", check_contract);
    g_test_add_func("/parse/complaint/names", check_names);
    g_test_add_func("/parse/complaint/problem-once", check_problem_once);
    g_test_add_func("/parse/complaint/keep", check_keep);
    g_test_add_func("/parse/complaint/pack-cleans", check_pack_cleans);
    return g_test_run();
}
