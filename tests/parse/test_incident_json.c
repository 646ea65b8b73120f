/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON text of an incident's lists is what the tree of complaint_to_json() says, in the same
 * order and the compact form. */
#include <stdlib.h>
#include <string.h>

#include "ingest/parse/complaint_pack.h"

static const char *const odd_texts[] = {
    "plain",
    "a \"quoted\" word",
    "back\\slash",
    "\\\"",
    "\"",
    "caf\xC3\xA9 \xF0\x9F\x93\xA7",
    "new\nline\ttab",
    "</script>",
    NULL, /* absent */
};

static void
fill_hop(Complaint *complaint, Incident *incident, guint n)
{
    Hop hop = {.n = n, .date = (gint64)n * 86400 * 365, .verdict = (HopVerdict)(n % N_VERDICTS)};
    const char *odd = odd_texts[n % G_N_ELEMENTS(odd_texts)];

    if (odd)
        hop.why = hop.helo = hop.by = g_string_chunk_insert(complaint->text, odd);
    if (n % 3 == 0)
        g_assert_true(addr_parse(n % 2 ? "2001:db8::1" : "192.0.2.1", -1, &hop.ip));
    if (n % 4 == 0)
        hop.date = n % 8 ? TIME_NONE : G_MAXINT64;
    hop.offset = n * 1000;
    hop.length = n == 5 ? G_MAXUINT32 : n;
    g_array_append_val(incident->hops, hop);
}

static void
fill_cause(Complaint *complaint, Incident *incident, guint n)
{
    const char *odd = odd_texts[n % G_N_ELEMENTS(odd_texts)];
    CauseFinding finding = {.cause = (Cause)(n % N_CAUSES),
                            .certainty = (Certainty)(n % N_CERTAINTIES)};

    if (odd)
        finding.why = finding.header = g_string_chunk_insert(complaint->text, odd);
    g_array_append_val(incident->causes, finding);
}

static void
expect_same(const char *text, const json_t *tree)
{
    json_error_t error;
    json_t *parsed = json_loads(text, 0, &error);
    char *again;

    if (!parsed)
        g_error("%s at %d: %s", error.text, error.position, text);
    g_assert_true(json_equal(parsed, tree));
    again = json_dumps(parsed, JSON_COMPACT); /* order of the members, no blanks */
    g_assert_cmpuint(strlen(text), >=, strlen(again));
    if (!strstr(text, "\\u"))
        g_assert_cmpstr(text, ==, again);
    free(again);
    json_decref(parsed);
}

static void
check(gconstpointer data)
{
    guint n = GPOINTER_TO_UINT(data);
    g_autoptr(Complaint) complaint = complaint_new();
    Incident *incident = complaint_add_incident(complaint);

    for (guint i = 0; i < n; i++) {
        fill_hop(complaint, incident, i);
        fill_cause(complaint, incident, i);
    }
    g_autofree char *hops = incident_hops_json(incident);
    g_autofree char *causes = incident_causes_json(incident);
    json_t *tree = complaint_to_json(complaint);
    const json_t *first = json_array_get(json_object_get(tree, "incidents"), 0);
    expect_same(hops, json_object_get(first, "hops"));
    expect_same(causes, json_object_get(first, "causes"));
    json_decref(tree);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/parse/incident-json/empty", GUINT_TO_POINTER(0), check);
    g_test_add_data_func("/parse/incident-json/one", GUINT_TO_POINTER(1), check);
    g_test_add_data_func("/parse/incident-json/odd-texts", GUINT_TO_POINTER(40), check);
    return g_test_run();
}
