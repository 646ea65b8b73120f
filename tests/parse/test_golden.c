/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tests/fixtures/parse/NAME.eml must parse to what NAME.json says: every member named there, lists
 * in full length. Adding a pair of files adds a test. PLAINT_SHOW=1 prints what came out. */
#include <jansson.h>
#include <string.h>

#include "ingest/parse/complaint_pack.h"
#include "ingest/parse/parse.h"

#define FOLDER "tests/fixtures/parse"

static void compare(GString *wrong, const char *path, json_t *want, json_t *got);

static void
compare_lists(GString *wrong, const char *path, json_t *want, json_t *got)
{
    if (!json_is_array(got) || json_array_size(got) != json_array_size(want)) {
        g_string_append_printf(wrong, "%s: %zu wanted, %zu got\n", path, json_array_size(want),
                               json_array_size(got));
        return;
    }
    for (size_t i = 0; i < json_array_size(want); i++) {
        g_autofree char *inner = g_strdup_printf("%s[%zu]", path, i);
        compare(wrong, inner, json_array_get(want, i), json_array_get(got, i));
    }
}

static void
compare(GString *wrong, const char *path, json_t *want, json_t *got)
{
    const char *key;
    json_t *value;

    if (json_is_array(want)) {
        compare_lists(wrong, path, want, got);
    } else if (json_is_object(want)) {
        json_object_foreach(want, key, value)
        {
            g_autofree char *inner = g_strdup_printf("%s.%s", path, key);
            compare(wrong, inner, value, json_object_get(got, key));
        }
    } else if (!json_equal(want, got)) {
        char *a = json_dumps(want, JSON_ENCODE_ANY), *b = json_dumps(got, JSON_ENCODE_ANY);
        g_string_append_printf(wrong, "%s: want %s got %s\n", path, a, b ? b : "nothing");
        free(a);
        free(b);
    }
}

static SiteMap *
load_site(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_load(FOLDER "/site.conf", &error);
    SiteMap *site;

    g_assert_no_error(error);
    site = site_map_load(config, &error);
    g_assert_no_error(error);
    return site;
}

static void
check_pair(gconstpointer data)
{
    const char *name = data;
    g_autofree char *mail_path = g_strdup_printf(FOLDER "/%s.eml", name);
    g_autofree char *want_path = g_strdup_printf(FOLDER "/%s.json", name);
    g_autofree char *bytes = NULL;
    g_autoptr(GBytes) mail = NULL, packed = NULL;
    g_autoptr(SiteMap) site = load_site();
    g_autoptr(Complaint) complaint = NULL, back = NULL;
    g_autoptr(GString) wrong = g_string_new(NULL);
    json_auto_t *want = json_load_file(want_path, 0, NULL), *got = NULL;
    gsize len;

    g_assert_nonnull(want);
    g_assert_true(g_file_get_contents(mail_path, &bytes, &len, NULL));
    mail = g_bytes_new(bytes, len);
    complaint = complaint_parse(mail, site, &limits_default, 1741080700);
    packed = complaint_pack(complaint);
    back = complaint_unpack(packed, NULL);
    g_assert_nonnull(back);
    got = complaint_to_json(back);
    if (g_getenv("PLAINT_SHOW"))
        json_dumpf(got, stderr, JSON_INDENT(1));
    compare(wrong, name, want, got);
    if (wrong->len > 0)
        g_test_fail_printf("%s", wrong->str);
}

/* Offsets of fields that are said to be in the mail point at them. */
static void
check_offsets(gconstpointer data)
{
    const char *name = data;
    g_autofree char *path = g_strdup_printf(FOLDER "/%s.eml", name), *bytes = NULL;
    g_autoptr(GBytes) mail = NULL;
    g_autoptr(SiteMap) site = load_site();
    g_autoptr(Complaint) complaint = NULL;
    gsize len;

    g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
    mail = g_bytes_new(bytes, len);
    complaint = complaint_parse(mail, site, &limits_default, 1741080700);
    for (guint i = 0; i < complaint->incidents->len; i++) {
        const Incident *incident = &g_array_index(complaint->incidents, Incident, i);
        for (guint n = 0; n < incident->hops->len; n++) {
            const Hop *hop = &g_array_index(incident->hops, Hop, n);
            if (hop->length == 0)
                continue;
            g_assert_cmpuint((gsize)hop->offset + hop->length, <=, len);
            g_assert_cmpint(g_ascii_strncasecmp(bytes + hop->offset, "Received", 8), ==, 0);
        }
    }
}

static int
by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int
main(int argc, char **argv)
{
    g_autoptr(GDir) dir = g_dir_open(FOLDER, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *file;

    g_test_init(&argc, &argv, NULL);
    parse_init();
    g_assert_nonnull(dir);
    while ((file = g_dir_read_name(dir)))
        if (g_str_has_suffix(file, ".eml"))
            g_ptr_array_add(names, g_strndup(file, strlen(file) - 4));
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *path = g_strdup_printf("/parse/golden/%s", name);
        g_autofree char *offsets = g_strdup_printf("/parse/offsets/%s", name);
        g_test_add_data_func(path, name, check_pair);
        g_test_add_data_func(offsets, name, check_offsets);
    }
    return g_test_run();
}
