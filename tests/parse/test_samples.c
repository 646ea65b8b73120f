/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every file of the shared samples, when they are there, parses to a complaint that packs, as a
 * complaint and as spam, each within 50 ms of
 * CPU (ten times that with sanitizers). $PLAINT_SHARED, or ../shared beside the tree. */
#include <float.h>
#include <string.h>
#include <sys/resource.h>

#include "ingest/parse/complaint_pack.h"
#include "ingest/parse/parse.h"

#ifdef PLAINT_SAN
#define CPU_SECONDS 0.5
#else
#define CPU_SECONDS 0.05
#endif
enum { TRIES = 5 };

static double
cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
}

static void
check_one(const Complaint *complaint, const char *path)
{
    g_autoptr(GBytes) packed = complaint_pack(complaint);
    g_autoptr(Complaint) back = complaint_unpack(packed, NULL);
    json_t *json = back ? complaint_to_json(back) : NULL;

    if (!json)
        g_test_fail_printf("%s: does not survive packing", path);
    json_decref(json);
}

/* (transfer full) */
typedef Complaint *(*Parse)(GBytes *, const SiteMap *, const Limits *, gint64);

/* The lowest of a few tries: a busy machine is not the mail's fault. */
static void
check_parse(Parse parse, GBytes *mail, const char *path)
{
    g_autoptr(SiteMap) site = site_map_new();
    double least = DBL_MAX;

    for (int i = 0; i < TRIES && least > CPU_SECONDS; i++) {
        double before = cpu_seconds();
        g_autoptr(Complaint) complaint = parse(mail, site, &limits_default, 1741080700);

        least = MIN(least, cpu_seconds() - before);
        if (i == 0)
            check_one(complaint, path);
    }
    if (least > CPU_SECONDS)
        g_test_fail_printf("%s: took %.0f ms", path, least * 1e3);
}

static void
check_file(const char *path)
{
    g_autofree char *bytes = NULL;
    g_autoptr(GBytes) mail = NULL;
    gsize len;

    if (!g_file_get_contents(path, &bytes, &len, NULL))
        return;
    mail = g_bytes_new(bytes, len);
    check_parse(complaint_parse, mail, path);
    check_parse(complaint_parse_spam, mail, path);
}

static void
check_folder(gconstpointer data)
{
    const char *folder = data, *file;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    guint n = 0;

    g_assert_nonnull(dir);
    while ((file = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, file, NULL);
        check_file(path);
        n++;
    }
    g_test_message("%u files", n);
    g_assert_cmpuint(n, >, 0);
}

static void
check_absent(void)
{
    g_test_skip("no shared samples beside this tree");
}

int
main(int argc, char **argv)
{
    const char *shared = g_getenv("PLAINT_SHARED"), *name;
    g_autofree char *samples = g_build_filename(shared ? shared : "../shared", "samples", NULL);
    g_autoptr(GDir) dir = g_dir_open(samples, 0, NULL);
    g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(g_free);

    g_test_init(&argc, &argv, NULL);
    parse_init();
    while (dir && (name = g_dir_read_name(dir))) {
        char *folder = g_build_filename(samples, name, NULL);
        g_autofree char *path = g_strdup_printf("/parse/samples/%s", name);
        g_ptr_array_add(folders, folder);
        if (g_file_test(folder, G_FILE_TEST_IS_DIR))
            g_test_add_data_func(path, folder, check_folder);
    }
    if (!dir)
        g_test_add_func("/parse/samples", check_absent);
    return g_test_run();
}
