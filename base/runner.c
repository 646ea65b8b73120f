/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/runner.h"

#include <glib.h>
#include <unistd.h>

#include "base/text.h"

char *
runner_name(void)
{
    g_autofree char *random = g_uuid_string_random();
    g_autofree char *host = text_clean(g_get_host_name(), -1, 100);

    return g_strdup_printf("%s:%d:%.8s", host, (int)getpid(), random);
}
