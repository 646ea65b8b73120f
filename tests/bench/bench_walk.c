/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_walk MBOX [MOST]: the peer over a whole mbox; prints seconds, mails and what it saw. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/mails.h"
#include "tests/bench/walk.h"

int
main(int argc, char **argv)
{
    Walked walked = {0};
    Mails mails;
    double start;

    if (argc < 2)
        return EXIT_FAILURE;
    g_mime_init();
    mails_open(argv[1], argc > 2 ? (guint)strtoul(argv[2], NULL, 10) : G_MAXUINT, &mails);
    start = seconds_now();
    for (guint i = 0; i < mails.list->len; i++) {
        gsize len;
        const void *bytes = g_bytes_get_data(mails.list->pdata[i], &len);
        walk_mail(bytes, len, &walked);
    }
    printf("seconds=%f mails=%u bytes=%zu parts=%u received=%u decoded=%zu\n",
           seconds_now() - start, mails.list->len, mails.bytes, walked.parts, walked.received,
           walked.bytes);
    mails_close(&mails);
    g_mime_shutdown();
    return EXIT_SUCCESS;
}
