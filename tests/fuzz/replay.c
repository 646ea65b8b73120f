/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TAP: every file of the target's corpus, and every beginning of it up to 200 bytes and some longer
 * ones, runs through the target. argv: the corpus folder (default: by the program's name). */
#include <stdio.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

static void
run_beginnings(const char *bytes, gsize len)
{
    for (gsize n = 0; n < len; n += n < 200 ? 1 : len / 40 + 1)
        (void)LLVMFuzzerTestOneInput((const uint8_t *)bytes, n);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)bytes, len);
}

int
main(int argc, char **argv)
{
    g_autofree char *name = g_path_get_basename(argv[0]);
    g_autofree char *folder =
        argc > 1 ? g_strdup(argv[1])
                 : g_strdup_printf("tests/fuzz/corpus/%s", name + strlen("replay_"));
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *file;
    int n = 0;

    while (dir && (file = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, file, NULL), *bytes = NULL;
        gsize len;
        if (!g_file_get_contents(path, &bytes, &len, NULL))
            continue;
        run_beginnings(bytes, len);
        printf("ok %d - %s\n", ++n, file);
    }
    if (n == 0)
        printf("not ok %d - no corpus in %s\n", ++n, folder);
    printf("1..%d\n", n);
    return 0;
}
